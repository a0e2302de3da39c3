import type { RowDoubts, RowProblem } from '../formats/table.js';
import { cleanText } from '../formats/clean-text.js';
import { columnLetter } from '../formats/column-letter.js';
import type { ErrorDetail, TablePlace } from '../kernel/errors.js';
import { buildDocument, floatingGroups, type TableRow } from './build-document.js';
import { refusedFile, type ColumnNames, type ReadDocument, type ReadFile } from './codec.js';
import { columnOf, type Column } from './columns.js';
import { fileShapes, type FileKind } from './document-shape.js';
import { withoutGuard } from './write-table.js';

const MOST_COLUMNS = 2_000;
const MOST_ROWS = 1_000_000;
/** A file of which more cannot be read is another kind of file. */
const MOST_BROKEN = 100;

const PROBLEMS: Readonly<Record<RowProblem, string>> = {
  'too-long': 'is longer than a row can be',
  'open-quote': 'has a quote that is never closed',
  'text-after-quote': 'has text behind a quoted cell',
  'no-item': 'cannot be read',
};

/** What identifies the document of a row. */
const SAME = [
  'PartnerPO',
  'OrderNumber',
  'Identifier.LinkKey',
  'Identifier.LogicbrokerKey',
  'Identifier.SourceKey',
];

/** Takes the rows of one table, whichever reader brings them, and makes documents of them. */
interface TableTaker {
  /** @param isWhole false: the file ends in this row without an end of the line */
  row(
    fields: readonly string[],
    count: number,
    rowNumber: number,
    isWhole: boolean,
    doubts?: RowDoubts | null,
  ): void;
  problem(problem: RowProblem, rowNumber: number): void;
  finish(): ReadFile;
}

/** @param padded whether the reader leaves out empty cells at the end of a row, as sheets do */
export function createTableTaker(kind: FileKind, padded: boolean, ownNames: ColumnNames = {}): TableTaker {
  const renamed = new Map(Object.entries(ownNames).map(([name, path]) => [name.trim().toLowerCase(), path]));
  let columns: Column[] | null = null;
  const rows: TableRow[] = [];
  const problems: ErrorDetail[] = [];
  /** Rows that nobody can read may be lines of a document beside them. */
  const broken: number[] = [];

  function readHeader(fields: readonly string[], count: number, row: number): void {
    if (count > MOST_COLUMNS)
      throw refusedFile('The table cannot be read.', {
        at: { row },
        message: `more than ${MOST_COLUMNS} columns`,
      });
    const names = fields.slice(0, count).map((name) => cleanText(withoutGuard(name)));
    while (names.at(-1) === '') names.pop();
    const found = names.map((name) => ({
      ...columnOf(renamed.get(name.toLowerCase()) ?? name, kind),
      header: name,
    }));
    const seen = new Set<string>();
    for (const [index, column] of found.entries()) {
      const { header, isLine, path, attribute } = column;
      const at = placeOf(row, index, header);
      const key = JSON.stringify([isLine, path, attribute]);
      const message = header === '' ? 'a column has no name' : `the column ${header} stands there twice`;
      if (header === '' || seen.has(key))
        throw refusedFile('The table cannot be read.', {
          at,
          message,
          next: 'Give every column a name of its own, or leave it out',
        });
      seen.add(key);
    }
    columns = found;
    const { lines } = fileShapes[kind];
    if (columns.every(({ isUnknown }) => isUnknown))
      throw refusedFile('The table cannot be read: its first row is no header.', {
        at: { row },
        message: `no column has a name of the API, such as PartnerPO or ${lines}.Quantity`,
      });
  }

  function noteBroken(row: number): void {
    broken.push(row);
    if (broken.length > MOST_BROKEN)
      throw refusedFile('The table cannot be read.', {
        at: { row },
        message: `more than ${MOST_BROKEN} rows cannot be read`,
      });
  }

  return {
    row(fields, count, rowNumber, isWhole, doubts = null) {
      if (!columns) {
        if (fields.slice(0, count).every((field) => field.trim() === '')) return;
        readHeader(fields, count, rowNumber);
        return;
      }
      const cells = fields.slice(0, count);
      if (cells.every((cell) => cell.trim() === '')) return;
      while (cells.length > columns.length && cells.at(-1)?.trim() === '') cells.pop();
      if (cells.length !== columns.length && !(padded && cells.length < columns.length)) {
        const message = `has ${cells.length} cells, and the header has ${columns.length}`;
        if (!isWhole) throw breaksOff(rowNumber, message);
        problems.push({ at: { row: rowNumber }, message, next: 'Quote cells that hold the separator' });
        noteBroken(rowNumber);
        return;
      }
      if (rows.length >= MOST_ROWS)
        throw refusedFile('The table is too long.', {
          at: { row: rowNumber },
          message: `more than ${MOST_ROWS} rows`,
        });
      rows.push({
        number: rowNumber,
        cells: columns.map((_, index) => withoutGuard(cells[index] ?? '')),
        doubts: doubts && new Map(doubts),
      });
    },
    problem(problem, rowNumber) {
      if (!columns)
        throw refusedFile('The table cannot be read.', {
          at: { row: rowNumber },
          message: PROBLEMS[problem],
        });
      problems.push({ at: { row: rowNumber }, message: PROBLEMS[problem] });
      noteBroken(rowNumber);
    },
    finish() {
      if (!columns)
        throw refusedFile('The table is empty.', { at: { row: 1 }, message: 'a header is wanted' });
      const header = columns;
      const groups = floatingGroups(kind, header);
      const documents = groupsOf(kind, rows, header).map((own) => buildDocument(kind, header, groups, own));
      for (const number of broken) spoil(documents, rows, number);
      return { documents: documents.map(({ read }) => read), problems };
    },
  };
}

/** A file that is cut off in its last row changes nothing. */
function breaksOff(row: number, message: string): Error {
  return refusedFile('The file breaks off in its last row, and nothing of it is taken.', {
    at: { row },
    message,
  });
}

function placeOf(row: number, index: number, column: string): TablePlace {
  return { row, letter: columnLetter(index), ...(column && { column }) };
}

/** Rows that say the same document, wherever they stand, in the order of the first. */
function groupsOf(kind: FileKind, rows: readonly TableRow[], columns: readonly Column[]): TableRow[][] {
  const { number } = fileShapes[kind];
  const indexOf = (path: string): number =>
    columns.findIndex((one) => !one.isLine && one.path.join('.') === path);
  const own = indexOf(number);
  const same = SAME.map(indexOf).filter((index) => index !== -1);
  const groups = new Map<string, TableRow[]>();
  for (const row of rows) {
    const name = own === -1 ? '' : cleanText(row.cells[own] ?? '');
    // Without a number of its own a row is a document by itself, and is told so.
    const key =
      name === ''
        ? `row ${row.number}`
        : JSON.stringify([name, ...same.map((index) => cleanText(row.cells[index] ?? ''))]);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** A row that cannot be read may belong to the document above or below: neither is surely whole. */
function spoil(
  documents: readonly { rows: readonly number[]; read: ReadDocument }[],
  rows: readonly TableRow[],
  broken: number,
): void {
  const above = rows.findLast(({ number }) => number < broken)?.number;
  const below = rows.find(({ number }) => number > broken)?.number;
  for (const { rows: own, read } of documents)
    if (own.some((number) => number === above || number === below))
      read.problems.push({
        at: { row: broken },
        message: 'cannot be read, and may be a line of this document',
      });
}
