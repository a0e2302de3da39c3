import { AppError } from '../../kernel/errors.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';

/** TikTok, or what TikTok shows, leaves no way for this effect. */
export function refusal(message: string, next: string): AppError {
  return new AppError('tiktok-refused', message, { details: [{ message, next }] });
}

/**
 * TikTok may show an old copy of an order for a while, so what only follows from such a copy is looked at this many times,
 * some seconds apart and more each time, before it fails a document.
 */
export const PATIENT_ATTEMPTS = 4;

/**
 * A request whose values TikTok does not accept will not be accepted later either: for the ERP that is a refusal, which it
 * can see on the document, rather than a fault of ours that is tried for a day.
 */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof TikTokError) || error.reaction !== 'bug' || error.code !== 'internal') return error;
  return new AppError('tiktok-refused', error.message, { details: error.details, cause: error });
}

/** Looked at again later: TikTok is asked what it has, and only then sent anything. */
export function inDoubt(error: AppError): AppError {
  return new AppError('tiktok-in-doubt', error.message, { details: error.details, cause: error });
}

/**
 * Whether a refusal may be about ourselves: an earlier call of this effect was lost, has been done nevertheless, and what
 * TikTok refuses now is its repetition.
 */
export function mayBeOurOwn(error: unknown, attempts: number): error is AppError {
  if (!(error instanceof AppError)) return false;
  if (error instanceof TikTokError && error.reaction === 'already-done') return true;
  return error.code === 'tiktok-refused' && attempts > 1;
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
