import { AppError } from '../kernel/errors.js';
import { Prisma, type SqlTx, type Tx } from '../store/database.js';
import { tableKey, type LookupColumn, type LookupRow, type LookupTable } from './lookup-table.js';
import type { RowKeys } from './row-keys.js';

/** A table of one company. */
interface TableId {
  companyId: number;
  table: Pick<LookupTable, 'name'>;
}

/** Until the transaction ends nobody else changes the tables of the company: rows are counted against a limit. */
export async function lockTables(tx: SqlTx, companyId: number): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`lookups ${companyId}`}, 0))`;
}

/** The tables that a company has made, in the order of their names. */
export async function listOwnTables(tx: SqlTx, companyId: number): Promise<LookupTable[]> {
  const rows = await tx.$queryRaw<(Omit<LookupTable, 'use' | 'columns'> & { columns: LookupColumn[] })[]>`
    SELECT name, title, description, columns FROM lookup_tables WHERE company_id = ${companyId} ORDER BY name_key`;
  return rows.map((row) => ({ ...row, use: null }));
}

export async function writeTable(tx: Tx, companyId: number, table: LookupTable, now: Date): Promise<void> {
  const { name, title, description } = table;
  const nameKey = tableKey(name);
  const columns = table.columns.map((column) => ({ ...column }));
  const row = { name, title, description, columns, changedAt: now };
  await tx.lookupTable.upsert({
    where: { companyId_nameKey: { companyId, nameKey } },
    create: { companyId, nameKey, ...row },
    update: row,
  });
}

export async function deleteTable(tx: Tx, { companyId, table }: TableId): Promise<void> {
  await tx.lookupTable.delete({ where: { companyId_nameKey: { companyId, nameKey: tableKey(table.name) } } });
}

export async function countRows(tx: Tx, { companyId, table }: TableId): Promise<number> {
  return tx.lookup.count({ where: { companyId, tableKey: tableKey(table.name) } });
}

/** In the order in which they were added. */
export async function listRows(
  tx: Tx,
  { companyId, table }: TableId,
  { skip, take }: { skip: number; take: number },
): Promise<LookupRow[]> {
  const where = { companyId, tableKey: tableKey(table.name) };
  const rows = await tx.lookup.findMany({ where, orderBy: { id: 'asc' }, skip, take });
  return rows.map(({ id, values, modifiedAt, modifiedBy }) => ({
    id,
    values: values as Record<string, string>,
    modifiedAt,
    modifiedBy,
  }));
}

/** Locked for the rest of the transaction; null when the table has no such row. */
export async function lockRow(tx: Tx, { companyId, table }: TableId, id: number): Promise<LookupRow | null> {
  const [row] = await tx.$queryRaw<LookupRow[]>`
    SELECT id, "values", modified_at AS "modifiedAt", modified_by AS "modifiedBy" FROM lookups
    WHERE id = ${id} AND company_id = ${companyId} AND table_key = ${tableKey(table.name)} FOR UPDATE`;
  return row ?? null;
}

interface NewRow extends RowKeys {
  values: LookupRow['values'];
  modifiedBy: string;
  now: Date;
}

/** @throws AppError conflict naming the row that is found by the same */
export async function insertRow(tx: Tx, which: TableId, row: NewRow): Promise<number> {
  await refuseTwin(tx, which, row, null);
  const { companyId, table } = which;
  const { now: modifiedAt, ...rest } = row;
  const data = { companyId, tableKey: tableKey(table.name), ...rest, values: { ...row.values }, modifiedAt };
  const { id } = await tx.lookup.create({ data, select: { id: true } });
  return id;
}

/** @throws AppError conflict naming another row that is found by the same */
export async function replaceRow(tx: Tx, which: TableId, id: number, row: NewRow): Promise<void> {
  await refuseTwin(tx, which, row, id);
  const { now: modifiedAt, ...rest } = row;
  await tx.lookup.update({ where: { id }, data: { ...rest, values: { ...row.values }, modifiedAt } });
}

async function refuseTwin(
  tx: Tx,
  { companyId, table }: TableId,
  { rowKey }: RowKeys,
  own: number | null,
): Promise<void> {
  const twin = await tx.lookup.findFirst({ where: { companyId, tableKey: tableKey(table.name), rowKey } });
  if (!twin || twin.id === own) return;
  throw new AppError('conflict', `Row ${twin.id} of ${table.name} is found by the same.`, {
    details: [
      {
        field: 'Columns',
        message: `row ${twin.id} is found by the same`,
        next: `Change that row: PUT Settings/CustomLookupTables/${table.name}/Lookups/${twin.id}`,
      },
    ],
  });
}

/** All rows, or the one. @returns how many there were */
export async function deleteRows(tx: Tx, { companyId, table }: TableId, id?: number): Promise<number> {
  const one = id === undefined ? {} : { id };
  const { count } = await tx.lookup.deleteMany({
    where: { companyId, tableKey: tableKey(table.name), ...one },
  });
  return count;
}

/** A row that was found, and what it was found by. */
export interface FoundRow extends RowKeys {
  id: number;
  tableKey: string;
  values: LookupRow['values'];
}

/** Rows by what they are found by. Keys of all tables go in one statement. */
export async function findRows(
  tx: SqlTx,
  companyId: number,
  wanted: readonly { table: Pick<LookupTable, 'name'>; findKey: string }[],
): Promise<FoundRow[]> {
  if (wanted.length === 0) return [];
  const tables = wanted.map(({ table }) => tableKey(table.name));
  const keys = wanted.map(({ findKey }) => findKey);
  return tx.$queryRaw<FoundRow[]>(Prisma.sql`
    SELECT l.id, l.table_key AS "tableKey", l.row_key AS "rowKey", l.find_key AS "findKey", l."values"
    FROM (SELECT DISTINCT * FROM unnest(${tables}::text[], ${keys}::text[]) AS given (table_key, find_key)) given
    JOIN lookups l ON l.company_id = ${companyId} AND l.table_key = given.table_key
      AND l.find_key = given.find_key
    ORDER BY l.id`);
}
