import type { ApiError } from './api-error.js';

export interface Answer {
  httpStatus: number;
  /** -1 when the answer has no envelope. */
  code: number;
  text: string;
  contentType?: string;
  retryAfterSec?: number | undefined;
  /** The envelope's; for the log. */
  message?: string;
  refusedBy?: string | undefined;
  isDocumented?: boolean | undefined;
  explanation?: string | undefined;
  headers?: Readonly<Record<string, string>>;
}

export function success(data: object, requestId: string): Answer {
  const text = JSON.stringify({ code: 0, data, message: 'Success', request_id: requestId });
  return { httpStatus: 200, code: 0, text, message: 'Success' };
}

export function refusal(error: ApiError, requestId: string): Answer {
  const { httpStatus, code, message, retryAfterSec, refusedBy, isDocumented, explanation } = error;
  return {
    httpStatus,
    code,
    retryAfterSec,
    message,
    refusedBy,
    isDocumented,
    explanation,
    ...(httpStatus === 501 ? { headers: { 'x-simulator': 'not-simulated' } } : {}),
    text: JSON.stringify({ code, data: null, message, request_id: requestId }),
  };
}
