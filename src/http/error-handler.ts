import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { writeJson } from '../formats/json.js';
import type { Logger } from '../kernel/log.js';
import { isStoreFull, isStoreUnavailable } from '../store/database.js';
import { placeText } from './error-places.js';
import { validationError } from './validation.js';

/** Fastify's own errors that callers can meet, in our words. */
const frameworkErrors: Record<string, AppError> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new AppError('body-too-large', 'The body is larger than this service takes.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new AppError(
    'unsupported-media-type',
    'Bodies can be sent as application/json.',
  ),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new AppError(
    'invalid-request',
    'The body is not as long as Content-Length says.',
  ),
  FST_ERR_BAD_URL: new AppError('invalid-request', 'The path cannot be decoded.'),
  FST_ERR_MAX_PARAM_LENGTH: new AppError('not-found', 'There is nothing here.'),
};

export function createErrorHandler(log: Logger) {
  return function handleError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) {
    const known = toAppError(error, request);
    request.errorCode = known?.code ?? 'internal';
    if (known && known.status < 500) return sendError(reply, known);
    const errorId = randomUUID();
    log.error(
      { errorId, requestId: request.id, err: error, cause: (error as AppError).cause },
      'request failed',
    );
    if (known && known.code !== 'internal') return sendError(reply, known, errorId);
    return sendError(reply, new AppError('internal', 'Something went wrong in this service.'), errorId);
  };
}

/** Null: not meant to be seen, a bug of ours. */
function toAppError(error: FastifyError | Error, request: FastifyRequest): AppError | null {
  if (error instanceof AppError) return error;
  const { validation, validationContext, code = '' } = error as Partial<FastifyError>;
  if (validation) return validationError(validation, validationContext, request.query);
  if (code in frameworkErrors) return frameworkErrors[code]!;
  if (isStoreUnavailable(error)) {
    return new AppError('service-unavailable', 'The store cannot be reached just now.', {
      cause: error,
      retryAfterMs: 5_000,
    });
  }
  if (isStoreFull(error)) {
    return new AppError('service-unavailable', 'The store has no room just now.', {
      cause: error,
      retryAfterMs: 60_000,
    });
  }
  const status = (error as Partial<FastifyError>).statusCode ?? 500;
  return status >= 400 && status < 500 ? new AppError('invalid-request', error.message) : null;
}

/** Answers in Logicbroker's envelope: `{Code, Message, Body: [{Errors}]}`, and beside it the same for machines. */
export function sendError(reply: FastifyReply, error: AppError, errorId?: string): FastifyReply {
  if (error.retryAfterMs !== undefined)
    reply.header('retry-after', Math.max(1, Math.ceil(error.retryAfterMs / 1000)));
  const message = errorId ? joined(error.message, `Error id: ${errorId}`) : error.message;
  return reply
    .code(error.status)
    .type('application/json; charset=utf-8')
    .send(errorText(error.status, message, error.code, shownFindings(error)));
}

/** More findings than anybody reads at once; a document of a thousand lines can have thousands. */
export const MOST_FINDINGS = 20;
const FINDINGS = new Set<string>(['invalid-document', 'invalid-request', 'rule-violated']);

function shownFindings({ code, details }: AppError): ErrorDetail[] {
  if (!FINDINGS.has(code) || details.length <= MOST_FINDINGS) return details;
  const message = `there is more to correct than these ${MOST_FINDINGS}`;
  return [...details.slice(0, MOST_FINDINGS), { message }];
}

export function errorText(status: number, message: string, reason: string, details: ErrorDetail[]): string {
  return writeJson({ Code: String(status), Message: message, Body: [findings(message, reason, details)] });
}

/** What an answer says of a refusal that is not the whole answer. */
export function findingsOf(error: AppError): Findings {
  return findings(error.message, error.code, shownFindings(error));
}

interface Findings {
  Errors: string[];
  Reason: string;
  Details: { Field: string | undefined; Message: string; Next: string | undefined }[];
}

function findings(message: string, reason: string, details: readonly ErrorDetail[]): Findings {
  return {
    Errors: details.length > 0 ? details.map(sentenceOf) : [message],
    Reason: reason,
    Details: details.map((detail) => ({
      Field: placeText(detail),
      Message: detail.message,
      Next: detail.next,
    })),
  };
}

function sentenceOf(detail: ErrorDetail): string {
  const { message, next } = detail;
  const place = placeText(detail);
  const sentence = place ? `${place}: ${message}` : message;
  return next ? joined(sentence, next) : sentence;
}

function joined(sentence: string, next: string): string {
  return `${sentence.replace(/\.$/, '')}. ${next}`;
}
