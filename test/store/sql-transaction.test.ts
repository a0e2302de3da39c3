import { inspect } from 'node:util';
import t from 'tap';
import { isDataError, isUniqueViolation, Prisma } from '../../src/store/database.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
await db.prisma.$executeRaw`CREATE TABLE things (id bigint PRIMARY KEY, name text)`;

async function names(): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<{ name: string }[]>`SELECT name FROM things ORDER BY id`;
  return rows.map(({ name }) => name);
}

t.beforeEach(async () => {
  await db.prisma.$executeRaw`TRUNCATE things`;
});

await t.test('statements that nobody waits for run in the order of asking', async (t) => {
  const seen = await db.sqlTransaction(async (tx) => {
    const made = tx.$executeRaw`INSERT INTO things VALUES (${1n}, ${'a'}), (${2n}, ${'b'})`;
    const changed = tx.$executeRaw`UPDATE things SET name = name || ${'!'} WHERE id = ANY(${[2]}::bigint[])`;
    const read = tx.$queryRaw<{ id: bigint; name: string }[]>(Prisma.sql`SELECT * FROM things ORDER BY id`);
    return { counts: await Promise.all([made, changed]), rows: await read };
  });
  t.strictSame(seen, {
    counts: [2, 1],
    rows: [
      { id: 1n, name: 'a' },
      { id: 2n, name: 'b!' },
    ],
  });
  t.strictSame(await names(), ['a', 'b!']);
});

await t.test('values come back as Prisma reads them', async (t) => {
  const at = new Date('2026-01-31T12:00:00.123Z');
  const select = Prisma.sql`SELECT ${at}::timestamptz AS at, 7::bigint AS big, 7::int AS small,
    ${'{"a":[1]}'}::json AS json, ${null}::text AS none, ${true}::boolean AS flag`;
  const [ours, prismas] = await Promise.all([
    db.sqlTransaction((tx) => tx.$queryRaw(select)),
    db.prisma.$queryRaw(select),
  ]);
  t.strictSame(ours, prismas);
});

await t.test('of a transaction in which a statement fails nothing is left', async (t) => {
  const work = db.sqlTransaction(async (tx) => {
    await Promise.all([
      tx.$executeRaw`INSERT INTO things VALUES (1, 'a')`,
      tx.$executeRaw`INSERT INTO things VALUES (1, 'again')`,
      tx.$executeRaw`INSERT INTO things VALUES (2, 'b')`,
    ]);
  });
  const error = await work.then(
    () => null,
    (reason: Error) => reason,
  );
  t.ok(isUniqueViolation(error), 'what is told is the first failure, not that the rest was not done');
  t.strictSame(await names(), []);
  t.equal(await db.sqlTransaction((tx) => tx.$executeRaw`INSERT INTO things VALUES (3, 'c')`), 1);
});

await t.test('a failure that nobody has looked at is no success', async (t) => {
  const work = db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO things VALUES (1, 'a')`;
    await tx.$executeRaw`SELECT 1 / 0`.catch(() => undefined);
  });
  await t.rejects(work, /failed unnoticed/);
  t.strictSame(await names(), []);
});

await t.test('what comes too late for its transaction is not done outside of it', async (t) => {
  let late: (() => Promise<number>) | undefined;
  const work = db.sqlTransaction(async (tx) => {
    late = () => tx.$executeRaw`INSERT INTO things VALUES (1, 'late')`;
    throw new Error('given up');
  });
  await t.rejects(work, /given up/);
  await t.rejects(async () => late?.(), /is over/);
  t.strictSame(await names(), []);
});

await t.test('an error tells the code and repeats no value of a row', async (t) => {
  await db.prisma.$executeRaw`INSERT INTO things VALUES (1, 'Jane Doe, 1 Main St')`;
  const work = db.sqlTransaction(
    (tx) => tx.$executeRaw`INSERT INTO things SELECT * FROM json_to_recordset(
      ${'[{"id":"x","name":"Jane Doe, 1 Main St"}]'}::json) AS given (id bigint, name text)`,
  );
  const error = await work.then(
    () => null,
    (reason: Error) => reason,
  );
  t.ok(isDataError(error));
  t.notMatch(inspect(error), /Jane/);
});

await t.test('a deadlock is tried again', async (t) => {
  let tries = 0;
  const done = await db.sqlTransaction(async (tx) => {
    tries += 1;
    if (tries === 1) await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$`;
    return 'done';
  });
  t.strictSame([done, tries], ['done', 2]);
});

await t.test('a connection that breaks in the middle is not used again', async (t) => {
  const work = db.sqlTransaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO things VALUES (1, 'a')`;
    await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
  });
  await t.rejects(work);
  t.strictSame(await names(), []);
});
