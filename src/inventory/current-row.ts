import type { FeedColumns } from './feed-columns.js';

/** Why a row is not taken. */
export interface RowError {
  rowNumber: number;
  column: string | null;
  value: string | null;
  message: string;
  next: string | null;
}

/** The row that is being read: one object for the whole file, since there are millions of rows. */
export interface CurrentRow {
  fields: readonly string[];
  rowNumber: number;
  /** Reports the row; the null is what the reader of a refused row answers. */
  refuse(index: number | null, message: string, next: string | null): null;
  /** Notes a cell that only informs and cannot be read. */
  leaveOut(index: number): null;
}

/** Cells that were left out, by column, with the first row that has one. */
export type LeftOutCells = Map<string, { count: number; firstRow: number }>;

const LONGEST_VALUE_IN_REPORT = 100;

export function createCurrentRow(
  columns: FeedColumns,
  report: (error: RowError) => void,
  leftOut: LeftOutCells,
): CurrentRow {
  const row: CurrentRow = {
    fields: [],
    rowNumber: 0,
    refuse(index, message, next) {
      const column = index === null ? null : (columns.headers[index] ?? null);
      const value = index === null ? null : printable(row.fields[index] ?? '');
      report({ rowNumber: row.rowNumber, column, value, message, next });
      return null;
    },
    leaveOut(index) {
      const column = columns.headers[index] ?? '';
      const seen = leftOut.get(column);
      if (seen) seen.count += 1;
      else leftOut.set(column, { count: 1, firstRow: row.rowNumber });
      return null;
    },
  };
  return row;
}

/** The cell without blanks around it; empty for a column that the file does not have. */
export function cell(row: CurrentRow, index: number | null): string {
  return index === null ? '' : (row.fields[index] ?? '').trim();
}

export function printable(value: string): string {
  return value.slice(0, LONGEST_VALUE_IN_REPORT).replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd');
}
