import { foldSku } from '../domain/sku.js';
import { matchColumns, PARTNER_COLUMN, type LookupRow, type LookupTable } from './lookup-table.js';
import { spellingKey } from './spelling.js';

/** What a row is told apart by, and what it is found by. Both are texts of JSON lists. */
export interface RowKeys {
  rowKey: string;
  findKey: string;
}

export function keysOf(table: LookupTable, values: LookupRow['values']): RowKeys {
  const [first] = table.columns;
  if (table.use !== null) {
    const key = spellingRowKey(values[first?.title ?? ''] ?? '', values[PARTNER_COLUMN] ?? '');
    return { rowKey: key, findKey: key };
  }
  const given = matchColumns(table).map(({ title }) => values[title] ?? null);
  return { rowKey: JSON.stringify(given), findKey: findKey(given) };
}

/** Of a table of spellings. @param partner number of the shop; empty: of all shops */
export function spellingRowKey(spelling: string, partner: string): string {
  return JSON.stringify([spellingKey(spelling), partner]);
}

/** Null: the row leaves it open. Case does not tell rows apart here; among several the one that is written alike wins. */
export function findKey(values: readonly (string | null)[]): string {
  return JSON.stringify(values.map((value) => (value === null ? null : foldSku(value, false))));
}
