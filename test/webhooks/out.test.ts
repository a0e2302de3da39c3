import t from 'tap';
import { recordEvents } from '../../src/documents/document-store.js';
import { changeWebhook, rotateSecret } from '../../src/webhooks/out/manage-webhooks.js';
import { replayWebhook } from '../../src/webhooks/out/replay-webhook.js';
import { openSecrets } from '../../src/webhooks/out/webhook-store.js';
import { testDatabase } from '../support/database.js';
import { outWorld } from './out-world.js';
import { isSigned, startReceiver, type Received } from './receiver.js';

t.setTimeout(150_000);
const db = await testDatabase(t, { prismaConnections: 12 });
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FAILING = 181;
const RECOVERED = 182;
const DISABLED = 183;
const GIVEN_UP = 184;

const secretOf = async (world: Awaited<ReturnType<typeof outWorld>>, id: number): Promise<string> =>
  (await openSecrets({ tx: db.prisma, sealer: world.sealer }, id, world.clock.now())).secrets[0]!;
const hookBody = (Address: string, Enabled: boolean) => ({
  Format: 'json',
  Address,
  Topic: 'order',
  Enabled,
});

/** Of each document its messages in the order of their positions, as they arrived. */
const isInOrder = (received: readonly Received[]): boolean => {
  const last = new Map<number | undefined, bigint>();
  return received.every(({ id, key }) => {
    const position = BigInt(id.split('_')[2]!);
    const isLater = position >= (last.get(key) ?? 0n);
    last.set(key, position);
    return isLater;
  });
};

await t.test('every change that fits is told once, signed, and in the order of its document', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  const keys = await world.documents(3);
  const id = await world.hook(receiver.url);
  let finish = (): void => undefined;
  let written = (): void => undefined;
  const mayCommit = new Promise<void>((resolve) => (finish = resolve));
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const late = db.transaction(async (tx) => {
    const event = { companyId: world.companyId, documentKey: keys[0]!, event: 'order-changed' as const };
    await recordEvents(tx, world.by, [{ ...event, summary: 'late' }]);
    written();
    await mayCommit;
  });
  await isWritten;
  for (let nth = 0; nth < 5; nth++) for (const key of keys) await world.change_(key);
  await world.change_(keys[0]!, 1, 'document-changed');
  t.match(await world.run(id), { outcome: 'done', counts: { sent: 15 } });
  finish();
  await late;
  await world.run(id);
  t.equal(new Set(receiver.ids()).size, 16, 'the late one too');
  t.equal(receiver.received.length, 16, 'none twice, and none of another topic');
  t.ok(isInOrder(receiver.received));
  const secret = await secretOf(world, id);
  t.ok(receiver.received.every((message) => isSigned(message, secret)));
  const [first] = receiver.received;
  t.match(JSON.parse(first!.body), {
    type: 'order.changed',
    data: { Topic: 'order.changed', DocumentType: 'Order', LogicbrokerKey: first!.key },
  });
  t.notMatch(receiver.received.map(({ body }) => body).join(''), /Ada|Main Street/, 'nothing personal');
  t.equal((await world.run(id)).outcome, 'nothing-to-do');
});

await t.test('another company’s changes and those from before are not told', async (t) => {
  const world = await outWorld(t, db);
  const other = await outWorld(t, db);
  const receiver = await startReceiver(t);
  const [key] = await world.documents(1);
  const [foreign] = await other.documents(1);
  await world.change_(key!);
  const id = await world.hook(receiver.url, '*');
  await other.change_(foreign!);
  await world.change_(key!);
  await world.run(id);
  const told = receiver.received.filter((message) => message.key === key);
  t.same(
    told.map(({ type }) => type),
    ['order.changed'],
  );
  t.ok(
    receiver.received.every((message) => message.key === key || message.key === undefined),
    'only what is its own',
  );
});

await t.test(
  'one message is tried for three days by the schedule of Standard Webhooks, under one id',
  async (t) => {
    const world = await outWorld(t, db);
    const receiver = await startReceiver(t);
    receiver.answer(500);
    const [key] = await world.documents(1);
    const id = await world.hook(receiver.url);
    await world.change_(key!);
    await world.run(id);
    for (let turn = 0; turn < 200 && (await world.messages(id))[0]?.state === 'pending'; turn++)
      await world.runWhenDue(id);
    t.equal(new Set(receiver.ids()).size, 1);
    const attempts = await db.prisma.webhookAttempt.findMany({
      where: { webhookId: id },
      orderBy: { id: 'asc' },
    });
    t.ok(attempts.every(({ status, outcome }) => status === 500 && outcome === 'answered 500'));
    const hours = attempts.map(
      ({ startedAt }) => (startedAt.getTime() - attempts[0]!.startedAt.getTime()) / HOUR_MS,
    );
    t.ok(hours.at(-1)! > 55 && hours.at(-1)! < 100, `given up after ${hours.at(-1)} hours`);
    t.ok(hours[1]! * 3_600 < 8, 'the second try after seconds');
    t.ok(hours[2]! < 0.15, 'the third one after minutes');
    t.ok(attempts.length > 40 && attempts.length < 130, `${attempts.length} calls`);
    const gaps = hours.slice(1).map((at, nth) => at - hours[nth]!);
    t.ok(
      Math.max(...gaps) < 1.3,
      'and so often that a receiver which is well again is found within the hour',
    );
    t.ok(new Set(gaps.map((gap) => gap.toFixed(4))).size > gaps.length / 2, 'never at the same distance');
    t.match(await world.messages(id), [{ state: 'failed', lastOutcome: 'answered 500' }]);
    const given = await world.events(GIVEN_UP);
    t.equal(given.length, 1);
    t.match(given[0]?.summary, new RegExp(receiver.ids()[0]!));
  },
);

await t.test(
  'a receiver that was down for two days gets everything, in order, and was asked seldom',
  async (t) => {
    const world = await outWorld(t, db);
    const receiver = await startReceiver(t);
    receiver.answer(503);
    const keys = await world.documents(4);
    const id = await world.hook(receiver.url);
    const end = world.clock.now().getTime() + 48 * HOUR_MS;
    for (let turn = 0; turn < 200 && world.clock.now().getTime() < end; turn++) {
      if (turn < 20) for (const key of keys) await world.change_(key);
      await world.runWhenDue(id);
    }
    const calls = receiver.received.length;
    t.ok(calls < 120, `${calls} calls in two days for ${(await world.messages(id)).length} messages`);
    t.equal((await world.row(id)).state, 'on');
    t.equal((await world.events(FAILING)).length, 1, 'told once');
    receiver.received.length = 0;
    receiver.answer();
    const backAt = world.clock.now().getTime();
    for (let turn = 0; turn < 5 && receiver.received.length < 80; turn++) await world.runWhenDue(id);
    t.equal(new Set(receiver.ids()).size, 80, 'nothing was lost');
    t.equal(receiver.received.length, 80, 'and nothing came twice');
    t.ok(isInOrder(receiver.received));
    t.ok(world.clock.now().getTime() - backAt < 1.5 * HOUR_MS, 'within the hour');
    t.equal((await world.events(RECOVERED)).length, 1);
    t.match(await world.row(id), { failures: 0, failingSince: null, pausedUntil: null });
  },
);

await t.test(
  'an address of which nothing was taken for five days is switched off, and goes on when it is on again',
  async (t) => {
    const world = await outWorld(t, db);
    const receiver = await startReceiver(t);
    receiver.answer(500);
    const keys = await world.documents(30);
    const id = await world.hook(receiver.url);
    for (const key of keys) await world.change_(key);
    await world.run(id);
    const began = world.clock.now().getTime();
    for (let turn = 0; turn < 400 && (await world.row(id)).state === 'on'; turn++) await world.runWhenDue(id);
    const days = (world.clock.now().getTime() - began) / HOUR_MS / 24;
    t.ok(days >= 5 && days < 5.2, `after ${days} days`);
    t.match(await world.events(DISABLED), [
      { level: 'Alert', summary: /was switched off: nothing was taken since/ },
    ]);
    receiver.received.length = 0;
    receiver.answer();
    await world.change_(keys[0]!);
    await t.rejects(world.run(id), { code: 'connection-not-ready' }, 'nothing is sent');
    t.equal(receiver.received.length, 0);
    await changeWebhook(world.deps, { ...world.change, id }, hookBody(receiver.url, true));
    await world.run(id);
    const states = (await world.messages(id)).map(({ state }) => state);
    t.notOk(states.includes('pending'));
    t.ok(
      receiver.ids().length >= 1 && isInOrder(receiver.received),
      'what waited is told, and what came since',
    );
    const given = states.filter((state) => state === 'failed').length;
    const { count } = await replayWebhook(world.deps, { ...world.change, id }, { onlyFailed: true });
    t.equal(count, given);
    await world.run(id);
    t.ok((await world.messages(id)).every(({ state }) => state === 'delivered'));
  },
);

await t.test('who answers 410 is never called again until somebody switches it on', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  receiver.answer(410);
  const [key] = await world.documents(1);
  const id = await world.hook(receiver.url);
  await world.change_(key!, 3);
  await world.run(id);
  t.equal(receiver.received.length, 1);
  t.match(await world.row(id), { state: 'disabled', stateReason: /410/ });
  t.match(await world.events(DISABLED), [{ summary: /410/, details: /Test/ }]);
  receiver.answer();
  await changeWebhook(world.deps, { ...world.change, id }, hookBody(receiver.url, true));
  await world.run(id);
  t.equal(new Set(receiver.ids()).size, 3);
});

await t.test('a redirect is not followed', async (t) => {
  const world = await outWorld(t, db);
  const inside = await startReceiver(t);
  const receiver = await startReceiver(t);
  receiver.answer((_, response) => void response.writeHead(307, { location: inside.url }).end());
  const [key] = await world.documents(1);
  const id = await world.hook(receiver.url);
  await world.change_(key!);
  await world.run(id);
  t.equal(inside.received.length, 0);
  t.match(await world.messages(id), [{ state: 'pending', lastOutcome: /redirects are not followed/ }]);
});

await t.test(
  'no address leads inside: not as it is written, not by its name, and not by a name that turns',
  async (t) => {
    const inside = await startReceiver(t);
    const port = new URL(inside.url).port;
    const answers = new Map([
      ['loop.test', ['127.0.0.1']],
      ['meta.test', ['169.254.169.254']],
    ]);
    const asked: string[] = [];
    const world = await outWorld(t, db, {
      anywhere: [],
      resolve: async (name) => {
        asked.push(name);
        // The first answer is public, and the one that counts is not.
        const turned =
          name === 'turns.test' ? (asked.length % 2 === 1 ? ['8.8.8.8', '10.0.0.1'] : ['127.0.0.1']) : [];
        return [...(answers.get(name) ?? []), ...turned].map((address) => ({ address, family: 4 }));
      },
    });
    for (const address of [
      `http://127.0.0.1:${port}/`,
      `https://127.0.0.1:${port}/`,
      'https://[::1]/',
      'https://2130706433/',
      'https://169.254.169.254/latest',
      'https://user:word@erp.example/',
      'http://erp.example/',
      'ftp://erp.example/',
      'erp.example',
      `https://erp.example/${'x'.repeat(2_100)}`,
    ])
      await t.rejects(world.hook(address), { code: 'invalid-document' }, address.slice(0, 60));
    const [key] = await world.documents(1);
    for (const name of ['loop.test', 'meta.test', 'turns.test']) {
      const id = await world.hook(`https://${name}:${port}/hooks`);
      await world.change_(key!);
      await world.run(id);
      const [message] = await world.messages(id);
      t.match(
        message,
        { state: 'pending', lastOutcome: /refused: the name leads into a network that is not public/ },
        name,
      );
      t.notMatch(message?.lastOutcome, /127|169\.254/, 'and what is inside is not told');
    }
    t.equal(inside.received.length, 0);
  },
);

await t.test('while a secret is rotated both are good, and afterwards the new one only', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  const [key] = await world.documents(1);
  const id = await world.hook(receiver.url);
  const old = await secretOf(world, id);
  const { secret } = await rotateSecret(world.deps, { ...world.change, id }, HOUR_MS);
  t.not(secret, old);
  await world.change_(key!);
  await world.run(id);
  t.ok(isSigned(receiver.received[0]!, old) && isSigned(receiver.received[0]!, secret));
  world.advance(HOUR_MS + MINUTE_MS);
  await world.change_(key!);
  await world.run(id);
  t.notOk(isSigned(receiver.received[1]!, old));
  t.ok(isSigned(receiver.received[1]!, secret));
  const stored = JSON.stringify(await world.row(id), (_, value: unknown) =>
    typeof value === 'bigint' ? '' : value,
  );
  t.notOk(stored.includes(secret) || stored.includes(old), 'sealed');
  const { rows } = await db.pool.query("SELECT string_agg(after::text, ' ') AS told FROM audit_entries");
  t.notOk(String(rows[0]?.told).includes(secret), 'and in no trail');
});

await t.test('one message or all of a time are sent again under the ids that they had', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  const [key, other] = await world.documents(2);
  await world.change_(key!);
  const from = new Date(Date.now() - MINUTE_MS);
  const id = await world.hook(receiver.url);
  await world.change_(key!, 2);
  await world.change_(other!, 2);
  await world.run(id);
  const first = receiver.ids();
  receiver.received.length = 0;
  const which = { ...world.change, id };
  t.same(await replayWebhook(world.deps, which, { messageId: first[1]! }), { count: 1, next: null });
  await world.run(id);
  t.same(receiver.ids(), [first[1]]);
  receiver.received.length = 0;
  await db.prisma.webhookMessage.deleteMany({ where: { webhookId: id, orderingKey: `document ${other}` } });
  const { count } = await replayWebhook(world.deps, which, { from });
  await world.run(id);
  t.equal(receiver.received.length, count);
  t.ok(
    first.every((each) => receiver.ids().includes(each)),
    'also those that were deleted since, under the same ids',
  );
  t.ok(count > first.length, 'and what was before the webhook');
  t.ok(isInOrder(receiver.received));
  await t.rejects(replayWebhook(world.deps, which, { messageId: `msg_${id}_999999999` }), {
    code: 'not-found',
  });
  await t.rejects(replayWebhook(world.deps, which, {}), { code: 'invalid-request' });
});

await t.test('two workers never make the same call at the same time', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  receiver.answer((_, response) => void setTimeout(() => response.writeHead(204).end(), 20));
  const keys = await world.documents(10);
  const id = await world.hook(receiver.url);
  for (const key of keys) await world.change_(key, 3);
  await Promise.all(Array.from({ length: 4 }, () => world.run(id)));
  await world.run(id);
  t.equal(receiver.received.length, 30);
  t.equal(new Set(receiver.ids()).size, 30);
  t.ok(isInOrder(receiver.received));
  t.ok(receiver.mostAtOnce() > 1 && receiver.mostAtOnce() <= 8, `${receiver.mostAtOnce()} calls at once`);
});

await t.test(
  'what a receiver answers at length or drips is not waited for, and its Retry-After counts',
  async (t) => {
    const world = await outWorld(t, db, { answerTimeoutMs: 1_500, maxAnswerBytes: 1_000 });
    const receiver = await startReceiver(t);
    const [key] = await world.documents(1);
    const id = await world.hook(receiver.url);
    receiver.answer((_, response) => void response.writeHead(200).write('x'.repeat(100_000)));
    await world.change_(key!);
    t.match(await world.run(id), { counts: { sent: 1 } });
    receiver.answer((_, response) => void response.writeHead(429, { 'retry-after': '1200' }).end());
    await world.change_(key!);
    await world.run(id);
    const { pausedUntil } = await world.row(id);
    const restMs = (pausedUntil?.getTime() ?? 0) - world.clock.now().getTime();
    t.ok(restMs > 19 * MINUTE_MS && restMs <= 20 * MINUTE_MS, `${restMs}`);
    receiver.answer(() => undefined);
    await world.runWhenDue(id);
    const [, second] = await world.messages(id);
    t.match(second, { state: 'pending', lastOutcome: 'the answer took too long' });
  },
);

await t.test('a long backlog becomes messages bit by bit, and none is left out', async (t) => {
  const world = await outWorld(t, db);
  const receiver = await startReceiver(t);
  receiver.answer(500);
  const keys = await world.documents(1_200);
  const id = await world.hook(receiver.url);
  await db.transaction((tx) =>
    recordEvents(
      tx,
      world.by,
      keys.map((documentKey) => ({
        companyId: world.companyId,
        documentKey,
        event: 'order-changed',
        summary: 'x',
      })),
    ),
  );
  await world.run(id);
  t.equal((await world.messages(id)).length, 1_000, 'no more wait at a time');
  receiver.answer();
  receiver.received.length = 0;
  for (let turn = 0; turn < 5 && receiver.received.length < 1_200; turn++) await world.runWhenDue(id);
  t.equal(new Set(receiver.ids()).size, 1_200);
});
