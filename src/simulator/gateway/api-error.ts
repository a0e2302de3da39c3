/** A refusal as TikTok answers it: the envelope's code and message, and the HTTP status beside them. */
export class ApiError extends Error {
  readonly code: number;
  readonly httpStatus: number;
  readonly retryAfterSec: number | undefined;
  /** Whether the documents know the code for the call; undefined where they have no list. */
  isDocumented: boolean | undefined;
  /** Which check refused, for the log. */
  refusedBy: string | undefined;
  /** What the caller cannot see and a developer wants to: the log alone tells it. */
  explanation: string | undefined;

  constructor(code: number, message: string, options: { httpStatus?: number; retryAfterSec?: number } = {}) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.httpStatus = options.httpStatus ?? 200;
    this.retryAfterSec = options.retryAfterSec;
  }
}

// TikTok: Common errors. UNCONFIRMED: the HTTP statuses of 36009010, 36009014, 36009022, 106013 and 101000.
const gatewayErrors = {
  invalidAppKey: [36009004, 400, "Invalid credentials. Invalid 'app_key' query parameter."],
  timestampNegative: [
    36009004,
    400,
    "Invalid timestamp. The value of the 'timestamp' query parameter must not be lesser than 0.",
  ],
  timestampOld: [
    36009004,
    400,
    "Invalid timestamp. The value of the 'timestamp' query parameter must not be earlier than 5 minutes before the current time.",
  ],
  timestampAhead: [
    36009004,
    400,
    "Invalid timestamp. The value of the 'timestamp' query parameter must not exceed the current time by more than 30 seconds.",
  ],
  missingSign: [
    36009004,
    400,
    'Missing credentials. The request does not include a required signature in the query.',
  ],
  wrongSign: [106001, 401, "Invalid credentials. The 'sign' query parameter is invalid."],
  invalidToken: [36009004, 401, "Invalid credentials. The 'x-tts-access-token' header is invalid."],
  expiredToken: [
    105002,
    401,
    "Expired credentials. The 'access_token' or 'x-tts-access-token' header has expired.",
  ],
  missingScope: [
    105005,
    401,
    'Access denied. The app is not authorized to access the endpoint because the access scopes granted for the app or the access token do not contain the required access scope for the endpoint.',
  ],
  missingCipher: [
    106013,
    400,
    "Missing identifier. The 'shop_cipher' query parameter is required to identify the target shop.",
  ],
  unexpectedCipher: [
    36009004,
    400,
    "Unexpected identifier. The 'shop_cipher' query parameter is not required for this request.",
  ],
  invalidCipher: [36009004, 400, "Invalid identifier. The 'shop_cipher' query parameter is invalid."],
  foreignCipher: [
    101000,
    401,
    "Invalid query or header. The 'shop_cipher' query parameter or 'x-tts-access-token' header is invalid.",
  ],
  tooManyRequests: [
    36009002,
    429,
    "Too many requests. You've made too many requests in a short period of time.",
  ],
  unknownPath: [36009009, 404, 'Invalid path. The specified path does not match any available endpoint.'],
  wrongMethod: [36009010, 405, 'Invalid method. The HTTP method used is not supported by this endpoint.'],
  wrongVersion: [36009014, 400, "Invalid API version. The 'version' value is invalid or unsupported."],
  wrongFormat: [
    36009022,
    400,
    "Invalid request format. The request body format must be 'application/json' for structured data or 'multipart/form-data' for binary files.",
  ],
  tooLarge: [36009021, 413, 'Invalid file size. The uploaded file size exceeds the maximum limit.'],
  internal: [
    36009003,
    500,
    'Internal error. Please try again. If the issue persists after multiple attempts, please contact platform support.',
  ],
} as const satisfies Record<string, readonly [code: number, httpStatus: number, message: string]>;

export type GatewayRefusal = keyof typeof gatewayErrors;

export function refuse(
  refusal: GatewayRefusal,
  options: { httpStatus?: number; retryAfterSec?: number } = {},
): ApiError {
  const [code, httpStatus, message] = gatewayErrors[refusal];
  return new ApiError(code, message, { httpStatus, ...options });
}

/** Does the check; a refusal knows by which one. The innermost check tells the most. */
export function checkedBy<T>(check: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) error.refusedBy ??= check;
    throw error;
  }
}

/** TikTok has the call, the simulator has not: no code of TikTok would be true. */
export function notSimulated(name: string): ApiError {
  const message = `Not simulated: TikTok Shop has this call (${name}), the simulator has not. See /coverage.`;
  return new ApiError(501, message, { httpStatus: 501 });
}

/** A parameter that is missing or mistyped. Seen live: HTTP 400 with 36009004, the message naming the parameter. */
export function badParameter(message: string): ApiError {
  const error = new ApiError(36009004, message, { httpStatus: 400 });
  error.refusedBy = 'parameters';
  return error;
}
