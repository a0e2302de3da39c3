import type { ApiError } from './api-error.js';

export interface Answer {
  httpStatus: number;
  /** -1 when the answer has no envelope. */
  code: number;
  text: string;
  contentType?: string;
  retryAfterSec?: number | undefined;
}

export function success(data: object, requestId: string): Answer {
  const text = JSON.stringify({ code: 0, data, message: 'Success', request_id: requestId });
  return { httpStatus: 200, code: 0, text };
}

export function refusal(error: ApiError, requestId: string): Answer {
  const { httpStatus, code, message, retryAfterSec } = error;
  return {
    httpStatus,
    code,
    retryAfterSec,
    text: JSON.stringify({ code, data: null, message, request_id: requestId }),
  };
}
