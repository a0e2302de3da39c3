import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { endLostImports } from '../../src/imports/import-store.js';
import { effectiveSql } from '../../src/inventory/items/wanted-cells.js';
import { recordingLog } from '../support/logs.js';
import { testApi, type TestApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import { errorsOf, itemsOf, upload } from './files.js';
import { beginUpload } from './slow-upload.js';

const db = await testDatabase(t);

type Shop = Pick<TestApi, 'seller' | 'call'>;

interface Cell {
  code: string | null;
  quantity: number;
  n: number;
  at: string;
}

/** What is stored of an item. */
async function itemOf({ seller }: Shop, supplierSku: string) {
  return db.prisma.inventoryItem.findFirstOrThrow({
    where: { connectionId: seller.connectionId, supplierSku },
  });
}

/** `EAST 5, WEST 7`, in their order. */
async function cellsOf(shop: Shop, supplierSku: string): Promise<string> {
  const { warehouse, warehouses, quantity } = await itemOf(shop, supplierSku);
  const cells = (warehouses as unknown as Cell[] | null) ?? [{ code: warehouse, quantity }];
  return cells.map(({ code, quantity: pieces }) => `${code ?? '-'} ${pieces}`).join(', ');
}

async function stateOf({ seller: { connectionId } }: Shop) {
  return db.prisma.inventoryState.findUniqueOrThrow({ where: { connectionId } });
}

/** Number and time that count for an item, wherever they are kept. */
async function countOf({ seller }: Shop, supplierSku: string) {
  const { rows } = await db.pool.query<{ n: number; at: Date; cost_n: number }>(
    `SELECT (${effectiveSql.countN})::int AS n, ${effectiveSql.countedAt} AS at, (${effectiveSql.costN})::int AS cost_n
     FROM inventory_items i LEFT JOIN inventory_states w ON w.connection_id = i.connection_id
     WHERE i.connection_id = $1 AND i.supplier_sku = $2`,
    [seller.connectionId, supplierSku],
  );
  return rows[0]!;
}

async function setSettings({ seller }: Shop, settings: object): Promise<void> {
  await db.prisma.connection.update({ where: { id: seller.connectionId }, data: { settings } });
}

async function eventsOf({ seller: { connectionId } }: Shop) {
  return db.prisma.event.findMany({ where: { connectionId }, orderBy: { id: 'asc' } });
}

async function put({ call }: Shop, path: string) {
  const answer = await call('PUT', `/api/v3/Inventory/${path}`);
  return { status: answer.statusCode, text: JSON.stringify(answer.json().Body) };
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await what()) return;
    await sleep(10);
  }
  throw new Error('it never came to that');
}

await t.test(
  'of two feeds the one whose first byte came later counts, though it is applied first and by another server',
  async (t) => {
    const api = await testApi(t, db);
    const other = await testApi(t, db);
    const big = await beginUpload(db, api, 'SupplierSKU,Quantity,Cost\nA,50,10\n');
    const small = await other.app.inject({
      method: 'POST',
      url: `/api/v3/Inventory/${api.seller.partnerId}`,
      headers: { subscriptionkey: api.key, 'content-type': 'text/csv' },
      payload: 'SupplierSKU,Quantity\nA,0\nB,1\n',
    });
    const smallId = small.json().Imports[0].ImportId as number;
    t.ok(smallId > big.id, 'numbers are drawn in the order of the first bytes');
    const { status, json } = await big.finish('B,60,20\nC,70,30\n');
    t.equal(status, 200);
    t.equal(json.Imports[0].ImportId, big.id);
    t.match(json.Imports[0].Counts, { Superseded: 2, Added: 1, Changed: 2, Unchanged: 0 });
    t.match(json.Body, /2 superseded by what arrived later/);
    const items = await itemsOf(api);
    t.match(items.get('A'), { Quantity: 0, Cost: 10 }, 'the price that only the older one says is taken');
    t.match(items.get('B'), { Quantity: 1, Cost: 20 });
    t.match(items.get('C'), { Quantity: 70, Cost: 30 });
    t.match(await itemOf(api, 'A'), { countN: BigInt(smallId), costN: BigInt(big.id) });
    const again = await upload(api, 'SupplierSKU,Quantity\nA,9\n');
    t.match(again.counts, { Changed: 1 }, 'whatever arrives later counts again');
  },
);

await t.test('a count is as old as the first byte of its file, JSON bodies and broadcasts too', async (t) => {
  const api = await testApi(t, db);
  const slow = await beginUpload(db, api, '[{"SupplierSKU":"A",', { type: 'application/json' });
  const record = await db.prisma.import.findUniqueOrThrow({ where: { id: slow.id } });
  const listed = await api.call('GET', `/api/v3/Inventory/Imports/${slow.id}`);
  t.match(
    listed.json().Body,
    { State: 'receiving', FinishedAt: undefined },
    'it shows while it is on the way',
  );
  await sleep(50);
  const newer = await upload(api, 'SupplierSKU,Quantity\nA,1\n', { path: '/Broadcast' });
  t.ok(newer.id > slow.id);
  t.match((await slow.finish('"Quantity":7},{"SupplierSKU":"B","Quantity":7}]')).json.Imports[0].Counts, {
    Superseded: 1,
    Added: 1,
  });
  t.match((await itemOf(api, 'B')).countedAt, record.receivedAt);
  t.match(await itemOf(api, 'A'), { quantity: 1, countN: BigInt(newer.id) });
});

await t.test('rows of one file that name different warehouses are different cells', async (t) => {
  const api = await testApi(t, db);
  const layout = 'SupplierSKU,Warehouse,Quantity,Cost\n';
  const first = await upload(
    api,
    `${layout}SW-1,EAST,5,19.90\nSW-1,WEST,7,19.90\nSW-2,EAST,1,\nsw-1,east,6,19.90\nSW-3,,4,\n`,
  );
  t.match(first.counts, { Rows: 5, Errors: 0, Added: 3, Changed: 0, Unchanged: 0, Overridden: 1 });
  t.equal(await cellsOf(api, 'sw-1'), 'WEST 7, east 6', 'in the order in which they were said');
  t.match((await itemsOf(api)).get('sw-1'), { Quantity: 13, Cost: 19.9, Warehouse: 'WEST' });
  t.match(await errorsOf(api, first.id), [
    {
      Level: 'overridden',
      Row: 2,
      Column: 'Quantity',
      Value: 'EAST: 5',
      Message: 'is said again in row 5, which counts',
    },
  ]);
  t.ok((await eventsOf(api)).some(({ summary }) => summary.includes('1 overridden by later rows')));
  t.match(first.json.Body, /1 overridden by later rows/);
  t.equal(await cellsOf(api, 'SW-2'), 'EAST 1');
  t.match(await itemOf(api, 'SW-2'), { warehouses: null });

  const east = await upload(api, `${layout}SW-1,EAST,0,\n`);
  t.match(east.counts, { Changed: 1 });
  t.equal(await cellsOf(api, 'SW-1'), 'WEST 7, EAST 0', 'a row changes only the warehouse that it names');
  const west = await upload(api, `${layout}SW-1,WEST,6,\n`);
  t.equal(await cellsOf(api, 'SW-1'), 'WEST 6, EAST 0', 'though the 0 before was never sent');
  const { warehouses, countN } = await itemOf(api, 'SW-1');
  t.match(warehouses, [
    { code: 'WEST', n: west.id },
    { code: 'EAST', n: east.id },
  ]);
  t.equal(countN, BigInt(west.id));
  const same = await upload(api, `${layout}SW-1,EAST,0,\nSW-1,WEST,6,\n`);
  t.match(same.counts, { Changed: 0, Unchanged: 1, Overridden: 0 });
  t.equal(await cellsOf(api, 'SW-1'), 'EAST 0, WEST 6', 'what is said later in a file stands behind');
  await upload(api, `${layout}SW-3,EAST,9,\n`);
  t.equal(await cellsOf(api, 'SW-3'), '- 4, EAST 9', 'a quantity without a code is a cell of its own');
  await upload(api, `${layout}SW-3,,0,\n`);
  t.equal(await cellsOf(api, 'SW-3'), '- 0', 'but a 0 without a code ends all that was said before');
  await upload(api, `${layout}SW-3,,0,\nSW-3,WEST,2,\n`);
  t.equal(await cellsOf(api, 'SW-3'), '- 0, WEST 2');
  t.match((await itemsOf(api)).get('SW-3'), { Quantity: 2 });
});

await t.test(
  'two systems that each send their own warehouse do not touch each other, in any order',
  async (t) => {
    const api = await testApi(t, db);
    const columns = 'SupplierSKU,Warehouse,WarehouseQuantity,Warehouse2,Warehouse2Quantity';
    await upload(api, `${columns}\nS,Main,100,East,8\nT,Main,1,,\n`);
    const older = await beginUpload(db, api, `${columns}\nS,Main,3,West,9\n`);
    const newer = await upload(api, `${columns}\nS,Main,4,,\nT,,,,\n`);
    t.match(newer.counts, { Changed: 1, Errors: 1 });
    const late = await older.finish('T,Main,0,,\n');
    t.match(
      late.json.Imports[0].Counts,
      { Changed: 2, Superseded: 1 },
      'one of its cells is taken, the other is old',
    );
    t.equal(await cellsOf(api, 'S'), 'Main 4, East 8, West 9');
    t.equal(await cellsOf(api, 'T'), 'Main 0');
    t.match((await itemOf(api, 'S')).countN, BigInt(newer.id), 'the newest of the cells');
  },
);

await t.test('a bad last row is refused, and the good row before it counts', async (t) => {
  const api = await testApi(t, db);
  const { counts, id } = await upload(
    api,
    'SupplierSKU,Quantity,Cost\nA,0,12\nA,many,13\nA,x,"1,5x"\nB,3,\nB,-2,\n',
  );
  t.match(counts, { Rows: 5, Errors: 1, Warned: 2, Added: 2, Overridden: 2 });
  t.match((await itemsOf(api)).get('A'), { Quantity: 0, Cost: 13 });
  t.match((await itemsOf(api)).get('B'), { Quantity: 0 });
  t.same(
    (await errorsOf(api, id)).map(({ Level, Row, Column }) => `${Level} ${Row} ${Column}`),
    [
      'warning 3 Quantity',
      'error 4 Cost',
      'error 4 Quantity',
      'warning 6 Quantity',
      'overridden 2 Cost',
      'overridden 5 Quantity',
    ],
  );
});

await t.test('a price never holds back a quantity, nor the other way round', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity,Cost\nPLATE,7,10\nCUP,7,10\nBOWL,7,10\nMANY,7,10\n');
  const { counts, json } = await upload(
    api,
    'SupplierSKU,Quantity,Cost\nPLATE,0,"12,5x"\nCUP,lots,11\nBOWL,-3,\nMANY,120000,\nHUGE,99999999999999,1\nBACK,5-,1\n',
  );
  t.match(counts, { Rows: 6, Errors: 0, Warned: 5, Changed: 4, Added: 2 });
  t.match(json.Body, /5 taken but for a value/);
  const items = await itemsOf(api);
  t.match(items.get('PLATE'), { Quantity: 0, Cost: 10 });
  t.match(items.get('CUP'), { Quantity: 7, Cost: 11 });
  t.match(items.get('BOWL'), { Quantity: 0, Cost: 10 });
  t.match(items.get('MANY'), { Quantity: 120_000 }, 'what TikTok does not take is the push’s concern');
  t.match(items.get('HUGE'), { Quantity: 2_147_483_647 });
  t.match(items.get('BACK'), { Quantity: 0 });
  t.ok((await eventsOf(api)).some(({ summary }) => summary.includes('of 5 rows a value was not taken')));
});

await t.test('a feed of which nothing can be taken is refused, loudly', async (t) => {
  const api = await testApi(t, db);
  const { status, body } = await upload(api, 'SupplierSKU,Quantity\nA,many\n,5\n');
  t.equal(status, 400);
  t.match(body, /nothing was taken/);
  t.match(body, /row 2, column Quantity \(B\)/);
  t.match(body, /"is not a number/);
  const [record] = await db.prisma.import.findMany({
    where: { connectionId: api.seller.connectionId },
  });
  t.match(record, { state: 'refused', counts: { rows: 2, errors: 2 } });
  t.equal((await errorsOf(api, record!.id)).length, 2);
  t.match(await eventsOf(api), [
    { typeId: 78, level: 'Alert', summary: /nothing was taken, all 2 rows are bad/ },
  ]);
  const tried = await upload(api, 'SupplierSKU,Quantity\nA,many\n', { query: '?dryRun=true' });
  t.equal(tried.status, 200);
  t.match(tried.json.Body, /nothing would be taken/);
  const empty = await upload(api, 'SupplierSKU,Quantity\n');
  t.equal(empty.status, 400);
  t.match(empty.body, /no rows below its header/);
});

await t.test('ZeroOut is a floor: what arrived before raises nothing, what arrives later does', async (t) => {
  const api = await testApi(t, db);
  await setSettings(api, { spikeBrakePercent: 10, autoMatch: true });
  const columns = 'SupplierSKU,Warehouse,Quantity,Cost\n';
  await upload(api, `${columns}A,EAST,5,10\nA,WEST,6,10\nB,,5,10\n`);
  const held = await upload(api, `${columns}B,,500,10\n`);
  t.equal(held.json.Imports[0].State, 'held');
  const older = await beginUpload(db, api, `${columns}A,EAST,7,11\n`);
  const { status, text } = await put(api, `${api.seller.partnerId}/ZeroOut`);
  t.equal(status, 200);
  t.match(text, /2 quantities were set to 0, and they are being sent/);
  const { zeroN, zeroAt, zeroPending } = await stateOf(api);
  t.ok(zeroN > BigInt(older.id));
  t.ok(zeroPending);
  t.match(await itemOf(api, 'A'), {
    quantity: 0,
    warehouse: null,
    warehouses: null,
    countN: zeroN,
    countedAt: zeroAt,
    dueAt: Date,
    unsentSince: Date,
  });
  const late = await older.finish('B,,8,\nNEW,EAST,9,1\n');
  t.match(late.json.Body, /superseded/);
  t.match(late.json.Imports[0].Warnings.join('\n'), /ZeroOut came after this file had arrived/);
  t.match((await itemsOf(api)).get('A'), { Quantity: 0, Cost: 11 }, 'prices are prices');
  t.equal(await cellsOf(api, 'A'), '- 0');
  t.equal(await cellsOf(api, 'NEW'), '- 0', 'an item that it brings along is 0 too');
  t.match(await itemOf(api, 'NEW'), { countN: zeroN, countedAt: zeroAt });
  t.equal((await put(api, `Imports/${held.id}/Confirm`)).status, 200);
  t.match((await itemsOf(api)).get('B'), { Quantity: 0 }, 'what was held is older');
  const newer = await upload(api, `${columns}A,EAST,4,\n`);
  t.equal(newer.json.Imports[0].State, 'applied');
  t.equal(await cellsOf(api, 'A'), '- 0, EAST 4', 'all other warehouses stay at 0');
});

await t.test('ZeroOut says truthfully what happens, however the connection stands', async (t) => {
  const told: boolean[] = [];
  const inventory = {
    db,
    clock: { now: () => new Date() },
    log: recordingLog(),
    inventoryChanged: async (_: number, { urgent }: { urgent: boolean }) => void told.push(urgent),
  };
  const api = await testApi(t, db, { inventory });
  const { partnerId, connectionId: id } = api.seller;
  await upload(api, 'SupplierSKU,Quantity\nA,5\nB,5\n');
  t.match(
    (await put(api, `${partnerId}/ZeroOut`)).text,
    /nothing is sent to TikTok. 2 cannot be sent: 2 not matched/,
  );
  await upload(api, 'SupplierSKU,MerchantSKU\nA,T\n', { path: 'Matching' });
  const texts = {
    active: /and 1 of them are being sent. 1 cannot be sent: 1 not matched/,
    paused: /being sent although/,
    needs_reauthorization: /authorised again.*first of all/,
  };
  for (const [status, words] of Object.entries(texts)) {
    await db.prisma.connection.update({ where: { id }, data: { status } });
    told.length = 0;
    t.match((await put(api, `${partnerId}/ZeroOut`)).text, words, status);
    t.same(told, [true], 'the push is told at once');
    t.ok((await stateOf(api)).zeroPending);
  }
});

await t.test('DELETE removes what there was: an older file brings nothing back', async (t) => {
  const api = await testApi(t, db);
  await setSettings(api, { spikeBrakePercent: 10 });
  await upload(api, 'SupplierSKU,Quantity\nA,5\nB,5\n');
  const held = await upload(api, 'SupplierSKU,Quantity\nA,0\n');
  const older = await beginUpload(db, api, 'SupplierSKU,Quantity\nA,6\n');
  await api.call('DELETE', `/api/v3/Inventory/${api.seller.partnerId}`);
  const late = await older.finish('B,7\n');
  t.match(late.json.Imports[0].Counts, { Superseded: 2 });
  t.match(late.json.Body, /All items were removed after this file had arrived/);
  t.equal((await itemsOf(api)).size, 0);
  t.equal((await put(api, `Imports/${held.id}/Confirm`)).status, 400);
  t.equal(await db.prisma.inventoryHeldRow.count({ where: { importId: held.id } }), 0);
  t.match((await upload(api, 'SupplierSKU,Quantity\nA,6\n')).counts, { Added: 1 });
});

await t.test(
  'the brake: too many zeros hold the whole feed; rises and prices let the zeros go',
  async (t) => {
    const told: boolean[] = [];
    const inventory = {
      db,
      clock: { now: () => new Date() },
      log: recordingLog(),
      inventoryChanged: async (_: number, { urgent }: { urgent: boolean }) => void told.push(urgent),
    };
    const api = await testApi(t, db, { inventory });
    await setSettings(api, { spikeBrakePercent: 30, autoMatch: true });
    const feed = (values: [quantity: number | string, cost: number | string][]) =>
      `SupplierSKU,Quantity,Cost\n${values.map(([quantity, cost], nth) => `S${nth},${quantity},${cost}`).join('\n')}\n`;
    const ten = Array.from({ length: 10 }, (): [number, number] => [5, 10]);
    await upload(api, feed(ten));
    told.length = 0;
    const zeros = await upload(api, feed(ten.map((one, nth) => (nth < 4 ? [0, 10] : one))));
    t.match(zeros.json.Imports[0], {
      State: 'held',
      Reason: /^4 SKUs would fall to 0/,
      Counts: { Zeroed: 4 },
    });
    t.match((await itemsOf(api)).get('S0'), { Quantity: 5 });
    t.same(told, [], 'nothing is to be sent');
    t.match((await eventsOf(api)).at(-1), {
      typeId: 72,
      level: 'Alert',
      summary: /waits to be confirmed or refused/,
    });

    const prices = await upload(
      api,
      feed(ten.map(([pieces], nth) => (nth < 2 ? [0, 10] : nth < 6 ? [pieces + 1, 4.99] : [50, 10]))),
    );
    t.match(prices.json.Imports[0], {
      State: 'held',
      Counts: { Zeroed: 2, Multiplied: 4, Repriced: 4 },
      Reason: /2 SKUs with quantities of 0 went in at once; all else waits/,
    });
    const between = await itemsOf(api);
    t.match(between.get('S1'), { Quantity: 0, Cost: 10 });
    t.match(between.get('S2'), { Quantity: 5, Cost: 10 });
    t.same(told, [true], 'the zeros are sent at once');

    // Two feeds wait, and a third one says something of an item of both.
    const third = await upload(
      api,
      feed(
        [
          [3, ''],
          ['', ''],
          [8, ''],
        ].slice(0, 1) as [number, string][],
      ),
    );
    t.equal(third.json.Imports[0].State, 'applied');
    const refused = await put(api, `Imports/${zeros.id}/Refuse`);
    t.match(refused, { status: 200, text: /nothing more of it is applied/ });
    t.match((await api.call('GET', `/api/v3/Inventory/Imports/${zeros.id}`)).json().Body, {
      State: 'refused',
    });
    t.equal((await put(api, `Imports/${zeros.id}/Confirm`)).status, 400);
    t.equal((await put(api, `Imports/${zeros.id}/Refuse`)).status, 400);
    t.equal((await itemsOf(api)).get('S3')!['Quantity'], 5);
    const confirmed = await put(api, `Imports/${prices.id}/Confirm`);
    t.match(confirmed, { status: 200, text: /8 changed, 1 SKUs of which something later counts/ });
    const after = await itemsOf(api);
    t.match(after.get('S0'), { Quantity: 3 }, 'what was named since stays');
    t.match(after.get('S1'), { Quantity: 0 });
    t.match(after.get('S3'), { Quantity: 6, Cost: 4.99 });
    t.match(after.get('S9'), { Quantity: 50 });
    t.equal((await countOf(api, 'S9')).n, prices.id, 'it counts from when it arrived');
    t.equal(await db.prisma.inventoryHeldRow.count({ where: { importId: prices.id } }), 0);
  },
);

await t.test('the zeros of one warehouse go in though the rest of the row waits', async (t) => {
  const api = await testApi(t, db);
  await setSettings(api, { spikeBrakePercent: 1 });
  const columns = 'SupplierSKU,Warehouse,WarehouseQuantity,Warehouse2,Warehouse2Quantity,Cost\n';
  await upload(api, `${columns}A,EAST,5,WEST,5,10\n`);
  const { json, id } = await upload(api, `${columns}A,EAST,0,WEST,900,30\n`);
  t.equal(json.Imports[0].State, 'held');
  t.equal(await cellsOf(api, 'A'), 'EAST 0, WEST 5');
  t.match((await itemsOf(api)).get('A'), { Cost: 10 });
  await put(api, `Imports/${id}/Confirm`);
  t.equal(await cellsOf(api, 'A'), 'EAST 0, WEST 900');
  t.match((await itemsOf(api)).get('A'), { Cost: 30 });
});

await t.test('a feed with a zero is sent at once; the same number again is a new count', async (t) => {
  const told: boolean[] = [];
  const inventory = {
    db,
    clock: { now: () => new Date() },
    log: recordingLog(),
    inventoryChanged: async (_: number, { urgent }: { urgent: boolean }) => void told.push(urgent),
  };
  const api = await testApi(t, db, { inventory });
  await setSettings(api, { autoMatch: true });
  await upload(api, 'SupplierSKU,Quantity,Cost\nA,5,1\nB,0,1\nC,5,1\n');
  t.same(told, [true]);
  await upload(api, 'SupplierSKU,Quantity\nA,6\n');
  t.same(told, [true, false]);
  await upload(api, 'SupplierSKU,Quantity\nA,0\n');
  t.same(told, [true, false, true]);
  const { connectionId } = api.seller;
  await db.prisma.inventoryItem.updateMany({
    where: { connectionId },
    data: { dueAt: null, unsentSince: null },
  });
  const before = await itemOf(api, 'C');
  const again = await upload(api, 'SupplierSKU,Quantity\nC,5\nB,0\n');
  t.match(again.counts, { Changed: 0, Unchanged: 2 });
  t.match(await itemOf(api, 'C'), {
    countN: BigInt(again.id),
    costN: before.costN,
    dueAt: Date,
    unsentSince: null,
    version: before.version,
    updatedAt: before.updatedAt,
  });
  t.ok((await itemOf(api, 'C')).countedAt! > before.countedAt!);
  t.equal((await itemOf(api, 'A')).dueAt, null, 'who is not named is not looked at');
  t.equal(told.at(-1), false, 'nothing of it is urgent');
});

await t.test(
  'a large feed of unchanged rows is a new count of every item that it names, and of no other',
  async (t) => {
    const api = await testApi(t, db);
    await setSettings(api, { autoMatch: true });
    const rows = Array.from({ length: 25_000 }, (_, nth) => `S${nth},${nth % 90},1.50`);
    const feed = (lines: string[]) => `SupplierSKU,Quantity,Cost\n${lines.join('\n')}\n`;
    await upload(api, feed([...rows, 'GONE,4,1', 'W,1,1']));
    await upload(api, 'SupplierSKU,Warehouse,Quantity\nW,EAST,2\n');
    const { connectionId } = api.seller;
    const gone = await countOf(api, 'GONE');
    const { environment, shopId } = await db.prisma.connection.findUniqueOrThrow({
      where: { id: connectionId },
    });
    await db.prisma.touchedSku.create({
      data: { environment, shopId: shopId!, sellerSku: 'S7', touchedAt: new Date() },
    });
    const older = await beginUpload(db, api, 'SupplierSKU,Quantity,Cost\nS5,77,7\n');
    const again = await upload(api, feed([...rows, 'W,1,1', 'S3,3,1.50', 'BAD,x,']));
    t.match(again.counts, { Changed: 0, Added: 0, Errors: 1, Overridden: 1, Unchanged: 25_001 });
    t.match(await stateOf(api), { namedN: BigInt(again.id), namedCostN: BigInt(again.id) });
    t.match(await countOf(api, 'S5'), { n: again.id, cost_n: again.id });
    t.same(await countOf(api, 'GONE'), gone, 'an item that is not named keeps its count');
    t.ok((await itemOf(api, 'S7')).dueAt, 'pieces of it were sold since its last count');
    t.equal((await itemOf(api, 'S8')).dueAt, null);
    const { warehouses } = await itemOf(api, 'W');
    t.match(warehouses, [
      { code: null, quantity: 1, n: again.id },
      { code: 'EAST', quantity: 2 },
    ]);

    const late = await older.finish('LATE,6,6\nGONE,9,\n');
    t.match(late.json.Imports[0].Counts, { Superseded: 1, Added: 1, Changed: 1 });
    t.match((await itemsOf(api)).get('S5'), { Quantity: 5, Cost: 1.5 });
    t.match(
      await countOf(api, 'LATE'),
      { n: older.id, cost_n: older.id },
      'an item of an older file is as old as that',
    );
    t.match((await itemsOf(api)).get('GONE'), { Quantity: 9 }, 'the newest that names it counts');
    const third = await upload(api, feed([...rows, 'GONE,9,1', 'LATE,6,6', 'W,1,1']));
    for (const sku of ['GONE', 'LATE', 'S9'])
      t.match(await countOf(api, sku), { n: third.id, cost_n: third.id }, sku);
    const mixed = await upload(api, feed(['S0,0,', ...rows.slice(1)]));
    t.match(
      await countOf(api, 'S1'),
      { n: mixed.id, cost_n: mixed.id },
      'rows without a price do not hinder the others',
    );
    t.match(await countOf(api, 'S0'), { n: mixed.id, cost_n: third.id });
    t.match(await countOf(api, 'LATE'), { n: third.id });
  },
);

await t.test('an upload that breaks off is told of; one that is to be repeated leaves nothing', async (t) => {
  const api = await testApi(t, db);
  const { connectionId, partnerId } = api.seller;
  const states = async () =>
    (await db.prisma.import.findMany({ where: { connectionId }, orderBy: { id: 'asc' } })).map(
      ({ state, reason }) => `${state} ${reason ?? ''}`.trim(),
    );
  const broken = await beginUpload(db, api, 'SupplierSKU,Quantity\nA,5\n');
  broken.hangUp();
  await until(async () => !(await states()).includes('receiving'));
  t.match(await states(), [/^refused The file did not arrive whole/]);
  await until(async () => (await eventsOf(api)).length > 0);
  t.match((await eventsOf(api))[0]?.summary, /was refused/);
  const headers = { 'content-type': 'text/csv', 'idempotency-key': 'one' };
  for (let time = 0; time < 2; time++) {
    await api.call('POST', `/api/v3/Inventory/${partnerId}`, {
      payload: 'SupplierSKU,Quantity\nA,5\n',
      headers,
    });
  }
  await until(async () => !(await states()).includes('receiving'));
  t.same((await states()).slice(1), ['applied'], 'the same call again is no other file');
  await api.call('POST', `/api/v3/Inventory/${partnerId}`, {
    payload: '{"data":',
    headers: { 'content-type': 'application/json' },
  });
  await until(async () => !(await states()).includes('receiving'));
  t.match((await states()).at(-1), /^refused /);

  const small = await testApi(t, db, { uploadLimitBytes: 100 });
  t.equal((await upload(small, `SupplierSKU,Quantity\n${'A,5\n'.repeat(100)}`)).status, 413);
  const tooLarge = () => db.prisma.import.findFirst({ where: { connectionId: small.seller.connectionId } });
  await until(async () => (await tooLarge())?.state !== 'receiving');
  t.match(await tooLarge(), { state: 'refused', reason: /more than 100 bytes/ });

  const lost = await beginUpload(db, api, 'SupplierSKU,Quantity\nA,7\n');
  t.equal(await endLostImports(db.prisma, new Date(Date.now() + 60 * 60_000)), 0, 'a slow one is let be');
  t.equal(await endLostImports(db.prisma, new Date(Date.now() + 3 * 60 * 60_000)), 1);
  t.match((await states()).at(-1), /^refused The service was stopped/);
  t.equal((await lost.finish('B,1\n')).status, 200, 'should it come to an end after all, it is taken in');
  t.equal((await states()).at(-1), 'applied');
});

await t.test('of two matching files the later one counts, and dropped matches stay dropped', async (t) => {
  const api = await testApi(t, db);
  await upload(api, 'SupplierSKU,Quantity\nA,1\nB,2\nC,3\n');
  const path = '/Matching';
  const older = await beginUpload(db, api, 'SupplierSKU,MerchantSKU\nA,OLD\nB,T-1\n', { path });
  await upload(api, 'SupplierSKU,MerchantSKU\nA,T-1\n', { path: 'Matching' });
  const late = await older.finish('C,T-3\n');
  t.match(late.json.Imports[0].Counts, { Added: 1, Superseded: 2 });
  const items = await itemsOf(api);
  t.match(items.get('A'), { MerchantSKU: 'T-1' });
  t.match(items.get('B'), { MerchantSKU: undefined }, 'T-1 is A’s');
  t.match(items.get('C'), { MerchantSKU: 'T-3' });
  t.ok((await itemOf(api, 'C')).dueAt, 'what is matched now is compared with TikTok');
  const another = await beginUpload(db, api, 'SupplierSKU,MerchantSKU\nA,T-1\n', { path });
  await api.call('DELETE', `/api/v3/Inventory/${api.seller.partnerId}/Matching`);
  t.match((await another.finish('B,T-2\n')).json.Imports[0].Counts, { Superseded: 2 });
  t.equal((await itemsOf(api, '&mapped=true')).size, 0);
});
