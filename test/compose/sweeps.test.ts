import { somebody } from '../support/actors.js';
import t from 'tap';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { documentKinds } from '../../src/compose/kinds.js';
import { sweepsOf } from '../../src/compose/sweeps.js';
import { createSealer } from '../../src/store/secrets.js';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { AppError } from '../../src/kernel/errors.js';
import { HOUR_MS, systemClock } from '../../src/kernel/time.js';
import { sampleOrder } from '../orders/sample-order.js';
import { recordingLog } from '../support/logs.js';
import { startShop } from '../orders/shop.js';
import { testDatabase } from '../support/database.js';

const db = await testDatabase(t);
const sealer = createSealer([{ id: 'test', bytes: Buffer.alloc(32, 7) }]);
const kinds = documentKinds({
  db,
  clock: systemClock,
  log: recordingLog(),
  findCancelling,
  openShop: () => Promise.reject(new AppError('connection-not-ready', 'There is no shop.')),
});
const sweeps = sweepsOf({ db, clock: systemClock, log: recordingLog(), sealer, feedKinds: [], kinds });

const hoursAgo = (count: number): Date => new Date(Date.now() - count * HOUR_MS);

async function sweep(name: string): Promise<number> {
  const found = sweeps.find((each) => each.name === name);
  if (!found) throw new Error(`There is no sweep ${name}.`);
  return found.run();
}

await t.test(
  'documents of an older version are rendered anew, and only what differs gets a new ETag',
  async (t) => {
    const shop = await startShop(t, db);
    const orders = ['576461413038785701', '576461413038785702'].map((tiktokOrderId) =>
      sampleOrder({ tiktokOrderId }),
    );
    const units = (order: (typeof orders)[number]) =>
      order.units.map((unit) => ({ ...unit, unitId: `${order.tiktokOrderId.slice(-3)}${unit.unitId}` }));
    const given = orders.map((order) => ({ ...order, units: units(order) }));
    await ingestOrders(shop.deps, shop.connection, given, { by: somebody, readAt: new Date() });
    const before = await Promise.all(given.map(({ tiktokOrderId }) => shop.document(tiktokOrderId)));
    const [old, same] = before;
    if (!old || !same) throw new Error('The orders did not come in.');
    await db.prisma
      .$executeRaw`UPDATE documents SET renderer_version = 0 WHERE company_id = ${shop.companyId}`;
    await db.prisma.$executeRaw`
    UPDATE documents SET body = '{"StatusCode":100,"OrderLines":[]}' WHERE key = ${old.key}`;

    t.equal(await sweep('documents-rendered'), 2);
    t.match(await shop.document(orders[0]?.tiktokOrderId ?? ''), {
      text: old.text,
      version: old.version + 1,
    });
    t.match(await shop.document(orders[1]?.tiktokOrderId ?? ''), { text: same.text, version: same.version });
    t.equal(await sweep('documents-rendered'), 0, 'nothing is left to do');
  },
);

await t.test('answers under an Idempotency-Key are forgotten after a day, not before', async (t) => {
  await db.prisma.idempotencyKey.createMany({
    data: [
      { companyId: 1, key: 'old', createdAt: hoursAgo(25) },
      { companyId: 1, key: 'young', createdAt: hoursAgo(23) },
    ].map((key) => ({ ...key, operation: 'POST /', bodyHash: '', lockedUntil: new Date() })),
  });
  t.equal(await sweep('idempotency-keys-deleted'), 1);
  t.same(await db.prisma.idempotencyKey.findMany({ select: { key: true } }), [{ key: 'young' }]);
});
