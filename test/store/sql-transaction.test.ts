import { inspect } from 'node:util';
import t from 'tap';
import {
  isDataError,
  isStoreUnavailable,
  isUniqueViolation,
  openDatabase,
  Prisma,
} from '../../src/store/database.js';
import { keepPlan } from '../../src/store/sql-transaction.js';
import { testDatabase, testDatabaseUrl } from '../support/database.js';
import { openDoor } from '../support/door.js';

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

await t.test('a connection plans a kept statement once, also when its first try failed', async (t) => {
  const one = openDatabase({ url: await testDatabaseUrl(t), prismaConnections: 1, readConnections: 1 });
  t.teardown(() => one.close());
  await one.prisma.$executeRaw`CREATE TABLE things (id bigint PRIMARY KEY, name text)`;
  const insert = (id: bigint) => keepPlan(Prisma.sql`INSERT INTO things SELECT ${id}, ${'a'}`);
  const failed = one.sqlTransaction(async (tx) => {
    const broken = tx.$executeRaw`SELECT 1 / 0`;
    await Promise.all([broken, tx.$executeRaw(insert(0n)), tx.$executeRaw(insert(0n))]);
  });
  await t.rejects(failed, { code: '22012' });
  await one.sqlTransaction((tx) => Promise.all([1n, 2n].map((id) => tx.$executeRaw(insert(id)))));
  await one.sqlTransaction((tx) => tx.$executeRaw(insert(3n)));
  const plans = await one.sqlTransaction((tx) =>
    tx.$queryRaw<object[]>(
      Prisma.sql`SELECT (generic_plans + custom_plans)::int AS runs FROM pg_prepared_statements`,
    ),
  );
  t.strictSame(plans, [{ runs: 3 }]);
  await one.prisma.$executeRaw(insert(4n));
  const stored = await one.prisma.$queryRaw`SELECT id FROM things ORDER BY id`;
  t.strictSame(stored, [{ id: 1n }, { id: 2n }, { id: 3n }, { id: 4n }], 'Prisma runs it like any other');
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

await t.test('a connection that breaks while nobody listens ends no process', async (t) => {
  // As between pg-pool's handing out and the listener of whoever gets it.
  const client = await db.pool.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const ended = new Promise<void>((resolve) => client.once('end', resolve));
  await db.prisma.$queryRaw`SELECT pg_terminate_backend(${rows[0]?.pid}::int)`;
  await ended;
  t.ok(isUnavailable(await client.query('SELECT 1').catch((error: unknown) => error)));
  client.release();
  t.strictSame(await names(), []);
});

await t.test('whatever is asked of a database that is away, the answer says that it is', async (t) => {
  const url = await testDatabaseUrl(t);
  const door = await openDoor(t, url);
  const far = openDatabase({ url: door.urlOf(url) });
  t.teardown(() => far.close());
  const questions: Record<string, () => Promise<unknown>> = {
    pool: () => far.pool.query('SELECT 1'),
    model: () => far.prisma.company.count(),
    raw: () => far.prisma.$queryRaw`SELECT 1`,
    transaction: () => far.transaction((tx) => tx.company.count()),
    sqlTransaction: () => far.sqlTransaction((tx) => tx.$queryRaw`SELECT 1`),
  };
  const failures = async (): Promise<string[]> => {
    const wrong: string[] = [];
    for (const [name, ask] of Object.entries(questions)) {
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      if (!isUnavailable(error)) wrong.push(`${name}: ${inspect(error)}`);
    }
    return wrong;
  };
  for (const ask of Object.values(questions)) await ask();
  await door.set('closed');
  t.same(await failures(), [], 'connections broken, new ones refused');
  await door.set('open');
  for (const ask of Object.values(questions)) await ask();

  // Last words that meet the BEGIN of a transaction come out of Prisma as its driver's error.
  const lastWords = { kind: 'postgres', originalCode: '57P01' };
  t.ok(isUnavailable(new Error('terminating connection', { cause: lastWords })));
  t.notOk(isUnavailable(new Error('duplicate key', { cause: { kind: 'postgres', originalCode: '23505' } })));
});

function isUnavailable(error: unknown): boolean {
  return error instanceof Error && isStoreUnavailable(error);
}
