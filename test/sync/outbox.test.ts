import { somebody } from '../support/actors.js';
import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { deliverEntry, type DeliverDeps } from '../../src/sync/effects/deliver-entry.js';
import { entriesOfDocument, retryEntry, settleByPerson } from '../../src/sync/effects/outbox-decisions.js';
import {
  effectRegistry,
  enqueueEffect,
  type EffectDefinition,
  type EffectOutcome,
  type ReadBack,
} from '../../src/sync/effects/outbox.js';
import { callTimes, doubtMs } from '../../src/outbound/call-fence.js';
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/time.js';
import { latch } from '../support/waiting.js';
import { world } from './world.js';

const w = await world(t, { prismaConnections: 12 });

interface Parcel {
  parcel: string;
}

/** A TikTok that ships parcels, and shows what it has shipped. */
function parcelService(options: Partial<EffectDefinition<Parcel, string>> = {}) {
  const shipped: string[] = [];
  const settled: [string, EffectOutcome<string>['state']][] = [];
  const ship: EffectDefinition<Parcel, string> = {
    name: 'ship',
    lane: 'urgent',
    resendSafe: false,
    async send({ entry }) {
      shipped.push(entry.payload.parcel);
      return `package of ${entry.payload.parcel}`;
    },
    async readBack({ entry }): Promise<ReadBack<string>> {
      const { parcel } = entry.payload;
      return shipped.includes(parcel)
        ? { state: 'done', result: `package of ${parcel}` }
        : { state: 'not-done' };
    },
    async settle(_tx, entry, outcome) {
      settled.push([entry.payload.parcel, outcome.state]);
    },
    ...options,
  };
  const deps: DeliverDeps = { ...w, effects: effectRegistry([ship]) };
  return { shipped, settled, ship, deps };
}

let numbers = 0;
async function enqueue(
  parcel = `parcel-${++numbers}`,
  orderingKey = `order-${parcel}`,
  connectionId?: number,
) {
  const connection = connectionId ?? (await w.connect()).connectionId;
  const { id } = await enqueueEffect(w.db.prisma, {
    companyId: w.companyId,
    connectionId: connection,
    effect: 'ship',
    naturalKey: parcel,
    orderingKey,
    payload: { parcel },
    lane: 'urgent',
  });
  await w.db.prisma.outboxEntry.update({ where: { id }, data: { nextAttemptAt: w.clock.now() } });
  return { id, parcel, connectionId: connection };
}

const entryOf = (id: bigint) => w.db.prisma.outboxEntry.findUniqueOrThrow({ where: { id } });
const attemptsOf = async (id: bigint) =>
  (await w.db.prisma.outboxAttempt.findMany({ where: { outboxId: id }, orderBy: { id: 'asc' } })).map(
    (attempt) => [attempt.kind, attempt.outcome],
  );
/** As if the process that held it had died and its time was over. */
const expireLease = (id: bigint) =>
  w.db.prisma.outboxEntry.update({ where: { id }, data: { leaseUntil: new Date(0) } });
/** Delivers until the entry is settled or waits for a person; time passes as fast as it has to. */
async function deliverToEnd(deps: DeliverDeps, id: bigint): Promise<string> {
  for (let i = 0; i < 300; i++) {
    await deliverEntry(deps, id);
    const { state, nextAttemptAt } = await entryOf(id);
    if (!['pending', 'sending', 'in_doubt'].includes(state)) return state;
    if (nextAttemptAt > w.clock.at) w.clock.at = nextAttemptAt;
  }
  return 'endless';
}
const lost = async (): Promise<never> => {
  throw new AppError('tiktok-in-doubt', 'No answer from TikTok.');
};

await t.test('an effect asked for twice is one effect', async (t) => {
  const { connectionId } = await w.connect();
  const wanted = {
    companyId: w.companyId,
    connectionId,
    effect: 'ship',
    naturalKey: 'twice',
    orderingKey: 'order',
    payload: {},
    lane: 'urgent',
  } as const;
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => w.db.transaction((tx) => enqueueEffect(tx, wanted))),
  );
  t.equal(answers.filter((answer) => answer.created).length, 1);
  t.equal(new Set(answers.map((answer) => answer.id)).size, 1);
  t.equal(await w.db.prisma.outboxEntry.count({ where: { connectionId } }), 1);
});

await t.test('two effects of one name are a mistake that the start finds', (t) => {
  const { ship } = parcelService();
  t.throws(() => effectRegistry([ship, ship]), {
    code: 'configuration-invalid',
  });
  t.end();
});

await t.test('many deliveries at once have the effect once', async (t) => {
  const { deps, shipped, settled } = parcelService();
  const { id, parcel } = await enqueue();
  const reports = await Promise.all(Array.from({ length: 10 }, () => deliverEntry(deps, id)));
  t.equal(reports.filter((report) => report.state === 'done').length, 1);
  t.same(shipped, [parcel]);
  t.same(settled, [[parcel, 'done']]);
  t.match(await entryOf(id), { state: 'done', result: `package of ${parcel}`, attempts: 1 });
  t.same(await attemptsOf(id), [['send', 'done']]);
});

await t.test('`sending` is committed before the call is made', async (t) => {
  let during: string | undefined;
  const { deps } = parcelService({
    async send({ entry }) {
      during = (await entryOf(entry.id)).state;
      return '';
    },
  });
  const { id } = await enqueue();
  await deliverEntry(deps, id);
  t.equal(during, 'sending');
});

await t.test('done, but the answer was lost: read back, not sent again', async (t) => {
  const service = parcelService();
  const { deps, shipped, settled } = parcelService({
    async send(context) {
      await service.ship.send(context);
      return lost();
    },
    readBack: (context) => service.ship.readBack(context),
  });
  const { id, parcel } = await enqueue();
  const report = await deliverEntry(deps, id);
  t.equal(report.state, 'in_doubt');
  t.ok(report.retryAt && report.retryAt > w.clock.now(), 'what is still under way is given time to arrive');
  t.equal((await deliverEntry(deps, id)).state, 'not-due', 'and nothing is asked or sent before');
  t.equal(await deliverToEnd(deps, id), 'done');
  t.same(service.shipped, [parcel]);
  t.same(shipped, []);
  t.same(settled, [[parcel, 'done']]);
  t.same(await attemptsOf(id), [
    ['send', 'in_doubt'],
    ['read-back', 'done'],
  ]);
});

await t.test(
  'not done and the answer was lost: sent again only after TikTok said that it has nothing',
  async (t) => {
    const service = parcelService();
    let calls = 0;
    const { deps, settled } = parcelService({
      send: (context) => (++calls === 1 ? lost() : service.ship.send(context)),
      readBack: (context) => service.ship.readBack(context),
    });
    const { id, parcel } = await enqueue();
    const began = w.clock.at.getTime();
    t.equal(await deliverToEnd(deps, id), 'done');
    t.same(service.shipped, [parcel]);
    t.same(settled, [[parcel, 'done']]);
    const attempts = await attemptsOf(id);
    t.same(attempts.at(0), ['send', 'in_doubt']);
    t.same(attempts.slice(-2), [
      ['read-back', 'pending'],
      ['send', 'done'],
    ]);
    t.ok(attempts.slice(1, -2).every(([kind, outcome]) => kind === 'read-back' && outcome === 'in_doubt'));
    const waitedMs = w.clock.at.getTime() - began;
    t.ok(waitedMs >= doubtMs(callTimes) - 1_000, 'not before TikTok could no longer carry the call out');
  },
);

for (const crash of ['before the call', 'after the call', 'while the outcome is saved'] as const) {
  await t.test(
    `a crash ${crash} leads to exactly one effect, and the dead process can write nothing`,
    async (t) => {
      const service = parcelService();
      const entered = latch();
      const wake = latch();
      const hang = async (): Promise<void> => {
        entered.open();
        await wake.opened;
      };
      const dying = parcelService({
        async send(context) {
          if (crash === 'before the call') {
            await hang();
            return 'never sent';
          }
          const result = await service.ship.send(context);
          if (crash === 'after the call') await hang();
          return result;
        },
        async settle(_tx, entry, outcome) {
          if (crash === 'while the outcome is saved') await hang();
          dying.settled.push([entry.payload.parcel, outcome.state]);
        },
      });
      const { id, parcel } = await enqueue();
      const dead = deliverEntry(dying.deps, id);
      await entered.opened;
      await expireLease(id);
      t.equal(await deliverToEnd(service.deps, id), 'done');
      wake.open();
      t.equal((await dead).state, 'lease-lost');
      t.same(service.shipped, [parcel]);
      t.same(service.settled, [[parcel, 'done']]);
      t.equal((await entryOf(id)).state, 'done');
    },
  );
}

await t.test('an outcome that cannot be saved is found again, without a second call', async (t) => {
  const service = parcelService();
  let broken = true;
  const { deps } = parcelService({
    send: (context) => service.ship.send(context),
    readBack: (context) => service.ship.readBack(context),
    async settle(tx, entry, outcome, by) {
      if (broken) throw new Error('the disk is full');
      await service.ship.settle(tx, entry, outcome, by);
    },
  });
  const { id, parcel } = await enqueue();
  t.equal((await deliverEntry(deps, id)).state, 'in_doubt');
  t.match(await entryOf(id), { state: 'in_doubt', lastError: /log has it/ });
  broken = false;
  t.equal(await deliverToEnd(deps, id), 'done');
  t.same(service.shipped, [parcel]);
  t.same(service.settled, [[parcel, 'done']]);
});

await t.test(
  'effects of one order happen one after the other, in the order of asking; others go on',
  async (t) => {
    const gate = latch();
    const entered = latch();
    const { deps, shipped } = parcelService({
      async send({ entry }) {
        if (entry.payload.parcel === 'first') {
          entered.open();
          await gate.opened;
        }
        shipped.push(entry.payload.parcel);
        return '';
      },
    });
    const first = await enqueue('first', 'order');
    const second = await enqueue('second', 'order', first.connectionId);
    const other = await enqueue('other', 'other order', first.connectionId);
    t.equal((await deliverEntry(deps, second.id)).state, 'not-due', 'the first has not even begun');
    const delivering = deliverEntry(deps, first.id);
    await entered.opened;
    t.equal((await deliverEntry(deps, second.id)).state, 'not-due');
    t.equal((await deliverEntry(deps, other.id)).state, 'done');
    gate.open();
    t.equal((await delivering).next, second.id, 'its end names the next');
    t.equal((await deliverEntry(deps, second.id)).state, 'done');
    t.same(shipped, ['other', 'first', 'second']);
  },
);

await t.test('one that is in doubt blocks its order only', async (t) => {
  const { deps } = parcelService({
    send: (context) => (context.entry.payload.parcel === 'doubtful' ? lost() : Promise.resolve('')),
  });
  const first = await enqueue('doubtful', 'order 2');
  const second = await enqueue('behind it', 'order 2', first.connectionId);
  const other = await enqueue('beside it', 'order 3', first.connectionId);
  await deliverEntry(deps, first.id);
  t.equal((await deliverEntry(deps, second.id)).state, 'not-due');
  t.equal((await deliverEntry(deps, other.id)).state, 'done');
});

await t.test('doubt that TikTok does not clear up goes to a person, who decides', async (t) => {
  const answers: ReadBack<string>[] = [];
  const service = parcelService();
  const { deps, settled } = parcelService({
    send: lost,
    readBack: async () => answers.shift() ?? { state: 'unknown', why: 'The package list does not show it.' },
  });
  const { id, parcel, connectionId } = await enqueue();
  const later = await enqueue('after the doubtful', `order-${parcel}`, connectionId);
  t.equal(await deliverToEnd(deps, id), 'needs_person');
  const [first, ...others] = (await attemptsOf(id)).map(([kind]) => kind);
  t.equal(first, 'send');
  t.ok(others.length > 3 && others.every((kind) => kind === 'read-back'), 'sent once');
  t.match(await entryOf(id), { lastError: /3 times.*package list/ });
  const choice = { by: somebody, companyId: w.companyId, id, now: w.clock.now() };

  await t.rejects(retryEntry(w.db.prisma, { ...choice, companyId: 1 }), { code: 'not-found' });
  await retryEntry(w.db.prisma, choice);
  t.equal((await entryOf(id)).state, 'in_doubt', 'TikTok is asked first');
  t.equal(await deliverToEnd(deps, id), 'needs_person');
  await t.rejects(retryEntry(w.db.prisma, { ...choice, id: later.id }), { code: 'conflict' });

  const entered = latch();
  const leave = latch();
  const { deps: slow } = parcelService({
    async send() {
      entered.open();
      await leave.opened;
      return '';
    },
  });
  const underWay = deliverEntry(slow, later.id);
  await entered.opened;
  await t.rejects(
    retryEntry(w.db.prisma, choice),
    { code: 'conflict' },
    'another effect of the order is under way',
  );
  leave.open();
  await underWay;

  await w.db.transaction((tx) => settleByPerson(tx, deps.effects, choice, { decision: 'send-again' }));
  t.equal(await deliverToEnd(service.deps, id), 'done');
  t.same(service.shipped, [parcel]);
  t.same(settled, [
    [parcel, 'needs_person'],
    [parcel, 'needs_person'],
  ]);
});

await t.test('a person settles an entry one way or the other', async (t) => {
  const { deps, settled } = parcelService({
    send: lost,
    readBack: async () => ({ state: 'unknown', why: 'No idea.' }),
  });
  const there = await enqueue();
  const notThere = await enqueue();
  for (const { id } of [there, notThere]) t.equal(await deliverToEnd(deps, id), 'needs_person');
  settled.length = 0;
  const decide = (id: bigint, decision: Parameters<typeof settleByPerson>[3]) =>
    w.db.transaction((tx) =>
      settleByPerson(
        tx,
        deps.effects,
        { by: somebody, companyId: w.companyId, id, now: w.clock.now() },
        decision,
      ),
    );
  await decide(there.id, { decision: 'done' });
  await decide(notThere.id, { decision: 'not-done', reason: 'Not in Seller Center.' });
  t.same(settled, [
    [there.parcel, 'done'],
    [notThere.parcel, 'refused'],
  ]);
  t.match(await entryOf(notThere.id), { state: 'refused', lastError: 'Not in Seller Center.' });
  await t.rejects(decide(there.id, { decision: 'done' }), { code: 'conflict' });
});

await t.test(
  'where TikTok refuses repeats, unclear doubt is sent again instead of waiting for a person',
  async (t) => {
    let calls = 0;
    const { deps } = parcelService({
      resendSafe: true,
      send: async () => (++calls === 1 ? lost() : ''),
      readBack: async () => ({ state: 'unknown', why: 'Not shown yet.' }),
    });
    const { id } = await enqueue();
    t.equal(await deliverToEnd(deps, id), 'done');
    t.equal(calls, 2);
  },
);

await t.test('"done already" counts only when what is there is ours', async (t) => {
  const already = new AppError('tiktok-refused', 'It is shipped already.');
  const options = (answer: ReadBack<string>): Partial<EffectDefinition<Parcel, string>> => ({
    send: async () => {
      throw already;
    },
    saysDone: (error) => error === already,
    readBack: async () => answer,
  });
  const ours = parcelService(options({ state: 'done', result: 'package' }));
  t.equal((await deliverEntry(ours.deps, (await enqueue()).id)).state, 'done');
  const theirs = parcelService(options({ state: 'not-done' }));
  const { id } = await enqueue();
  t.equal((await deliverEntry(theirs.deps, id)).state, 'refused');
  t.equal((await entryOf(id)).lastError, 'It is shipped already.');
});

await t.test("a call that succeeded keeps TikTok's id of it, where the effect tells it", async (t) => {
  const service = parcelService({ send: async () => ({ requestId: 'req-2' }) as never });
  const { id } = await enqueue();
  t.equal((await deliverEntry(service.deps, id)).state, 'done');
  const [attempt] = await w.db.prisma.outboxAttempt.findMany({ where: { outboxId: id } });
  t.match(attempt, { outcome: 'done', requestId: 'req-2' });
});

await t.test('a clear refusal ends it, with the reason', async (t) => {
  const { deps, settled } = parcelService({
    send: async () => {
      throw Object.assign(new AppError('tiktok-refused', 'The tracking number is wrong.'), {
        tiktokCode: '21011001',
        requestId: 'req-1',
      });
    },
  });
  const { id, parcel } = await enqueue();
  t.equal((await deliverEntry(deps, id)).state, 'refused');
  t.same(settled, [[parcel, 'refused']]);
  const [attempt] = await w.db.prisma.outboxAttempt.findMany({ where: { outboxId: id } });
  t.match(attempt, { tiktokCode: '21011001', requestId: 'req-1', message: 'The tracking number is wrong.' });
  t.equal((await deliverEntry(deps, id)).state, 'not-due');
});

await t.test(
  'what was surely not done is sent again, ever later, and never given up in the first hours',
  async (t) => {
    let calls = 0;
    const { deps } = parcelService({
      send: async () => {
        if (++calls > 80) return '';
        throw new AppError('tiktok-unavailable', 'TikTok is down.');
      },
    });
    const { id } = await enqueue();
    const began = w.clock.at.getTime();
    t.equal(await deliverToEnd(deps, id), 'done');
    t.ok(w.clock.at.getTime() - began > 2 * HOUR_MS);
    t.equal((await attemptsOf(id)).length, 81);
  },
);

await t.test('a throttled or paused shop is waited for as long as it takes, without counting', async (t) => {
  const errors = [
    new AppError('tiktok-throttled', 'Too many.', { retryAfterMs: 90_000 }),
    new AppError('needs-reauthorization', 'Connect again.'),
  ];
  const { deps } = parcelService({
    send: async () => {
      const error = errors.shift();
      if (error) throw error;
      return '';
    },
  });
  const { id, connectionId } = await enqueue();
  const first = await deliverEntry(deps, id);
  t.equal((first.retryAt?.getTime() ?? 0) - w.clock.now().getTime(), 90_000);
  w.clock.pass(90_000);
  t.equal((await deliverEntry(deps, id)).state, 'pending');
  t.equal((await entryOf(id)).attempts, 0);
  w.clock.pass(5 * MINUTE_MS);
  await w.db.prisma.connection.update({
    where: { id: connectionId },
    data: { status: 'needs_reauthorization' },
  });
  t.equal((await deliverEntry(deps, id)).state, 'not-due');
  await w.db.prisma.connection.update({ where: { id: connectionId }, data: { status: 'active' } });
  t.equal((await deliverEntry(deps, id)).state, 'done');
});

await t.test('a bug in our own code is doubt, not a refusal and not a reason to send again', async (t) => {
  const service = parcelService();
  const { deps } = parcelService({
    async send(context) {
      await service.ship.send(context);
      throw new TypeError('undefined is not a function');
    },
    readBack: (context) => service.ship.readBack(context),
  });
  const { id, parcel } = await enqueue();
  t.equal(await deliverToEnd(deps, id), 'done');
  t.same(service.shipped, [parcel]);
});

await t.test('a process that closes before the call lets the entry go unsent', async (t) => {
  const { deps, shipped } = parcelService();
  const { id } = await enqueue();
  t.equal((await deliverEntry(deps, id, AbortSignal.abort())).state, 'pending');
  t.same(shipped, []);
  t.equal(await deliverToEnd(deps, id), 'done');
});

await t.test('an effect of another version waits, untouched', async (t) => {
  const { id } = await enqueue();
  const deps: DeliverDeps = { ...w, effects: new Map() };
  t.equal((await deliverEntry(deps, id)).state, 'not-due');
  t.match(await entryOf(id), { state: 'pending', attempts: 0 });
});

await t.test("a document's effects can be read with every call that was made", async (t) => {
  const { connectionId } = await w.connect();
  const wanted = {
    companyId: w.companyId,
    connectionId,
    effect: 'ship',
    orderingKey: 'x',
    lane: 'urgent',
  } as const;
  const documentKey = 4711;
  const { id } = await enqueueEffect(w.db.prisma, {
    ...wanted,
    naturalKey: 'x',
    documentKey,
    payload: { parcel: 'x' },
  });
  await w.db.prisma.outboxEntry.update({ where: { id }, data: { nextAttemptAt: w.clock.now() } });
  await deliverToEnd(parcelService({ send: lost }).deps, id);
  const [entry] = await entriesOfDocument(w.db.prisma, { companyId: w.companyId, documentKey });
  t.equal(entry?.id, id);
  t.match(entry?.calls[0], { kind: 'send', outcome: 'in_doubt', message: 'No answer from TikTok.' });
  t.same(await entriesOfDocument(w.db.prisma, { companyId: w.companyId + 1, documentKey }), []);
});
