import { AppError } from '../kernel/errors.js';
import type { ErrorCode } from '../kernel/errors.js';

/**
 * What has to happen next. TikTok has several hundred codes; everything above this folder looks at the reaction only.
 *
 * - `retry-later`: surely not done, the same call may succeed later (for reads also: no answer).
 * - `throttled`: not done, too many requests; `retryAfterMs` says how long to wait where TikTok said so.
 * - `refresh-and-repeat`: the access token is dead; the client has refreshed and repeated once already.
 * - `reauthorize`: only the seller can help, by connecting again.
 * - `clock-skew`: this machine's clock is wrong and the time of TikTok's answer did not help.
 * - `shop-inactive`: TikTok takes no call of the shop at all, until its seller has put it in order.
 * - `scope-missing`: the app lacks a permission.
 * - `refused`: TikTok said no for good; the same call will be refused again.
 * - `already-done`: TikTok says that it is in that state already; compare with what is there before calling it a success.
 * - `in-doubt`: a write that may or may not have happened; read back before anything else.
 * - `bug`: the request itself is wrong, a person with access to settings or code has to look.
 */
export type Reaction =
  | 'retry-later'
  | 'throttled'
  | 'refresh-and-repeat'
  | 'reauthorize'
  | 'clock-skew'
  | 'shop-inactive'
  | 'scope-missing'
  | 'refused'
  | 'already-done'
  | 'in-doubt'
  | 'bug';

/** How each reaction leaves this folder as an error of ours. */
const errorCodes: Record<Reaction, ErrorCode> = {
  'retry-later': 'tiktok-unavailable',
  throttled: 'tiktok-throttled',
  // A fresh token that is refused as well is TikTok's hiccup until the refresh itself fails.
  'refresh-and-repeat': 'tiktok-unavailable',
  reauthorize: 'needs-reauthorization',
  'clock-skew': 'tiktok-unavailable',
  'shop-inactive': 'connection-not-ready',
  'scope-missing': 'configuration-invalid',
  refused: 'tiktok-refused',
  'already-done': 'tiktok-refused',
  'in-doubt': 'tiktok-in-doubt',
  bug: 'internal',
};

interface TikTokErrorFacts {
  reaction: Reaction;
  message: string;
  /** What a person can do about it, one sentence. */
  next: string;
  tiktokCode?: string | null;
  httpStatus?: number | null;
  /** TikTok's support asks for it. */
  requestId?: string | null;
  retryAfterMs?: number | null;
  cause?: unknown;
  /** Replaces the code that follows from the reaction. */
  code?: ErrorCode;
}

/** A call to TikTok that did not succeed. Never carries tokens, secrets or the request's content. */
export class TikTokError extends AppError {
  readonly reaction: Reaction;
  readonly next: string;
  readonly tiktokCode: string | null;
  readonly httpStatus: number | null;
  readonly requestId: string | null;

  constructor(facts: TikTokErrorFacts) {
    super(facts.code ?? errorCodes[facts.reaction], facts.message, {
      details: [{ message: facts.message, next: facts.next }],
      ...(facts.cause === undefined ? {} : { cause: facts.cause }),
      ...(facts.retryAfterMs == null ? {} : { retryAfterMs: facts.retryAfterMs }),
    });
    this.name = 'TikTokError';
    this.reaction = facts.reaction;
    this.next = facts.next;
    this.tiktokCode = facts.tiktokCode ?? null;
    this.httpStatus = facts.httpStatus ?? null;
    this.requestId = facts.requestId ?? null;
  }
}
