import { RefusedAddressError } from './public-address.js';

const TOO_LARGE = 'the answer is too large';

/** No usable answer came. `arrived` is false only when the request surely never reached the server. */
export class NoAnswerError extends Error {
  readonly arrived: boolean;
  /** There was more of it than the door takes: another try brings the same. */
  readonly isTooLarge: boolean;

  constructor(problem: string, arrived: boolean, cause: unknown) {
    super(problem, { cause });
    this.name = 'NoAnswerError';
    this.arrived = arrived;
    this.isTooLarge = problem === TOO_LARGE;
  }
}

/** Failures that come before the first byte of the request is sent. */
const NEVER_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EAI_FAIL|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_.*|CERT_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

const problems: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
  UND_ERR_ABORTED: 'the answer took too long',
  UND_ERR_HEADERS_TIMEOUT: 'the answer took too long',
  UND_ERR_BODY_TIMEOUT: 'the answer took too long',
  UND_ERR_SOCKET: 'the connection broke',
  ECONNRESET: 'the connection broke',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: TOO_LARGE,
  ERR_BUFFER_TOO_LARGE: TOO_LARGE,
};

/** What went wrong underneath, in words that name neither address nor content; a refused address is handed on as it is. */
export function noAnswer(error: unknown): NoAnswerError | RefusedAddressError {
  if (error instanceof RefusedAddressError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new NoAnswerError(
    problems[code] ?? `the connection failed (${code})`,
    !NEVER_SENT.test(code),
    error,
  );
}
