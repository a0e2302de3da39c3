import { AppError } from '../kernel/errors.js';
import { MINUTE_MS, SECOND_MS } from '../kernel/time.js';

/** No room: on the disk, in the quota, or for a file of that size. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * What the operating system said about a file of ours, as an answer that asks the sender to come back: nothing is wrong with
 * what it sent. Null for an error of another kind. The cause is in the log, at level error: an operator has to make room.
 */
export function storageError(error: unknown): AppError | null {
  // Every refusal of the operating system names the call that it refused.
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return null;
  if (FULL.has(String(error.code))) {
    return new AppError('storage-full', 'There is no room for the file just now.', {
      cause: error,
      retryAfterMs: MINUTE_MS,
    });
  }
  return new AppError('service-unavailable', 'The file cannot be kept just now.', {
    cause: error,
    retryAfterMs: 30 * SECOND_MS,
  });
}
