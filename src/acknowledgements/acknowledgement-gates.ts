import { connectionGate } from '../connections/connection-gate.js';
import type { Connection } from '../connections/connection.js';
import { StatusCode, statusName } from '../logicbroker/statuses.js';
import { pass, refuse, type Gate, type GateOutcome } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import { isOnItsWay } from '../domain/shipment.js';

/** All that decides whether the seller may still accept or cancel an order. */
export interface AcknowledgementFacts {
  order: {
    tiktokStatus: string;
    units: { cancelled: boolean; shipped: boolean; shipmentKey: number | null }[];
  };
  /** Status of the order's document. */
  orderStatusCode: number;
  connection: Pick<Connection, 'status' | 'statusReason' | 'shopRegion'>;
  cancelAfterReadyToShip: boolean;
  /** Key of the acknowledgement by which the order is being cancelled just now. */
  cancellingKey: number | null;
}

export function acknowledgementFactsOf(
  record: OrderRecord,
  orderStatusCode: number,
  connection: Connection,
  cancellingKey: number | null,
): AcknowledgementFacts {
  return {
    order: {
      tiktokStatus: record.order.status,
      units: record.units.map(({ cancelled, shippedAt, displayStatus, shipmentKey }) => ({
        cancelled,
        shipped: shippedAt !== null || isOnItsWay(displayStatus),
        shipmentKey,
      })),
    },
    orderStatusCode,
    connection,
    cancelAfterReadyToShip: connection.settings.cancelAfterReadyToShip,
    cancellingKey,
  };
}

type AckGate = Gate<AcknowledgementFacts>;

const notCancelled: AckGate = {
  name: 'not-cancelled',
  rule: 'A cancelled order is neither accepted nor cancelled once more.',
  decide: ({ order, orderStatusCode }) =>
    order.tiktokStatus === 'CANCELLED' ||
    orderStatusCode === StatusCode.cancelled ||
    order.units.every(({ cancelled }) => cancelled)
      ? refuse('The order is cancelled already.', 'Nothing to do: see the history of the order.')
      : pass('Not cancelled.'),
};

const notBeingCancelled: AckGate = {
  name: 'not-being-cancelled',
  rule: 'While TikTok has not decided about a cancellation, the order takes no other acknowledgement.',
  decide: ({ cancellingKey }) =>
    cancellingKey === null
      ? pass('No cancellation of yours is under way.')
      : refuse(
          `Acknowledgement ${cancellingKey} is cancelling the order.`,
          `Wait for its outcome: GET Acknowledgements/${cancellingKey}/Status.`,
        ),
};

export const acceptingGates: readonly AckGate[] = [notCancelled, notBeingCancelled];

/** In the order in which a person would ask. `wait` does not keep a cancellation out: it is stored and sent later. */
export const cancellingGates: readonly AckGate[] = [
  connectionGate('Cancellations'),
  notCancelled,
  notBeingCancelled,
  {
    name: 'before-ready-to-ship',
    rule: 'From Ready to Ship on an order is no longer cancelled from here, unless the setting cancelAfterReadyToShip allows it.',
    decide: (facts) => decideReadyToShip(facts),
  },
  {
    name: 'not-being-shipped',
    rule: 'Pieces of a shipment that is on its way to TikTok are not cancelled at the same time.',
    decide: ({ order }) => decideShipments(order.units),
  },
  {
    name: 'tiktok-allows',
    rule: 'TikTok lets sellers cancel until Awaiting Collection, in the US until In Transit (TikTok: Cancel Order).',
    decide: (facts) => decideStage(facts),
  },
];

function decideReadyToShip({ orderStatusCode, cancelAfterReadyToShip }: AcknowledgementFacts): GateOutcome {
  const name = statusName('order', orderStatusCode);
  const isOpen = orderStatusCode < StatusCode.readyToShip || orderStatusCode > StatusCode.complete;
  if (isOpen) return pass(`The order is ${name}.`);
  return cancelAfterReadyToShip
    ? pass(`The order is ${name}; the setting cancelAfterReadyToShip allows it.`)
    : refuse(
        `The order is ${name}; cancellations are taken only before Ready to Ship.`,
        'Cancel it in TikTok Seller Center, or have cancelAfterReadyToShip set on the connection.',
      );
}

function decideShipments(units: AcknowledgementFacts['order']['units']): GateOutcome {
  const claimed = units.find((unit) => !unit.cancelled && !unit.shipped && unit.shipmentKey !== null);
  return claimed
    ? refuse(
        `Shipment ${claimed.shipmentKey} has pieces of the order and is on its way to TikTok.`,
        `Wait for its outcome: GET Shipments/${claimed.shipmentKey}/Status.`,
      )
    : pass('No shipment is on its way.');
}

function decideStage({ order, connection }: AcknowledgementFacts): GateOutcome {
  const stage = stageOf(order);
  const isUs = connection.shopRegion === 'US';
  const allowed = ['UNPAID', 'ON_HOLD', 'AWAITING_SHIPMENT', ...(isUs ? ['AWAITING_COLLECTION'] : [])];
  if (allowed.includes(stage)) return pass(`TikTok has the order ${stage}.`);
  return refuse(
    stage === 'PARTIALLY_SHIPPING'
      ? 'Some pieces of the order are shipped.'
      : `The order is shipped already (TikTok: ${stage}).`,
    'See the order in TikTok Seller Center; what the buyer sends back comes as a return.',
  );
}

/** TikTok's status, or what follows from pieces that were shipped since TikTok was last asked. */
function stageOf({ tiktokStatus, units }: AcknowledgementFacts['order']): string {
  const left = units.filter(({ cancelled }) => !cancelled);
  const shipped = left.filter((unit) => unit.shipped).length;
  if (shipped === 0 || isOnItsWay(tiktokStatus)) return tiktokStatus;
  return shipped === left.length ? 'AWAITING_COLLECTION' : 'PARTIALLY_SHIPPING';
}
