/**
 * The one catalogue of errors that leave this program, sorted by the party that has to act.
 * `status` is the HTTP status a caller of our API sees, `retry` tells a worker whether the same
 * call can succeed later without anybody changing anything.
 */
export const errorCatalogue = {
  // the caller acts
  'invalid-request': { status: 400, retry: 'never' },
  'invalid-document': { status: 400, retry: 'never' },
  'rule-violated': { status: 400, retry: 'never' },
  'not-authenticated': { status: 401, retry: 'never' },
  'not-allowed': { status: 403, retry: 'never' },
  'not-found': { status: 404, retry: 'never' },
  'method-not-allowed': { status: 405, retry: 'never' },
  'not-acceptable': { status: 406, retry: 'never' },
  conflict: { status: 409, retry: 'never' },
  'precondition-failed': { status: 412, retry: 'never' },
  'body-too-large': { status: 413, retry: 'never' },
  'unsupported-media-type': { status: 415, retry: 'never' },
  'idempotency-key-reused': { status: 422, retry: 'never' },
  'too-many-requests': { status: 429, retry: 'later' },
  // an operator acts
  'configuration-invalid': { status: 500, retry: 'never' },
  'needs-reauthorization': { status: 409, retry: 'later' },
  'connection-not-ready': { status: 409, retry: 'later' },
  // TikTok said no for good, or cannot be reached just now
  'tiktok-refused': { status: 409, retry: 'never' },
  'tiktok-unavailable': { status: 503, retry: 'later' },
  'tiktok-throttled': { status: 503, retry: 'later' },
  'tiktok-in-doubt': { status: 503, retry: 'later' },
  // another service that orders are delivered to cannot be reached just now; nothing was done there
  'channel-unavailable': { status: 503, retry: 'later' },
  // we act
  'service-unavailable': { status: 503, retry: 'later' },
  'storage-full': { status: 507, retry: 'later' },
  internal: { status: 500, retry: 'later' },
} as const satisfies Record<string, { status: number; retry: 'never' | 'later' }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** In a table: the row as a person counts them, the header being row 1; the column by its name in the header and its letter. */
export interface TablePlace {
  row: number;
  column?: string;
  /** As a spreadsheet names the column; left out where nobody knows any more. */
  letter?: string;
}

/** Where a finding is, in the terms of what was sent. Each protocol has one function that puts it into its own words. */
type ErrorPlace =
  /** Path in the caller's document, such as `ShipmentLines[0].Quantity`, or a query name. */
  | { field: string }
  | TablePlace
  /** In a message of segments (X12): the segment by its place from 1 and its name, the element from 1 within it. */
  | { segment: number; name: string; element?: number };

/** One finding inside an error: where it is, what is wrong and, where we know it, what to do next. */
export interface ErrorDetail {
  /** Short for `at: { field }`, the commonest place. */
  field?: string;
  at?: ErrorPlace;
  message: string;
  next?: string;
}

/** Where a finding is; null when it is about the whole. */
export function placeOf({ at, field }: ErrorDetail): ErrorPlace | null {
  return at ?? (field ? { field } : null);
}

export interface AppErrorOptions {
  details?: ErrorDetail[];
  cause?: unknown;
  /** How long the caller or worker should wait before the next try. */
  retryAfterMs?: number;
}

/** Every error that is meant to be seen. Anything else that is thrown is a bug and leaves as `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retry: 'never' | 'later';
  readonly details: ErrorDetail[];
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = errorCatalogue[code].status;
    this.retry = errorCatalogue[code].retry;
    this.details = options.details ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Text of anything that was thrown, for a log line or a stored reason. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
