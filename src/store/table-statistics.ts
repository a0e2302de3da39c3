import { Prisma, type Database } from './database.js';

/** Fewer rows than this at once leave the planner's picture of a table as good as it was. */
const MANY_ROWS = 1_000;

const tables = {
  'inventory-items': Prisma.sql`ANALYZE inventory_items`,
  'catalog-skus': Prisma.sql`ANALYZE catalog_skus`,
};

/**
 * After many new rows at once: has PostgreSQL look at the table now. Autovacuum does so within a minute or two, but what
 * follows a first feed or a first read of a shop follows at once, and without statistics the planner may pick an index
 * by which it compares every row with every other one.
 */
export async function refreshStatistics(
  { prisma }: Pick<Database, 'prisma'>,
  table: keyof typeof tables,
  newRows: number,
): Promise<void> {
  if (newRows >= MANY_ROWS) await prisma.$executeRaw(tables[table]);
}
