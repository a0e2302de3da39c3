import t, { type Test } from 'tap';

import { orderTypes } from '../../src/simulator/state/order-kind.js';
import { startSimulator } from '../../src/simulator/server.js';
import { shopIn, statusOf } from './support/any-market.js';
import { first, ids, rows, type Json, type MiniClient } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true, seed: 'empty' });
t.teardown(() => simulator.close());
const { control } = simulator;
const start = control.clock().nowMs;
t.beforeEach(() => {
  control.setClock({ now: start, frozen: true });
});

const lines = [{ sellerSku: 'TEE', quantity: 2, price: '20' }];

/** The order as the list answers it, and both versions of the detail; the client holds each against the documents. */
async function seenEverywhere(t: Test, client: MiniClient, id: string): Promise<Json> {
  const listed = await client.search();
  for (const version of ['202309', '202507']) {
    const detail = await client.call('GET', `/order/${version}/orders`, { query: { ids: id } });
    t.equal(detail.code, 0, version);
  }
  return rows(listed.data['orders']).find((order) => order['id'] === id) ?? {};
}

await t.test(
  'an order of every type can be made, and of one that TikTok has not thought of yet',
  async (t) => {
    const client = shopIn(simulator, 'US');
    for (const orderType of [...orderTypes, 'RENTAL']) {
      const { id } = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, orderType });
      t.match(await seenEverywhere(t, client, id), {
        order_type: orderType,
        line_items: [{ sku_type: orderType }],
      });
    }
  },
);

await t.test('a pre-order waits in ON_HOLD until its release, and its limits count from there', async (t) => {
  for (const region of ['US', 'ID']) {
    const client = shopIn(simulator, region);
    const priced = [{ sellerSku: 'TEE', quantity: 1 }];
    const { id } = control.addOrder(client.shopId, {
      lines: priced,
      paidMinutesAgo: 90,
      orderType: 'PRE_ORDER',
      releaseInSeconds: 5 * 86_400,
    });
    const held = await client.order(id);
    const release = start / 1000 + 5 * 86_400;
    t.match(held, { status: 'ON_HOLD', is_on_hold_order: true, order_type: 'PRE_ORDER' });
    t.equal(held['release_date'], Math.floor(release));
    t.equal(held['rts_sla_time'], Math.floor(release) + 3 * 86_400);
    control.setClock({ advanceSeconds: 5 * 86_400 - 60 });
    t.equal((await client.order(id))['status'], 'ON_HOLD');
    control.setClock({ advanceSeconds: 61 });
    t.equal((await client.order(id))['status'], 'AWAITING_SHIPMENT');
    control.setClock({ now: start });
  }
});

await t.test('what is made after the order says how many days that takes, on order and lines', async (t) => {
  const client = shopIn(simulator, 'US');
  const { id } = control.addOrder(client.shopId, {
    lines,
    paidMinutesAgo: 90,
    orderType: 'MADE_TO_ORDER',
    handlingDays: 7,
  });
  const order = await seenEverywhere(t, client, id);
  t.match(order, {
    handling_duration: { days: '7', type: 'BUSINESS_DAY' },
    line_items: [{ handling_duration_days: '7' }, { handling_duration_days: '7' }],
  });
  t.equal(order['rts_sla_time'], Number(order['paid_time']) + 10 * 86_400);
});

await t.test(
  'sample, replacement and exchange orders are free of charge and say what they are',
  async (t) => {
    const client = shopIn(simulator, 'GB');
    const [priceless] = [[{ sellerSku: 'TEE', quantity: 1 }]];
    const sold = control.addOrder(client.shopId, { lines: priceless, paidMinutesAgo: 90 });
    const free = { total_amount: '0.00', shipping_fee: '0.00', tax: '0.00' };
    const make = (kind: object): string => control.addOrder(client.shopId, { lines: priceless, ...kind }).id;

    t.match(await seenEverywhere(t, client, make({ isSample: true })), {
      is_sample_order: true,
      payment: free,
    });
    t.match(await seenEverywhere(t, client, make({ replacesOrderId: sold.id })), {
      is_replacement_order: true,
      replaced_order_id: sold.id,
      is_exchange_order: false,
      payment: free,
    });
    t.match(await seenEverywhere(t, client, make({ exchangesOrderId: sold.id })), {
      is_exchange_order: true,
      exchange_source_order_id: sold.id,
      is_replacement_order: false,
      payment: free,
    });
    t.equal(
      statusOf(() => make({ replacesOrderId: '1' })),
      404,
    );
  },
);

await t.test(
  'a granted exchange makes an exchange order; its type is a guess that can be hidden',
  async (t) => {
    const client = shopIn(simulator, 'US');
    const sold = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
    control.act(sold.id, { type: 'seller_ship' });
    control.act(sold.id, { type: 'carrier_deliver' });
    control.act(sold.id, { type: 'buyer_opens_return', returnType: 'EXCHANGE' });
    const types = async (body: object): Promise<unknown[]> => {
      const reply = await client.call('POST', '/return_refund/202309/returns/search', { body });
      return rows(reply.data['return_orders']).map((row) => row['return_type']);
    };
    t.strictSame(await types({ return_types: ['EXCHANGE'] }), ['EXCHANGE']);
    control.setBehaviour({ guesses: 'hidden' });
    t.strictSame(await types({}), ['REPLACEMENT']);
    control.setBehaviour({ guesses: 'shown' });
    control.act(sold.id, { type: 'seller_answers_return', decision: 'APPROVE_REPLACEMENT' });
    const orders = rows((await client.search()).data['orders']);
    t.match(
      orders.find((order) => order['is_exchange_order'] === true),
      { exchange_source_order_id: sold.id, is_replacement_order: false, payment: { total_amount: '0.00' } },
    );
  },
);

await t.test('a parcel that cannot be delivered comes back without anybody asking for it', async (t) => {
  const client = shopIn(simulator, 'US');
  const sold = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
  control.act(sold.id, { type: 'seller_ship' });
  control.act(sold.id, { type: 'carrier_collect' });
  control.act(sold.id, { type: 'buyer_opens_return', returnType: 'ABNORMAL_RETURN' });
  const reply = await client.call('POST', '/return_refund/202309/returns/search', { body: {} });
  t.match(first(reply.data['return_orders']), {
    return_type: 'ABNORMAL_RETURN',
    return_status: 'BUYER_SHIPPED_ITEM',
    role: 'SYSTEM',
  });
});

await t.test('a virtual bundle names the goods to pick, and takes them off the shelf', async (t) => {
  const client = shopIn(simulator, 'US');
  const { id } = control.addOrder(client.shopId, {
    paidMinutesAgo: 90,
    lines: [
      {
        sellerSku: 'GIFT-BOX',
        quantity: 2,
        parts: [
          { sellerSku: 'CUP', count: 2 },
          { sellerSku: 'TEA', count: 1 },
        ],
      },
    ],
  });
  const order = await seenEverywhere(t, client, id);
  const parts = {
    combined_listing_skus: [
      { seller_sku: 'CUP', sku_count: 2 },
      { seller_sku: 'TEA', sku_count: 1 },
    ],
  };
  t.match(order['line_items'], [parts, parts]);
  const committed = (sku: string): number | undefined => control.stock(client.shopId, sku)[0]?.committed;
  t.strictSame([committed('CUP'), committed('TEA'), committed('GIFT-BOX')], [4, 2, 2]);

  const { control: again } = simulator;
  again.restore(JSON.parse(JSON.stringify(again.snapshot())));
  t.match((await client.order(id))['line_items'], [parts, parts], 'also after a restart');
  control.act(id, { type: 'system_cancel' });
  t.strictSame([committed('CUP'), committed('TEA')], [0, 0]);
});

await t.test(
  'a temporary listing has no seller SKU; the name of its mark is a guess that can be hidden',
  async (t) => {
    const client = shopIn(simulator, 'US');
    const { id } = control.addOrder(client.shopId, {
      lines: [{ sellerSku: 'LIVE-1', quantity: 1, temporaryListing: true, roomId: '7300000000000000001' }],
    });
    const line = first((await seenEverywhere(t, client, id))['line_items']);
    t.match(line, { seller_sku: '', product_listing_type: 'TEMPORARY', room_id: '7300000000000000001' });
    control.setBehaviour({ guesses: 'hidden' });
    t.notOk('product_listing_type' in first((await client.order(id))['line_items']));
    control.setBehaviour({ guesses: 'shown' });
  },
);

await t.test(
  'subscription, collection point, cash and payment words, gift price and names in katakana',
  async (t) => {
    const client = shopIn(simulator, 'JP');
    const { id } = control.addOrder(client.shopId, {
      paidMinutesAgo: 90,
      isSubscription: true,
      deliveryType: 'COLLECTION_POINT',
      isCod: true,
      paymentMethod: '代金引換',
      lines: [
        { sellerSku: 'TEE', quantity: 1, price: '2000' },
        { sellerSku: 'STICKER', quantity: 1, isGift: true, giftRetailPrice: '150' },
      ],
      address: { firstName: '太郎', firstNameLocalScript: 'タロウ', lastNameLocalScript: 'ヤマダ' },
    });
    t.match(await seenEverywhere(t, client, id), {
      is_subscription_order: true,
      delivery_type: 'COLLECTION_POINT',
      is_cod: true,
      payment_method_name: '代金引換',
      recipient_address: { first_name_local_script: 'タロウ', last_name_local_script: 'ヤマダ' },
      line_items: [{ is_gift: false }, { is_gift: true, original_price: '0', gift_retail_price: '150' }],
    });
  },
);

await t.test('Brazil: nothing is shipped before its invoice is there', async (t) => {
  const client = shopIn(simulator, 'BR');
  const { id } = control.addOrder(client.shopId, {
    lines,
    paidMinutesAgo: 90,
    cpf: '111.222.333-44',
    cpfName: 'Fulano de Teste',
    invoice: 'NEED_INVOICE',
  });
  const order = await seenEverywhere(t, client, id);
  t.match(order, { cpf: '111.222.333-44', cpf_name: 'Fulano de Teste', need_upload_invoice: 'NEED_INVOICE' });
  const [pack = ''] = ids(order['packages']);
  const self_shipment = { tracking_number: 'BR0001', shipping_provider_id: client.providerId };
  const ship = (): Promise<{ code: number; data: Json }> =>
    client.call('POST', `/fulfillment/202309/packages/${pack}/ship`, { body: { self_shipment } });
  t.equal((await ship()).code, 21004006);
  const batch = await client.call('POST', '/fulfillment/202309/packages/ship', {
    body: { packages: [{ id: pack, self_shipment }] },
  });
  t.match(batch.data['errors'], [{ code: 21004006, detail: { package_id: pack } }]);
  control.patchOrder(id, { invoice: 'INVOICE_PROCESSING' });
  t.equal((await ship()).code, 21004019);
  control.act(id, { type: 'seller_uploads_invoice' });
  t.match(await client.order(id), { need_upload_invoice: 'INVOICE_UPLOADED', status: 'AWAITING_SHIPMENT' });
  t.equal((await ship()).code, 0);
  t.equal((await client.order(id))['status'], 'AWAITING_COLLECTION');
});

await t.test('an order shows up late in the list with its old time of change, or never', async (t) => {
  const client = shopIn(simulator, 'US');
  t.equal((await client.search()).data['total_count'], 0);
  const late = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, listedAfterSeconds: 5460 + 60 });
  const never = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, listedAfterSeconds: null });
  const listed = async (): Promise<string[]> => ids((await client.search()).data['orders']);
  t.strictSame(await listed(), []);
  t.match(await client.order(late.id), { status: 'AWAITING_SHIPMENT' }, 'the detail call knows it');
  control.setClock({ advanceSeconds: 61 });
  t.strictSame(await listed(), [late.id]);
  t.equal((await client.search()).data['total_count'], 1);
  const nowSec = Math.floor(control.clock().nowMs / 1000);
  t.ok(
    Number((await client.order(late.id))['update_time']) < nowSec - 1800,
    'behind the back of a watermark',
  );
  t.match(await client.order(never.id), { status: 'AWAITING_SHIPMENT' });

  const changed = (await client.order(late.id))['update_time'];
  control.patchOrder(late.id, { listedAfterSeconds: null });
  control.patchOrder(never.id, { listedAfterSeconds: 0 });
  t.strictSame(await listed(), [never.id]);
  t.equal((await client.order(late.id))['update_time'], changed, 'leaving the list is no change');
});

await t.test('all of it can be asked for over HTTP, and what cannot be is refused by name', async (t) => {
  const client = shopIn(simulator, 'US');
  const post = async (body: object): Promise<{ status: number; json: Json }> => {
    const response = await fetch(`${simulator.url}/_control/shops/${client.shopId}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, json: (await response.json()) as Json };
  };
  const made = await post({
    lines,
    orderType: 'BACK_ORDER',
    isSubscription: true,
    fees: { handling: '1.25' },
  });
  t.match(made, { status: 200, json: { order_type: 'BACK_ORDER', payment: { handling_fee: '1.25' } } });
  t.match(await post({ lines, isSampel: true }), { status: 400, json: { error: /isSampel|additional/ } });
  t.match(await post({ lines, fees: { tip: '1' } }), { status: 400 });
});
