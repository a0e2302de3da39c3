import type { MirrorSku, WarehouseStock } from '../../domain/product.js';
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import { ANYWHERE, type PushFacts } from './push-facts.js';
import { placesOf } from './push-values.js';
import {
  countRuleOf,
  isFree,
  MOST_PIECES,
  movementOf,
  piecesToShow,
  type CountedPiece,
} from './stock-count.js';
import type { PlannedWarehouse, PlannedStock } from './planned-stock.js';
import type { ResolvedStock } from './resolved-stock.js';
import type { PushItem } from './push-item.js';
import type { StockRead } from './stock-read.js';

/** Pieces that were ordered or given back this close to a call may or may not be in what it set. */
const WINDOW_MARGIN_MS = 2 * SECOND_MS;
/** After its last call, how long what TikTok itself showed of an unnamed warehouse counts as said. */
const KEPT_LIFE_MS = 10 * MINUTE_MS;
/** A value that is sent so often without anybody having said anything is not sent again. */
export const MOST_REPEATS = 3;

/**
 * What TikTok is to show of a SKU and what of it is to be sent, by what it shows now. Pure: the push asks with a read of a
 * moment ago, dry run and Explain with what the mirror has.
 */
export function planStock(facts: PushFacts, sku: MirrorSku, stock: ResolvedStock): PlannedStock {
  const { item, shop, read, sent } = facts;
  const places = placesOf(sku, shop);
  const wantedIds = stock.wanted.map(({ warehouseId }) => warehouseId);
  const byWarehouse = groupPieces(facts.pieces, { places, first: wantedIds[0] ?? places[0] ?? '' });
  const rule = countRuleOf(shop.settings);
  const counted = stock.wanted.map(({ warehouseId, cell }) => ({
    warehouseId,
    cell,
    movement: movementOf(byWarehouse.get(warehouseId) ?? [], cell.at, rule),
    unseen: unseenPieces(facts, warehouseId),
  }));
  const quantities = piecesToShow(
    counted.map(({ cell, movement, unseen }) => ({
      quantity: cell.quantity,
      before: movement.before.length,
      since: movement.since.length + unseen,
      back: movement.back.length,
    })),
    shop.settings,
  );
  const warehouses = counted.map((entry, nth): PlannedWarehouse => {
    const wanted = quantities[nth] ?? 0;
    const has = shownIn(read, entry.warehouseId);
    const isNews =
      entry.cell.n > item.lookedN || movedInWindow(facts, byWarehouse.get(entry.warehouseId) ?? []);
    return { ...entry, wanted, has, decision: decide(facts, { wanted, has, isNews }) };
  });
  const keeping = stock.kept.map((id) => keep(facts, id, byWarehouse.get(id) ?? []));
  const isDue =
    warehouses.some(({ decision }) => decision === 'send') ||
    (item.resend && warehouses.length > 0) ||
    keeping.some(({ value, has }) => has !== null && value !== has);
  const values = [
    ...warehouses.map(({ warehouseId, wanted, has, decision }): WarehouseStock => {
      const isSent = decision === 'send' || decision === 'same' || (item.resend && decision === 'told');
      return { warehouseId, quantity: isSent ? wanted : (has ?? wanted) };
    }),
    ...keeping.map(({ id, value }) => ({ warehouseId: id, quantity: value })),
  ];
  const loops =
    isDue &&
    !item.resend &&
    item.unsentSince === null &&
    !isNewlySaid(item) &&
    sent.stockDoubts.length === 0 &&
    sent.repeats >= MOST_REPEATS &&
    warehouses.some(({ wanted }) => wanted > 0) &&
    warehouses.every(({ warehouseId, wanted }) => sent.stock[warehouseId] === wanted);
  return {
    warehouses,
    kept: keeping.map(({ id, value }) => ({ warehouseId: id, quantity: value })),
    keptBase: keeping.flatMap(({ base }) => base ?? []),
    send: isDue && !loops ? values : null,
    loops,
  };
}

/**
 * A lower value goes at once. A raise needs a reason: somebody said it since the push last looked, our own call may have
 * been late, or an order near a call explains it; otherwise the difference is somebody's decision in TikTok (setting
 * healDrift), and told.
 */
function decide(
  { item, shop, sent }: PushFacts,
  { wanted, has, isNews }: { wanted: number; has: number | null; isNews: boolean },
): PlannedWarehouse['decision'] {
  if (wanted === has) return 'same';
  const { healDrift } = shop.settings;
  const isCalledFor = isNews || item.resend || sent.stockDoubts.length > 0 || isDecidedAnew(item);
  if (has !== null && wanted < has)
    return isCalledFor || wanted === 0 || healDrift !== 'report' ? 'send' : 'told';
  if (has !== null && !isCalledFor && healDrift !== 'both') return 'told';
  return shop.ordersRead || wanted === 0 ? 'send' : 'orders';
}

/** Whether the seller has said something since the push last compared the item with TikTok. */
export function isNewlySaid({ cells, cost, costN, lookedN }: PushItem): boolean {
  return cells.some(({ n }) => n > lookedN) || (cost !== null && costN > lookedN);
}

/** Something else than a file brought it up: a match, a setting, a product that became live. It concerns all of the item. */
export function isDecidedAnew(item: PushItem): boolean {
  return item.unsentSince !== null && !isNewlySaid(item);
}

function shownIn(read: StockRead | null, warehouseId: string): number | null {
  return read?.warehouses.find(({ id }) => id === warehouseId)?.available ?? null;
}

/** Ordered and not on their way, as TikTok shows it; null where it was not read. */
export function committedIn({ read }: Pick<PushFacts, 'read'>, warehouseId: string): number | null {
  return read?.warehouses.find(({ id }) => id === warehouseId)?.committed ?? null;
}

/** By the warehouse that TikTok takes them from; one that the SKU is not stocked in any more counts for the first. */
function groupPieces(
  pieces: readonly CountedPiece[],
  { places, first }: { places: readonly string[]; first: string },
): Map<string, CountedPiece[]> {
  const groups = new Map<string, CountedPiece[]>();
  for (const piece of pieces) {
    const id = piece.warehouseId !== null && places.includes(piece.warehouseId) ? piece.warehouseId : first;
    const group = groups.get(id);
    if (group) group.push(piece);
    else groups.set(id, [piece]);
  }
  return groups;
}

/** TikTok lists an order later than it takes its pieces off: they show as committed before. */
function unseenPieces(facts: PushFacts, warehouseId: string): number {
  const { knownCommitted } = facts;
  const committed = committedIn(facts, warehouseId);
  const known = (knownCommitted.get(warehouseId) ?? 0) + (knownCommitted.get(ANYWHERE) ?? 0);
  return committed === null ? 0 : Math.max(0, committed - known);
}

function movedInWindow({ sent }: PushFacts, pieces: readonly CountedPiece[]): boolean {
  return (
    sent.window !== null &&
    pieces.some((piece) => timesOf(piece).some((time) => isInWindow(sent.window!, time)))
  );
}

function timesOf({ bornAt, cancelledAt }: CountedPiece): Date[] {
  return cancelledAt ? [bornAt, cancelledAt] : [bornAt];
}

function isInWindow({ from, until }: { from: Date; until: Date }, time: Date): boolean {
  return (
    time.getTime() >= from.getTime() - WINDOW_MARGIN_MS &&
    time.getTime() <= until.getTime() + WINDOW_MARGIN_MS
  );
}

interface Keeping {
  id: string;
  value: number;
  has: number | null;
  base: PlannedStock['keptBase'][number] | null;
}

/**
 * A warehouse that the seller does not name keeps what TikTok shows. An update has to carry it all the same, and an order
 * that comes between our read and the call is undone by it: what TikTok showed before our first call, moved by the orders
 * since, tells whether that has happened. Any other difference is somebody's edit, from which the count begins anew.
 */
function keep({ sent, read, sku }: PushFacts, id: string, pieces: readonly CountedPiece[]): Keeping {
  const has = shownIn(read, id);
  const known = sent.kept.find((entry) => entry.id === id);
  if (has === null || !read) return { id, value: known?.quantity ?? 0, has, base: known ?? null };
  const anew: Keeping = { id, value: has, has, base: { id, quantity: has, at: read.at.toISOString() } };
  if (!known || !sent.window || read.at.getTime() > sent.window.until.getTime() + KEPT_LIFE_MS) return anew;
  const since = new Date(known.at);
  const own = pieces.filter(({ skuId }) => skuId === sku?.skuId);
  const born = own.filter(({ bornAt }) => bornAt > since);
  const back = own.filter(
    (piece) => piece.cancelledAt !== null && piece.cancelledAt > since && !isGone(piece),
  );
  const expected = Math.max(0, known.quantity - born.length + back.length);
  if (expected === has) return { id, value: has, has, base: known };
  const { window } = sent;
  const ordered = born.filter(({ bornAt }) => isInWindow(window, bornAt)).length;
  const given = back.filter(({ cancelledAt }) => isInWindow(window, cancelledAt!)).length;
  const isExplained = has - expected > 0 ? has - expected <= ordered : expected - has <= given;
  return isExplained ? { id, value: Math.min(MOST_PIECES, expected), has, base: known } : anew;
}

/** TikTok gives a cancelled piece back, whoever cancels it, unless it was shipped before. */
function isGone(piece: CountedPiece): boolean {
  return piece.cancelledBy !== 'seller' && !isFree(piece);
}
