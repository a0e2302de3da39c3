import t from 'tap';
import type { Test } from 'tap';
import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
} from '../../src/simulator/server.js';
import type { SimulatorControl } from '../../src/simulator/server.js';
import { systemClock } from '../../src/kernel/time.js';
import { createTikTokClient } from '../../src/tiktok/client.js';
import type { Logger } from '../../src/kernel/log.js';
import type { TikTokApp } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createAccountApi, createShopApi } from '../../src/tiktok/shop-api.js';
import type { ShopApi } from '../../src/tiktok/shop-api.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import { failureOf } from './support.js';
import { openFence } from '../support/fence.js';

const app: TikTokApp = {
  environment: 'simulator',
  appKey: DEMO_APP_KEY,
  appSecret: DEMO_APP_SECRET,
  serviceId: DEMO_SERVICE_ID,
};
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silent,
};
const search = { pageSize: 100, sort: 'update_time', order: 'ASC' } as const;

interface Connected {
  shop: ShopApi;
  control: SimulatorControl;
  shopId: string;
}

/** Installs the app, exchanges the code and picks the first shop of that name, as an administrator would. */
async function connect(t: Test, shopName: string): Promise<Connected> {
  const simulator = await startSimulator({ seed: 'demo', fast: true });
  const { url, control } = simulator;
  const door = createHttpDoor({ clock: systemClock, answerTimeoutMs: 2000 });
  t.teardown(async () => {
    await door.close();
    await simulator.close();
  });
  const hosts = () => hostsFor('simulator', { allowSimulator: true, simulatorOrigin: url });
  const tokenApi = createTokenApi({ door, hosts, log: silent });
  const openId = control.shops().find(({ name }) => name === shopName)?.openId ?? '';
  let grant = await tokenApi.exchangeCode(app, control.authorize({ openId }).code);
  let version = 1;
  const tokens = {
    current: async () => ({ token: grant.accessToken, version }),
    refresh: async () => {
      grant = await tokenApi.refreshToken(app, grant.refreshToken);
      version += 1;
      return { token: grant.accessToken, version };
    },
  };
  const client = createTikTokClient({ door, hosts, clock: systemClock, log: silent });
  const budget = { take: async () => undefined, throttled: async () => {} };
  const caller = { client, app, tokens, budget, lane: 'urgent' as const };
  const shops = await createAccountApi({ ...caller, openId: grant.openId }).authorizedShops();
  const chosen = shops.find(({ name }) => name === shopName);
  if (!chosen) throw new Error(`${shopName} is not among the authorised shops`);
  const shop = createShopApi({
    ...caller,
    fence: openFence,
    shop: { shopId: chosen.id, cipher: chosen.cipher },
  });
  return { shop, control, shopId: chosen.id };
}

async function providerOf(shop: ShopApi, deliveryOptionId: string | null): Promise<string> {
  const [provider] = await shop.listShippingProviders(deliveryOptionId ?? '');
  return provider?.id ?? '';
}

await t.test('a US shop: connect, read, ship piece by piece, read back', async (t) => {
  const { shop, control } = await connect(t, 'Harbor Goods');
  const { orders, unreadable, serverTime, totalCount } = await shop.searchOrders(search);
  t.strictSame(unreadable, []);
  t.equal(totalCount, orders.length);
  t.ok(serverTime && Math.abs(serverTime.getTime() - Date.now()) < 5000);
  const order = orders.find(({ status, shipping, fulfillment, units }) => {
    return (
      status === 'AWAITING_SHIPMENT' && shipping === 'seller' && fulfillment === 'seller' && units.length >= 3
    );
  });
  if (!order) throw new Error('the demo has no order of three pieces');
  t.match(order, {
    currency: 'USD',
    recipient: { regionCode: 'US', masked: false, city: String, state: String },
  });
  const [first = '', ...rest] = order.units.map(({ unitId }) => unitId);
  const providerId = await providerOf(shop, order.deliveryOptionId);
  const orderId = order.tiktokOrderId;
  const shipped = await shop.markPackageShipped({
    orderId,
    unitIds: [first],
    trackingNumber: '9400100000000000770001',
    providerId,
  });
  t.match(await shop.getPackage(shipped.packageId), {
    unitIds: [first],
    orderIds: [orderId],
    status: 'PROCESSING',
  });
  await shop.markPackageShipped({
    orderId,
    unitIds: rest,
    trackingNumber: '9400100000000000770002',
    providerId,
  });
  const read = await shop.getOrders([orderId]);
  t.match(read.orders, [
    { status: 'AWAITING_COLLECTION', units: order.units.map(() => ({ shippedAt: Date })) },
  ]);
  t.equal(control.effects({ order: orderId }).length, 2);
});

await t.test('an Indonesian shop: ship the package that is there already', async (t) => {
  const { shop } = await connect(t, 'Toko Pelangi');
  const { orders } = await shop.searchOrders({ ...search, status: 'AWAITING_SHIPMENT' });
  const order = orders.find(({ shipping, packageIds }) => shipping === 'seller' && packageIds.length === 1);
  if (!order) throw new Error('the demo has no order with one package');
  const [packageId = ''] = order.packageIds;
  const providerId = await providerOf(shop, order.deliveryOptionId);
  const unitIds = order.units.map(({ unitId }) => unitId);
  const elsewhere = { orderId: order.tiktokOrderId, unitIds, trackingNumber: 'JX100000001', providerId };
  t.match(await failureOf(shop.markPackageShipped(elsewhere)), {
    reaction: 'refused',
    tiktokCode: '21008106',
  });
  await shop.shipPackage({ packageId, trackingNumber: 'JX100000001', providerId });
  t.match(await shop.getPackage(packageId), { trackingNumber: 'JX100000001' });
  const again = shop.shipPackage({ packageId, trackingNumber: 'JX100000001', providerId });
  t.match(await failureOf(again), { reaction: 'already-done' });
});

await t.test('pages of a search hold every order once', async (t) => {
  const { shop, control, shopId } = await connect(t, 'Harbor Goods');
  control.generate(shopId, { count: 60, unitsPerOrder: 2, skuCount: 5, paidMinutesAgo: 120 });
  const seen: string[] = [];
  let pageToken: string | null = null;
  let totalCount = 0;
  do {
    const page = await shop.searchOrders({ ...search, pageSize: 25, pageToken });
    seen.push(...page.orders.map(({ tiktokOrderId }) => tiktokOrderId));
    ({ nextPageToken: pageToken, totalCount } = page);
  } while (pageToken !== null);
  t.equal(new Set(seen).size, totalCount);
  t.equal(seen.length, totalCount);
});

await t.test('faults come out as the reactions that they ask for', async (t) => {
  const { shop, control } = await connect(t, 'Harbor Goods');
  const { orders } = await shop.searchOrders({ ...search, status: 'AWAITING_SHIPMENT' });
  const order = orders.find(({ shipping, fulfillment }) => shipping === 'seller' && fulfillment === 'seller');
  if (!order) throw new Error('the demo has no order to ship');
  const orderId = order.tiktokOrderId;
  const unitIds = order.units.map(({ unitId }) => unitId);
  const providerId = await providerOf(shop, order.deliveryOptionId);
  const shipment = { orderId, unitIds, trackingNumber: '9400100000000000770009', providerId };

  control.addFault({ kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 3, times: 1 });
  t.match(await failureOf(shop.getOrders([orderId])), { reaction: 'throttled', retryAfterMs: 3000 });
  control.addFault({ kind: 'expire_token', times: 1 });
  t.equal((await shop.getOrders([orderId])).orders.length, 1, 'refreshed and repeated');
  control.addFault({ kind: 'ids_as_numbers', times: 1 });
  t.match((await shop.getOrders([orderId])).orders, [
    { tiktokOrderId: orderId, units: [{ unitId: unitIds[0] }] },
  ]);
  control.addFault({ kind: 'masked_address', times: 1 });
  t.match((await shop.getOrders([orderId])).orders, [{ recipient: { masked: true } }]);
  control.addFault({ kind: 'done_but_lost', answer: 'drop', times: 1 });
  t.match(await failureOf(shop.markPackageShipped(shipment)), { reaction: 'in-doubt' });
  t.equal(control.effects({ order: orderId }).length, 1, 'it was done');
  t.match(await failureOf(shop.markPackageShipped(shipment)), { reaction: 'already-done' });
  control.deauthorize({ openId: control.shops().find(({ name }) => name === 'Harbor Goods')?.openId ?? '' });
  t.match(await failureOf(shop.getOrders([orderId])), { reaction: 'reauthorize' });
});
