import { AppError } from '../../kernel/errors.js';
import { plainLine } from '../../kernel/plain-text.js';

/** A page shows no more of it. */
const LONGEST_REASON = 2_000;

/**
 * What is kept about a failure, for lists, events and people. Only our own words and errors that are meant to be seen:
 * what others throw may quote a row's content.
 */
export function storedReason(reason: unknown): string {
  return plainLine(wordsOf(reason), LONGEST_REASON);
}

function wordsOf(reason: unknown): string {
  if (typeof reason === 'string') return reason;
  if (!(reason instanceof AppError)) return 'Unexpected error; the log has it.';
  const next = reason.details.find((detail) => detail.next)?.next;
  return next && !reason.message.includes(next) ? `${reason.message} ${next}` : reason.message;
}
