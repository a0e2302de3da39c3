import { productFlows } from '../../src/compose/product-flows.js';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { endpoints } from '../../src/tiktok/endpoints.js';
import { callTimes, NotSentError } from '../../src/outbound/call-fence.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import type { FlowHandler, FlowRun } from '../../src/sync/flows/flows.js';
import { runFlow } from '../../src/sync/flows/run-flow.js';
import { startWorld as startShopWorld } from '../shipments/world.js';
import { world } from './world.js';

t.setTimeout(120_000);
const w = await world(t);

/** One run of a connection's flow with this handler. */
async function runOnce(
  flowId: bigint,
  handler: (run: FlowRun) => Promise<void>,
  leaseMs = 60_000,
): Promise<string> {
  const flow: FlowHandler = async (run) => {
    await handler(run);
    return { counts: {} };
  };
  const handlers = new Map<string, FlowHandler>([['pull-orders', flow]]);
  return (await runFlow({ flows: productFlows, ...w, handlers, leaseMs }, flowId)).outcome;
}
const isNotSent = { name: 'NotSentError', code: 'tiktok-unavailable' };

await t.test('every write is an error without a fence, and nothing of it reaches TikTok', async (t) => {
  const shops = await startShopWorld(t, { answerTimeoutMs: 10_000 });
  const { connection } = await shops.connect('US');
  const { api } = await shops.deps.openShop(connection.id, 'urgent');
  const ids = { orderId: '1', unitIds: ['1'], trackingNumber: 'X', providerId: '1', packageId: '1' };
  const phone = { countryCode: '+49', localNumber: '301234567' };
  const who = { name: 'X', email: 'x@x.example', phone, locale: null };
  const manufacturer = { ...who, tradeName: null, address: 'Road 1' };
  const person = { ...who, street: 'Road 1', postalCode: '10115', country: 'DE' };
  const writes: [name: string, write: () => Promise<unknown>][] = [
    ['markPackageShipped', () => api.markPackageShipped(ids)],
    ['splitOrder', () => api.splitOrder({ orderId: '1', groups: [{ id: 'a', unitIds: ['1'] }] })],
    ['shipPackage', () => api.shipPackage(ids)],
    ['updateOrderShipping', () => api.correctTracking({ ...ids, packageId: null })],
    ['updatePackageShipping', () => api.correctTracking(ids)],
    ['updateInventory', () => api.updateStock('1', [])],
    ['updatePrices', () => api.updatePrices('1', [], { crossBorder: false })],
    ['createManufacturer', () => api.createEntity({ kind: 'manufacturer', manufacturer })],
    ['createResponsiblePerson', () => api.createEntity({ kind: 'responsible-person', person })],
    ['createProduct', () => api.createProduct({})],
    ['editProduct', () => api.editProduct('1', {})],
    ['partialEditProduct', () => api.partialEditProduct('1', {})],
    ['activateProducts', () => api.changeListing('activate', '1')],
    ['deactivateProducts', () => api.changeListing('deactivate', '1')],
    ['deleteProducts', () => api.changeListing('delete', '1')],
    ['recoverProducts', () => api.changeListing('recover', '1')],
    [
      'setShopWebhook',
      () => api.setWebhook({ eventType: 'ORDER_STATUS_CHANGE', address: 'https://x.example' }),
    ],
    ['deleteShopWebhook', () => api.deleteWebhook('ORDER_STATUS_CHANGE')],
    ['cancelOrder', () => api.cancelOrder({ orderId: '1', reason: 'x' })],
    ['approveCancellation', () => api.approveCancellation({ cancelId: '1', idempotencyKey: 'x' })],
    ['rejectCancellation', () => api.rejectCancellation({ cancelId: '1', idempotencyKey: 'x', reason: 'x' })],
    [
      'approveReturn',
      () => api.approveReturn({ returnId: '1', decision: 'APPROVE_RETURN', idempotencyKey: 'x' }),
    ],
  ];
  const known = Object.entries(endpoints).flatMap(([name, { effect }]) => (effect === 'write' ? [name] : []));
  t.same(writes.map(([name]) => name).toSorted(), known.toSorted(), 'these are all writes that there are');
  shops.control.clearRequests();
  for (const [name, write] of writes) await t.rejects(write(), /called without a fence/, name);
  t.same(shops.control.requests(), []);
});

await t.test('a write passes while the flow is ours for longer than its answer may take', async (t) => {
  const { flowId } = await w.connect();
  const leave: number[] = [];
  const outcome = await runOnce(flowId, async (run) => {
    const now = performance.now();
    leave.push((await run.fence.pass()) - now);
    t.equal(run.doubtUntil, null, 'the run before has ended');
  });
  t.equal(outcome, 'nothing-to-do');
  const [roomMs = 0] = leave;
  t.ok(roomMs > 0 && roomMs < 60_000 - callTimes.answerTimeoutMs - callTimes.spareMs + 1_000);
});

await t.test('a lease shorter than an answer may take is made longer, and stays so', async (t) => {
  const { flowId } = await w.connect();
  await runOnce(
    flowId,
    async (run) => {
      await run.fence.pass();
      const held = await w.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
      const leastMs = callTimes.answerTimeoutMs + callTimes.spareMs;
      t.ok((held.leaseUntil?.getTime() ?? 0) > Date.now() + leastMs, 'it outlasts the answer');
      await sleep(500);
      const later = await w.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
      t.ok((later.leaseUntil ?? 0) >= (held.leaseUntil ?? 0), 'a renewal does not shorten it');
    },
    1_200,
  );
});

await t.test(
  'a run that was taken over sends nothing, and its successor knows how long to doubt',
  async (t) => {
    const { flowId } = await w.connect();
    const abandonedUntil = new Date(Date.now() - 1_000);
    const outcome = await runOnce(flowId, async (run) => {
      await w.db.prisma.flow.update({ where: { id: flowId }, data: { leaseUntil: abandonedUntil } });
      await runOnce(flowId, async (successor) => {
        const { answerTimeoutMs, latenessMs } = callTimes;
        const expected = abandonedUntil.getTime() + answerTimeoutMs + latenessMs;
        t.equal(successor.doubtUntil?.getTime(), expected, 'counted from the end of the old lease');
        await successor.fence.pass();
      });
      await t.rejects(run.fence.pass(), isNotSent);
      await run.fence.pass();
    });
    t.equal(outcome, 'lease-lost');
  },
);

await t.test('a run whose write is held back is due again at once, and has not failed', async (t) => {
  const { flowId } = await w.connect();
  const outcome = await runOnce(flowId, async () => {
    throw new NotSentError('the test holds it back');
  });
  t.equal(outcome, 'interrupted');
  const flow = await w.db.prisma.flow.findUniqueOrThrow({ where: { id: flowId } });
  t.match(flow, { failures: 0, leaseUntil: null });
  t.ok(flow.nextAttemptAt <= w.clock.now());
});

await t.test(
  'the door writes no request that comes too late, not even after waiting for a connection',
  async (t) => {
    let received = 0;
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => {
      received += 1;
      setTimeout(() => response.end('{}'), 300);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.teardown(() => server.close());
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const door = createHttpDoor({ clock: w.clock, connections: 1 });
    t.teardown(() => door.close());
    const request = { origin, method: 'POST', target: '/', headers: {}, body: Buffer.from('{}') } as const;
    const first = door.send({ ...request, leaveBefore: performance.now() + 10_000 });
    await t.rejects(door.send({ ...request, leaveBefore: performance.now() + 100 }), isNotSent);
    t.equal((await first).status, 200);
    await t.rejects(door.send({ ...request, leaveBefore: performance.now() - 1 }), isNotSent);
    t.equal((await door.send(request)).status, 200, 'the connection is as good as before');
    t.equal(received, 2);
  },
);
