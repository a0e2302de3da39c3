import type { AddedAttribute } from '../domain/order.js';
import { parseJson } from '../formats/json.js';
import { valueAtPath } from '../logicbroker/order-path.js';
import type { SqlTx } from '../store/database.js';
import { isOfLines, LINE_PATH, matchColumns, tableKey, type LookupTable } from './lookup-table.js';
import { findRows, listOwnTables, type FoundRow } from './lookup-store.js';
import { findKey } from './row-keys.js';

/** One order, or one line of it, as a table looks it up. */
interface Subject {
  /** Place of the order among the given ones. */
  order: number;
  line: string | null;
  table: LookupTable;
  values: (string | null)[];
}

/**
 * What the company's tables add to orders. A row counts when everything that it names is as on the order; of several the
 * one that names the most, then the one that is written exactly alike.
 * @param render the order documents as JSON texts; not called for a company without tables
 * @returns for each order in its order
 */
export async function lookUpForOrders(
  tx: SqlTx,
  companyId: number,
  render: () => readonly string[],
): Promise<AddedAttribute[][]> {
  const tables = await listOwnTables(tx, companyId);
  if (tables.length === 0) return [];
  const documents = render().map((text) => parseJson(text));
  const subjects = documents.flatMap((document, order) =>
    tables.flatMap((table) => subjectsOf(table, document, order)),
  );
  const wanted = subjects.flatMap(({ table, values }) =>
    variantsOf(values).map((variant) => ({ table, findKey: findKey(variant) })),
  );
  const rows = new Map<string, FoundRow[]>();
  for (const row of await findRows(tx, companyId, wanted)) {
    const key = keyOf(row.tableKey, row.findKey);
    rows.set(key, [...(rows.get(key) ?? []), row]);
  }
  const found = documents.map((): AddedAttribute[] => []);
  for (const subject of subjects) {
    const own = found[subject.order]!;
    for (const added of addedBy(subject, rows)) {
      // Tables are asked in the order of their names: the first one that says something is right.
      if (!own.some(({ name, line }) => name === added.name && line === added.line)) own.push(added);
    }
  }
  return found;
}

function subjectsOf(table: LookupTable, document: unknown, order: number): Subject[] {
  const paths = matchColumns(table).map(({ match }) => match);
  if (!isOfLines(table)) {
    return [{ order, line: null, table, values: paths.map((path) => valueAtPath(document, path)) }];
  }
  const { OrderLines: lines = [] } = document as { OrderLines?: unknown[] };
  return lines.map((line) => ({
    order,
    line: valueAtPath(line, 'LineNumber'),
    table,
    values: paths.map((path) =>
      path.startsWith(LINE_PATH)
        ? valueAtPath(line, path.slice(LINE_PATH.length))
        : valueAtPath(document, path),
    ),
  }));
}

/** The values with any of them left open, those that leave the least open first; never all of them. */
function variantsOf(values: readonly (string | null)[]): (string | null)[][] {
  const all: (string | null)[][] = [[]];
  for (const value of values) {
    for (const begun of all.splice(0))
      all.push([...begun, value], ...(value === null ? [] : [[...begun, null]]));
  }
  return all
    .filter((variant) => variant.some((value) => value !== null))
    .toSorted((a, b) => openIn(a) - openIn(b));
}

function openIn(variant: readonly (string | null)[]): number {
  return variant.filter((value) => value === null).length;
}

function addedBy(
  { table, values, line }: Subject,
  rows: ReadonlyMap<string, readonly FoundRow[]>,
): AddedAttribute[] {
  for (const variant of variantsOf(values)) {
    const fitting = rows.get(keyOf(tableKey(table.name), findKey(variant))) ?? [];
    const row = fitting.find(({ rowKey }) => rowKey === JSON.stringify(variant)) ?? fitting[0];
    if (!row) continue;
    return table.columns.flatMap(({ title, match }) => {
      const value = match === null ? row.values[title] : undefined;
      return value ? [{ name: title, value, ...(line === null ? {} : { line }) }] : [];
    });
  }
  return [];
}

function keyOf(table: string, key: string): string {
  return `${table} ${key}`;
}
