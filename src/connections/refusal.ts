import { AppError, type AppErrorOptions, type ErrorCode } from '../kernel/errors.js';

/** An error for an operator: what is wrong, and what to do next. */
export function refusal(
  code: ErrorCode,
  message: string,
  next: string,
  options: Pick<AppErrorOptions, 'cause'> & { field?: string } = {},
): AppError {
  const { field, cause } = options;
  const detail = { message, next, ...(field === undefined ? {} : { field }) };
  return new AppError(code, message, { details: [detail], cause });
}
