import type { MovedPiece } from '../orders/piece.js';
import { tellMoved } from '../orders/tell-moved.js';
import type { ShopCancellation } from '../domain/cancellation.js';
import type { TakeOptions } from '../sync/pull/pull-definition.js';
import type { CancellationDeps, CancellationKind } from './cancellations-deps.js';
import { takeCancellations, type TakeCounts } from './take-cancellations.js';

/** Takes in one page in a transaction of its own, and tells of the pieces that it cancelled after the commit. */
export async function ingestCancellations(
  deps: CancellationDeps,
  { connection }: Pick<CancellationKind['source'], 'connection'>,
  cancellations: readonly ShopCancellation[],
  { readAt, by, begin }: TakeOptions,
): Promise<TakeCounts> {
  const { counts, moved } = await deps.db.transaction(async (tx) => {
    await begin?.(tx);
    const cancelled: MovedPiece[] = [];
    const context = { deps, tx, connection, readAt, by, moved: cancelled };
    return { counts: await takeCancellations(context, cancellations), moved: cancelled };
  });
  await tellMoved(deps, connection, moved);
  return counts;
}
