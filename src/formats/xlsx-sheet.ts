import type { StringTable } from './string-table.js';
import { LONGEST_ROW, type CellDoubt, type TableHandlers } from './table.js';
import type { XmlHandlers } from './xml-reader.js';
import { refused } from './workbook-refusal.js';
import { numberOf, withoutResult, YES_OR_NO, type CellValue } from './xlsx-cell.js';
import type { NumberStyles } from './xlsx-styles.js';

const MOST_COLUMNS = 1_000;
/** The last row that a spreadsheet has. */
const LAST_ROW = 1_048_576;
/** Of a spreadsheet; so far out it may have colours, but no values. */
const LAST_COLUMN = 16_384;
/** Cells that are written, and those that a row is filled up with. */
const MOST_CELLS = 30_000_000;
/** Of a formula without a result, which is shown in reports. */
const LONGEST_FORMULA = 100;

/** Hands the sheet's cells on row by row, each row filled up to the width of the first. @throws AppError invalid-document */
export function sheetHandlers(
  strings: StringTable,
  styles: NumberStyles,
  handlers: TableHandlers,
): XmlHandlers {
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
  let style = 0;
  let isFormula = false;
  let hasFormula = false;
  let formula = '';
  let doubts: Map<number, CellDoubt> | null = null;

  function startRow(given: string | undefined): void {
    rowNumber = given === undefined ? rowNumber + 1 : Number(given);
    if (!Number.isInteger(rowNumber) || rowNumber < 1 || rowNumber > LAST_ROW)
      throw refused(`The sheet has a row without a number from 1 to ${LAST_ROW}.`);
    column = -1;
    filled = 0;
    fields.length = 0;
    doubts = null;
  }

  function startCell(
    reference: string | undefined,
    given: string | undefined,
    ofStyle: string | undefined,
  ): void {
    count(1);
    column = reference === undefined ? column + 1 : columnOf(reference);
    if (column >= LAST_COLUMN) throw refused(`The sheet has more than ${LAST_COLUMN} columns.`);
    type = given ?? 'n';
    style = ofStyle === undefined ? -1 : Number(ofStyle);
    text = '';
    formula = '';
    hasFormula = false;
  }

  function endCell(): void {
    const { value, doubt } = read();
    if (value === '') return;
    if (column >= MOST_COLUMNS) throw refused(`The sheet has more than ${MOST_COLUMNS} columns.`);
    count(Math.max(0, column - fields.length));
    while (fields.length < column) fields.push('');
    fields[column] = value;
    filled = Math.max(filled, column + 1);
    if (!doubt) return;
    doubts ??= new Map();
    doubts.set(column, doubt);
  }

  function read(): CellValue {
    if (type === 's') return { value: text === '' ? '' : strings.get(Number(text)) };
    if (hasFormula && text === '' && type !== 'str') return withoutResult(formula);
    if (type === 'b') return { value: text === '1' ? 'TRUE' : 'FALSE', doubt: YES_OR_NO };
    return type !== 'n' || text === '' ? { value: text } : numberOf(text, style, styles);
  }

  /** A sheet has no cells where nothing stands: rows are filled up to the width of the header. */
  function endRow(): void {
    if (filled === 0) return;
    if (width === 0) width = filled;
    const columns = Math.max(width, filled);
    count(columns - fields.length);
    while (fields.length < columns) fields.push('');
    handlers.row(fields, columns, rowNumber, undefined, doubts);
  }

  function count(more: number): void {
    cells += more;
    if (cells > MOST_CELLS) throw refused(`The sheet has more than ${MOST_CELLS} cells.`);
  }

  return {
    opened(name, attributes) {
      if (name === 'row') startRow(attributes['r']);
      else if (name === 'c') startCell(attributes['r'], attributes['t'], attributes['s']);
      else if (name === 'rPh') phonetic += 1;
      isFormula = name === 'f';
      hasFormula ||= isFormula;
      isText = name === 'v' || (name === 't' && phonetic === 0);
    },
    text(part) {
      if (isText && text.length <= LONGEST_ROW) text += part;
      if (isFormula && formula.length < LONGEST_FORMULA) formula += part;
    },
    closed(name) {
      isText = false;
      isFormula = false;
      if (name === 'c') endCell();
      else if (name === 'row') endRow();
      else if (name === 'rPh') phonetic -= 1;
    },
  };
}

/** `AB12` is column 27, counted from 0. */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of /^[A-Z]{1,4}/.exec(reference)?.[0] ?? 'A')
    column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
