import { compareStages, legacyStatusCode, type OrderUnit, type ShopOrder } from '../domain/order.js';
import type { KnownCancellation } from './ingest-context.js';
import { shippedAtOf, type OrderRecord } from './order-record.js';
import { cancelledByOf, type MovedPiece, type Piece } from './piece.js';

/** What the ledger can learn from an answer about an order; the rest of a piece comes from the ERP's side. */
export interface SeenPiece extends Omit<Piece, 'handedAt' | 'cancelReadyAt'> {
  /** Of the goods in a virtual bundle: TikTok's piece that they are in. */
  bundleUnitId: string | null;
}

/** Goods in one bundle; more is a mistake of somebody's, and the ledger has a row a piece. */
const MOST_IN_BUNDLE = 1_000;

/** An order of a page, with what is decided about it. */
export interface SeenOrder {
  orderId: bigint;
  shown: ShopOrder;
  /** What was held of it before the page; null when it is new. */
  record: Pick<OrderRecord, 'order'> | null;
  exportedAt: Date | null;
  /** Pieces with the line of the document that they went into; none before the export. */
  units: readonly { unitId: string; lineNumber: string | null; shippedAt: Date | null }[];
  /** What TikTok's cancellations say of the order. */
  cancellation?: KnownCancellation | null;
}

/**
 * The pieces of an order for the ledger; none of one that the seller does not fulfil, because it never took anything from
 * the seller's stock.
 */
export function piecesOfOrder(seen: SeenOrder): SeenPiece[] {
  const { orderId, shown, exportedAt, units, cancellation } = seen;
  if (shown.fulfillment !== 'seller') return [];
  const held = new Map(units.map((unit) => [unit.unitId, unit]));
  return shown.units.flatMap((unit) => {
    const own = held.get(unit.unitId);
    const told = cancellation?.pieces.get(unit.unitId);
    const leftAt = hasLeft(shown, unit) ? shown.updatedAt : null;
    const piece = {
      unitId: unit.unitId,
      bundleUnitId: null,
      orderId: String(orderId),
      skuId: unit.skuId,
      sellerSku: unit.merchantSku === '' ? unit.skuId : unit.merchantSku,
      warehouseId: shown.warehouseId,
      bornAt: shown.createdAt,
      // A piece on no line is none that the ERP will ever know of.
      exportedAt: own && own.lineNumber !== null ? exportedAt : null,
      shippedAt: unit.shippedAt ?? own?.shippedAt ?? shippedAtOf(shown, unit) ?? leftAt,
      leftAt,
      // A cancellation of TikTok's own list has the time of the cancellation, an order that of its last change.
      cancelledAt: unit.cancelled ? (told?.at ?? shown.updatedAt) : null,
      cancelledBy: unit.cancelled ? (told?.by ?? cancelledByOf(unit.cancelledBy)) : null,
    };
    return [piece, ...goodsIn(unit, piece)];
  });
}

/** UNCONFIRMED: a sold bundle takes the goods in it out of what can be sold, besides one of its own number. */
function goodsIn({ unitId, kind }: OrderUnit, piece: SeenPiece): SeenPiece[] {
  const goods = (kind.parts ?? []).flatMap(({ skuId, merchantSku, count }, at) =>
    Array.from({ length: Math.min(count, MOST_IN_BUNDLE) }, (_, index) => ({
      ...piece,
      unitId: `${unitId}/${at + 1}.${index + 1}`,
      bundleUnitId: unitId,
      skuId,
      sellerSku: merchantSku || skuId,
    })),
  );
  return goods.slice(0, MOST_IN_BUNDLE);
}

/**
 * Which of the pieces TikTok shows for the first time, or for the first time as cancelled. One that was known to be
 * cancelled from elsewhere (its list of cancellations, the ERP's own) counts as well: telling it twice does no harm.
 */
export function movedPieces({ record }: SeenOrder, pieces: readonly SeenPiece[]): MovedPiece[] {
  const before = new Map(record?.order.units.map(({ unitId, cancelled }) => [unitId, cancelled]));
  return pieces.flatMap((piece) => {
    const { skuId, sellerSku, warehouseId, bornAt, cancelledAt, cancelledBy } = piece;
    const unitId = piece.bundleUnitId ?? piece.unitId;
    const isNew = !before.has(unitId);
    const isCancelled = cancelledAt !== null && before.get(unitId) !== true;
    if (!isNew && !isCancelled) return [];
    return {
      skuId,
      sellerSku,
      warehouseId,
      bornAt: isNew ? bornAt : null,
      ...(isCancelled ? { cancelledAt, cancelledBy } : { cancelledAt: null, cancelledBy: null }),
    };
  });
}

/**
 * Whether TikTok shows the piece on its way. UNCONFIRMED: when committed stock ends. Of orders in several packages each
 * piece has a state of its own; where it lags behind, a delivered order has left all the same.
 */
function hasLeft({ status }: ShopOrder, { cancelled, displayStatus }: OrderUnit): boolean {
  if (cancelled) return false;
  const own = legacyStatusCode(displayStatus) === null ? status : displayStatus;
  return isAtLeast(own, 'IN_TRANSIT') || isAtLeast(status, 'DELIVERED');
}

function isAtLeast(status: string, stage: 'IN_TRANSIT' | 'DELIVERED'): boolean {
  return status !== 'CANCELLED' && (status === stage || compareStages(status, stage) > 0);
}
