import { productFlows } from '../../src/compose/product-flows.js';
import t from 'tap';
import { MINUTE_MS } from '../../src/kernel/time.js';
import { Prisma } from '../../src/store/database.js';
import { beat, type DueWork } from '../../src/sync/beat.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { retryEntry } from '../../src/sync/effects/outbox-decisions.js';
import {
  effectRegistry,
  enqueueEffect,
  type EffectContext,
  type EffectDefinition,
  type TargetEntry,
} from '../../src/sync/effects/outbox.js';
import { waitingOf, waitingOfConnection } from '../../src/sync/effects/waiting-effects.js';
import { flowList, type FlowDefinition } from '../../src/sync/flows/flow-catalogue.js';
import { ensureFlows, listFlows, type FlowHandler, type SubjectRun } from '../../src/sync/flows/flows.js';
import { changeFlow, requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { nextDue } from '../../src/sync/flows/schedule.js';
import { readStaleness, readSyncStats } from '../../src/sync/flows/sync-stats.js';
import { keepHouse } from '../../src/sync/housekeeping.js';
import { findObstacle, type SubjectKind } from '../../src/sync/subjects/subject-kind.js';
import { world } from './world.js';
import { commandLine, openAlready } from '../support/command-line.js';

const w = await world(t, { prismaConnections: 12 });
const { db, companyId } = w;

// A second kind of subject, as an area declares it: a table of its own, and when work goes on for a row of it.
await db.prisma.$executeRaw`
  CREATE TABLE mailboxes (id int PRIMARY KEY, company_id int NOT NULL, address text NOT NULL, standing text NOT NULL,
    why text, made_at timestamptz NOT NULL DEFAULT now())`;
const mailbox: SubjectKind = {
  kind: 'mailbox',
  noun: 'mailbox',
  rows: Prisma.sql`SELECT id, company_id, address AS name, NULL::int AS partner_id, standing AS state, why AS reason,
    made_at AS created_at FROM mailboxes`,
  gate: { runs: ['open'], urgentOnly: ['on hold'], gone: ['deleted'] },
  standingOf: (state) => `is ${state}`,
  next: 'Open the mailbox again.',
};

const readMail: FlowDefinition = {
  name: 'read-mail',
  subject: mailbox,
  lane: 'background',
  schedule: '*/5 * * * *',
  spreadSeconds: 60,
  jobName: 'ReadMail',
  description: 'Reads what came in by mail.',
};
const flows = flowList([...productFlows.values(), readMail]);

const read: SubjectRun['subject'][] = [];
const handlers = new Map<string, FlowHandler>([
  ['pull-orders', async () => ({ counts: {} })],
  [
    'read-mail',
    async (run: SubjectRun) => {
      read.push(run.subject);
      await db.transaction(async (tx) => {
        await run.guard(tx);
        await run.saveProgress(tx, { cursor: { at: run.subject.id } });
      });
      return { counts: { read: 1 } };
    },
  ],
]);

const sent: string[] = [];
let answer: 'sent' | 'unclear' = 'sent';
const sendMail: EffectDefinition<{ text: string }, string> = {
  name: 'send-mail',
  target: mailbox,
  lane: 'urgent',
  resendSafe: false,
  async send({ entry }: Omit<EffectContext, 'entry'> & { entry: TargetEntry<{ text: string }> }) {
    if (answer === 'unclear') throw new Error('no answer');
    sent.push(`${entry.target.kind} ${entry.target.id}: ${entry.payload.text}`);
    return 'accepted';
  },
  readBack: async () => ({ state: 'unknown', why: 'mail servers tell nothing' }),
  settle: async () => undefined,
};
const ship: EffectDefinition = {
  name: 'ship',
  lane: 'urgent',
  resendSafe: false,
  send: async ({ entry }) => void sent.push(`connection ${entry.connectionId}`),
  readBack: async () => ({ state: 'not-done' }),
  settle: async () => undefined,
};
const effects = effectRegistry([ship, sendMail]);
const deps = { ...w, flows, effects, handlers };

async function openMailbox(id: number): Promise<void> {
  await db.prisma.$executeRaw`INSERT INTO mailboxes (id, company_id, address, standing)
    VALUES (${id}, ${companyId}, ${`box-${id}@example.test`}, 'open')`;
  await ensureFlows(db.prisma, {
    subject: { kind: 'mailbox', id },
    now: w.clock.now(),
    flows,
  });
}

async function set(id: number, standing: string, why: string | null = null): Promise<void> {
  await db.prisma.$executeRaw`UPDATE mailboxes SET standing = ${standing}, why = ${why} WHERE id = ${id}`;
}

async function due(): Promise<DueWork[]> {
  const woken: DueWork[] = [];
  await db.prisma.flow.updateMany({ data: { claimedUntil: null } });
  await db.prisma.outboxEntry.updateMany({ data: { claimedUntil: null } });
  await beat({ ...deps, wake: async (work) => void woken.push(...work) });
  return woken;
}

const flowOf = (subjectKind: string, subjectId: number) =>
  db.prisma.flow.findFirstOrThrow({ where: { subjectKind, subjectId } });
const mail = (id: number, text: string, orderingKey = 'mails') =>
  enqueueEffect(db.prisma, {
    companyId,
    target: { kind: 'mailbox', id },
    effect: 'send-mail',
    naturalKey: text,
    orderingKey,
    payload: { text },
    lane: 'urgent',
  });

await t.test('a flow of a second kind of subject runs, pauses, resumes and is listed', async (t) => {
  const { connectionId, flowId: shopFlow } = await w.connect();
  // The same id as the connection has: they have nothing to do with one another.
  await openMailbox(connectionId);
  const { id: flowId, connectionId: none } = await flowOf('mailbox', connectionId);
  t.equal(none, null);
  const ids = (await due()).filter(({ kind }) => kind === 'flow').map(({ id }) => id);
  t.same(new Set(ids), new Set([shopFlow, flowId]), 'both are handed out');
  t.match(await runFlow(deps, flowId), { outcome: 'done', counts: { read: 1 } });
  t.same(read.splice(0), [{ kind: 'mailbox', id: connectionId }]);
  t.same((await flowOf('mailbox', connectionId)).cursor, { at: connectionId });

  const choice = { companyId, subject: { kind: 'mailbox', id: connectionId }, name: 'read-mail', flows };
  await set(connectionId, 'on hold', 'too many letters');
  t.match(await findObstacle(db.prisma, mailbox, connectionId), {
    message: 'The mailbox is on hold (too many letters): nothing runs on it now.',
    next: 'Open the mailbox again.',
  });
  await t.rejects(requestRun(db.prisma, { ...choice, now: w.clock.now() }), {
    code: 'connection-not-ready',
    message: /The mailbox is on hold \(too many letters\)/,
    details: [{ next: 'Open the mailbox again.' }],
  });
  w.clock.pass(10 * MINUTE_MS);
  t.notOk((await due()).some(({ id, kind }) => kind === 'flow' && id === flowId));
  t.match(await runFlow(deps, flowId), { outcome: 'not-due' });
  await requestRun(db.prisma, { ...choice, now: w.clock.now() }, { evenPaused: true });
  t.match(await runFlow(deps, flowId), { outcome: 'done' }, 'what must not wait runs');
  await db.prisma.flow.update({ where: { id: flowId }, data: { runsPaused: false } });

  const listed = async () => {
    const all = await listFlows(db.prisma, { companyId, now: w.clock.now(), flows });
    return all.find(({ id }) => id === flowId);
  };
  t.match(await listed(), {
    subject: { kind: 'mailbox', id: connectionId },
    subjectName: `box-${connectionId}@example.test`,
    connectionId: null,
    obstacle: { message: /on hold/, next: 'Open the mailbox again.' },
    flow: { jobName: 'ReadMail' },
    schedule: '*/5 * * * *',
  });
  await set(connectionId, 'open');
  t.equal((await listed())?.obstacle, null);
  w.clock.pass(10 * MINUTE_MS);
  t.ok((await due()).some(({ id, kind }) => kind === 'flow' && id === flowId));
  t.match(await runFlow(deps, flowId), { outcome: 'done' }, 'and it goes on by itself');

  await changeFlow(db.prisma, { companyId, flowId, now: w.clock.now(), flows }, { schedule: '0 4 * * *' });
  t.equal((await listed())?.schedule, '0 4 * * *');
  const other = { companyId: companyId + 1, flowId, now: w.clock.now(), flows };
  await t.rejects(changeFlow(db.prisma, other, { enabled: false }), { code: 'not-found' });
  await t.rejects(requestRun(db.prisma, other), { code: 'not-found' });
  const staleness = await readStaleness(db.prisma, w.clock.now(), flows);
  t.ok(staleness.some(({ flow }) => flow === 'read-mail'));
  await set(connectionId, 'deleted');
  t.equal(await listed(), undefined, 'what is gone is listed no more');
  const shops = await listFlows(db.prisma, { companyId, connectionId, now: w.clock.now(), flows });
  t.ok(shops.length > 0 && shops.every((view) => view.connectionId === connectionId));
});

await t.test('commands run and schedule such a flow, named by its kind and number', async (t) => {
  await openMailbox(4_001);
  const command = commandLine({ ...openAlready(db), clock: w.clock, flows });
  t.match(await command('schedule', 'mailbox:4001', 'read-mail', '0 5 * * *'), {
    code: 0,
    text: /read-mail: 0 5 \* \* \*, next run/,
  });
  t.match(await command('run-flow', 'mailbox:4001', 'read-mail', '--wait', '0'), {
    code: 0,
    text: /Asked for/,
  });
  const { id } = await flowOf('mailbox', 4_001);
  t.match(await db.prisma.flow.findUnique({ where: { id } }), { schedule: '0 5 * * *', requested: 1 });
  t.match(await command('run-flow', 'mailbox:4009', 'read-mail'), { code: 1, text: /no mailbox 4009/ });
  t.match(await command('run-flow', '4001', 'read-mail'), { code: 2, text: /a flow of mailbox:<number>/ });
  t.match(await command('run-flow', 'tent:1', 'pull-orders'), {
    code: 2,
    text: /tent is no kind of subject/,
  });
  await set(4_001, 'deleted');
});

await t.test('trouble of such a flow is told, and a new version’s flows reach all subjects', async (t) => {
  await openMailbox(5_001);
  const { id: flowId } = await flowOf('mailbox', 5_001);
  const failing = new Map<string, FlowHandler>([
    ['read-mail', () => Promise.reject(new Error('no route to the mail server'))],
  ]);
  t.match(await runFlow({ ...deps, handlers: failing }, flowId), { outcome: 'failed' });
  t.match(w.events.at(-1), { companyId, event: 'flow-failed', summary: /ReadMail failed/ });
  t.equal(w.events.at(-1)?.connectionId, undefined);

  await db.prisma.flow.deleteMany({ where: { subjectKind: 'mailbox' } });
  await keepHouse({ ...deps, keepMonths: 13 });
  const made = await db.prisma.flow.findMany({ where: { subjectKind: 'mailbox' } });
  t.same(
    made.map(({ subjectId, lane }) => [subjectId, lane]),
    [[5_001, 'background']],
    'none for what is gone',
  );
});

await t.test('an effect with a second kind of target is delivered, waits, and is listed', async (t) => {
  const { connectionId } = await w.connect();
  await openMailbox(connectionId);
  const shipped = await enqueueEffect(db.prisma, {
    companyId,
    connectionId,
    effect: 'ship',
    naturalKey: 'one',
    orderingKey: 'mails',
    payload: {},
    lane: 'urgent',
  });
  const [first, second] = [await mail(connectionId, 'one'), await mail(connectionId, 'two')];
  t.match(
    await mail(connectionId, 'one'),
    { id: first.id, created: false },
    'asked for again, it is the same',
  );
  w.clock.at = new Date();
  const handedOut = (await due()).filter(({ kind }) => kind === 'outbox').map(({ id }) => id);
  t.same(new Set(handedOut), new Set([shipped.id, first.id]), 'one at a time for each target');

  await set(connectionId, 'on hold');
  t.match(await deliverEntry(deps, first.id), { state: 'not-due' }, 'a target on hold gets nothing');
  t.match(await deliverEntry(deps, shipped.id), { state: 'done' }, 'and holds up no other target');
  await set(connectionId, 'open');
  t.match(await deliverEntry(deps, first.id), { state: 'done', next: second.id });
  answer = 'unclear';
  await deliverEntry(deps, second.id);
  for (let tries = 0; tries < 20; tries++) {
    await db.prisma.outboxEntry.updateMany({ data: { nextAttemptAt: new Date(0), doubtUntil: null } });
    await deliverEntry(deps, second.id);
  }
  t.match(await waitingOf(db.prisma, { kind: 'mailbox', id: connectionId }), [
    { id: second.id, effect: 'send-mail', why: /mail servers tell nothing/ },
  ]);
  t.same(await waitingOfConnection(db.prisma, connectionId), [], 'the connection of the same id has none');
  await db.transaction((tx) => retryEntry(tx, { companyId, id: second.id, now: w.clock.now() }));
  t.same(sent, [`connection ${connectionId}`, `mailbox ${connectionId}: one`]);
  const { outbox } = await readSyncStats(db.prisma, w.clock.now(), flows);
  t.ok(outbox.some(({ state, lane }) => state === 'in_doubt' && lane === 'urgent'));
});

await t.test('a process that does not know a kind leaves its work alone', async (t) => {
  await openMailbox(6_001);
  const { id: flowId } = await flowOf('mailbox', 6_001);
  const { id } = await mail(6_001, 'unknown');
  const older = { ...deps, flows: productFlows, effects: effectRegistry([ship]) };
  const woken: DueWork[] = [];
  await db.prisma.flow.updateMany({ data: { claimedUntil: null } });
  await beat({ ...older, wake: async (work) => void woken.push(...work) });
  t.notOk(woken.some((work) => (work.kind === 'flow' ? work.id === flowId : work.id === id)));
  t.match(await runFlow(older, flowId), { outcome: 'not-due' });
  t.match(await deliverEntry(older, id), { state: 'not-due' });
  t.notOk(
    (await listFlows(db.prisma, { flows: productFlows, companyId, now: w.clock.now() })).some(
      (view) => view.id === flowId,
    ),
  );
});

await t.test('subjects of different kinds are spread apart, and two flows of one name are refused', (t) => {
  const flow = flows.get('pull-orders')!;
  const at = new Date('2026-11-23T12:00:00Z');
  const seconds = (kind: string) =>
    Array.from({ length: 50 }, (_, id) => nextDue(flow.schedule, flow, { kind, id }, at).getUTCSeconds());
  t.notSame(seconds('mailbox'), seconds('connection'));
  t.throws(() => flowList([readMail, readMail]), { code: 'configuration-invalid' });
  t.end();
});
