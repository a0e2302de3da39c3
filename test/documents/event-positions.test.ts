import { somebody } from '../support/actors.js';
import t from 'tap';
import { recordEvents } from '../../src/documents/document-store.js';
import { eventLog } from '../../src/documents/event-store.js';
import { numberChanges } from '../../src/store/change-log/sequencer.js';
import { openDatabase, type Database, type Tx } from '../../src/store/database.js';
import { type Seller } from '../support/builders.js';
import { testApi } from '../support/api.js';
import { testDatabaseUrl } from '../support/database.js';

t.setTimeout(180_000);
const url = await testDatabaseUrl(t);
const open = (): Database => {
  const database = openDatabase({ url });
  t.teardown(() => database.close());
  return database;
};
const db = open();

interface Shown {
  Id: number;
  Summary: string;
  Position?: number;
}

const tell = (tx: Tx, { companyId }: Seller, summary: string): Promise<void> =>
  recordEvents(tx, somebody, [{ companyId, event: 'reported-by-erp', summary }]);

/** A transaction that has written its event, and commits when it is told to. */
async function openTransaction(seller: Seller, summary: string): Promise<{ commit: () => Promise<void> }> {
  let written = (): void => undefined;
  let commit = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const done = db.transaction(async (tx) => {
    await tell(tx, seller, summary);
    written();
    await mayCommit;
  });
  await isWritten;
  return {
    commit: () => {
      commit();
      return done;
    },
  };
}

/** Somebody who goes on from the last position of each answer. */
async function reader() {
  const { call, seller } = await testApi(t, db);
  let after = 0;
  return {
    seller,
    call,
    next: async (): Promise<string[]> => {
      const answer = await call('GET', `/api/v3/ActivityEvents?Filters.after=${after}`);
      const events: Shown[] = answer.json().Body.ActivityEvents;
      after = events.at(-1)?.Position ?? after;
      return events.map(({ Summary }) => Summary);
    },
  };
}

await t.test('an event that was given its id first and is committed last is not missed', async (t) => {
  const { seller, next, call } = await reader();
  const slow = await openTransaction(seller, 'first id');
  await db.transaction((tx) => tell(tx, seller, 'second id'));
  t.same(await next(), ['second id'], 'the one that is not committed holds nobody up');
  t.same(await next(), []);
  await slow.commit();
  t.same(await next(), ['first id']);
  t.same(await next(), [], 'and none comes twice');
  for (let time = 0; time < 2; time++) {
    const page: Shown[] = (await call('GET', '/api/v3/ActivityEvents')).json().Body.ActivityEvents;
    t.same(
      page.map(({ Summary }) => Summary),
      ['second id', 'first id'],
      'the order stays the same for everybody',
    );
    t.ok(page[0]!.Id > page[1]!.Id, 'which the ids do not tell');
  }
});

await t.test('a caller finds what the same caller has just reported, without a worker', async (t) => {
  const { call } = await reader();
  for (let time = 1; time <= 3; time++) {
    await call('POST', '/api/v3/ActivityEvents', { payload: { Summary: `report ${time}` } });
    const page: Shown[] = (await call('GET', '/api/v3/ActivityEvents')).json().Body.ActivityEvents;
    t.equal(page.at(-1)?.Summary, `report ${time}`);
  }
});

await t.test('positions stand in v3 only, where they are an addition', async (t) => {
  const { call, seller } = await reader();
  await db.transaction((tx) => tell(tx, seller, 'one'));
  for (const version of ['v1', 'v2']) {
    const [event] = (await call('GET', `/api/${version}/ActivityEvents`)).json().Body.ActivityEvents;
    t.notOk('Position' in event, version);
    t.equal((await call('GET', `/api/${version}/ActivityEvents?Filters.after=1`)).statusCode, 400);
  }
  const [event] = (await call('GET', '/api/v3/ActivityEvents')).json().Body.ActivityEvents;
  t.match((await call('GET', `/api/v3/ActivityEvents/${event.Id}`)).json().Body, {
    Position: event.Position,
  });
  for (const wrong of ['-1', 'x', '1e999', '9007199254740993'])
    t.equal((await call('GET', `/api/v3/ActivityEvents?Filters.after=${wrong}`)).statusCode, 400, wrong);
});

await t.test('a sequencer that is killed half-way loses nothing and gives no position twice', async (t) => {
  const { seller, next } = await reader();
  await numberChanges(db, eventLog);
  await db.transaction(async (tx) => {
    for (let nth = 0; nth < 50; nth++) await tell(tx, seller, `event ${nth}`);
  });
  // Whoever holds the head stops it after it has begun; then its connection is cut.
  const holding = await db.pool.connect();
  await holding.query(`BEGIN; SELECT * FROM change_heads WHERE log = 'events' FOR UPDATE`);
  const killed = numberChanges(db, eventLog).then(
    () => 'done',
    () => 'killed',
  );
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND query LIKE '%change_heads%' AND wait_event_type = 'Lock'`;
  while ((await db.pool.query(cut)).rowCount === 0)
    await new Promise((resolve) => void setTimeout(resolve, 5));
  t.equal(await killed, 'killed');
  t.equal(await db.prisma.event.count({ where: { position: null } }), 50, 'nothing of it is left');
  await holding.query('ROLLBACK');
  holding.release();
  t.equal(await numberChanges(db, eventLog), 50);
  t.same(
    await next(),
    Array.from({ length: 50 }, (_, nth) => `event ${nth}`),
  );
  await holdsTogether();
});

/** Each position once, none left out, and the head where the last one is. */
async function holdsTogether(): Promise<void> {
  const [row] = await db.prisma.$queryRaw<object[]>`
    SELECT count(*) = count(DISTINCT position) AS "eachOnce",
      max(position) - min(position) + 1 = count(position) AS "noneLeftOut",
      max(position) = (SELECT position FROM change_heads WHERE log = 'events') AS "upToTheHead" FROM events`;
  t.same(row, { eachOnce: true, noneLeftOut: true, upToTheHead: true });
}

await t.test('of two sequencers at once one numbers, and the other one leaves it to it', async (t) => {
  const { seller } = await reader();
  await numberChanges(db, eventLog);
  await db.transaction((tx) => tell(tx, seller, 'one'));
  const holding = await db.pool.connect();
  await holding.query(`BEGIN; SELECT * FROM change_heads WHERE log = 'events' FOR UPDATE`);
  const first = numberChanges(db, eventLog);
  const waits = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  while ((await db.pool.query(waits)).rowCount === 0)
    await new Promise((resolve) => void setTimeout(resolve, 5));
  t.equal(await numberChanges(open(), eventLog), null);
  await holding.query('ROLLBACK');
  holding.release();
  t.equal(await first, 1);
  t.equal(await numberChanges(db, eventLog), 0);
});

await t.test('a row that somebody is just changing is left for the next time', async (t) => {
  const { seller, next } = await reader();
  await db.transaction(async (tx) => {
    await tell(tx, seller, 'being marked');
    await tell(tx, seller, 'free');
  });
  const marking = await db.pool.connect();
  await marking.query(`BEGIN; UPDATE events SET viewed = true WHERE summary = 'being marked'`);
  t.same(await next(), ['free']);
  await marking.query('COMMIT');
  marking.release();
  t.same(await next(), ['being marked']);
});

await t.test('what retention takes away is not given again, and a reader goes on behind it', async (t) => {
  const { seller, next } = await reader();
  await db.transaction((tx) => tell(tx, seller, 'old'));
  t.same(await next(), ['old']);
  await db.prisma.$executeRaw`DELETE FROM events`;
  await db.transaction((tx) => tell(tx, seller, 'new'));
  t.same(await next(), ['new']);
  await holdsTogether();
});

await t.test(
  '100,000 events of many writers and three sequencers: a reader that follows sees each once, in a second or so',
  async (t) => {
    const { seller } = await reader();
    await numberChanges(db, eventLog);
    const [head] = await db.prisma.changeHead.findMany();
    const others = [open(), open()];
    const writing = Array.from({ length: 10 }, async (_, writer) => {
      for (let turn = 0; turn < 10; turn++) {
        const events = Array.from({ length: 1_000 }, (_event, nth) => ({
          companyId: seller.companyId,
          event: 'reported-by-erp' as const,
          summary: `${writer}:${turn}:${nth}`,
        }));
        await db.sqlTransaction((tx) => recordEvents(tx, somebody, events));
      }
    });
    const writingState = { goesOn: true };
    const seen: string[] = [];
    const number = async (by: Database): Promise<void> => {
      while (writingState.goesOn) await numberChanges(by, eventLog);
    };
    const follow = async (): Promise<void> => {
      let after = head!.position;
      for (let isLast = false; ; isLast = !writingState.goesOn) {
        const rows = await others[0]!.prisma.event.findMany({
          where: { companyId: seller.companyId, position: { gt: after } },
          orderBy: { position: 'asc' },
          take: 5_000,
          select: { position: true, summary: true },
        });
        seen.push(...rows.map(({ summary }) => summary));
        after = rows.at(-1)?.position ?? after;
        if (rows.length === 0 && isLast) return;
      }
    };
    const following = follow();
    const numbering = [...others, db].map(number);
    await Promise.all(writing);
    const startedMs = performance.now();
    while ((await db.prisma.event.count({ where: { position: null } })) > 0)
      await numberChanges(db, eventLog);
    writingState.goesOn = false;
    await Promise.all([...numbering, following]);
    t.comment(`numbered ${Math.round(performance.now() - startedMs)} ms after the last commit`);
    t.equal(seen.length, 100_000);
    t.equal(new Set(seen).size, 100_000);
    const last = new Map<string, number>();
    const disorder = seen.filter((summary) => {
      const [writer = '', turn = ''] = summary.split(':');
      const isBefore = Number(turn) < (last.get(writer) ?? 0);
      last.set(writer, Number(turn));
      return isBefore;
    });
    t.same(disorder, [], 'what one writer commits one after the other comes in that order');
    await holdsTogether();
  },
);
