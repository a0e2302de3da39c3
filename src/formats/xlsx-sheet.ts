import type { StringTable } from './string-table.js';
import { LONGEST_ROW, type TableHandlers } from './table.js';
import type { XmlHandlers } from './xml-reader.js';
import { refused } from './workbook-refusal.js';

const MOST_COLUMNS = 1_000;
/** The last row that a spreadsheet has. */
const LAST_ROW = 1_048_576;
/** Of a spreadsheet; so far out it may have colours, but no values. */
const LAST_COLUMN = 16_384;
/** Cells that are written, and those that a row is filled up with. */
const MOST_CELLS = 30_000_000;
/** Digits that a spreadsheet keeps of a number; the rest is noise of binary fractions. */
const SIGNIFICANT_DIGITS = 15;

/** Hands the sheet's cells on row by row, each row filled up to the width of the first. @throws AppError invalid-document */
export function sheetHandlers(strings: StringTable, handlers: TableHandlers): XmlHandlers {
  const fields: string[] = [];
  let width = 0;
  let filled = 0;
  let rowNumber = 0;
  let column = 0;
  let cells = 0;
  let type = 'n';
  let text = '';
  let isText = false;
  let phonetic = 0;

  function startRow(given: string | undefined): void {
    rowNumber = given === undefined ? rowNumber + 1 : Number(given);
    if (!Number.isInteger(rowNumber) || rowNumber < 1 || rowNumber > LAST_ROW)
      throw refused(`The sheet has a row without a number from 1 to ${LAST_ROW}.`);
    column = -1;
    filled = 0;
    fields.length = 0;
  }

  function startCell(reference: string | undefined, given: string | undefined): void {
    count(1);
    column = reference === undefined ? column + 1 : columnOf(reference);
    if (column >= LAST_COLUMN) throw refused(`The sheet has more than ${LAST_COLUMN} columns.`);
    type = given ?? 'n';
    text = '';
  }

  function endCell(): void {
    const value = valueOf(type, text, strings);
    if (value === '') return;
    if (column >= MOST_COLUMNS) throw refused(`The sheet has more than ${MOST_COLUMNS} columns.`);
    count(Math.max(0, column - fields.length));
    while (fields.length < column) fields.push('');
    fields[column] = value;
    filled = Math.max(filled, column + 1);
  }

  /** A sheet has no cells where nothing stands: rows are filled up to the width of the header. */
  function endRow(): void {
    if (filled === 0) return;
    if (width === 0) width = filled;
    const columns = Math.max(width, filled);
    count(columns - fields.length);
    while (fields.length < columns) fields.push('');
    handlers.row(fields, columns, rowNumber);
  }

  function count(more: number): void {
    cells += more;
    if (cells > MOST_CELLS) throw refused(`The sheet has more than ${MOST_CELLS} cells.`);
  }

  return {
    opened(name, attributes) {
      if (name === 'row') startRow(attributes['r']);
      else if (name === 'c') startCell(attributes['r'], attributes['t']);
      else if (name === 'rPh') phonetic += 1;
      isText = name === 'v' || (name === 't' && phonetic === 0);
    },
    text(part) {
      if (isText && text.length <= LONGEST_ROW) text += part;
    },
    closed(name) {
      isText = false;
      if (name === 'c') endCell();
      else if (name === 'row') endRow();
      else if (name === 'rPh') phonetic -= 1;
    },
  };
}

function valueOf(type: string, text: string, strings: StringTable): string {
  if (type === 's') return text === '' ? '' : strings.get(Number(text));
  if (type !== 'n' || text === '') return text;
  const number = Number(text);
  return Number.isFinite(number) ? String(Number(number.toPrecision(SIGNIFICANT_DIGITS))) : text;
}

/** `AB12` is column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,4}/.exec(reference)?.[0] ?? 'A')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
