/** Who has cancelled a piece; `other` for a word of TikTok's that nobody knows yet, or for none. */
export type CancelledBy = 'buyer' | 'seller' | 'system' | 'operator' | 'other';

/**
 * A piece of an order that the seller fulfils, as the ledger holds it: when TikTok took it out of what can be sold, and
 * when the ERP, the carrier or a cancellation had to do with it. Null: not (yet) known.
 */
export interface Piece {
  /** TikTok: line_items[].id */
  unitId: string;
  /** Our order id, in digits. */
  orderId: string;
  skuId: string;
  /** TikTok's id of the SKU where the seller gave it no seller SKU. */
  sellerSku: string;
  /** Where TikTok takes it from. */
  warehouseId: string | null;
  /** TikTok's time of the order. */
  bornAt: Date;
  /** When it became part of a document; never for a piece that was cancelled before. */
  exportedAt: Date | null;
  /** When the ERP could first know of it, on the database's clock. */
  handedAt: Date | null;
  /** TikTok's time of the shipment, or the time at which it confirmed ours to us. */
  shippedAt: Date | null;
  /** When TikTok first showed it on its way: until then it counts as committed there. */
  leftAt: Date | null;
  cancelledAt: Date | null;
  cancelledBy: CancelledBy | null;
  /** When the document existed that tells the ERP of the cancellation. */
  cancelReadyAt: Date | null;
}

/** What a page of TikTok's has brought: a new piece (`bornAt`), a cancellation (`cancelledAt`), or both at once. */
export interface MovedPiece {
  skuId: string;
  sellerSku: string;
  warehouseId: string | null;
  bornAt: Date | null;
  cancelledAt: Date | null;
  cancelledBy: CancelledBy | null;
}

/**
 * Is told of pieces that are new or newly cancelled, after the transaction that stored them: TikTok's stock has moved by
 * them. Whoever must not miss any also looks for touched SKUs from time to time, since a process may end in between.
 */
export type PiecesMoved = (
  connection: { id: number; environment: string; shopId: string },
  moved: readonly MovedPiece[],
) => Promise<void>;

const CANCELLERS: Readonly<Record<string, CancelledBy>> = {
  BUYER: 'buyer',
  SELLER: 'seller',
  SYSTEM: 'system',
  OPERATOR: 'operator',
};

/** TikTok's word (cancel_user) in ours. */
export function cancelledByOf(word: string | null): CancelledBy {
  return CANCELLERS[word?.trim().toUpperCase() ?? ''] ?? 'other';
}
