/** An encryption key that is lost for good is given up by one command, wherever something is sealed with it. */
import t from 'tap';
import { sealedColumns } from '../../src/compose/sealed-columns-list.js';
import type { SealedColumn } from '../../src/store/sealed-columns.js';
import { keysInUse } from '../../src/store/sealed-columns.js';
import { commandLine, openAlready } from '../support/command-line.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const tx = db.prisma;

const { companyId, connectionId } = await createSeller(db);
const owners: Record<string, number> = { company_id: companyId, connection_id: connectionId };

/** What a column that must have a value gets here. */
const values: Record<string, string> = {
  text: "'x'",
  integer: '1',
  bigint: '1',
  boolean: 'false',
  jsonb: "'{}'",
  bytea: "''",
  ARRAY: "'{}'",
  'timestamp with time zone': 'now()',
};

/** A row that has something sealed with the key `lost`; what it belongs to is not there. */
async function plant({ table, column }: SealedColumn): Promise<void> {
  const needed = await tx.$queryRaw<{ name: string; type: string }[]>`
    SELECT column_name AS name, data_type AS type FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name = ${table} AND is_nullable = 'NO' AND column_default IS NULL
      AND is_identity = 'NO' AND column_name <> ${column}`;
  const names = [column, ...needed.map(({ name }) => name)].map((name) => `"${name}"`);
  const given = [
    "'v1.lost.AAAA'",
    ...needed.map(({ name, type }) => owners[name] ?? values[type] ?? `'no value for ${type}'`),
  ];
  await db.transaction(async (own) => {
    await own.$executeRawUnsafe("SET LOCAL session_replication_role = 'replica'");
    await own.$executeRawUnsafe(`INSERT INTO "${table}" (${names.join()}) VALUES (${given.join()})`);
  });
}

await t.test('nothing stays sealed with a key that is given up', async (t) => {
  // Rows of one table that have several such columns are told apart by their keys, so that each column has its turn.
  for (const sealed of sealedColumns) {
    const place = `${sealed.table}.${sealed.column}`;
    await plant(sealed);
    t.equal((await keysInUse(tx, [sealed])).get('lost'), 1, `${place} is sealed with it`);
    const { code, text } = await commandLine(openAlready(db))('forget-key', 'lost', '--yes');
    t.equal(code, 0, text);
    t.equal((await keysInUse(tx, [sealed])).get('lost'), undefined, place);
    await db.transaction(async (own) => {
      await own.$executeRawUnsafe("SET LOCAL session_replication_role = 'replica'");
      await own.$executeRawUnsafe(`DELETE FROM "${sealed.table}"`);
    });
  }
});
