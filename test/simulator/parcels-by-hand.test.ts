import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { shopIn, statusOf } from './support/any-market.js';
import { ids, rows, type Json, type MiniClient } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true, seed: 'empty' });
t.teardown(() => simulator.close());
const { control } = simulator;

const lines = [
  { sellerSku: 'RED', quantity: 2 },
  { sellerSku: 'BLUE', quantity: 1 },
];

function two(client: MiniClient, buyerUserId = '42'): [string, string] {
  const make = (): string =>
    control.addOrder(client.shopId, {
      lines,
      paidMinutesAgo: 90,
      buyerUserId,
      address: { fullAddress: 'One Way 1' },
    }).id;
  return [make(), make()];
}

async function packageOf(client: MiniClient, id: string): Promise<Json> {
  const [pack = ''] = ids((await client.order(id))['packages']);
  return (await client.call('GET', `/fulfillment/202309/packages/${pack}`)).data;
}

await t.test(
  'in the US orders of one buyer to one address share a group from the second one on',
  async (t) => {
    const client = shopIn(simulator, 'US');
    const [one, other] = two(client);
    const [stranger] = two(client, '43');
    const group = async (id: string): Promise<unknown> => (await client.order(id))['auto_combine_group_id'];
    t.type(await group(one), 'string');
    t.equal(await group(one), await group(other));
    t.not(await group(one), await group(stranger));
    const alone = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, buyerUserId: '44' });
    t.equal(await group(alone.id), undefined);
    control.setBehaviour({ autoCombine: 'opted_out' });
    t.equal(await group(alone.id), 'N/A');
    control.setBehaviour({ autoCombine: 'recommends' });
    const german = shopIn(simulator, 'DE');
    const [elsewhere] = two(german);
    t.equal((await german.order(elsewhere))['auto_combine_group_id'], undefined, 'in the US only');

    t.equal((await client.markShipped(one, '9400100000000000000101')).code, 0);
    t.equal((await client.markShipped(other, '9400100000000000000101')).code, 0, 'one parcel, one number');
  },
);

await t.test(
  'orders combined in Seller Center are one package: shipping one ships the other, in every market',
  async (t) => {
    for (const region of ['US', 'ID']) {
      const client = shopIn(simulator, region);
      const [one, other] = two(client);
      control.act(one, { type: 'seller_combine', orderIds: [other] });
      const pack = await packageOf(client, other);
      t.match(pack, { split_and_combine_tag: 'COMBINE', package_status: 'TO_FULFILL' });
      t.strictSame(ids(pack['orders']), [one, other]);
      t.equal((await client.order(one))['split_or_combine_tag'], 'COMBINED');
      t.match(control.effects({ order: other, kind: 'combined' }), [{ via: 'seller_center' }]);

      const number = `9400${one.slice(-18)}`;
      const self_shipment = { tracking_number: number, shipping_provider_id: client.providerId };
      const reply =
        region === 'US'
          ? await client.markShipped(one, number)
          : await client.call('POST', `/fulfillment/202309/packages/${String(pack['package_id'])}/ship`, {
              body: { self_shipment },
            });
      t.equal(reply.code, 0);
      for (const id of [one, other])
        t.match(await client.order(id), { status: 'AWAITING_COLLECTION', tracking_number: number });
    }
  },
);

await t.test('a combination is taken apart again, and only orders that fit are combined', async (t) => {
  const client = shopIn(simulator, 'TH');
  const [one, other] = two(client);
  const [stranger] = two(client, '43');
  t.equal(
    statusOf(() => control.act(one, { type: 'seller_combine', orderIds: [stranger] })),
    409,
  );
  t.equal(
    statusOf(() => control.act(one, { type: 'seller_uncombine' })),
    409,
  );
  control.act(one, { type: 'seller_combine', orderIds: [other] });
  t.equal(
    statusOf(() => control.act(one, { type: 'seller_combine', orderIds: [other] })),
    409,
  );
  control.act(other, { type: 'seller_uncombine', orderIds: [other] });
  for (const id of [one, other]) t.match(await packageOf(client, id), { split_and_combine_tag: 'DEFAULT' });
});

await t.test(
  'a split in Seller Center follows the rule of the market, cross-border sellers of Mexico by piece',
  async (t) => {
    for (const [region, sellerType, byPiece] of [
      ['US', 'LOCAL', true],
      ['ID', 'LOCAL', false],
      ['MX', 'LOCAL', false],
      ['MX', 'CROSS_BORDER', true],
    ] as const) {
      const client = shopIn(simulator, region, sellerType);
      const order = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
      const [red = '', , blue = ''] = ids(order['line_items']);
      const split = (groups: string[][]): unknown => control.act(order.id, { type: 'seller_split', groups });
      if (!byPiece)
        t.equal(
          statusOf(() => split([[red]])),
          409,
          region,
        );
      split(byPiece ? [[red]] : [[blue]]);
      const packs = ids((await client.order(order.id))['packages']);
      t.ok(packs.length >= 1, `${region} ${sellerType}`);
      t.equal((await client.order(order.id))['split_or_combine_tag'], 'SPLIT');
    }
    const client = shopIn(simulator, 'MX', 'CROSS_BORDER');
    const order = control.addOrder(client.shopId, {
      lines: [{ sellerSku: 'A', quantity: 2 }],
      paidMinutesAgo: 90,
    });
    const query = { order_ids: order.id };
    const attributes = await client.call('GET', '/fulfillment/202309/orders/split_attributes', { query });
    t.match(rows(attributes.data['split_attributes']), [{ can_split: true }]);
    const splittable_groups = ids(order['line_items']).map((id) => ({ id, order_line_item_ids: [id] }));
    const path = `/fulfillment/202309/orders/${order.id}/split`;
    t.equal((await client.call('POST', path, { body: { splittable_groups } })).code, 0);
  },
);

await t.test(
  'in the EU a provider belongs to a route: the same carrier has another id on each',
  async (t) => {
    const client = shopIn(simulator, 'DE');
    const shop = control.shop(client.shopId);
    const option = shop.deliveryOptions.find(({ shippingType }) => shippingType === 'SELLER')?.id ?? '';
    const ask = async (
      query: Record<string, string>,
    ): Promise<{ code: number; names: unknown[]; ids: string[] }> => {
      const reply = await client.call(
        'GET',
        `/logistics/202309/delivery_options/${option}/shipping_providers`,
        { query },
      );
      const found = rows(reply.data['shipping_providers']);
      return { code: reply.code, names: found.map(({ name }) => name), ids: ids(found) };
    };
    const home = await ask({ warehouse_region: 'DE', buyer_region: 'DE' });
    const abroad = await ask({ warehouse_region: 'DE', buyer_region: 'FR' });
    t.strictSame(home, await ask({}), 'without a route: at home');
    t.strictSame(abroad.names, home.names);
    t.notOk(abroad.ids.some((id) => home.ids.includes(id)));
    t.equal((await ask({ warehouse_region: 'DE', buyer_region: 'US' })).code, 36009004);
    control.setBehaviour({ providersWithoutRoute: 'refused' });
    t.equal((await ask({})).code, 36009004);
    control.setBehaviour({ providersWithoutRoute: 'domestic' });

    const order = control.addOrder(client.shopId, {
      lines,
      paidMinutesAgo: 90,
      address: { regionCode: 'FR' },
    });
    t.equal(
      (await client.markShipped(order.id, '00340000000000000001')).code,
      21011022,
      'an id of another route',
    );
    client.providerId = abroad.ids[0] ?? '';
    t.equal((await client.markShipped(order.id, '00340000000000000001')).code, 0);
  },
);

await t.test('in the US a package may leave from another warehouse than the order says', async (t) => {
  const client = shopIn(simulator, 'US');
  const west = control.addWarehouse(client.shopId, { name: 'West', assignToAll: 10 });
  const order = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90 });
  t.equal((await client.markShipped(order.id, '9400100000000000000777')).code, 0);
  t.equal((await packageOf(client, order.id))['warehouse_id'], order['warehouse_id']);
  control.act(order.id, { type: 'package_leaves_from', warehouseId: west.id });
  t.equal((await packageOf(client, order.id))['warehouse_id'], west.id);
  t.equal((await client.order(order.id))['warehouse_id'], order['warehouse_id']);
});
