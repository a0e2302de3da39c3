import { AppError } from '../kernel/errors.js';
import { SECOND_MS } from '../kernel/time.js';
import { sqlStateOf, type BulkTx } from '../store/bulk-transaction.js';

const PATIENCE_MS = 20 * SECOND_MS;
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Runs `take`, which makes the transaction the only writer of what the files of a shop say, and waits for the file before it.
 * Which of two files counts their numbers say.
 * @throws AppError conflict when the file before takes longer than `patienceMs`
 */
export async function lockInTurn<T>(
  tx: BulkTx,
  take: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  await tx.query(`SET LOCAL lock_timeout = ${patienceMs}`);
  try {
    const taken = await take();
    await tx.query('SET LOCAL lock_timeout = 0');
    return taken;
  } catch (error) {
    if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE) throw error;
    throw new AppError('conflict', 'Another file of this shop is being taken in.', {
      details: [
        { message: 'files of one shop are taken in one after the other', next: 'Send it again in a moment' },
      ],
      retryAfterMs: patienceMs,
    });
  }
}
