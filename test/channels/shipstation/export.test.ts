import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { readOrdersXml, type XmlOrder } from '../../../src/doubles/shipstation/read-orders-xml.js';
import { startWorld, shipmentOf, type TestOrder } from '../../shipments/world.js';
import { ALWAYS, basic, storeWorld, type StoreWorld } from './store-world.js';

t.setTimeout(300_000);

function hasXmllint(): boolean {
  try {
    execFileSync('xmllint', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const skip = hasXmllint() ? false : 'xmllint is not installed: apt-get install libxml2-utils';
const world = await startWorld(t);
const { control } = world;
const folder = mkdtempSync(join(tmpdir(), 'shipstation-test-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const shirt = [{ sku: 'SHIRT', quantity: 1 }];

async function shown(t: Test, store: StoreWorld, query = ALWAYS): Promise<XmlOrder[]> {
  const answer = await store.get(query);
  t.equal(answer.status, 200, answer.text);
  if (!skip) checkSchema(answer.text);
  return readOrdersXml(answer.text).orders;
}

/** @throws Error with what xmllint says */
function checkSchema(text: string): void {
  const path = join(folder, 'orders.xml');
  writeFileSync(path, text);
  execFileSync(
    'xmllint',
    ['--noout', '--schema', 'test/fixtures/shipstation/custom-store-orders.xsd', path],
    {
      stdio: 'pipe',
    },
  );
}

function one(orders: readonly XmlOrder[], { tiktokOrderId }: TestOrder): XmlOrder {
  const found = orders.find(({ number }) => number === tiktokOrderId);
  if (!found) throw new Error(`order ${tiktokOrderId} is not shown`);
  return found;
}

const states = (orders: readonly XmlOrder[], ...wanted: TestOrder[]): string[] =>
  wanted.map((order) => one(orders, order).status);

await t.test('ShipStation is not let in before somebody has made a password', async (t) => {
  const store = await storeWorld(t, world);
  const { partnerId } = store.shop.connection;
  const url = `Settings/Partners/${partnerId}/ShipStation`;
  t.equal((await store.api('DELETE', url)).status, 204);
  const refused = await store.get(ALWAYS);
  t.equal(refused.status, 401);
  t.match(refused.headers['www-authenticate'], /^Basic realm=/);
  t.match(refused.text, /password is wrong/);
  t.match((await store.api('GET', url)).body, { Body: { IsOn: false } });
  t.equal((await store.api('DELETE', url)).status, 204, 'safe to repeat');
  const first = await store.letIn();
  t.equal((await store.get(ALWAYS)).status, 200);
  const standing = await store.api('GET', url);
  t.match(standing.body, {
    Body: {
      IsOn: true,
      Url: `https://hub.example.com/shipstation/${partnerId}`,
      UserName: first.userName,
      OrdersReadAt: /^20/,
    },
  });
  t.notMatch(standing.text, first.password);
  const rows = await world.db.prisma.channelLogIn.findMany();
  t.notMatch(JSON.stringify(rows), first.password, 'it is stored nowhere');
});

await t.test('another password leaves the one before its time of grace, and no more', async (t) => {
  const store = await storeWorld(t, world);
  const old = store.logIn;
  const fresh = await store.letIn(1);
  t.not(fresh.password, old.password);
  t.equal((await store.get(ALWAYS, basic(old))).status, 200);
  t.equal((await store.get(ALWAYS, basic(fresh))).status, 200);
  world.clock.advance(61 * 60_000);
  t.equal((await store.get(ALWAYS, basic(old))).status, 401);
  t.equal((await store.get(ALWAYS, basic(fresh))).status, 200);
  await store.letIn(0);
  t.equal((await store.get(ALWAYS, basic(fresh))).status, 401, 'without grace it ends at once');
});

await t.test('the log-in of another company, of another shop, and none at all lead nowhere', async (t) => {
  const [store, other] = [await storeWorld(t, world), await storeWorld(t, world)];
  await store.shop.order(shirt);
  for (const headers of [
    basic(other.logIn),
    basic({ ...store.logIn, password: other.logIn.password }),
    basic({ userName: '', password: '' }),
    { authorization: 'Bearer x' },
    { authorization: 'Basic ????' },
    {},
  ]) {
    const answer = await store.get(ALWAYS, headers);
    t.equal(answer.status, 401, JSON.stringify(headers));
    t.notMatch(answer.text, /<Orders/);
  }
  const notice = await store.post('action=shipnotify&order_number=1', '<ShipNotice/>', basic(other.logIn));
  t.equal(notice.status, 401);
});

await t.test('somebody who tries many passwords is slowed, and the owner is not', async (t) => {
  const store = await storeWorld(t, world);
  t.equal((await store.get(ALWAYS)).status, 200);
  let slowed = 0;
  for (let tries = 0; tries < 60; tries++) {
    const { userName } = store.logIn;
    const answer = await store.get(ALWAYS, basic({ userName, password: `guess ${tries}` }));
    if (answer.status === 429) slowed += 1;
    else t.equal(answer.status, 401);
  }
  t.ok(slowed >= 5, `${slowed} of 60 were not looked at`);
  t.equal((await store.get(ALWAYS)).status, 200);
});

await t.test('the log-in may stand in the address, where a proxy takes the header away', async (t) => {
  const store = await storeWorld(t, world);
  const { userName, password } = store.logIn;
  const query = `${ALWAYS}&SS-UserName=${userName}&SS-Password=${password}`;
  t.equal((await store.get(query, {})).status, 200);
  t.equal((await store.get(query.replace(password, 'wrong'), {})).status, 401);
});

await t.test('an order has all that a packer needs, and fits ShipStation’s schema', { skip }, async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([
    { sku: 'SHIRT', quantity: 2, price: '19.90' },
    { sku: 'MUG', quantity: 1, price: '5.00', isGift: true },
  ]);
  const xml = one(await shown(t, store), order);
  t.equal(xml.status, 'paid');
  t.equal(xml.id, String(order.key));
  t.match(xml.fields.get('OrderDate'), /^\d\d\/\d\d\/20\d\d \d\d:\d\d:\d\d$/);
  t.equal(xml.fields.get('Source'), 'TikTok Shop');
  t.match(xml.fields.get('CustomField2'), /^20\d\d-.*Z$/, 'ship by');
  t.match(xml.fields.get('InternalNotes'), /Ship by 20/);
  t.match(xml.fields.get('Customer/ShipTo/State'), /^[A-Z]{2}$/);
  t.notMatch(xml.fields.get('Customer/ShipTo/Address1'), xml.fields.get('Customer/ShipTo/City') ?? '?');
  t.match(
    xml.items.map(({ sku, quantity, unitPrice, options }) => [
      sku,
      quantity,
      unitPrice,
      options['Gift'] ?? '',
    ]),
    [
      ['SHIRT', 2, '19.90', ''],
      ['MUG', 1, /^[05]\.00$/, 'yes'],
    ],
  );
});

await t.test(
  'hostile names, long texts and characters that XML forbids break nothing',
  { skip },
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order([{ sku: ']]>&<SKU"\'', quantity: 1 }], {
      address: { fullAddress: `<![CDATA[x]]> & "Main" \u0001\u0008 St` },
    });
    await world.db.pool.query(
      `UPDATE orders SET personal = jsonb_set(jsonb_set(personal::jsonb, '{buyerMessage}', to_jsonb($2::text)), '{recipient,name}', to_jsonb($3::text))
     WHERE document_key = $1`,
      [order.key, `${'😀'.repeat(900)} ]]> \u0002 end`, 'Zoë <b>&amp; ]]> '.repeat(30)],
    );
    const xml = one(await shown(t, store), order);
    t.equal(xml.items[0]?.sku, ']]>&<SKU"\'');
    t.ok((xml.fields.get('CustomerNotes') ?? '').length <= 1_000);
    t.match(xml.fields.get('Customer/ShipTo/Name'), /^Zoë <b>&amp; \]\]>/);
  },
);

await t.test('each state has the word that the seller has given it', async (t) => {
  const store = await storeWorld(t, world);
  const [waiting, asked, gone] = [
    await store.shop.order(shirt),
    await store.shop.order(shirt),
    await store.shop.order(shirt),
  ];
  const sent = await store.shop.order(shirt);
  control.act(asked.tiktokOrderId, { type: 'buyer_cancel' });
  control.act(gone.tiktokOrderId, { type: 'buyer_cancel', atOnce: true });
  await store.shop.shipped(
    sent,
    shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: '1Z999AA10123456784' }]),
  );
  for (const { tiktokOrderId } of [asked, gone, sent]) await store.shop.pull(tiktokOrderId);
  t.same(states(await shown(t, store), waiting, asked, gone, sent), [
    'paid',
    'on_hold',
    'cancelled',
    'shipped',
  ]);
  await store.set({ shipStationStatuses: { awaiting: 'Awaiting shipment', cancelled: 'Void' } });
  const named = await shown(t, store);
  t.same(states(named, waiting, asked, gone, sent), ['Awaiting shipment', 'on_hold', 'Void', 'shipped']);
  t.match(one(named, asked).fields.get('InternalNotes'), /Do not ship: The buyer asks for a cancellation/);
  t.match((await store.history(asked.key)).join('\n'), /ShipStation is shown the order as on_hold/);
  for (const words of [
    { awaiting: 'same', shipped: 'same' },
    { awaiting: 'cancelled' },
    { other: 'x' },
    { awaiting: '' },
  ]) {
    const body = { Settings: { shipStationStatuses: words } };
    const bad = await store.api('PUT', `Settings/Partners/${store.shop.connection.partnerId}`, body);
    t.equal(bad.status, 400, JSON.stringify(words));
  }
});

await t.test('pieces that are cancelled or shipped by another way are not to be packed', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([
    { sku: 'SHIRT', quantity: 3 },
    { sku: 'MUG', quantity: 1 },
  ]);
  await store.shop.shipped(
    order,
    shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 1, tracking: '1Z999AA10123456784' }]),
  );
  await store.shop.pull(order.tiktokOrderId);
  const left = one(await shown(t, store), order);
  t.equal(left.status, 'paid');
  t.same(
    left.items.map(({ sku, quantity }) => [sku, quantity]),
    [
      ['SHIRT', 2],
      ['MUG', 1],
    ],
  );
  await store.shop.ship(
    order,
    shipmentOf('S-2', [{ sku: 'MUG', quantity: 1, tracking: '1Z999AA10123456795' }]),
  );
  const claimed = one(await shown(t, store), order);
  t.same(
    claimed.items.map(({ sku, quantity }) => [sku, quantity]),
    [['SHIRT', 2]],
    'what another shipment has claimed is not packed twice, though TikTok does not have it yet',
  );
});

await t.test('what TikTok cancels of an order is not to be packed', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order([
    { sku: 'SHIRT', quantity: 3 },
    { sku: 'MUG', quantity: 1 },
  ]);
  const [first = '', , , mug = ''] = order.unitIds;
  control.act(order.tiktokOrderId, { type: 'buyer_cancel', atOnce: true, unitIds: [first, mug] });
  await store.shop.pull(order.tiktokOrderId);
  const xml = one(await shown(t, store), order);
  t.equal(xml.status, 'paid');
  t.same(
    xml.items.map(({ sku, quantity }) => [sku, quantity]),
    [['SHIRT', 2]],
  );
});

await t.test(
  'an order without an address that a label can have is left out, and its history says why',
  async (t) => {
    const store = await storeWorld(t, world);
    const [good, masked] = [await store.shop.order(shirt), await store.shop.order(shirt)];
    await world.db.pool.query(
      `UPDATE orders SET personal = jsonb_set(personal::jsonb, '{recipient,postalCode}', '"9****"') WHERE document_key = $1`,
      [masked.key],
    );
    for (let looks = 0; looks < 2; looks++) {
      const orders = await shown(t, store);
      t.equal(one(orders, good).status, 'paid', 'its neighbour comes');
      t.notOk(orders.some(({ number }) => number === masked.tiktokOrderId));
    }
    const history = await store.history(masked.key);
    t.equal(history.filter((line) => /ShipStation is not shown the order/.test(line)).length, 1, 'told once');
    const url = `Settings/Partners/${store.shop.connection.partnerId}/ShipStation`;
    t.match((await store.api('GET', url)).body, { Body: { OrdersLeftOut: 1 } });
    const why = await store.api('GET', `Orders/${masked.key}/Explain`);
    t.match(why.text, /shipstation-address/);
  },
);

await t.test(
  'a buyer who is forgotten stays forgotten, and a cancellation comes through all the same',
  async (t) => {
    const store = await storeWorld(t, world);
    const [kept, never] = [await store.shop.order(shirt), await store.shop.order(shirt)];
    const name = one(await shown(t, store, ALWAYS), kept).fields.get('Customer/ShipTo/Name') ?? '?';
    await world.db.pool.query(`DELETE FROM channel_offers WHERE document_key = $1`, [never.key]);
    for (const order of [kept, never]) {
      control.act(order.tiktokOrderId, { type: 'buyer_cancel', atOnce: true });
      await store.shop.pull(order.tiktokOrderId);
      await world.db.pool.query(`UPDATE documents SET status_code = 1100 WHERE key = $1`, [order.key]);
      const forgotten = await store.api('POST', `Orders/${order.key}/ForgetBuyer`, {});
      t.equal(forgotten.status, 200, forgotten.text);
    }
    const answer = await store.get(ALWAYS);
    t.notMatch(answer.text, name);
    const orders = await shown(t, store);
    t.equal(one(orders, kept).status, 'cancelled');
    t.equal(one(orders, kept).fields.get('Customer/ShipTo/Name'), 'Removed');
    t.notOk(
      orders.some(({ number }) => number === never.tiktokOrderId),
      'ShipStation never had it',
    );
  },
);

await t.test(
  'only what has changed in the time is shown, by times in UTC with the month first',
  async (t) => {
    const store = await storeWorld(t, world);
    const order = await store.shop.order(shirt);
    await world.db.pool.query(`UPDATE documents SET updated_at = '2026-03-08T10:30:20Z' WHERE key = $1`, [
      order.key,
    ]);
    const count = async (start: string, end: string): Promise<number> => {
      const query = new URLSearchParams({ action: 'export', start_date: start, end_date: end, page: '1' });
      return (await shown(t, store, query.toString())).length;
    };
    t.equal(await count('03/08/2026 10:30', '03/08/2026 10:30'), 1, 'the minute is meant whole');
    t.equal(await count('3/8/2026 10:30 AM', '3/8/2026 10:31 AM'), 1);
    t.equal(
      await count('03/08/2026 10:32', '03/08/2026 11:00'),
      1,
      'what may have become visible late comes again',
    );
    t.equal(await count('03/08/2026 10:35', '03/08/2026 11:00'), 0);
    t.equal(await count('03/08/2026 02:00', '03/08/2026 10:29'), 0);
    t.equal(await count('08/03/2026 00:00', '08/04/2026 00:00'), 0, 'the month stands first');
    t.equal(await count('03/08/2026', '03/08/2026'), 1, 'a day is meant whole');
    t.equal(await count('03082026x1000', '03082026x1100'), 1);
    t.equal(await count('2026-03-08T10:00:00Z', '2026-03-08T11:00:00Z'), 1);
    const empty = await store.get(
      'action=export&start_date=01%2F01%2F2021%2000%3A00&end_date=01%2F02%2F2021%2000%3A00',
    );
    t.match(empty.text, /<Orders pages="1">\s*<\/Orders>/);
    for (const query of [
      'action=export&start_date=13%2F41%2F2026',
      'action=export&start_date=yesterday',
      'action=export&page=0',
      'action=export&page=x',
      'action=other',
      '',
    ])
      t.match(await store.get(query), { status: 400, text: /\w+\./ }, query);
  },
);

await t.test(
  'pages are one look: what changes meanwhile neither slips through nor comes twice',
  async (t) => {
    const store = await storeWorld(t, world);
    const first = await store.shop.order(shirt);
    const orders = [first];
    while (orders.length < 205) orders.push(await copyOf(first));
    const page = async (number: number) => {
      const answer = await store.get(ALWAYS.replace(/page=1$/, `page=${number}`));
      if (!skip) checkSchema(answer.text);
      return readOrdersXml(answer.text);
    };
    const one = await page(1);
    t.equal(one.pages, 3);
    t.equal(one.orders.length, 100);
    // In the middle of the look one order leaves the time, and another one comes into it.
    await world.db.pool.query(`UPDATE documents SET updated_at = '2100-01-01' WHERE key = $1`, [
      orders[3]?.key,
    ]);
    orders.push(await copyOf(first));
    const rest = [await page(2), await page(3)];
    const seen = [one, ...rest].flatMap(({ orders: each }) => each.map(({ number }) => number));
    t.equal(seen.length, 205);
    t.equal(new Set(seen).size, 205);
    t.same((await page(4)).orders, []);
    await store.handOver.settled();

    async function copyOf({ key }: TestOrder): Promise<TestOrder> {
      const { rows } = await world.db.pool.query<{ key: number; id: string }>(
        `WITH copy AS (
         INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, source_key, partner_po, reference,
           sender_company_id, receiver_company_id, document_date, body, renderer_version, updated_at)
         SELECT nextval('document_key_seq'), company_id, connection_id, type, status_code, link_key || '-' || currval('document_key_seq'),
           source_key, partner_po, reference, sender_company_id, receiver_company_id, document_date, body, renderer_version, updated_at
         FROM documents WHERE key = $1 RETURNING key),
       own AS (
         INSERT INTO orders (company_id, connection_id, environment, shop_id, tiktok_order_id, tiktok_status, tiktok_updated_at, read_at,
           state, document_key, exported_at, tiktok_created_at, currency, data, personal, updated_at)
         SELECT company_id, connection_id, environment, shop_id, tiktok_order_id || copy.key, tiktok_status, tiktok_updated_at, read_at,
           state, copy.key, exported_at, tiktok_created_at, currency,
           jsonb_set(data::jsonb, '{tiktokOrderId}', to_jsonb(tiktok_order_id || copy.key)), personal, updated_at
         FROM orders, copy WHERE document_key = $1 RETURNING id, tiktok_order_id),
       line AS (
         INSERT INTO order_lines (order_id, line_number, merchant_sku, supplier_sku, late_sku, product_id, sku_id, product_name,
             sku_name, is_gift, original_price, sale_price, quantity, bundle)
           SELECT own.id, line_number, merchant_sku, supplier_sku, late_sku, product_id, sku_id, product_name,
           sku_name, is_gift, original_price, sale_price, quantity, bundle
         FROM order_lines, own WHERE order_id = (SELECT id FROM orders WHERE document_key = $1)),
       unit AS (
         INSERT INTO order_units (order_id, unit_id, line_number, sku_id, display_status)
         SELECT own.id, unit_id, line_number, sku_id, display_status
         FROM order_units, own WHERE order_id = (SELECT id FROM orders WHERE document_key = $1))
       SELECT copy.key, own.tiktok_order_id AS id FROM copy, own`,
        [key],
      );
      const [row] = rows;
      return { key: row?.key ?? 0, tiktokOrderId: row?.id ?? '', unitIds: [] };
    }
  },
);

await t.test('an order that ShipStation has fetched counts as handed over', async (t) => {
  const store = await storeWorld(t, world);
  const order = await store.shop.order(shirt);
  const handed = async () => {
    const { rows } = await world.db.pool.query<{ handed: boolean }>(
      `SELECT bool_and(handed_at IS NOT NULL) AS handed FROM stock_pieces
       WHERE order_id = (SELECT id FROM orders WHERE document_key = $1)`,
      [order.key],
    );
    return rows[0]?.handed;
  };
  t.equal(await handed(), false);
  await shown(t, store);
  await store.handOver.settled();
  t.equal(await handed(), true);
  t.equal((await store.shop.orderDocument(order)).statusCode, 100, 'an ERP beside it still finds it ready');
});
