import type { ConnectionSettings } from '../../connections/settings.js';
import { MINUTE_MS } from '../../kernel/time.js';
import type { Piece } from '../../orders/piece.js';

/** One ordered piece, as far as a count of stock may have to be corrected by it. */
export type CountedPiece = Omit<Piece, 'leftAt'>;

/** Which orders a count of the ERP is net of (setting countKnows), and how long it takes to count without one. */
interface CountRule {
  knows: ConnectionSettings['countKnows'];
  lagMs: number;
}

export function countRuleOf({
  countKnows,
  countLagMinutes,
}: Pick<ConnectionSettings, 'countKnows' | 'countLagMinutes'>): CountRule {
  return { knows: countKnows, lagMs: countLagMinutes * MINUTE_MS };
}

/**
 * Whether TikTok has put the piece back on sale and it really is there. A seller cancels pieces that are not there: TikTok puts
 * that back too, but nothing lies there.
 */
export function isFree({ cancelledAt, cancelledBy, shippedAt }: CountedPiece): boolean {
  return cancelledAt !== null && cancelledBy !== 'seller' && !(shippedAt !== null && shippedAt < cancelledAt);
}

/** Whether a count that was made at `countedAt` has left this piece out. At the very same moment it has not. */
export function isTaken(piece: CountedPiece, countedAt: Date, { knows, lagMs }: CountRule): boolean {
  const known = (time: Date | null): boolean => time !== null && time.getTime() < countedAt.getTime() - lagMs;
  const bySeller = piece.cancelledAt !== null && piece.cancelledBy === 'seller';
  switch (knows) {
    case 'everything':
      return known(piece.bornAt) && !(isFree(piece) && piece.cancelledAt! <= countedAt);
    case 'shipped':
      return known(piece.shippedAt) || (bySeller && known(piece.cancelledAt));
    default: {
      const isKnown = known(piece.handedAt) || known(piece.shippedAt);
      // What the seller cancels does not lie there: no count has it again, whoever tells whom of the cancellation.
      if (bySeller) return piece.exportedAt === null ? known(piece.cancelledAt) : isKnown;
      const knowsOfCancel = piece.cancelReadyAt !== null && piece.cancelReadyAt <= countedAt;
      return isKnown && !knowsOfCancel;
    }
  }
}

/** How ordered pieces change what a count says. */
export interface Movement {
  /** Ordered before the count, which cannot know of them: still in the number although TikTok has sold them. */
  before: CountedPiece[];
  /** Ordered since: TikTok has taken them off by itself. */
  since: CountedPiece[];
  /** Not in the number, and cancelled since: TikTok has given them back by itself. */
  back: CountedPiece[];
}

/** Of the pieces of one SKU in one warehouse, those that a count of the given time has to be corrected by. */
export function movementOf(pieces: readonly CountedPiece[], countedAt: Date, rule: CountRule): Movement {
  const movement: Movement = { before: [], since: [], back: [] };
  for (const piece of pieces) {
    const taken = isTaken(piece, countedAt, rule);
    if (isFree(piece)) {
      if (taken) movement.back.push(piece);
    } else if (!taken) (piece.bornAt <= countedAt ? movement.before : movement.since).push(piece);
  }
  return movement;
}

/** What the seller says of one warehouse, with the pieces that correct it. */
interface CountedStock {
  quantity: number;
  before: number;
  since: number;
  back: number;
}

type ShareSettings = Pick<ConnectionSettings, 'allocationPercent' | 'safetyPercent' | 'safetyBuffer'>;

/** TikTok: pieces of a SKU in a warehouse. */
export const MOST_PIECES = 99_999;

/** The share of a quantity that goes to TikTok: the allocated percentage, rounded down, less safetyPercent, rounded up. */
function shareOf(
  quantity: number,
  { allocationPercent, safetyPercent }: Pick<ShareSettings, 'allocationPercent' | 'safetyPercent'>,
): number {
  const allocated = Math.floor((quantity * allocationPercent) / 100);
  return allocated - Math.ceil((allocated * safetyPercent) / 100);
}

/**
 * What TikTok is to show of each warehouse, in the order given: share and buffer of the count as it was when it was made,
 * moved by what TikTok has moved since, and never more than share and buffer of the count as it would be now. Zero stays
 * zero until the seller says more. Buffer pieces are held back in the first warehouse, what it lacks in the next.
 */
export function piecesToShow(counts: readonly CountedStock[], settings: ShareSettings): number[] {
  const asCounted = withheld(
    counts.map(({ quantity, before }) => shareOf(Math.max(0, quantity - before), settings)),
    settings,
  );
  const asNow = withheld(
    counts.map(({ quantity, before, since, back }) =>
      shareOf(Math.max(0, quantity - before - since + back), settings),
    ),
    settings,
  );
  return counts.map(({ quantity, since, back }, nth) => {
    if (quantity <= 0) return 0;
    const wanted = Math.min((asCounted[nth] ?? 0) - since + back, asNow[nth] ?? 0);
    return Math.min(MOST_PIECES, Math.max(0, wanted));
  });
}

function withheld(quantities: number[], { safetyBuffer }: ShareSettings): number[] {
  let toHold = safetyBuffer;
  return quantities.map((quantity) => {
    const held = Math.min(quantity, toHold);
    toHold -= held;
    return quantity - held;
  });
}
