import { piecesPerUnit, unitLineOf } from '../../domain/bundle.js';
import type { OrderLine, Recipient } from '../../domain/order.js';
import {
  explainGates,
  firstObstacle,
  pass,
  refuse,
  wait,
  type Gate,
  type GateResult,
} from '../../kernel/gate.js';
import { HOUR_MS, toIsoSeconds } from '../../kernel/time.js';
import { StatusCode, statusName } from '../../logicbroker/statuses.js';
import type { OrderRecord } from '../../orders/order-record.js';

/** How an order stands for a packer. Which words ShipStation reads for it is a setting. */
export type PackState = 'awaiting' | 'on-hold' | 'shipped' | 'cancelled';

/** An order as ShipStation is to see it. */
export interface ShownOrder {
  statusCode: number;
  record: Pick<OrderRecord, 'order' | 'lines' | 'units' | 'cancelRequest' | 'wipedAt'>;
  /** Shipments that ShipStation has told us of: it counts their pieces itself. */
  ownShipments: ReadonlySet<number>;
  now: Date;
}

interface PackFacts extends ShownOrder {
  address: PackAddress | null;
}

/** What a label needs. */
export interface PackAddress {
  name: string;
  line1: string;
  line2: string;
  city: string;
  state: string;
  postalCode: string;
  /** Two letters. */
  country: string;
}

/** TikTok's states in which pieces may be handed to a carrier. */
const SHIPPABLE = new Set(['AWAITING_SHIPMENT', 'PARTIALLY_SHIPPING', 'AWAITING_COLLECTION']);
const LONGEST_SKU = 100;
const SET_ASIDE: readonly number[] = [StatusCode.failed, StatusCode.ignored];

const notSetAside: Gate<PackFacts> = {
  name: 'shipstation-not-set-aside',
  rule: 'An order that is Failed or Ignored here is on hold in ShipStation.',
  decide: ({ statusCode }) =>
    SET_ASIDE.includes(statusCode)
      ? wait(
          `The order is ${statusName('order', statusCode)}.`,
          null,
          'Set its status back, such as to Submitted; then ShipStation shows it as to be shipped.',
        )
      : pass(`The order is ${statusName('order', statusCode)}.`),
};

const noOpenRequest: Gate<PackFacts> = {
  name: 'shipstation-no-cancel-request',
  rule: 'An order whose buyer asks to cancel is on hold in ShipStation until that is decided.',
  decide: ({ record }) =>
    record.order.buyerRequestsCancel || record.cancelRequest !== null
      ? wait(
          'The buyer asks for a cancellation that nobody has answered.',
          null,
          'Answer it: acknowledge the order as cancelled, or reject the request in TikTok Seller Center.',
        )
      : pass('The buyer asks for no cancellation.'),
};

const letGo: Gate<PackFacts> = {
  name: 'shipstation-tiktok-lets-go',
  rule: 'Only what TikTok shows as to be shipped is to be packed.',
  decide: ({ record: { order } }) =>
    SHIPPABLE.has(order.status)
      ? pass(`TikTok shows ${order.status}.`)
      : wait(`TikTok shows ${order.status}.`, null, 'Wait until TikTok shows AWAITING_SHIPMENT again.'),
};

const released: Gate<PackFacts> = {
  name: 'shipstation-release',
  rule: 'A pre-order is on hold in ShipStation until the day of its release.',
  decide({ record: { order }, now }) {
    const { releaseAt } = order.kind;
    return releaseAt && releaseAt > now
      ? wait(`It may leave from ${toIsoSeconds(releaseAt)}.`, releaseAt, 'Wait for the day of its release.')
      : pass('It is no pre-order, or its day has come.');
  },
};

const addressThere: Gate<PackFacts> = {
  name: 'shipstation-address',
  rule: 'ShipStation refuses a whole page of orders for one without name, street, city, postal code and country, so such an order is left out.',
  decide: ({ address, record }) =>
    address
      ? pass('Name and address are there.')
      : refuse(
          record.wipedAt
            ? 'The buyer of the order was forgotten here.'
            : 'TikTok does not show all of name, street, city, postal code and country.',
          'Ship it from TikTok Seller Center, or wait: it comes when TikTok shows the address.',
        ),
};

const skusFit: Gate<PackFacts> = {
  name: 'shipstation-sku',
  rule: 'An order with a SKU of more than 100 characters is left out: cut, it would be another one.',
  decide: ({ record: { lines } }) =>
    lines.every(({ supplierSku }) => supplierSku.length <= LONGEST_SKU)
      ? pass('ShipStation takes all SKUs of the order.')
      : refuse(
          `A SKU of the order has more than ${LONGEST_SKU} characters, which ShipStation does not take.`,
          'Match the SKU to a shorter one of yours, for the next orders; ship this one from TikTok Seller Center.',
        ),
};

/** Name of the gate that leaves orders without an address out. */
export const ADDRESS_GATE = addressThere.name;

/** In the order in which they are explained. */
export const packGates: readonly Gate<PackFacts>[] = [
  notSetAside,
  noOpenRequest,
  letGo,
  released,
  addressThere,
  skusFit,
];

/** Why an order is left out whatever its state is; null: nothing of it is missing. */
export function leftOutBy(shown: ShownOrder): (GateResult & { outcome: 'refuse' }) | null {
  const address = addressOf(shown.record.order.recipient);
  const obstacle = firstObstacle([addressThere, skusFit], { ...shown, address });
  return obstacle?.outcome === 'refuse' ? obstacle : null;
}

/** What is shown of an order, or which gate leaves it out. */
export interface PackStanding {
  state: PackState;
  /** The gate that keeps it from being packed; null: it may be, or there is nothing to pack. */
  obstacle: GateResult | null;
  address: PackAddress | null;
  /** Pieces of each line, by its number; lines without any are left out. */
  pieces: ReadonlyMap<string, number>;
  /** When it stands otherwise by time alone. */
  recheckAt: Date | null;
}

export function packStanding(shown: ShownOrder): PackStanding {
  const { record, statusCode } = shown;
  const address = addressOf(record.order.recipient);
  const left = count(record, ({ cancelled, shippedAt, shipmentKey }) => {
    const isOwn = shipmentKey !== null && shown.ownShipments.has(shipmentKey);
    return !cancelled && (isOwn || (shippedAt === null && shipmentKey === null));
  });
  const kept = count(record, ({ cancelled }) => !cancelled);
  const none = { obstacle: null, recheckAt: null, address };
  const isCancelled =
    statusCode === StatusCode.cancelled ||
    record.order.status === 'CANCELLED' ||
    record.units.every(({ cancelled }) => cancelled);
  if (isCancelled) return { ...none, state: 'cancelled', pieces: asOrdered(record.lines) };
  const isShipped = record.units.every(({ cancelled, shippedAt }) => cancelled || shippedAt !== null);
  const isDone = statusCode === StatusCode.shipped || statusCode === StatusCode.readyToInvoice;
  if (isShipped || isDone || statusCode === StatusCode.complete)
    return { ...none, state: 'shipped', pieces: kept };
  const obstacle = firstObstacle(packGates, { ...shown, address });
  const until = obstacle?.outcome === 'wait' ? obstacle.until : null;
  // Somebody else is shipping all of it: should that fail, it is to be packed again, and nothing else may tell.
  const isTaken = left.size === 0;
  const recheckAt = isTaken ? new Date(shown.now.getTime() + HOUR_MS) : until;
  return {
    state: obstacle || isTaken ? 'on-hold' : 'awaiting',
    obstacle,
    address,
    pieces: isTaken ? kept : left,
    recheckAt,
  };
}

/** All gates, for Explain; what is shipped or cancelled has passed them. */
export function explainPacking(shown: ShownOrder): GateResult[] {
  const { state } = packStanding(shown);
  if (state === 'cancelled' || state === 'shipped') return [];
  return explainGates(packGates, { ...shown, address: addressOf(shown.record.order.recipient) });
}

/** Pieces of goods by line of those pieces of TikTok's that fit. */
export function count(
  { lines, units }: Pick<OrderRecord, 'lines' | 'units'>,
  fits: (unit: OrderRecord['units'][number]) => boolean,
): Map<string, number> {
  const pieces = lines.map((line): [string, number] => [
    line.lineNumber,
    units.filter((unit) => unit.lineNumber === unitLineOf(line) && fits(unit)).length * piecesPerUnit(line),
  ]);
  return new Map(pieces.filter(([, number]) => number > 0));
}

function asOrdered(lines: readonly OrderLine[]): Map<string, number> {
  return new Map(lines.map(({ lineNumber, quantity }) => [lineNumber, quantity]));
}

/** Null when something that a label needs is missing, or hidden by TikTok's asterisks. */
function addressOf(recipient: Recipient | null): PackAddress | null {
  if (!recipient) return null;
  const { addressLines, addressDetail, fullAddress } = recipient;
  const [line1 = '', ...more] = addressLines.filter((line) => line.trim() !== '');
  const address = {
    name: recipient.name ?? [recipient.firstName, recipient.lastName].filter((part) => part).join(' '),
    line1: line1 || addressDetail || fullAddress || '',
    line2: more.join(', '),
    city: recipient.city ?? recipient.town ?? '',
    state: recipient.state ?? '',
    postalCode: recipient.postalCode ?? '',
    country: recipient.regionCode ?? '',
  };
  const { name, city, postalCode, country } = address;
  const needed = [name, address.line1, city, postalCode, country];
  const isWhole = needed.every((text) => text.trim() !== '' && !text.includes('*'));
  return isWhole && country.length === 2 ? address : null;
}
