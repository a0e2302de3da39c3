import { AppError } from '../errors.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';

/** TikTok, or what TikTok shows, leaves no way for this shipment. */
export function refusal(message: string, next: string): AppError {
  return new AppError('tiktok-refused', message, { details: [{ message, next }] });
}

/**
 * Rethrows. A request whose values TikTok does not accept will not be accepted later either: for the ERP that is a
 * refusal, which it can see on the document, rather than a fault of ours that is tried for a day.
 */
export function throwRefusal(error: unknown): never {
  if (!(error instanceof TikTokError) || error.reaction !== 'bug' || error.code !== 'internal') throw error;
  throw new AppError('tiktok-refused', error.message, { details: error.details, cause: error });
}

/** Reason and next step in one text, as the document's status shows it. */
export function describeError(error: AppError): string {
  if (error.details.length === 0) return error.message;
  return error.details
    .map(({ field, message, next }) =>
      [field ? `${field}: ${message}` : message, next].filter(Boolean).join(' '),
    )
    .join(' ');
}
