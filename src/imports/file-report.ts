import { stringify } from 'csv-stringify/sync';
import type { ErrorDetail } from '../kernel/errors.js';
import type { Finding } from './current-row.js';

/** A finding as reports of files say it: where it is, the value as it came, what is wrong and what to do. */
interface ReportLine {
  Level: Finding['level'];
  Row: number | undefined;
  /** Of the row, as it came. */
  SupplierSKU: string | undefined;
  Column: string | undefined;
  /** Of the column, as a spreadsheet shows it. */
  Letter: string | undefined;
  Value: string | undefined;
  Message: string;
  Next: string | undefined;
  /** The row as it came. */
  RowText: string | undefined;
}

const COLUMNS = [
  'Row',
  'Column',
  'Value',
  'Message',
  'Next',
  'Level',
  'SupplierSKU',
  'RowText',
  'Letter',
] as const satisfies (keyof ReportLine)[];

export function reportLine({ level, at, value, message, next, sku, rowText }: Finding): ReportLine {
  return {
    Level: level,
    Row: at.row > 0 ? at.row : undefined,
    SupplierSKU: sku,
    Column: at.column ?? at.letter,
    Letter: at.letter,
    Value: value ?? undefined,
    Message: message,
    Next: next ?? undefined,
    RowText: rowText,
  };
}

/** The report as a file that a spreadsheet opens without running formulas. */
export function reportCsv(lines: readonly ReportLine[]): string {
  return stringify([...lines], {
    header: true,
    columns: [...COLUMNS],
    escape_formulas: true,
    record_delimiter: '\r\n',
  });
}

/** The same for whoever waits for the answer to a file. */
export function answerDetail({ at, message, next, sku }: Finding): ErrorDetail {
  return { at, message: sku ? `${message} (${sku})` : message, ...(next === null ? {} : { next }) };
}
