import type { RowDoubts } from '../formats/table.js';
import { readSku } from './cells.js';
import { COPY_NULL, copyText } from './copy-text.js';
import { cell, createCurrentRow, type CurrentRow, type LeftOutCells, type ReportRow } from './current-row.js';
import type { FeedTable } from './feed-kind.js';
import { sift, type RepeatSieve } from './repeat-sieve.js';
import { foldSku } from '../domain/sku.js';

export interface RowReader extends Pick<FeedTable, 'read' | 'refuse'> {
  leftOut: LeftOutCells;
  unread: UnreadRows;
}

/** Rows of which not all could be read. */
export interface UnreadRows {
  /** Of these even the SKU is not known. */
  hidden: number;
  /** They name no SKU, and nothing that a feed is about. */
  skipped: number;
  /** Keys of the others; null: too many to name. */
  doubtful: string[] | null;
}

/** Keys of rows that are remembered. */
const MOST_DOUBTFUL = 50_000;

interface ReaderOptions {
  /** Columns of the header as they are and for reports, and where the SKU stands. */
  columns: { count: number; headers: string[]; supplierSku: number };
  caseSensitive: boolean;
  report: ReportRow;
  /** Takes the keys of the rows that are taken. */
  sieve?: RepeatSieve;
  /** Cells of which a row without a SKU has to have one, else it is about something else, such as a picture, and is skipped. */
  matters?: readonly (number | null)[];
}

/**
 * Reads rows that are about one SKU each: row number, key of the SKU, SKU (null when it is its own key), and what `readRest`
 * makes of the other cells. Called millions of times: a row of plain cells becomes a line without an object in between.
 * @param readRest `start` with its own fields and a newline; null for a row that it has reported
 */
export function createRowReader(
  { columns, caseSensitive, report, sieve, matters }: ReaderOptions,
  readRest: (row: CurrentRow, start: string) => string | null,
): RowReader {
  const leftOut: LeftOutCells = new Map();
  const unread: UnreadRows = { hidden: 0, skipped: 0, doubtful: [] };
  const row = createCurrentRow(columns.headers, report, leftOut, columns.supplierSku);

  function read(
    given: readonly string[],
    count: number,
    rowNumber: number,
    isUnended = false,
    doubts: RowDoubts | null = null,
  ): string | null {
    // Writers leave empty cells at the end of a row out, or separators behind the last column in.
    const isShort = count < columns.count && !isUnended;
    const fields = isShort ? filledUp(given, count, columns.count) : given;
    row.fields = fields;
    row.count = isShort ? columns.count : count;
    row.rowNumber = rowNumber;
    row.refusals = 0;
    row.doubts = doubts;
    const line = readRow(fields, row.count, rowNumber);
    row.close(line !== null);
    return line;
  }

  function readRow(fields: readonly string[], count: number, rowNumber: number): string | null {
    if (fields[columns.supplierSku] === '' || count < columns.count)
      if (isBlank(fields, 0, count)) return null;
    unread.hidden += 1;
    if (count < columns.count)
      return row.refuse(null, 'the file ends in the middle of this row', 'Send the whole file again');
    if (count > columns.count && !isBlank(fields, columns.count, count)) {
      const message = `has ${count} columns where the header has ${columns.count}`;
      return row.refuse(
        null,
        message,
        'Put values that hold the separator (such as 12,50) or a quote in quotes',
      );
    }
    if (
      matters &&
      (fields[columns.supplierSku] ?? '') === '' &&
      matters.every((index) => cell(row, index) === '')
    ) {
      unread.hidden -= 1;
      unread.skipped += 1;
      return null;
    }
    const sku = readSku(row, columns.supplierSku, 'Every row needs its SupplierSKU');
    if (sku === null) {
      if (cell(row, columns.supplierSku) === '') unread.hidden -= 1;
      return null;
    }
    unread.hidden -= 1;
    const key = foldSku(sku, caseSensitive);
    const line = readRest(
      row,
      `${numberText(rowNumber)}\t${copyText(key)}\t${key === sku ? COPY_NULL : copyText(sku)}\t`,
    );
    if (line !== null && sieve) sift(sieve, key);
    if (line === null || row.refusals > 0) doubt(key);
    return line;
  }

  function doubt(key: string): void {
    if (unread.doubtful && unread.doubtful.push(key) > MOST_DOUBTFUL) unread.doubtful = null;
  }

  function refuse(rowNumber: number, message: string, next: string, line?: string): void {
    row.rowNumber = rowNumber;
    row.count = 0;
    row.line = line ?? null;
    unread.hidden += 1;
    row.refuse(null, message, next);
    row.close(false);
    row.line = null;
  }

  return { read, refuse, leftOut, unread };
}

/** Remarks about cells that only inform and were left out. */
export function remarksOnLeftOut(leftOut: LeftOutCells): string[] {
  return [...leftOut].map(
    ([column, { count, firstRow }]) =>
      `${column}: ${count} ${count === 1 ? 'value' : 'values'} could not be read and ${count === 1 ? 'was' : 'were'} left out (first in row ${firstRow})`,
  );
}

const LAST_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));

/**
 * V8 remembers the texts of the last many thousand numbers. Of a file with millions of rows they live just long enough to
 * be taken for lasting ones, and so pile up; thousands and rest are remembered too, but are few.
 */
function numberText(rowNumber: number): string {
  return `${Math.floor(rowNumber / 1_000)}${LAST_DIGITS[rowNumber % 1_000]}`;
}

function filledUp(fields: readonly string[], count: number, columns: number): string[] {
  return Array.from({ length: columns }, (_, index) => (index < count ? (fields[index] ?? '') : ''));
}

function isBlank(fields: readonly string[], from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (fields[index]!.trim() !== '') return false;
  return true;
}
