import { Prisma, type Tx } from '../store/database.js';

/** One way to name an order document. */
export type OrderName = { key: number } | { linkKey: string } | { partnerPo: string } | { sourceKey: string };

/** Keys of the company's orders that are named so, newest first; a few at most, since more are no answer. */
export type OrderKeys = (name: OrderName) => readonly number[];

const COLUMNS = {
  key: 'key',
  linkKey: 'link_key',
  partnerPo: 'partner_po',
  sourceKey: 'source_key',
} as const;
type Column = keyof typeof COLUMNS;
const MOST_ORDERS = 10;

/** Looks up any number of names in one statement. */
export async function findOrderKeys(
  tx: Tx,
  companyId: number,
  names: readonly OrderName[],
): Promise<OrderKeys> {
  const wanted = new Map<Column, Set<string>>();
  for (const name of names) {
    const [column, value] = partsOf(name);
    wanted.set(column, (wanted.get(column) ?? new Set()).add(value));
  }
  const found = new Map<string, number[]>();
  if (wanted.size === 0) return () => [];
  const each = [...wanted].map(([column, values]) => ordersBy(companyId, column, [...values]));
  const rows = await tx.$queryRaw<{ column: Column; value: string; key: number }[]>`
    ${Prisma.join(each, ' UNION ALL ')} ORDER BY key DESC`;
  for (const { column, value, key } of rows) {
    const id = `${column} ${value}`;
    const keys = found.get(id);
    if (keys) keys.push(key);
    else found.set(id, [key]);
  }
  return (name) => found.get(partsOf(name).join(' ')) ?? [];
}

function partsOf(name: OrderName): [Column, string] {
  const [entry] = Object.entries(name) as [[Column, string | number]];
  return [entry[0], String(entry[1])];
}

/** Each name by the index of its column. */
function ordersBy(companyId: number, column: Column, values: readonly string[]): Prisma.Sql {
  const type = column === 'key' ? 'int' : 'text';
  return Prisma.sql`
    SELECT ${column} AS "column", wanted.value::text AS value, found.key
    FROM unnest(${values}::${Prisma.raw(type)}[]) AS wanted (value) CROSS JOIN LATERAL (
      SELECT key FROM documents
      WHERE company_id = ${companyId} AND type = 'order' AND ${Prisma.raw(COLUMNS[column])} = wanted.value
      ORDER BY key DESC LIMIT ${MOST_ORDERS}) found`;
}
