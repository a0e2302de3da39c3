import t from 'tap';
import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import type { Database } from '../../src/store/database.js';
import { deliverEntry, type DeliverDeps } from '../../src/sync/effects/deliver-entry.js';
import { answerOf, startReturnWorld, type TestReturn } from './world.js';

const returns = await startReturnWorld(t);
const { world } = returns;
const { control, db } = world;
const us = await world.connect('US');

const approvals = { method: 'POST', path: '/return_refund/*/approve' };
const afterSales = { path: '/return_refund/' };

const storms: [name: string, faults: FaultSpec[]][] = [
  ['done but the answer never came', [{ kind: 'done_but_lost', answer: 'hang', match: approvals, times: 1 }]],
  ['done but the connection broke', [{ kind: 'done_but_lost', answer: 'drop', match: approvals, times: 1 }]],
  ['done but answered with 504', [{ kind: 'done_but_lost', answer: 'status', match: approvals, times: 1 }]],
  ['cut off before anything was done', [{ kind: 'drop', match: approvals, times: 2 }]],
  [
    'too many requests',
    [{ kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 1, match: approvals, times: 2 }],
  ],
  ['somebody else changes the case', [{ kind: 'error', code: 25001028, match: approvals, times: 2 }]],
  ['an access token that ends in the middle', [{ kind: 'expire_token', match: approvals, times: 1 }]],
  ['a storm of server errors', [{ kind: 'http', status: 503, times: 6 }]],
  ['internal errors of TikTok', [{ kind: 'error', code: 25001058, match: approvals, times: 3 }]],
  [
    'done, lost, and then the request is shown as it was before',
    [
      { kind: 'done_but_lost', answer: 'drop', match: approvals, times: 1 },
      { kind: 'stale_read', match: afterSales, times: 3 },
    ],
  ],
  ['unknown fields and ids as numbers', [{ kind: 'ids_as_numbers' }, { kind: 'unknown_fields' }]],
];

for (const [name, faults] of storms) {
  await t.test(`both answers under trouble, one decision each: ${name}`, async (t) => {
    const given = await returns.received(us);
    await underTrouble(faults, () => returns.answer(us, answerOf(given)));
    t.match(await returns.view(us, given), { status: 600, error: null });
    returns.act(given, 'buyer_ships_return');
    returns.act(given, 'carrier_delivers_return');
    await returns.pull(us);
    await underTrouble(faults, () => returns.answer(us, answerOf(given, 1000)));
    t.match(await returns.view(us, given), { status: 1000, error: null });
    t.strictSame(returns.decisions(given), ['APPROVE_RETURN', 'APPROVE_RECEIVED_PACKAGE']);
    await returns.pull(us);
    t.match(await returns.view(us, given), { status: 1000, error: null });
  });
}

async function underTrouble(faults: FaultSpec[], give: () => Promise<unknown>): Promise<void> {
  await give();
  for (const fault of faults) control.addFault(fault);
  await world.settle().finally(() => control.clearFaults());
}

await t.test('a process that dies between the decision and its record has made one decision', async (t) => {
  const given = await returns.received(us);
  await returns.answer(us, answerOf(given));
  const entry = await entryOf(given);
  await t.rejects(deliverEntry(dyingWhenSettling(world.deliver), entry));
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN'], 'TikTok has it');
  await db.prisma.outboxEntry.update({ where: { id: entry }, data: { leaseUntil: new Date(0) } });
  await world.settle();
  t.match(await returns.view(us, given), { status: 600, error: null });
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('ten equal answers at once, and ten deliveries of one, make one decision', async (t) => {
  const given = await returns.received(us);
  const answers = await Promise.all(Array.from({ length: 10 }, () => returns.answer(us, answerOf(given))));
  t.equal(answers.filter(({ created }) => created).length, 1);
  t.ok(answers.every(({ key }) => key === given.key));
  const entry = await entryOf(given);
  await Promise.all(Array.from({ length: 10 }, () => deliverEntry(world.deliver, entry)));
  await world.settle();
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('a document and a status call at once: one is first, the other changes nothing', async (t) => {
  const given = await returns.received(us);
  const both = await Promise.allSettled([
    returns.answer(us, answerOf(given, 600)),
    returns.setStatus(us, given.key, 600),
  ]);
  t.ok(both.some(({ status }) => status === 'fulfilled'));
  t.equal(await db.prisma.outboxEntry.count({ where: { documentKey: given.key } }), 1);
  await world.settle();
  t.match(await returns.view(us, given), { status: 600 });
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test('two pulls and an answer at once leave one document in one state', async (t) => {
  const given = await returns.received(us);
  returns.act(given, 'seller_answers_return', { decision: 'APPROVE_RETURN' });
  await Promise.all([
    returns.pull(us),
    returns.answer(us, answerOf(given)).catch(() => undefined),
    returns.pull(us),
  ]);
  await world.settle();
  await returns.pull(us);
  t.match(await returns.view(us, given), { status: 600, error: null });
  t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
});

await t.test(
  'a shop that must be authorised again keeps its answers and sends them afterwards',
  async (t) => {
    const shop = await world.connect('US');
    const given = await returns.received(shop);
    const { id } = shop.connection;
    const setStatus = (status: string) => db.prisma.connection.update({ where: { id }, data: { status } });
    await setStatus('needs_reauthorization');
    await returns.answer(shop, answerOf(given));
    await deliverEntry(world.deliver, await entryOf(given));
    t.match(await returns.view(shop, given), { status: 200 });
    t.strictSame(returns.decisions(given), []);
    await setStatus('active');
    await world.settle();
    t.match(await returns.view(shop, given), { status: 600 });
    t.strictSame(returns.decisions(given), ['APPROVE_RETURN']);
  },
);

await t.test('when the pull is cut off in the middle, nothing is lost and nothing doubled', async (t) => {
  const shop = await world.connect('US');
  const given = await returns.requested(shop);
  control.addFault({ kind: 'drop', match: afterSales, times: 1 });
  t.equal((await returns.pull(shop)).outcome, 'failed');
  control.clearFaults();
  control.addFault({ kind: 'http', status: 500, match: { path: '/return_refund/*/records' }, times: 1 });
  t.equal((await returns.pull(shop)).outcome, 'done', 'the history is no reason to keep a request out');
  control.clearFaults();
  t.match(await returns.view(shop, given), { status: 150 });
  await returns.pull(shop);
  t.equal(await db.prisma.document.count({ where: { companyId: shop.companyId, type: 'return' } }), 1);
});

async function entryOf({ returnId }: TestReturn): Promise<bigint> {
  const orderingKey = `return:${returnId}`;
  const { id } = await db.prisma.outboxEntry.findFirstOrThrow({
    where: { orderingKey },
    orderBy: { id: 'desc' },
  });
  return id;
}

/** The process is gone when the outcome is to be written: no transaction of the delivery ever commits. */
function dyingWhenSettling(deps: DeliverDeps): DeliverDeps {
  const gone: Database = {
    ...deps.db,
    transaction: () => Promise.reject(new Error('the process has died')),
  };
  return { ...deps, db: gone };
}
