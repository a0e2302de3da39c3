import type { Actor } from '../companies/actor.js';
import type { DocumentKind } from '../documents/document-kind.js';
import type { DocumentHead } from '../documents/document.js';
import { ExplanationMessage } from '../logicbroker/explanation-schema.js';
import { orderEnvelopes } from '../logicbroker/order-schema.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import {
  explainUnseenOrderRoute,
  importOrderRoute,
  type ExplainOrder,
  type LookAgain,
} from './explain-order-routes.js';
import { showLateNames } from './late-matches.js';
import { orderExplanationBody } from './order-explanation-body.js';
import { lockOrdersByDocuments } from './order-store.js';
import { orderRenderer } from './render-orders.js';
import { wipeOrderRows } from './wipe-order-rows.js';

interface OrderKindDeps {
  explainOrder: ExplainOrder;
  /** Left out: no order can be asked for. */
  lookAgain?: LookAgain;
  /** What else it means that a caller has moved orders, in the same transaction. */
  ordersMoved?: (tx: Tx, heads: readonly DocumentHead[], to: number, by: Actor) => Promise<void>;
}

/** Statuses that a caller may leave: nothing was sent to TikTok yet. */
const OPEN = [
  StatusCode.new,
  StatusCode.submitted,
  StatusCode.readyToAcknowledge,
  StatusCode.acknowledged,
  StatusCode.readyToFulfill,
  StatusCode.failed,
  StatusCode.ignored,
] as const;
const SHIPPING_OR_ENDED = [
  StatusCode.readyToShip,
  StatusCode.shipped,
  StatusCode.readyToInvoice,
  StatusCode.complete,
  StatusCode.cancelled,
] as const;

/** Orders come from TikTok; callers only move them. What follows from a move writes to the orders, so their rows are locked first. */
export function orderKind({ explainOrder, lookAgain, ordersMoved }: OrderKindDeps): DocumentKind {
  return {
    type: 'order',
    about: 'What TikTok buyers ordered, and why an order is where it is.',
    listName: 'SalesOrders',
    bodyName: 'SalesOrder',
    // Logicbroker hands orders out at either of the two, by account.
    readyStatuses: [StatusCode.submitted, StatusCode.readyToAcknowledge],
    eventsPaths: ['ActivityEvents', 'Events'],
    byHand: {
      moves: {
        [StatusCode.submitted]: OPEN,
        [StatusCode.readyToAcknowledge]: OPEN,
        [StatusCode.acknowledged]: OPEN,
        [StatusCode.readyToFulfill]: OPEN,
        [StatusCode.failed]: OPEN,
        [StatusCode.ignored]: [...OPEN, ...SHIPPING_OR_ENDED],
      },
      refusals: {
        [StatusCode.new]: 'an order is new only while it is imported; 100 sends it again',
        [StatusCode.readyToShip]:
          'an accepting acknowledgement or the first shipment makes an order Ready to Ship',
        [StatusCode.complete]: 'an order is complete when TikTok has its shipments',
        [StatusCode.cancelled]: 'an order is cancelled when TikTok confirms it',
      },
      async lockFirst(tx, { companyId, keys }) {
        await lockOrdersByDocuments(tx, { companyId, documentKeys: keys });
      },
      async moved(tx, heads, to, by) {
        await handOutAgain(tx, heads, to, by);
        await ordersMoved?.(tx, heads, to, by);
        return [];
      },
    },
    envelopes: orderEnvelopes,
    explain: {
      description: 'Every rule that decides about the order, with its outcome.',
      answer: ExplanationMessage,
      explain: async (which) => orderExplanationBody(await explainOrder(which)),
    },
    renderer: orderRenderer,
    personal: {
      columns: ['orders.personal', 'orders.data', 'orders.cancel_request'],
      wipe: wipeOrderRows,
    },
    routes(api, version) {
      explainUnseenOrderRoute(api, version, explainOrder);
      if (lookAgain) importOrderRoute(api, version, { lookAgain, explainOrder });
    },
  };
}

/** Below Acknowledged the ERP has yet to fetch the order, whatever it has fetched before. */
async function handOutAgain(tx: Tx, heads: readonly DocumentHead[], to: number, by: Actor): Promise<void> {
  const companyId = heads[0]?.companyId;
  if (companyId === undefined || to >= StatusCode.acknowledged) return;
  await showLateNames(tx, { companyId, documentKeys: heads.map(({ key }) => key), by });
}
