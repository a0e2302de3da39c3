import { AppError } from '../kernel/errors.js';

/** The file is no workbook, or breaks off. @param why what the reader says, for the log */
export function notAWorkbook(why?: string): AppError {
  return refused('The file cannot be read as an XLSX workbook.', why);
}

/** The workbook is larger than a sheet of stock can be. */
export function refused(message: string, cause?: string): AppError {
  return new AppError('invalid-document', message, {
    details: [{ field: 'file', message, next: 'Save it as CSV (UTF-8) and send that' }],
    ...(cause === undefined ? {} : { cause }),
  });
}
