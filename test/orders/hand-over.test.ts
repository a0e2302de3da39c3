import { connect } from 'node:net';
import t from 'tap';
import { markHanded } from '../../src/orders/piece-store.js';
import { createCompany } from '../../src/companies/company-store.js';
import { createKey } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { until } from '../support/waiting.js';
import { erpOf, pieceOf, place, SKU, touchedAt, type Call, type Placed } from './pieces-world.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);

async function imported(shop: TestShop): Promise<Placed & { key: number }> {
  const order = place(shop);
  await shop.pull();
  const document = await shop.document(order.id);
  if (!document) throw new Error('there is no document');
  return { ...order, key: document.key };
}

const handedAt = async (shop: TestShop, order: Placed) => (await pieceOf(shop, order)).handedAt;

await t.test('every way in which the ERP gets or names an order hands it over', async (t) => {
  const shop = await startShop(t, db);
  const { call } = await erpOf(t, shop);
  const ways: [string, (call: Call, key: number) => Promise<{ status: number; text: string }>][] = [
    ...(['v1', 'v2', 'v3'] as const).flatMap((version): typeof ways => [
      [`${version}: one order`, (erp, key) => erp('GET', `${version}/Orders/${key}`)],
      [`${version}: search`, (erp) => erp('GET', `${version}/Orders?filters.pageSize=500`)],
      [`${version}: Ready`, (erp) => erp('GET', `${version}/Orders/Ready`)],
    ]),
    ['a status', (erp, key) => erp('PUT', `v3/Orders/${key}/Status/Acknowledged`)],
    [
      'a status for many',
      (erp, key) => erp('PUT', 'v3/Orders/Status', { Status: '1400', LogicbrokerKeys: [String(key)] }),
    ],
    [
      'a report',
      (erp, key) =>
        erp('POST', 'v3/ActivityEvents', { LogicbrokerKey: key, Summary: 'could not be taken in' }),
    ],
    [
      'a mark on its history',
      async (erp, key) => {
        const { id } = await db.prisma.event.findFirstOrThrow({ where: { documentKey: key } });
        return erp('PUT', `v3/ActivityEvents/${id}`, { Processed: true });
      },
    ],
    ['an acknowledgement', (erp, key) => erp('POST', 'v3/Acknowledgements', acknowledgementOf(key))],
  ];
  let linkKey = '';
  function acknowledgementOf(key: number): object {
    return {
      Identifier: { LinkKey: linkKey },
      AcknowledgementNumber: `A-${key}`,
      AckLines: [{ ItemIdentifier: { SupplierSKU: SKU }, Quantity: 1 }],
    };
  }
  for (const [name, way] of ways) {
    const order = await imported(shop);
    linkKey = (await db.prisma.document.findUniqueOrThrow({ where: { key: order.key } })).linkKey;
    const touched = await touchedAt(shop);
    t.equal(await handedAt(shop, order), null, `${name}: not yet`);
    const before = new Date(Date.now() - 1);
    const { status, text } = await way(call, order.key);
    t.ok(status < 300, `${name}: ${status} ${status < 300 ? '' : text}`);
    await until(`handed by ${name}`, async () => (await handedAt(shop, order)) !== null);
    const at = await handedAt(shop, order);
    t.ok(at! >= before && at! <= new Date(), `${name}: by the time of the call`);
    t.ok((await touchedAt(shop))! > touched!, `${name}: its SKU is to be looked at`);
    await call('GET', `v3/Orders/${order.key}`);
    await call('PUT', `v3/Orders/${order.key}/Status/ReadyToAcknowledge`);
    t.same(await handedAt(shop, order), at, `${name}: the first time counts`);
  }
});

await t.test('keys alone, errors, and what others ask hand nothing over', async (t) => {
  const shop = await startShop(t, db);
  const { app, call } = await erpOf(t, shop);
  const order = await imported(shop);
  const { id: companyId } = await createCompany(db.prisma, { name: 'Another Inc.' });
  const foreignKey = await createKey(db, { companyId });
  const foreign = (method: 'GET' | 'PUT', url: string, payload?: object) =>
    app.inject({
      method,
      url: `/api/v3/${url}`,
      headers: { subscriptionkey: foreignKey },
      ...(payload ? { payload } : {}),
    });
  t.match(await call('GET', 'v3/Orders/LogicbrokerKeys/Ready'), { status: 200, text: String(order.key) });
  t.equal((await foreign('GET', `Orders/${order.key}`)).statusCode, 404);
  t.equal((await foreign('GET', 'Orders')).statusCode, 200);
  const mine = { Status: 'Acknowledged', LogicbrokerKeys: [String(order.key)] };
  t.equal((await foreign('PUT', 'Orders/Status', mine)).statusCode, 200);
  t.equal((await call('GET', 'v3/Orders?filters.pageSize=0')).status, 400);
  t.equal((await call('GET', `v3/Orders/${order.key}/Status`)).status, 200);
  // One that counts, told last, is noted after the others would have been.
  const next = await imported(shop);
  await call('GET', `v3/Orders/${next.key}`);
  await until('handed', async () => (await handedAt(shop, next)) !== null);
  await app.close();
  t.equal(await handedAt(shop, order), null);
});

await t.test('an answer that breaks off hands nothing over', async (t) => {
  const shop = await startShop(t, db);
  const { app, subscriptionkey } = await erpOf(t, shop);
  const order = await imported(shop);
  // More than any socket takes in one go.
  await db.pool.query(`UPDATE documents SET body = left(body, -1) || $2 WHERE key = $1`, [
    order.key,
    `,"Note":"${'x'.repeat(40_000_000)}"}`,
  ]);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const ask = `GET /api/v3/Orders/${order.key} HTTP/1.1\r\nhost: x\r\nsubscriptionkey: ${subscriptionkey}\r\nconnection: close\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(ask);
  const ended = new Promise((resolve) => app.server.once('connection', (own) => own.once('close', resolve)));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await ended;
  t.equal(await handedAt(shop, order), null, 'the ERP has only a part of it');

  const answer = await fetch(`http://127.0.0.1:${port}/api/v3/Orders/${order.key}`, {
    headers: { subscriptionkey },
  });
  await answer.text();
  await app.close();
  t.ok(await handedAt(shop, order), 'whole it counts, and closing waits until that is written down');
});

await t.test('the time is that of the answer, however late it is written down', async (t) => {
  const shop = await startShop(t, db);
  const order = await imported(shop);
  const { companyId } = shop;
  await db.sqlTransaction((tx) =>
    markHanded(tx, { companyId, keys: [order.key], now: new Date(), agoMs: 60_000 }),
  );
  const lag = Date.now() - (await handedAt(shop, order))!.getTime();
  t.ok(lag >= 60_000 && lag < 90_000, `${lag} ms`);
});
