import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { clientFor, rows, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true, seed: 'kinds' });
t.teardown(() => simulator.close());
const { control } = simulator;

await t.test('the seed of kinds has an order of every kind, beside the shops of the demo', async (t) => {
  const kinds = new Set<string>();
  for (const market of ['US', 'ID', 'BR', 'DE', 'JP']) {
    const reply = await clientFor(simulator, `Every Kind ${market}`).search();
    for (const order of rows(reply.data['orders'])) {
      kinds.add(String(order['order_type']));
      kinds.add(String(order['need_upload_invoice']));
      kinds.add(String(order['delivery_type']));
      for (const name of Object.keys(order)) if (order[name] !== false) kinds.add(name);
      for (const line of rows(order['line_items'])) for (const name of Object.keys(line)) kinds.add(name);
    }
  }
  const wanted = `PRE_ORDER MADE_TO_ORDER BACK_ORDER NEED_INVOICE INVOICE_UPLOADED COLLECTION_POINT is_sample_order
    replaced_order_id exchange_source_order_id is_subscription_order auto_combine_group_id is_cod release_date
    combined_listing_skus pfand_fee room_id gift_retail_price handling_duration_days order_rights`;
  for (const name of wanted.split(/\s+/)) t.ok(kinds.has(name), name);
  t.ok(control.shops().some(({ name }) => name === 'Harbor Goods'));
});

await t.test('test shops share their calls of an hour, others are not held up', async (t) => {
  const [one, other, free] = ['Harbor Goods', 'Toko Pelangi', 'Continental UK'].map((name) =>
    clientFor(simulator, name),
  );
  if (one === undefined || other === undefined || free === undefined) throw new Error('no demo shops');
  control.setClock({ frozen: true });
  for (const { shopId } of [one, other]) control.patchShop(shopId, { isTest: true });
  control.setBehaviour({ testShopCallsPerHour: 4 });
  const codes = [];
  for (const client of [one, other, one, other, one, other]) codes.push((await client.search()).code);
  t.strictSame(codes, [0, 0, 0, 0, 36009002, 36009002]);
  const refused = await one.search();
  t.equal(refused.status, 429);
  t.ok(Number(refused.headers.get('retry-after')) <= 3600);
  t.equal((await free.search()).code, 0);
  control.setClock({ advanceSeconds: 3600 });
  t.equal((await other.search()).code, 0);
  for (const { shopId } of [one, other]) control.patchShop(shopId, { isTest: false });
  control.setClock({ frozen: false });
});

await t.test('calls for an inactive shop are refused until it is active again', async (t) => {
  const client = clientFor(simulator, 'Continental UK');
  const response = await fetch(`${simulator.url}/_control/shops/${client.shopId}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ isInactive: true }),
  });
  t.match((await response.json()) as Json, { id: client.shopId });
  t.match(await client.search(), { code: 36009004, status: 400, message: /inactive/ });
  t.equal(control.requests().at(-1)?.refusedBy, 'shop');
  const products = await client.call('POST', '/product/202502/products/search', {
    query: { page_size: '1' },
  });
  t.equal(products.code, 12052700);
  control.patchShop(client.shopId, { isInactive: false });
  t.equal((await client.search()).code, 0);
});
