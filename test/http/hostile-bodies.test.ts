import type { AddressInfo } from 'node:net';
import t from 'tap';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { AppError } from '../../src/kernel/errors.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from '../support/logs.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { hostileCalls, listOf, sendHostile, shipmentOf } from '../support/hostile-bodies.js';

const db = await testDatabase(t);

/** The rules of shipping as they are; TikTok is not asked before an order is found. */
const domain: ShipmentDeps = {
  db,
  clock: systemClock,
  log: recordingLog(),
  openShop: () => Promise.reject(new AppError('connection-not-ready', 'There is no shop.')),
  findCancelling,
};

interface Finding {
  Field?: string;
  Message: string;
}

await t.test('validation names the first twenty fields and says that there are more', async (t) => {
  const { call } = await testApi(t, db, { domain });
  const findingsOf = async (path: string, payload: string) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await call('POST', `/api/v3/${path}`, { payload, headers });
    t.equal(answer.statusCode, 400, path);
    return answer.json().Body[0].Details as Finding[];
  };
  const broken = '{"LineNumber":{},"Quantity":"x","ShipmentInfos":"y"}';
  for (const [path, list, lines] of [
    ['Shipments', 'ShipmentLines', 900],
    ['Acknowledgements', 'AckLines', 900],
    ['Returns', 'ReturnLines', 900],
  ] as const) {
    const details = await findingsOf(path, `{"${list}":${listOf(lines, broken)}}`);
    t.equal(details.length, 21, path);
    const fields = details.slice(0, 20).map(({ Field }) => Field);
    t.equal(new Set(fields).size, 20, 'each of another field');
    t.ok(fields.includes(`${list}[0].LineNumber`) && fields.includes(`${list}[1].Quantity`), String(fields));
    t.match(details[20]!.Message, /there is more to correct/);
  }
  t.same(
    (await findingsOf('Shipments', shipmentOf(`[{"ItemIdentifier":{},"Quantity":1},{"Quantity":"x"}]`))).map(
      ({ Field }) => Field,
    ),
    ['ShipmentLines[1].ItemIdentifier', 'ShipmentLines[1].Quantity'],
    'a few are all there',
  );
});

await t.test('no list of a document is longer than its limit', async (t) => {
  const { call } = await testApi(t, db, { domain });
  const headers = { 'content-type': 'application/json' };
  const refusal = async (method: 'POST' | 'PUT', path: string, payload: string) =>
    (await call(method, `/api/v3/${path}`, { payload, headers })).json().Body[0].Details[0] as Finding;
  const line = (own: string) => `{"ItemIdentifier":{"SupplierSKU":"A"},"Quantity":1${own}}`;
  const cases: ['POST' | 'PUT', string, string, string, RegExp][] = [
    ['POST', 'Shipments', shipmentOf(listOf(1_001, line(''))), 'ShipmentLines', /at most 1000 entries/],
    [
      'POST',
      'Shipments',
      shipmentOf(listOf(1, line(`,"ShipmentInfos":${listOf(1_001, '{}')}`))),
      'ShipmentLines[0].ShipmentInfos',
      /at most 1000/,
    ],
    [
      'POST',
      'Shipments',
      shipmentOf(listOf(100, line(`,"ShipmentInfos":${listOf(21, '{"Qty":1}')}`))),
      'ShipmentLines',
      /more than 2000 ShipmentInfos/,
    ],
    ['POST', 'Acknowledgements', `{"AckLines":${listOf(1_001, line(''))}}`, 'AckLines', /at most 1000/],
    [
      'PUT',
      'Orders/Status',
      `{"Status":"200","LogicbrokerKeys":${listOf(10_001, '"1"')}}`,
      'LogicbrokerKeys',
      /at most 10000/,
    ],
    [
      'POST',
      'Shipments',
      `{${Array.from({ length: 10_001 }, (_, at) => `"n${at}":1`).join(',')}}`,
      'body',
      /more than 10000 members/,
    ],
  ];
  for (const [method, path, payload, field, words] of cases)
    t.match(await refusal(method, path, payload), { Field: field, Message: words }, `${path} ${field}`);
});

await t.test('items of an inventory feed have few different names, and may be many', async (t) => {
  const { call, seller } = await testApi(t, db, { domain });
  const headers = { 'content-type': 'application/json' };
  const url = `/api/v3/Inventory/${seller.partnerId}?dryRun=true`;
  const items = Array.from({ length: 30_000 }, (_, at) => `{"SupplierSKU":"S${at}","n${at}":1}`);
  const refused = await call('POST', url, { payload: `[${items.join(',')}]`, headers });
  t.equal(refused.statusCode, 400);
  t.match(refused.body, /more than 1000 different names/);
  const honest = items.map((_, at) => `{"SupplierSKU":"S${at}","Quantity":${at}}`);
  const taken = await call('POST', url, { payload: `[${honest.join(',')}]`, headers });
  t.match(taken.json(), { Code: '200', Imports: [{ Counts: { Rows: 30_000 } }] });
});

await t.test(
  'a body that is made to keep the process busy has a clear answer, and others have their turns meanwhile',
  async (t) => {
    const { app, key, seller } = await testApi(t, db, { domain });
    /** From the last byte of a body until it is read and checked. */
    let isReading = false;
    let turns = 0;
    const tick = (): void => {
      if (!isReading) return;
      turns += 1;
      setImmediate(tick);
    };
    app.addHook('preParsing', async (_request, _reply, payload) => {
      payload.once('end', () => {
        isReading = true;
        turns = 0;
        setImmediate(tick);
      });
      return payload;
    });
    for (const hook of ['preHandler', 'onSend'] as const)
      app.addHook(hook, async () => {
        isReading = false;
      });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo; // oxlint-disable-line typescript/no-unsafe-type-assertion -- listening on TCP
    for (const [name, one] of Object.entries(hostileCalls(seller.partnerId))) {
      const { status, answer } = await sendHostile(port, key, one);
      t.ok(status >= 200 && status < 500, `${name}: ${status} ${answer.slice(0, 200)}`);
      // Rows of a file are read after that, as a stream. What is read in one go leaves no turn at all.
      if (one.type === 'application/json') t.ok(turns > 0, `${name}: ${turns} turns while it was read`);
    }
  },
);
