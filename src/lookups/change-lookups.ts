import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { listConnections } from '../connections/connection-store.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import { SECOND_MS, type Clock } from '../kernel/time.js';
import { isWholeSecond, parseDateTime } from '../formats/date-time.js';
import type { CustomLookupBody, CustomLookupTableBody } from '../logicbroker/lookup-schema.js';
import type { Database, Tx } from '../store/database.js';
import {
  matchColumns,
  MOST_ROWS,
  MOST_TABLES,
  ownUseTables,
  tableKey,
  type LookupRow,
  type LookupTable,
} from './lookup-table.js';
import {
  countRows,
  deleteRows,
  deleteTable,
  insertRow,
  listOwnTables,
  lockRow,
  lockTables,
  replaceRow,
  writeTable,
} from './lookup-store.js';
import { keysOf } from './row-keys.js';
import { readRow, readTable } from './read-lookup.js';

const FIRST_TIME = new Date('2000-01-01T00:00:00Z');

interface LookupDeps {
  db: Database;
  clock: Clock;
}

/** What is told of a changed row. */
interface RowFacts {
  id?: number;
  before?: object;
  after?: object;
}

/** Who changes tables, and whose. */
interface Change {
  companyId: number;
  by: Actor;
  /** Of the table, in any case. */
  name: string;
}

/** The tables of a company: those of every company first. */
export async function listTables(tx: Tx, companyId: number): Promise<LookupTable[]> {
  return [...ownUseTables, ...(await listOwnTables(tx, companyId))];
}

/** @throws AppError not-found naming the tables that there are */
export async function getTable(tx: Tx, companyId: number, name: string): Promise<LookupTable> {
  const tables = await listTables(tx, companyId);
  const found = tables.find((table) => tableKey(table.name) === tableKey(name));
  if (found) return found;
  throw new AppError('not-found', 'There is no such table.', {
    details: [{ field: 'name', message: `there are ${tables.map((table) => table.name).join(', ')}` }],
  });
}

/**
 * Adds a row to a table. It counts for what comes after.
 * @returns id of the row
 * @throws AppError invalid-document; conflict naming the row that is found by the same; rule-violated at the limit
 */
export async function addRow(deps: LookupDeps, change: Change, body: CustomLookupBody): Promise<number> {
  return inTable(deps, change, async (tx, table, note) => {
    const { companyId, by } = change;
    const values = readRow(table, body, await partnersOf(tx, companyId));
    if ((await countRows(tx, { companyId, table })) >= MOST_ROWS)
      throw full(`${table.name} has ${MOST_ROWS} rows, which is the most.`);
    const row = { ...keysOf(table, values), values, modifiedBy: by.name, now: deps.clock.now() };
    const id = await insertRow(tx, { companyId, table }, row);
    await note('table.row-added', `Row ${id} of table ${table.name} was added`, {
      id,
      after: told(table, values),
    });
    return id;
  });
}

/**
 * Gives a row other values. Two callers who change it one after the other both succeed, unless the second one names the
 * LastModified that it has read.
 * @throws AppError not-found, invalid-document, conflict
 */
export async function changeRow(
  deps: LookupDeps,
  change: Change & { id: number },
  body: CustomLookupBody,
): Promise<void> {
  await inTable(deps, change, async (tx, table, note) => {
    const { companyId, by, id } = change;
    const before = await lockRow(tx, { companyId, table }, id);
    if (!before) throw noSuchRow(table, id);
    checkUnchanged(before, body);
    const values = readRow(table, body, await partnersOf(tx, companyId));
    const row = { ...keysOf(table, values), values, modifiedBy: by.name, now: deps.clock.now() };
    await replaceRow(tx, { companyId, table }, id, row);
    const facts = { id, before: told(table, before.values), after: told(table, values) };
    await note('table.row-changed', `Row ${id} of table ${table.name} was changed`, facts);
  });
}

/** Takes out one row, or all of them. @returns how many @throws AppError not-found */
export async function removeRows(deps: LookupDeps, change: Change & { id?: number }): Promise<number> {
  return inTable(deps, change, async (tx, table, note) => {
    const { companyId, id } = change;
    const before = id === undefined ? null : await lockRow(tx, { companyId, table }, id);
    if (id !== undefined && !before) throw noSuchRow(table, id);
    const count = await deleteRows(tx, { companyId, table }, id);
    if (count === 0) return 0;
    const what = before ? `Row ${before.id}` : `${count} rows`;
    const summary = `${what} of table ${table.name} ${before || count === 1 ? 'was' : 'were'} removed`;
    await note('table.rows-removed', summary, {
      ...(before && { id: before.id, before: told(table, before.values) }),
      ...(!before && { after: { count } }),
    });
    return count;
  });
}

/**
 * Makes a table that adds values to orders, or changes it. What its rows are found by stays as long as it has rows.
 * @throws AppError invalid-document, rule-violated
 */
export async function saveTable(
  { db, clock }: LookupDeps,
  { companyId, by, name }: Change,
  body: CustomLookupTableBody,
): Promise<void> {
  allow(by, 'settings', companyId);
  const table = readTable(name, body);
  await db.transaction(async (tx) => {
    await lockTables(tx, companyId);
    const own = await listOwnTables(tx, companyId);
    const before = own.find((each) => tableKey(each.name) === tableKey(name));
    if (!before && own.length >= MOST_TABLES)
      throw full(`You have ${MOST_TABLES} tables, which is the most.`);
    if (
      before &&
      comparedBy(before) !== comparedBy(table) &&
      (await countRows(tx, { companyId, table })) > 0
    ) {
      throw new AppError('rule-violated', 'The rows of the table are found by its present columns.', {
        details: [
          {
            field: 'Columns',
            message: 'the columns with a Match stay as they are while the table has rows',
            next: `Remove the rows first: DELETE Settings/CustomLookupTables/${before.name}/Lookups`,
          },
        ],
      });
    }
    await writeTable(tx, companyId, table, clock.now());
    const summary = `Table ${name} was ${before ? 'changed' : 'made'}`;
    await recordEvents(tx, by, [
      { companyId, event: 'lookup-changed', summary, additional: { table: name } },
    ]);
    const values = { before: before && shapeOf(before), after: shapeOf(table) };
    await audit(tx, by, [{ action: 'table.changed', subject: `table ${table.name}`, companyId, ...values }]);
  });
}

/** Takes out a table with its rows. @throws AppError not-found, rule-violated */
export async function removeTable(deps: LookupDeps, change: Change): Promise<void> {
  await inTable(deps, change, async (tx, table, note) => {
    const { companyId } = change;
    if (table.use !== null) {
      throw new AppError('rule-violated', `${table.name} is in every company; only its rows can be removed.`);
    }
    const count = await deleteRows(tx, { companyId, table });
    await deleteTable(tx, { companyId, table });
    await note('table.removed', `Table ${table.name} was removed with ${count} rows`, { before: { count } });
  });
}

async function inTable<Result>(
  { db }: LookupDeps,
  { companyId, by, name }: Change,
  work: (
    tx: Tx,
    table: LookupTable,
    note: (action: AuditAction, summary: string, facts: RowFacts) => Promise<void>,
  ) => Promise<Result>,
): Promise<Result> {
  allow(by, 'settings', companyId);
  return db.transaction(async (tx) => {
    await lockTables(tx, companyId);
    const table = await getTable(tx, companyId, name);
    return work(tx, table, async (action, summary, facts) => {
      await recordEvents(tx, by, [
        { companyId, event: 'lookup-changed', summary, additional: { table: table.name, ...facts } },
      ]);
      const { id, ...values } = facts;
      const subject = `table ${table.name}${id === undefined ? '' : `, row ${id}`}`;
      await audit(tx, by, [{ action, subject, companyId, ...values }]);
    });
  });
}

/** What the history may keep: carriers and reasons are nobody's secret, other tables may hold anything. */
function told(table: LookupTable, values: LookupRow['values']): object {
  return table.use === null ? { columns: Object.keys(values) } : values;
}

function shapeOf({
  title,
  description,
  columns,
}: Pick<LookupTable, 'title' | 'description' | 'columns'>): object {
  return { title, description, columns };
}

function comparedBy(table: LookupTable): string {
  return JSON.stringify(matchColumns(table));
}

async function partnersOf(tx: Tx, companyId: number): Promise<number[]> {
  return (await listConnections(tx, { companyId })).map(({ partnerId }) => partnerId);
}

function checkUnchanged(
  { id, modifiedAt, modifiedBy }: LookupRow,
  { Id, LastModified }: CustomLookupBody,
): void {
  if (Id !== undefined && Id !== 0 && Id !== id) {
    throw new AppError('invalid-document', 'The row is not valid.', {
      details: [{ field: 'Id', message: `is not the row in the path, ${id}` }],
    });
  }
  const read = LastModified === undefined ? null : parseDateTime(LastModified);
  // Clients written in .NET send the year 1 for no time at all.
  if (read === null || read < FIRST_TIME) return;
  const isWhole = isWholeSecond(LastModified ?? '');
  const seen = isWhole ? Math.floor(modifiedAt.getTime() / SECOND_MS) * SECOND_MS : modifiedAt.getTime();
  if (read.getTime() === seen) return;
  throw new AppError('conflict', 'The row was changed since you read it.', {
    details: [
      {
        field: 'LastModified',
        message: `${modifiedBy} changed the row ${modifiedAt.toISOString()}`,
        next: 'Read it again, or leave LastModified out to write over it',
      },
    ],
  });
}

function noSuchRow({ name }: LookupTable, id: number): AppError {
  return new AppError('not-found', 'There is no such row.', {
    details: [{ field: 'id', message: `${name} has no row ${id}` }],
  });
}

function full(message: string): AppError {
  return new AppError('rule-violated', message, {
    details: [{ message, next: 'Remove what is not needed.' }],
  });
}
