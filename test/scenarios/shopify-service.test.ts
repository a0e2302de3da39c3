import t from 'tap';
import { startShopifyDouble } from '../../src/doubles/shopify/shopify-double.js';
import { addVariant } from '../../src/doubles/shopify/shopify-state.js';
import { harborGoods } from '../support/connect-shop.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(120_000);
const TOKEN = 'shpat_of_a_real_service';

await t.test(
  'the product as it runs: orders of TikTok are packed in Shopify, and each parcel is on TikTok once',
  async (t) => {
    const shopify = await startShopifyDouble({ domain: 'harbor.myshopify.com', token: TOKEN });
    t.teardown(() => shopify.close());
    const service = await startService(t, { environment: { SHOPIFY_URL: shopify.url } });
    const { erp, simulator } = service;
    await (await service.connectShop(harborGoods)).pullOrders();
    await until('our orders', async () => (await erp.list('Orders')).length === 4, 15_000, 100);
    const orders = await erp.list('Orders');
    const skus = orders.flatMap(({ OrderLines }) =>
      OrderLines.map((line) => line.ItemIdentifier.SupplierSKU),
    );
    for (const sku of new Set(skus)) addVariant(shopify.state, { sku });
    const path = `Settings/Partners/${String(orders[0]?.['SenderCompanyId'])}/Shopify`;
    const body = { Domain: 'harbor.myshopify.com', AccessToken: TOKEN, ClientSecret: 'hush-hush' };
    t.equal((await erp.call('PUT', path, { body })).status, 200);
    await erp.triggerAll();
    await until('the orders in Shopify', async () => shopify.state.orders.length === 4, 30_000, 200);
    await until(
      'the orders acknowledged',
      async () => (await erp.list('Orders')).every(({ StatusCode }) => StatusCode === 200),
      15_000,
      200,
    );
    const placed = shopify.state.orders.find(({ lineItems }) =>
      lineItems.some(({ quantity }) => quantity > 1),
    );
    const line = placed?.lineItems.find(({ quantity }) => quantity > 1);
    if (!placed || !line) throw new Error('no order has a line with several pieces');
    const parcel = (number: string) => ({ tracking: [{ company: 'USPS', number }] });
    shopify.fulfill(placed, { lines: [{ sku: line.sku ?? '', quantity: 1 }], ...parcel('94001SHOPIFY1') });
    shopify.fulfill(placed, parcel('94001SHOPIFY2'));
    await erp.triggerAll();
    const shipped = () =>
      simulator.control
        .effects({ order: placed.sourceIdentifier ?? '', kind: 'shipped' })
        .map(({ trackingNumber }) => trackingNumber);
    await until('both parcels on TikTok', async () => shipped().length === 2, 30_000, 200);
    await erp.triggerAll();
    await until(
      'the order complete',
      async () => (await erp.list('Orders')).some(({ StatusCode }) => StatusCode === 1000),
      30_000,
      200,
    );
    t.same(shipped().toSorted(), ['94001SHOPIFY1', '94001SHOPIFY2']);
    t.same(shopify.malformed, []);
    t.notOk(
      service.lines.some((logged) => logged.includes(TOKEN) || logged.includes('hush-hush')),
      'no secret is logged',
    );
  },
);
