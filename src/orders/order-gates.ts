import type { ConnectionSettings } from '../connections/settings.js';
import {
  explainGates,
  firstObstacle,
  pass,
  refuse,
  wait,
  type Gate,
  type GateResult,
} from '../kernel/gate.js';
import { MINUTE_MS, toIsoSeconds } from '../kernel/time.js';
import type { KnownCancellation } from './ingest-context.js';
import { legacyStatusCode, type ShopOrder } from '../domain/order.js';
import { showsStreet } from './recipient.js';

/** What the decision to hand an order to the ERP rests on. */
export interface OrderFacts {
  order: ShopOrder;
  settings: ConnectionSettings;
  /** TikTok's time, not ours: the hold is measured between two times of theirs. */
  now: Date;
  /** What TikTok's cancellations say of the order; the order here has the pieces cancelled that they name. */
  cancellation?: KnownCancellation | null;
  /** Seller SKUs of the order that have no match; empty where the connection does not wait for matches. */
  unmatchedSkus?: readonly string[];
}

/** How long an order that is due otherwise waits for an address that TikTok still hides. */
const ADDRESS_PATIENCE_MS = 60 * MINUTE_MS;
const ADDRESS_RECHECK_MS = 15 * MINUTE_MS;

const fulfilledBySeller: Gate<OrderFacts> = {
  name: 'fulfilled-by-seller',
  rule: 'Only orders that the seller fulfils are imported (TikTok: fulfillment_type FULFILLMENT_BY_SELLER).',
  decide: ({ order }) =>
    order.fulfillment === 'seller'
      ? pass('The seller fulfils this order.')
      : refuse(
          order.fulfillment === 'tiktok'
            ? 'TikTok fulfils this order from its own warehouse.'
            : 'Neither the seller nor TikTok Shop fulfils this order.',
          'Nothing to do: the one who fulfils the order ships it.',
        ),
};

const shippedBySeller: Gate<OrderFacts> = {
  name: 'shipped-by-seller',
  rule: 'Only orders that travel with a carrier of the seller are imported (TikTok: shipping_type SELLER).',
  decide: ({ order }) =>
    order.shipping === 'seller'
      ? pass('The seller chooses the carrier.')
      : refuse(
          order.shipping === 'tiktok'
            ? 'The order goes with TikTok Shipping, whose label comes from TikTok.'
            : 'TikTok does not say that the seller ships this order.',
          'Ship it in TikTok Seller Center, or change the delivery option of the shop for later orders.',
        ),
};

const createdAfter: Gate<OrderFacts> = {
  name: 'created-after',
  rule: 'Orders created before the time in the setting importCreatedAfter stay out.',
  decide({ order, settings }) {
    if (settings.importCreatedAfter === null) return pass('The setting is empty: orders of any age come in.');
    const limit = new Date(settings.importCreatedAfter);
    return order.createdAt >= limit
      ? pass(`Created ${toIsoSeconds(order.createdAt)}, not before ${toIsoSeconds(limit)}.`)
      : refuse(
          `Created ${toIsoSeconds(order.createdAt)}, before ${toIsoSeconds(limit)}.`,
          'Change importCreatedAfter on the connection; the order is looked at again when it changes in TikTok.',
        );
  },
};

const notCancelled: Gate<OrderFacts> = {
  name: 'not-cancelled',
  rule: 'An order that is cancelled before it was imported stays out, whichever of TikTok’s lists shows it first.',
  decide: ({ order, cancellation }) =>
    cancellation && isCancelledPieceByPiece(order)
      ? refuse(cancelledBeforeImport(cancellation), 'Nothing to do.')
      : pass('TikTok’s cancellations do not take the whole order.'),
};

const awaitingShipment: Gate<OrderFacts> = {
  name: 'awaiting-shipment',
  rule: 'Only orders in TikTok status AWAITING_SHIPMENT (111) are imported.',
  decide({ order }) {
    const status = statusText(order.status);
    if (order.status === 'CANCELLED' || isCancelledPieceByPiece(order)) {
      return refuse(
        'The order was cancelled before it was imported, so it never reaches the ERP.',
        'Nothing to do.',
      );
    }
    switch (order.status) {
      case 'AWAITING_SHIPMENT':
        return pass(`TikTok shows ${status}.`);
      case 'UNPAID':
        return wait(`TikTok shows ${status}: the buyer has not paid yet.`, null, 'Wait for the payment.');
      case 'ON_HOLD':
        return wait(
          `TikTok shows ${status}: the order is in TikTok's remorse period.`,
          null,
          'Wait until TikTok releases it.',
        );
      default:
        return legacyStatusCode(order.status) !== null
          ? refuse(
              `TikTok shows ${status}: the order moved on before it was imported. A status changed by hand in TikTok ` +
                'during the remorse hour keeps the order out.',
              'Finish the order in TikTok Seller Center.',
            )
          : wait(
              `TikTok shows ${status}, a status that this program does not know; it is never shipped on a guess.`,
              null,
              'Wait until TikTok shows AWAITING_SHIPMENT, or ask for an update of this program.',
            );
    }
  },
};

const remorseHold: Gate<OrderFacts> = {
  name: 'remorse-hold',
  rule: 'An order is imported no sooner than remorseMinutes after payment (after creation when TikTok shows no payment time).',
  decide({ order, settings, now }) {
    const until = holdEndsAt(order, settings);
    return until <= now
      ? pass(`The hold ended ${toIsoSeconds(until)}.`)
      : wait(
          `The buyer may still cancel until ${toIsoSeconds(until)}.`,
          until,
          'Wait; do not change the status in TikTok meanwhile, or the order stays out.',
        );
  },
};

const addressPresent: Gate<OrderFacts> = {
  name: 'address-present',
  rule: 'An order waits up to an hour after its hold for a delivery address that TikTok still hides.',
  decide({ order, settings, now }) {
    if (showsStreet(order.recipient)) return pass('TikTok shows the delivery address.');
    const patienceEndsAt = new Date(holdEndsAt(order, settings).getTime() + ADDRESS_PATIENCE_MS);
    // An order that is due must reach the seller: a hidden address delays it, but never keeps it out.
    if (patienceEndsAt <= now) return pass('TikTok hides the delivery address; imported with what it shows.');
    const recheckAt = new Date(Math.min(now.getTime() + ADDRESS_RECHECK_MS, patienceEndsAt.getTime()));
    return wait(
      'TikTok does not show the delivery address yet.',
      recheckAt,
      `Wait: it is looked at again with each pull, and comes in ${toIsoSeconds(patienceEndsAt)} at the latest, with what TikTok shows then.`,
    );
  },
};

const buyerCancelRequest: Gate<OrderFacts> = {
  name: 'buyer-cancel-request',
  rule: "A buyer's open request to cancel does not keep the order out, but it is shown.",
  decide: ({ order }) =>
    order.buyerRequestsCancel
      ? pass('Warning: the buyer asks for a cancellation that the seller has not answered yet.')
      : pass('The buyer asks for no cancellation.'),
};

const skuMatched: Gate<OrderFacts> = {
  name: 'sku-matched',
  rule: 'With the setting parkUnmatched an order waits until all its SKUs are matched.',
  decide: ({ unmatchedSkus = [] }) =>
    unmatchedSkus.length === 0
      ? pass('No SKU of the order keeps it waiting.')
      : wait(
          `No match for ${unmatchedSkus.join(', ')}.`,
          null,
          'Send a matching file that has it as MerchantSKU, or switch parkUnmatched off.',
        ),
};

/** Name of the gate at which orders wait for a matching file. */
export const MATCH_GATE = skuMatched.name;
/** A parked order is looked at again in any case: the setting may have changed. */
const PARKED_RECHECK_MS = 60 * MINUTE_MS;

/** In the order in which they are explained. */
export const orderGates: readonly Gate<OrderFacts>[] = [
  fulfilledBySeller,
  shippedBySeller,
  createdAfter,
  notCancelled,
  awaitingShipment,
  remorseHold,
  addressPresent,
  buyerCancelRequest,
  skuMatched,
];

/** Name of the gate that keeps cancelled orders out. */
export const CANCELLED_GATE = notCancelled.name;

export function cancelledBeforeImport({ note }: KnownCancellation): string {
  return `The order was cancelled before it was imported (${note}), so it never reaches the ERP.`;
}

/** Null: the order goes to the ERP. */
export function importObstacle(facts: OrderFacts): GateResult | null {
  return firstObstacle(orderGates, facts);
}

export function explainImport(facts: OrderFacts): GateResult[] {
  return explainGates(orderGates, facts);
}

/** The end of our own hold, in TikTok's time. */
function holdEndsAt(order: ShopOrder, settings: ConnectionSettings): Date {
  const from = order.paidAt ?? order.createdAt;
  return new Date(from.getTime() + settings.remorseMinutes * MINUTE_MS);
}

/**
 * When an order that waits is looked at again, whether it has changed or not. Null: when it changes in TikTok.
 * TikTok's hold ends about when ours does, so an order on hold is read again then even if no change was seen.
 */
export function lookAgainAt(obstacle: GateResult & { outcome: 'wait' }, facts: OrderFacts): Date | null {
  if (obstacle.until) return obstacle.until;
  if (obstacle.gate === MATCH_GATE) return new Date(facts.now.getTime() + PARKED_RECHECK_MS);
  const holdEnd = holdEndsAt(facts.order, facts.settings);
  return facts.order.status === 'ON_HOLD' && holdEnd > facts.now ? holdEnd : null;
}

export function isCancelledPieceByPiece({ units }: Pick<ShopOrder, 'units'>): boolean {
  return units.length > 0 && units.every(({ cancelled }) => cancelled);
}

function statusText(status: string): string {
  const code = legacyStatusCode(status);
  return code === null ? status : `${status} (${code})`;
}
