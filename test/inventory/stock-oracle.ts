/**
 * What TikTok must show when all is quiet, computed from what has happened and from nothing of the connector's: the rule in
 * its own words, so that a mistake of the one is not repeated by the other. Times in milliseconds.
 */

/** One ordered piece, as buyers, carriers and the ERP know it. */
export interface SoldPiece {
  warehouse: string;
  born: number;
  /** Its order document carries it. */
  exported: number | null;
  /** The ERP has read its order. */
  handed: number | null;
  shipped: number | null;
  cancelled: { at: number; bySeller: boolean } | null;
  /** The ERP can read of its cancellation. */
  cancelTold: number | null;
}

/** What the ERP last said of a warehouse. */
export interface Said {
  pieces: number;
  at: number;
}

/** What TikTok's own actors make of a warehouse: an edit, moved by orders and cancellations since. */
export interface OwnShown {
  /** Null: not known, or never mind. */
  pieces: number | null;
  /** Somebody lowered it since the ERP last named the warehouse. */
  isLowered: boolean;
}

/** The numbers that TikTok may show of a warehouse; null: any. */
export function allowedPieces(
  said: Said | undefined,
  own: OwnShown,
  pieces: readonly SoldPiece[],
  heals: 'lower' | 'both',
): number[] | null {
  if (!said) return own.pieces === null ? null : [own.pieces];
  const wanted = wantedPieces(said, pieces);
  if (heals === 'both' || !own.isLowered || wanted === 0) return [wanted];
  // Too few pieces are somebody's decision, unless something of ours explains them.
  return own.pieces === null ? null : [wanted, Math.min(wanted, own.pieces)];
}

/** An ERP that counts without the orders that it has read (`countKnows` handed). */
export function wantedPieces({ pieces: counted, at }: Said, sold: readonly SoldPiece[]): number {
  if (counted <= 0) return 0;
  let unknown = 0;
  let since = 0;
  let back = 0;
  for (const piece of sold) {
    const isBack = piece.cancelled !== null && !piece.cancelled.bySeller && piece.shipped === null;
    const isOff = isLeftOut(piece, at);
    if (isBack && isOff) back += 1;
    if (isBack || isOff) continue;
    if (piece.born <= at) unknown += 1;
    else since += 1;
  }
  const moved = Math.max(0, counted - unknown) - since + back;
  const asNow = Math.max(0, counted - unknown - since + back);
  return Math.min(99_999, Math.max(0, Math.min(moved, asNow)));
}

function isLeftOut({ exported, handed, shipped, cancelled, cancelTold }: SoldPiece, at: number): boolean {
  const isBefore = (time: number | null): boolean => time !== null && time < at;
  if (cancelled?.bySeller && exported === null) return isBefore(cancelled.at);
  return (isBefore(handed) || isBefore(shipped)) && !(cancelTold !== null && cancelTold <= at);
}
