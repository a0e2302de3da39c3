import { cleanText } from '../formats/clean-text.js';
import type { RowDoubts } from '../formats/table.js';
import { columnLetter } from '../formats/column-letter.js';
import type { ErrorDetail, TablePlace } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { keepNumber, readFlag } from './cell-values.js';
import type { ReadDocument } from './codec.js';
import type { Column } from './columns.js';
import { fileShapes, type FileKind } from './document-shape.js';

export interface TableRow {
  number: number;
  /** One for each column. */
  cells: readonly string[];
  /** Of sheets: whose text is not surely what is shown. */
  doubts: RowDoubts | null;
}

/** What a spreadsheet has made of a long number; no id looks so. */
const ROUNDED = /^\d[.,]\d{1,20}E\+\d{2}$/i;

type FloatingGroups = ReadonlyMap<string, readonly number[]>;
type Step = string | number;

/** One document of the rows that name it, each row a line. */
export function buildDocument(
  kind: FileKind,
  columns: readonly Column[],
  groups: FloatingGroups,
  rows: readonly TableRow[],
): { rows: number[]; read: ReadDocument } {
  const { lines } = fileShapes[kind];
  const problems: ErrorDetail[] = [];
  const places = new Map<string, TablePlace>();
  const document: JsonObject = {};
  const list: JsonObject[] = rows.map(() => ({ ItemIdentifier: {} }));
  const hasLines = columns.some(({ isLine }) => isLine);
  const heads = new Map<string, string>();
  const perLine = new Set(
    [...groups].filter(([, indexes]) => indexes.some((index) => differs(index, rows))).map(([name]) => name),
  );

  for (const [index, column] of columns.entries()) {
    const goesToLines = column.isLine || perLine.has(groupOf(column));
    for (const [at, row] of rows.entries()) {
      const cell = cleanText(row.cells[index] ?? '');
      if (cell === '') continue;
      const place = { row: row.number, column: column.header, letter: columnLetter(index) };
      const doubt = row.doubts?.get(index);
      if (doubt && !(doubt.isNumber && column.shape === 'number')) {
        problems.push({ at: place, message: doubt.message, next: doubt.next });
        continue;
      }
      const value = valueOf(column, cell);
      if (value instanceof Error) {
        problems.push({ at: place, message: value.message });
        continue;
      }
      if (goesToLines) {
        put(list[at]!, column, value);
        places.set(pathText([lines, at, ...column.path]), place);
        continue;
      }
      const known = places.get(headKey(column));
      if (!known) {
        put(document, column, value);
        places.set(headKey(column), place);
        heads.set(headKey(column), cell);
      } else if (cell !== heads.get(headKey(column))) {
        problems.push({
          at: place,
          message: `says something else than row ${known.row} of the same document`,
          next: 'Give all rows of a document the same, or each document a number of its own',
        });
      }
    }
  }
  document[lines] = hasLines || perLine.size > 0 ? list.map(withoutHoles) : [];
  return {
    rows: rows.map(({ number }) => number),
    read: {
      kind,
      document: withoutHoles(document),
      problems,
      placed: (detail) => ({ ...withoutField(detail), at: findPlace(detail.field, lines, rows, places) }),
    },
  };
}

/** Names that the API has not, and the parcels of shipments: Logicbroker's files have these on each row without the line's name. */
function isOfLines(kind: FileKind, column: Column): boolean {
  return !column.isLine && (column.isUnknown || (kind === 'shipment' && column.path[0] === 'ShipmentInfos'));
}

function groupOf(column: Column): string {
  return column.isUnknown ? `unknown ${column.attribute}` : `${column.isLine} ${column.path[0]}`;
}

/** Whether the rows of the document say different things in the column. */
function differs(index: number, rows: readonly TableRow[]): boolean {
  return rows.some(({ cells }) => cells[index] !== rows[0]?.cells[index]);
}

/** Columns that go to the lines together where the rows of a document differ in one of them, by the name of their group. */
export function floatingGroups(kind: FileKind, columns: readonly Column[]): FloatingGroups {
  const groups = new Map<string, number[]>();
  for (const [index, column] of columns.entries()) {
    if (!isOfLines(kind, column)) continue;
    const group = groups.get(groupOf(column));
    if (group) group.push(index);
    else groups.set(groupOf(column), [index]);
  }
  return groups;
}

function valueOf({ shape, attribute, path }: Column, cell: string): unknown {
  if (shape === 'number') {
    const number = /e/i.test(cell) ? undefined : keepNumber(cell);
    return number ?? new Error('must be a number such as 19.90, without signs of thousands or of a currency');
  }
  if (shape === 'flag') return readFlag(cell) ?? new Error('must be true or false');
  const isSku = path.at(-2) === 'ItemIdentifier';
  if (ROUNDED.test(cell) && !isSku && attribute === null)
    return new Error('was rounded by a spreadsheet: make the column text, and enter the number again');
  return cell;
}

function put(target: JsonObject, { path, attribute }: Column, value: unknown): void {
  let holder: Record<Step, unknown> = target;
  for (const [index, step] of path.entries()) {
    const next = path[index + 1];
    if (next === undefined) {
      if (attribute === null) holder[step] = value;
      else
        holder[step] = [
          ...((holder[step] as unknown[] | undefined) ?? []),
          { Name: attribute, Value: value },
        ];
      return;
    }
    holder[step] ??= typeof next === 'number' ? [] : {};
    holder = holder[step] as Record<Step, unknown>;
  }
}

/** Lists whose first entries have no cells close up. */
function withoutHoles<T>(value: T): T {
  if (Array.isArray(value)) return value.filter((each) => each !== undefined).map(withoutHoles) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutHoles(each as unknown)]),
  ) as T;
}

function headKey(column: Column): string {
  return column.attribute === null ? pathText(column.path) : pathText([...column.path, column.attribute]);
}

/** `ShipmentLines[0].Quantity`. */
function pathText(path: readonly Step[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

/** The cell of a field; else the row of its line, else the first row of the document. */
function findPlace(
  field: string | undefined,
  lines: string,
  rows: readonly TableRow[],
  places: ReadonlyMap<string, TablePlace>,
): TablePlace {
  const known = field === undefined ? undefined : (places.get(field) ?? places.get(inHead(field, lines)));
  if (known) return known;
  const line = field?.startsWith(`${lines}[`) ? Number.parseInt(field.slice(lines.length + 1), 10) : 0;
  return { row: rows[line]?.number ?? rows[0]?.number ?? 1 };
}

/** A parcel that stands in the head's columns is complained about where its line has it. */
function inHead(field: string, lines: string): string {
  return field.startsWith(`${lines}[`) ? field.slice(field.indexOf('.') + 1) : field;
}

function withoutField({ field, ...detail }: ErrorDetail): ErrorDetail {
  return field === undefined ? detail : { ...detail, message: `${field} ${detail.message}` };
}
