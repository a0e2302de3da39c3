import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import { linesMeant } from '../../orders/find-order-line.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { sameTracking } from '../../shipments/tracking-number.js';
import { count } from './order-standing.js';
import type { NoticeItem, ShipNotice } from './read-ship-notice.js';

/** Pieces by the number of their line. */
export type Pieces = ReadonlyMap<string, number>;

type Order = Pick<OrderRecord, 'order' | 'lines' | 'units'>;

/** What nobody has cancelled, shipped or put into a shipment; what Seller Center has shipped under this very number counts too. */
export function freePieces(record: Order, tracking: string): Map<string, number> {
  return count(record, ({ cancelled, shippedAt, shipmentKey, trackingNumber }) => {
    const isThis = sameTracking(trackingNumber, tracking);
    return !cancelled && shipmentKey === null && (shippedAt === null || isThis);
  });
}

/** The pieces of these units. */
export function piecesOf(record: Order, unitIds: ReadonlySet<string>): Map<string, number> {
  return count(record, ({ unitId }) => unitIds.has(unitId));
}

/**
 * Which pieces a notice is about. ShipStation's LineItemID is our line number; where it is silent, the SKU tells, and of a
 * SKU on several lines those come first that still have something to ship.
 * @throws AppError invalid-document naming the SKUs of the order
 */
export function piecesWanted(record: Order, { items }: ShipNotice, free: Pieces): Map<string, number> {
  if (items.length === 0) return new Map(free);
  const wanted = new Map<string, number>();
  const problems: ErrorDetail[] = [];
  for (const item of items) {
    const lines = linesOf(record, item);
    if (lines.length === 0) {
      const named = item.sku === null ? `line ${item.lineItemId}` : `SKU ${item.sku}`;
      const known = record.lines.map(({ supplierSku }) => supplierSku).join(', ');
      problems.push({
        field: 'Items',
        message: `${named} is not on order ${record.order.tiktokOrderId}; it has ${known}`,
        next: 'Ship the items of the order under its own SKUs, then send the notice again.',
      });
      continue;
    }
    spread(wanted, lines, item.quantity, free);
  }
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The notice names items that are not on the order.', {
      details: problems,
    });
  return wanted;
}

function linesOf({ lines }: Order, { lineItemId, sku }: NoticeItem): string[] {
  const byNumber = lines.find(({ lineNumber }) => lineNumber === lineItemId);
  if (byNumber) return [byNumber.lineNumber];
  if (sku === null) return [];
  return linesMeant(lines, { supplierSku: sku, merchantSku: null }).map(({ lineNumber }) => lineNumber);
}

function spread(wanted: Map<string, number>, lines: readonly string[], quantity: number, free: Pieces): void {
  let left = quantity;
  for (const [index, line] of lines.entries()) {
    const taken = wanted.get(line) ?? 0;
    const room = Math.max(0, (free.get(line) ?? 0) - taken);
    const here = index === lines.length - 1 ? left : Math.min(left, room);
    if (here > 0) wanted.set(line, taken + here);
    left -= here;
  }
}

export function fits(wanted: Pieces, free: Pieces): boolean {
  return wanted.size > 0 && [...wanted].every(([line, pieces]) => pieces <= (free.get(line) ?? 0));
}

export function areSame(a: Pieces, b: Pieces): boolean {
  return a.size === b.size && [...a].every(([line, pieces]) => b.get(line) === pieces);
}

/** Why pieces are not there to be shipped, line by line. */
export function nothingLeft(record: Order, wanted: Pieces, free: Pieces): AppError {
  const { tiktokOrderId } = record.order;
  const cancelled = count(record, (unit) => unit.cancelled);
  const details = record.lines.flatMap(({ lineNumber, supplierSku }): ErrorDetail[] => {
    const asked = wanted.get(lineNumber) ?? (wanted.size === 0 ? 1 : 0);
    const there = free.get(lineNumber) ?? 0;
    if (asked <= there) return [];
    const gone = cancelled.get(lineNumber) ?? 0;
    const numbers = numbersOn(record, lineNumber);
    const because = [
      gone > 0 ? `${gone} cancelled by TikTok` : '',
      numbers.length > 0 ? `shipped with ${numbers.join(', ')}` : '',
    ].filter((text) => text !== '');
    return [
      {
        field: 'Items',
        message: `of SKU ${supplierSku} ${there} are left to ship, not ${asked}${because.length > 0 ? ` (${because.join('; ')})` : ''}`,
        next:
          gone > 0
            ? 'Do not hand over the parcel, or call it back: the buyer gets the money back.'
            : 'Look at the order here: what was shipped otherwise needs no second parcel. A number that has changed is corrected at its shipment.',
      },
    ];
  });
  return new AppError('rule-violated', `Order ${tiktokOrderId} has not so many pieces to ship.`, { details });
}

function numbersOn(record: Order, lineNumber: string): string[] {
  const line = record.lines.find((each) => each.lineNumber === lineNumber);
  const ids = new Set(line?.unitIds);
  return [
    ...new Set(record.units.flatMap((unit) => (ids.has(unit.unitId) ? (unit.trackingNumber ?? []) : []))),
  ];
}
