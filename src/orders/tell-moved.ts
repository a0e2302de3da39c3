import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { MovedPiece, PiecesMoved } from './piece.js';

/** After the commit: what is stored is stored, whatever the one who is told makes of it. */
export async function tellMoved(
  { piecesMoved, log }: { piecesMoved?: PiecesMoved; log: Logger },
  connection: Parameters<PiecesMoved>[0],
  moved: readonly MovedPiece[],
): Promise<void> {
  if (!piecesMoved || moved.length === 0) return;
  try {
    await piecesMoved(connection, moved);
  } catch (error) {
    log.warn(
      { connectionId: connection.id, error: messageOf(error) },
      'the push could not be woken for pieces that were ordered or cancelled; the next comparison finds them',
    );
  }
}
