import type { SqlTx } from '../store/database.js';
import type { carrierTable, reasonTable } from './lookup-table.js';
import { findRows } from './lookup-store.js';
import { spellingRowKey } from './row-keys.js';
import { spellingKey } from './spelling.js';

/** What a table says that a spelling means. */
export interface Meaning {
  /** Of the row. */
  id: number;
  value: string;
}

/** What the company's table says of spellings, by their `spellingKey`. */
export type Meanings = ReadonlyMap<string, Meaning>;

/** For one shop: a row of the shop goes before one of all shops. */
export async function findSpellings(
  tx: SqlTx,
  { companyId, partnerId, table }: SpellingsOf,
  spellings: readonly string[],
): Promise<Meanings> {
  const [spelling, value] = table.columns;
  const partner = String(partnerId);
  const wanted = [...new Set(spellings)].flatMap((each) =>
    [partner, ''].map((of) => ({ table, findKey: spellingRowKey(each, of) })),
  );
  const rows = await findRows(tx, companyId, wanted);
  const found = new Map<string, Meaning>();
  // Those of all shops first, so that those of the shop replace them.
  for (const row of rows.toSorted((a, b) => Number(isOf(a, partner)) - Number(isOf(b, partner)))) {
    const key = spellingKey(row.values[spelling.title] ?? '');
    found.set(key, { id: row.id, value: row.values[value.title] ?? '' });
  }
  return found;
}

interface SpellingsOf {
  companyId: number;
  partnerId: number;
  table: typeof carrierTable | typeof reasonTable;
}

function isOf({ values }: { values: Readonly<Record<string, string>> }, partner: string): boolean {
  return values['PartnerId'] === partner;
}
