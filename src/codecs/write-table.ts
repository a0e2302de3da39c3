import { parseJson, writeJson } from '../formats/json.js';
import { isNumberText, object, objects, text, type JsonObject } from '../logicbroker/json-reading.js';
import { knownColumns } from './columns.js';
import { fileShapes, type FileKind } from './document-shape.js';

/** What a spreadsheet would take for a formula, also behind blanks and further apostrophes. */
const FORMULA = /^(?:'*\s*[=+\-@]|'*[\t\r])/;

/** Cells of one row by the names of their columns; numbers are told apart, since no spreadsheet takes them for a formula. */
type Cells = Map<string, { text: string; isNumber: boolean }>;

/** A column of a table that is written: which cells, and under which name. */
export interface WrittenColumn {
  /** As the cells of documents are named. */
  name: string;
  header: string;
}

/**
 * Documents as a table: a row for each line, with the cells of the document on each of its rows. Columns are those that the documents
 * fill, in the order of the API. @param guard whether texts that are formulas in a spreadsheet get an apostrophe
 */
export function tableOf(
  kind: FileKind,
  documents: readonly string[],
  {
    guard = true,
    columns: wanted = null,
  }: { guard?: boolean; columns?: readonly WrittenColumn[] | null } = {},
): string[][] {
  const columns = wanted ?? inOrder(kind, namesIn(kind, documents));
  return [headerRow(columns, guard), ...tableRows(kind, documents, columns, guard)];
}

/** Names of the cells that documents fill. */
export function namesIn(kind: FileKind, documents: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const document of documents)
    for (const row of rowsOf(kind, document)) for (const name of row.keys()) names.add(name);
  return names;
}

export function headerRow(columns: readonly WrittenColumn[], guard: boolean): string[] {
  return columns.map(({ header }) => guarded(header, guard));
}

export function tableRows(
  kind: FileKind,
  documents: readonly string[],
  columns: readonly WrittenColumn[],
  guard: boolean,
): string[][] {
  return documents.flatMap((document) =>
    rowsOf(kind, document).map((cells) =>
      columns.map(({ name }) => {
        const cell = cells.get(name);
        if (!cell) return '';
        return cell.isNumber ? cell.text : guarded(cell.text, guard);
      }),
    ),
  );
}

function rowsOf(kind: FileKind, document: string): Cells[] {
  const { lines } = fileShapes[kind];
  const { [lines]: list, ...rest } = object(parseJson(document));
  const head: Cells = new Map();
  putAll(head, rest, '');
  const each = objects(list);
  if (each.length === 0) return [head];
  return each.map((line) => {
    const cells: Cells = new Map(head);
    putAll(cells, line, `${lines}.`);
    return cells;
  });
}

/** What looks as if it had been guarded already gets another apostrophe in any table, so that readers take off the right one. */
function guarded(cell: string, guard: boolean): string {
  return (guard && FORMULA.test(cell)) || withoutGuard(cell) !== cell ? `'${cell}` : cell;
}

/** The apostrophe that `tableOf` has put there, and nothing else. */
export function withoutGuard(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

function putAll(cells: Cells, holder: JsonObject, prefix: string): void {
  for (const [name, value] of Object.entries(holder)) put(cells, prefix + name, value);
}

function put(cells: Cells, path: string, value: unknown): void {
  if (value === null || value === undefined || value === '') return;
  if (Array.isArray(value)) {
    if (path === 'ExtendedAttributes' || path.endsWith('.ExtendedAttributes'))
      putAttributes(cells, path, value);
    else
      for (const [index, each] of value.entries())
        put(cells, index === 0 ? path : `${path}[${index + 1}]`, each);
    return;
  }
  const isNumber = typeof value === 'number' || isNumberText(value);
  if (typeof value === 'object' && !isNumber) putAll(cells, object(value), `${path}.`);
  else cells.set(path, { text: typeof value === 'string' ? value : writeJson(value), isNumber });
}

/** By their names; what has none, or one that another has, cannot stand in a table by itself. */
function putAttributes(cells: Cells, path: string, list: readonly unknown[]): void {
  for (const each of objects(list)) {
    const name = text(each['Name']);
    const value = text(each['Value']);
    if (name === null || value === null) continue;
    const column = `${path.slice(0, -1)}.${name}`;
    const before = cells.get(column);
    cells.set(column, { text: before ? `${before.text}, ${value}` : value, isNumber: false });
  }
}

/** Names of cells as columns, in the order of the API. */
export function inOrder(kind: FileKind, used: ReadonlySet<string>): WrittenColumn[] {
  const { lines } = fileShapes[kind];
  const rank = new Map(knownColumns(kind).map((name, index) => [name, index]));
  const isLine = (name: string): number => (name.startsWith(`${lines}.`) ? 1 : 0);
  const rankOf = (name: string): number => rank.get(name.replaceAll(/\[\d+\]/g, '')) ?? rank.size;
  return [...used]
    .toSorted((a, b) => isLine(a) - isLine(b) || rankOf(a) - rankOf(b))
    .map((name) => ({ name, header: name }));
}
