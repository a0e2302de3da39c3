import { Prisma, type Tx } from '../store/database.js';

/** One way to name an order document. */
export type OrderName = { key: number } | { linkKey: string } | { partnerPo: string } | { sourceKey: string };

/** Keys of the company's orders that are named so, newest first; a few at most, since more are no answer. */
export async function findOrderKeys(tx: Tx, companyId: number, name: OrderName): Promise<number[]> {
  const rows = await tx.$queryRaw<{ key: number }[]>`
    SELECT key FROM documents
    WHERE company_id = ${companyId} AND type = 'order' AND ${conditionOf(name)} ORDER BY key DESC LIMIT 10`;
  return rows.map(({ key }) => key);
}

function conditionOf(name: OrderName): Prisma.Sql {
  if ('key' in name) return Prisma.sql`key = ${name.key}`;
  if ('linkKey' in name) return Prisma.sql`link_key = ${name.linkKey}`;
  if ('partnerPo' in name) return Prisma.sql`partner_po = ${name.partnerPo}`;
  return Prisma.sql`source_key = ${name.sourceKey}`;
}
