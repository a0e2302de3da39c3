import type { RowDoubts } from '../formats/table.js';
import { columnLetter } from '../formats/column-letter.js';
import type { TablePlace } from '../kernel/errors.js';
import { cleanText } from '../formats/clean-text.js';

/**
 * `error`: nothing of the row is taken. `warning`: the rest of it is. `overridden`: a later row says it anew. `left-out`:
 * the file is complete and has no row for it.
 */
export type FindingLevel = 'error' | 'warning' | 'overridden' | 'left-out';

/** What is to be said about a row. */
export interface Finding {
  level: FindingLevel;
  at: TablePlace;
  value: string | null;
  message: string;
  next: string | null;
  /** The SKU of the row, and the row itself, as they came. */
  sku?: string;
  rowText?: string;
}

/** The row that is being read: one object for the whole file, since there are millions of rows. */
export interface CurrentRow {
  fields: readonly string[];
  /** So many of the fields are the row's. */
  count: number;
  rowNumber: number;
  /** Where the SKU stands. */
  skuIndex: number;
  /** Cells that may not be what they show; null in formats whose cells are texts. */
  doubts: RowDoubts | null;
  /** Values of the row that were refused so far. */
  refusals: number;
  /** Of a row that could not be cut into fields: the line. */
  line: string | null;
  /** Reports a value that is not taken, with its place in the file; the null is what its reader answers. */
  refuse(index: number | null, message: string, next: string | null): null;
  /** Reports a value that is taken otherwise than it stands there. */
  remark(index: number | null, message: string, next: string | null): void;
  /** Notes a cell that only informs and cannot be read. */
  leaveOut(index: number): null;
  /** Hands over what was reported of the row, once it is known whether anything of it is taken. */
  close(isTaken: boolean): void;
}

/** Takes the findings of one row; the row is there for the moment only. */
export type ReportRow = (findings: Finding[], isTaken: boolean, row?: CurrentRow) => void;

/** Cells that were left out, by column, with the first row that has one. */
export type LeftOutCells = Map<string, { count: number; firstRow: number }>;

const LONGEST_VALUE_IN_REPORT = 100;

export function createCurrentRow(
  headers: readonly string[],
  report: ReportRow,
  leftOut: LeftOutCells,
  skuIndex: number,
): CurrentRow {
  let findings: Finding[] = [];
  const row: CurrentRow = {
    fields: [],
    count: 0,
    rowNumber: 0,
    skuIndex,
    doubts: null,
    refusals: 0,
    line: null,
    refuse(index, message, next) {
      const doubt = index === null ? undefined : row.doubts?.get(index);
      if (doubt && !doubt.isNumber) row.remark(index, doubt.message, doubt.next);
      else row.remark(index, message, next);
      row.refusals += 1;
      return null;
    },
    remark(index, message, next) {
      const at = { row: row.rowNumber, ...(index === null ? {} : columnAt(headers, index)) };
      const value = index === null ? null : printable(row.fields[index] ?? '');
      findings.push({ level: 'error', at, value, message, next });
    },
    leaveOut(index) {
      const column = headers[index] ?? '';
      const seen = leftOut.get(column);
      if (seen) seen.count += 1;
      else leftOut.set(column, { count: 1, firstRow: row.rowNumber });
      return null;
    },
    close(isTaken) {
      if (findings.length === 0) return;
      if (isTaken) for (const finding of findings) finding.level = 'warning';
      report(findings, isTaken, row);
      findings = [];
    },
  };
  return row;
}

function columnAt(headers: readonly string[], index: number): Omit<TablePlace, 'row'> {
  const column = headers[index];
  return { ...(column ? { column } : {}), letter: columnLetter(index) };
}

/** The cell as its reader means it (see cleanText); empty for a column that the file does not have. */
export function cell(row: CurrentRow, index: number | null): string {
  return index === null ? '' : cleanText(row.fields[index] ?? '');
}

export function printable(value: string): string {
  return value.slice(0, LONGEST_VALUE_IN_REPORT).replaceAll(/[\p{Cc}\p{Surrogate}]/gu, '\ufffd');
}
