import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { clientFor, first, rows, type MiniClient } from './support/mini-client.js';
import { freshShop, productMaker } from './support/product-calls.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = clientFor(simulator, 'Harbor Goods');
const SEARCH = '/order/202309/orders/search';
const query = { page_size: '100' };
const lines = [{ sellerSku: 'STRICT', quantity: 1 }];
const newOrder = (client: MiniClient = us): string =>
  control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 }).id;

await t.test(
  'a multipart body on a call that takes JSON is refused: its filters would be lost silently',
  async (t) => {
    const reply = await us.call('POST', SEARCH, {
      query,
      contentType: 'multipart/form-data; boundary=x',
      rawBody: '--x\r\ncontent-disposition: form-data; name="order_status"\r\n\r\nUNPAID\r\n--x--\r\n',
      sign: await signatureWithoutBody(),
    });
    t.match(reply, { status: 400, code: 36009022 });
  },
);

/** Multipart bodies are not signed. */
async function signatureWithoutBody(): Promise<string> {
  const { sign } = await import('./support/mini-client.js');
  const { DEMO_APP_KEY, DEMO_APP_SECRET } = await import('../../src/simulator/server.js');
  const timestamp = String(Math.floor(Date.now() / 1000));
  return sign(
    DEMO_APP_SECRET,
    SEARCH,
    { app_key: DEMO_APP_KEY, timestamp, shop_cipher: us.cipher, ...query },
    '',
  );
}

await t.test('a slash at the end is another path, unless the switch says otherwise', async (t) => {
  t.equal((await us.call('POST', `${SEARCH}/`, { query })).code, 36009009);
  control.setBehaviour({ trailingSlash: 'accepted' });
  const fault = control.addFault({ kind: 'delay', ms: 0 });
  t.equal((await us.call('POST', `${SEARCH}/`, { query })).code, 0);
  control.removeFault(fault.id);
  control.setBehaviour({ trailingSlash: 'refused' });
});

await t.test('a tracking number has a believable length', async (t) => {
  const id = newOrder();
  for (const number of ['1', '9'.repeat(300)]) t.equal((await us.markShipped(id, number)).code, 21011022);
  control.setBehaviour({ trackingFormat: 'ignored' });
  t.equal((await us.markShipped(id, '1')).code, 0);
  control.setBehaviour({ trackingFormat: 'plausible' });
});

await t.test('the count of a search follows the switches, as its rows do', async (t) => {
  const client = freshShop(simulator);
  control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
  control.addOrder(client.shopId, { lines, paidMinutesAgo: 5 });
  const count = async (): Promise<unknown> =>
    (await client.search({ order_status: 'AWAITING_SHIPMENT' })).data['total_count'];
  t.equal(await count(), 1);
  control.setBehaviour({ showsOnHold: false });
  t.equal(await count(), 2);
  control.setBehaviour({ showsOnHold: true });
  t.equal(await count(), 1);
});

await t.test(
  'stock is taken of what an audit has let through, of all but FREEZE and DELETED, or of live ones only',
  async (t) => {
    const client = freshShop(simulator);
    const make = productMaker(simulator);
    const codeFor = async (status: string): Promise<number> => {
      const { id, sku } = make(client);
      control.patchProduct(id, { status: status as 'DRAFT' });
      return (await client.updateInventory(id, [{ id: sku, inventory: [{ quantity: 7 }] }])).code;
    };
    for (const status of ['PENDING', 'FAILED']) t.equal(await codeFor(status), 12052901, status);
    control.setBehaviour({ stockUpdates: 'not_frozen' });
    const taken = ['ACTIVATE', 'DRAFT', 'PENDING', 'FAILED', 'SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'];
    for (const status of taken) t.equal(await codeFor(status), 0, status);
    for (const status of ['FREEZE', 'DELETED']) t.equal(await codeFor(status), 12052901, status);
    control.setBehaviour({ stockUpdates: 'live' });
    t.equal(await codeFor('DRAFT'), 12052901);
    t.equal(await codeFor('ACTIVATE'), 0);
    control.setBehaviour({ stockUpdates: 'not_in_review' });
  },
);

await t.test('older product searches do not have the fields of the newest one', async (t) => {
  const client = freshShop(simulator);
  productMaker(simulator)(client);
  const newer = ['listing_quality_tier'];
  for (const version of ['202309', '202312', '202502']) {
    const reply = await client.call('POST', `/product/${version}/products/search`, { query, body: {} });
    const product = first(reply.data['products']);
    const isNewest = version === '202502';
    for (const name of newer) t.equal(name in product, isNewest, `${version} ${name}`);
    t.ok('status_info' in first(product['skus']), 'as seen live in all versions');
  }
  const eligibility = `/return_refund/202512/orders/${newOrder()}/aftersale_eligibility`;
  t.equal((await us.call('GET', eligibility)).code, 0);
});

await t.test('a refund is calculated for reasons that exist', async (t) => {
  const order_id = newOrder();
  const ask = async (request_type: string, reason_name: string): Promise<number> =>
    (
      await us.call('POST', '/return_refund/202309/refunds/calculate', {
        body: { order_id, request_type, reason_name },
      })
    ).code;
  t.equal(await ask('CANCEL', 'nonsense'), 25001001);
  t.equal(await ask('REFUND', 'nonsense'), 25001001);
  t.equal(await ask('CANCEL', 'seller_cancel_reason_out_of_stock'), 0);
  t.equal(await ask('REFUND', 'ecom_order_delivered_refund_reason_damaged'), 0);
});

await t.test('South-East Asia has no reason for an address that cannot be reached any more', async (t) => {
  for (const [region, key] of [
    ['ID', 'seller_cancel_paid_reason_address_not_deliver'],
    ['SG', 'seller_cancel_unable_to_deliver_to_buyer_address'],
  ] as const) {
    const client = freshShop(simulator, region);
    const body = { order_id: newOrder(client), cancel_reason: key };
    t.equal(
      (await client.call('POST', '/return_refund/202309/cancellations', { body })).code,
      25001021,
      region,
    );
  }
});

await t.test(
  'packages that wait can be kept out of the package search, as its filter has no word for them',
  async (t) => {
    const client = freshShop(simulator, 'ID');
    newOrder(client);
    const search = (body: object): ReturnType<MiniClient['call']> =>
      client.call('POST', '/fulfillment/202309/packages/search', { body, query: { page_size: '10' } });
    t.match((await search({ package_status: 'TO_FULFILL' })).data, { total_count: 1 });
    control.setBehaviour({ waitingPackages: 'hidden' });
    t.equal((await search({ package_status: 'TO_FULFILL' })).code, 36009004);
    t.equal((await search({})).data['total_count'], 0);
    control.setBehaviour({ waitingPackages: 'shown' });
  },
);

await t.test('roles of return records can be written as in the enum', async (t) => {
  const id = newOrder();
  control.act(id, { type: 'seller_ship' });
  control.act(id, { type: 'carrier_deliver' });
  control.act(id, { type: 'buyer_opens_return' });
  const [item] = control.returns({ order: id });
  const roles = async (): Promise<unknown> => {
    const path = `/return_refund/202309/returns/${item?.return_id ?? ''}/records`;
    return first((await us.call('GET', path)).data['records'])['role'];
  };
  t.equal(await roles(), 'Buyer');
  control.setBehaviour({ recordRoles: 'enum' });
  t.equal(await roles(), 'BUYER');
  control.setBehaviour({ recordRoles: 'sample' });
});

await t.test('tracking of steps within one second tells the newest first', async (t) => {
  const id = newOrder();
  control.setClock({ frozen: true });
  control.act(id, { type: 'seller_ship' });
  control.act(id, { type: 'carrier_collect' });
  control.act(id, { type: 'carrier_deliver' });
  const reply = await us.call('GET', `/fulfillment/202309/orders/${id}/tracking`);
  control.setClock({ frozen: false });
  t.match(
    rows(reply.data['tracking']).map((event) => String(event['description'])),
    [/delivered/, /picked up/, /prepared/],
  );
});

await t.test('an account logs in on its own market alone', async (t) => {
  const service = control.apps()[0]?.serviceId ?? '';
  const logIn = async (region: string, email: string): Promise<number> => {
    const body = new URLSearchParams({ service_id: service, region, email, password: 'demo' });
    return (await fetch(`${simulator.url}/open/authorize/login`, { method: 'POST', body })).status;
  };
  t.equal(await logIn('US', 'id@seller.example'), 401);
  t.equal(await logIn('ID', 'us@seller.example'), 401);
  t.equal(await logIn('ID', 'id@seller.example'), 200);
  t.equal(await logIn('US', 'us@seller.example'), 200);
  t.equal(await logIn('GB', 'eu@seller.example'), 200);
});
