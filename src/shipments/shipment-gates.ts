import { connectionGate } from '../connections/connection-gate.js';
import type { Connection } from '../connections/connection.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { pass, refuse, wait, type Gate, type GateOutcome } from '../kernel/gate.js';
import type { OrderState } from '../orders/order-record.js';
import type { ShopOrder } from '../domain/order.js';
import { toIsoSeconds } from '../kernel/time.js';
import { SHIPPED_ELSEWHERE_NEXT, underNumbers } from './pick-units.js';
import { isShippedElsewhere } from './tracking-number.js';
import { isFree, isOnItsWay, type ShippableOrder, type ShippingRules } from '../domain/shipment.js';

/** All that decides whether an order can be shipped from here. */
export interface ShippingFacts {
  order: ShippableOrder & {
    state: OrderState;
    tiktokStatus: string;
    /** When TikTok approves the buyer's open request by itself; null when unknown. */
    answerBy: Date | null;
  } & Pick<ShopOrder, 'shipping' | 'fulfillment' | 'buyerRequestsCancel'>;
  /** Status of the order's document; null as long as there is none. */
  orderStatusCode: number | null;
  connection: Pick<Connection, 'status' | 'statusReason' | 'shopRegion'>;
  /** Key of the ERP's own acknowledgement by which the order is being cancelled just now. */
  cancellingKey: number | null;
  /** Other orders of the same combined package whose shipments are missing; none where the setting ships all with the first. */
  waitsFor: readonly string[];
  /** Null in a region whose way of shipping we do not know. */
  model: ShippingRules['model'] | null;
}

const CANCELLED = new Set(['CANCELLED', 'CANCEL']);
const NOT_READY = new Set(['UNPAID', 'ON_HOLD']);
const SHIPPABLE = new Set(['AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING']);

/** In the order in which a person would ask. `wait` does not keep a shipment out: it is stored and sent later. */
export const shippingGates: readonly Gate<ShippingFacts>[] = [
  {
    name: 'order-exported',
    rule: 'Only an order that the ERP has been given can be shipped.',
    decide: ({ order }) =>
      order.state === 'exported'
        ? pass('The ERP has the order.')
        : refuse(
            order.state === 'waiting' ? 'The order is still waiting.' : 'The order was not imported.',
            'See the order’s own explanation.',
          ),
  },
  connectionGate('Shipments'),
  {
    name: 'region-known',
    rule: 'How a seller ships depends on the region of the shop (TikTok: Mark Package As Shipped, Ship Package).',
    decide: ({ model, connection }) =>
      model
        ? pass(model === 'mark-shipped' ? 'Mark Package As Shipped.' : 'Ship Package.')
        : refuse(
            `No way of shipping is known for region ${connection.shopRegion ?? 'unknown'}.`,
            'Ship the order in TikTok Seller Center.',
          ),
  },
  {
    name: 'fulfilled-by-seller',
    rule: 'Only orders that the seller fulfils are shipped from here.',
    decide: ({ order }) =>
      order.fulfillment === 'seller'
        ? pass('Fulfilled by the seller.')
        : refuse('TikTok fulfils this order.', 'Nothing to do: TikTok ships it.'),
  },
  {
    name: 'shipped-by-seller',
    rule: 'With TikTok Shipping the label and the tracking number come from TikTok.',
    decide: ({ order }) =>
      order.shipping === 'seller'
        ? pass('The seller chooses the carrier.')
        : refuse('The order travels with TikTok Shipping.', 'Print the label in TikTok Seller Center.'),
  },
  {
    name: 'not-cancelled',
    rule: 'A cancelled order is not shipped.',
    decide: ({ order, orderStatusCode }) =>
      CANCELLED.has(order.tiktokStatus) || orderStatusCode === StatusCode.cancelled
        ? refuse('The order is cancelled.', 'Do not ship it.')
        : pass('Not cancelled.'),
  },
  {
    name: 'not-being-cancelled',
    rule: 'No parcel leaves while the ERP’s own cancellation of its order is under way.',
    decide: ({ cancellingKey }) =>
      cancellingKey === null
        ? pass('No cancellation of yours is under way.')
        : refuse(
            `Acknowledgement ${cancellingKey} is cancelling the order.`,
            `Do not let the parcel leave. Should TikTok refuse the cancellation (GET Acknowledgements/${cancellingKey}/Status), send the shipment again.`,
          ),
  },
  {
    name: 'not-on-hold',
    rule: 'TikTok refuses shipments before payment and during the remorse hour (code 21011044).',
    decide: ({ order }) =>
      NOT_READY.has(order.tiktokStatus)
        ? refuse(
            `TikTok has the order ${order.tiktokStatus}.`,
            'Send the shipment again when the hold is over.',
          )
        : pass('Not on hold.'),
  },
  {
    name: 'cancellation-request',
    rule: 'An open request of the buyer must be answered first; in the US shipping answers it with a refusal.',
    decide: (facts) => decideCancellationRequest(facts),
  },
  {
    name: 'awaiting-shipment',
    rule: 'TikTok takes shipments for orders that await shipment or are partly shipped.',
    decide: ({ order }) => decideStatus(order),
  },
  {
    name: 'package-together',
    rule: 'TikTok ships a combined package as a whole: it waits until the shipments of all its orders name the same number.',
    decide: ({ waitsFor }) =>
      waitsFor.length === 0
        ? pass('No other order has to be shipped first.')
        : wait(
            `TikTok has the order in one package with ${waitsFor.join(', ')}, which have no shipment yet.`,
            null,
            'Send their shipments under the same tracking number, or take the orders apart in TikTok Seller Center.',
          ),
  },
  {
    name: 'units-free',
    rule: 'A piece is shipped once.',
    decide: ({ order }) => decideUnits(order),
  },
];

function decideCancellationRequest({ order, connection }: ShippingFacts): GateOutcome {
  if (!order.buyerRequestsCancel) return pass('The buyer asks for nothing.');
  if (connection.shopRegion === 'US') {
    return pass('Warning: the buyer asks to cancel; shipping rejects the request.');
  }
  const until = order.answerBy
    ? ` Without an answer TikTok approves it ${toIsoSeconds(order.answerBy)}.`
    : '';
  return refuse(
    `The buyer asks to cancel the order.${until}`,
    'Answer the request first: send a cancellation, or reject it in TikTok Seller Center.',
  );
}

function decideStatus({ tiktokStatus: status, units }: ShippingFacts['order']): GateOutcome {
  if (SHIPPABLE.has(status)) return pass(`TikTok has the order ${status}.`);
  if (!isOnItsWay(status))
    return refuse(`TikTok has the order ${status}.`, 'Compare with TikTok Seller Center.');
  const elsewhere = units.filter(isShippedElsewhere);
  const numbers = underNumbers(elsewhere.length > 0 ? elsewhere : units);
  return refuse(
    `TikTok shows the order as shipped already (${status})${numbers}.`,
    elsewhere.length > 0 ? SHIPPED_ELSEWHERE_NEXT : 'See the order’s shipments.',
  );
}

function decideUnits(order: ShippableOrder): GateOutcome {
  const free = order.units.filter(isFree).length;
  return free > 0
    ? pass(`${free} of ${order.units.length} pieces can be shipped.`)
    : refuse('No piece is left to ship.', 'See the order’s shipments.');
}
