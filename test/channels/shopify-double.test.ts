import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse, NoDeprecatedCustomRule, validate } from 'graphql';
import t, { type Test } from 'tap';
import * as operations from '../../src/channels/shopify/shopify-operations.js';
import { adminSchema, DOUBLE_VERSION } from '../../src/doubles/shopify/shopify-admin-schema.js';
import { DEMO_STORE, startDemoShopify } from '../../src/demo/demo-shopify.js';
import type { ShopifyDouble } from '../../src/doubles/shopify/double-of-shopify.js';
import { startShopifyDouble } from '../../src/doubles/shopify/shopify-double.js';
import { addVariant } from '../../src/doubles/shopify/shopify-state.js';

async function double(
  t: Test,
  options: Parameters<typeof startShopifyDouble>[0] = {},
): Promise<ShopifyDouble> {
  const started = await startShopifyDouble(options);
  t.teardown(() => started.close());
  return started;
}

async function ask({ url }: ShopifyDouble, query: string, variables: object = {}, token = 'shpat_double') {
  const answer = await fetch(`${url}/admin/api/${DOUBLE_VERSION}/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query, variables }),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

const money = (amount: string) => ({ shopMoney: { amount, currencyCode: 'USD' } });

await t.test(
  'every operation that is sent fits Shopify’s own schema and uses nothing deprecated',
  async (t) => {
    t.equal(operations.SHOPIFY_API_VERSION, DOUBLE_VERSION, 'one version');
    const sent = Object.values(operations).filter((one) => typeof one === 'object');
    t.ok(sent.length >= 9, 'the operations were found');
    for (const { name, text, writes } of sent) {
      const document = parse(text);
      t.same(validate(adminSchema(), document), [], name);
      t.same(validate(adminSchema(), document, [NoDeprecatedCustomRule]), [], `${name}: nothing deprecated`);
      t.equal(text.startsWith('mutation'), writes, `${name}: whether it writes`);
    }
    const typo = parse('{ shop { nme } }');
    t.equal(validate(adminSchema(), typo).length, 1, 'and a misspelt field is found');
  },
);

await t.test(
  'an order adds up as Shopify adds it, takes stock, and is found again by its source',
  async (t) => {
    const shop = await double(t);
    const variant = addVariant(shop.state, { sku: 'TEE', available: 5 });
    const order = {
      sourceIdentifier: '57001',
      currency: 'USD',
      lineItems: [{ variantId: variant.id, quantity: 3, priceSet: money('10.10') }],
      shippingLines: [{ title: 'Shipping', priceSet: money('4.99') }],
      taxLines: [{ title: 'Tax', rate: '0.08', priceSet: money('2.43') }],
      discountCode: { itemFixedDiscountCode: { code: 'X', amountSet: money('1.05') } },
    };
    const options = { inventoryBehaviour: 'DECREMENT_IGNORING_POLICY' };
    const made = await ask(shop, operations.createOrder.text, { order, options });
    t.same(made.body.data.orderCreate.userErrors, []);
    t.equal(made.body.data.orderCreate.order.totalPriceSet.shopMoney.amount, '36.67');
    t.equal(variant.available.get(shop.state.location), 2);
    const found = await ask(shop, operations.findOrdersBySource.text, { query: "source_identifier:'57001'" });
    t.same(
      found.body.data.orders.nodes.map(({ id }: { id: string }) => id),
      [made.body.data.orderCreate.order.id],
    );
    const { cost } = found.body.extensions;
    t.ok(cost.throttleStatus.currentlyAvailable < cost.throttleStatus.maximumAvailable);
    t.equal(cost.throttleStatus.restoreRate, 100);
  },
);

await t.test('what Shopify refuses, the double refuses in the same words', async (t) => {
  const shop = await double(t, { bucket: { restoreRate: 1 } });
  const nobody = await ask(shop, operations.readStore.text, {}, 'wrong');
  t.equal(nobody.status, 401);
  const unknown = await ask(shop, 'query { shop { nme } }');
  t.match(unknown.body.errors[0].message, /Cannot query field "nme"/);
  const order = { lineItems: [{ variantId: 'gid://shopify/ProductVariant/9', quantity: 1 }] };
  const refused = await ask(shop, operations.createOrder.text, { order });
  t.match(refused.body.data.orderCreate.userErrors, [{ code: 'INVALID', message: 'Variant does not exist' }]);
  shop.setScopes(['read_products']);
  const denied = await ask(shop, operations.readOrder.text, { id: 'gid://shopify/Order/1' });
  t.match(denied.body.errors, [{ extensions: { code: 'ACCESS_DENIED' } }]);
  shop.bucket.drainTo(1);
  const throttled = await ask(shop, operations.readStore.text);
  t.match(throttled.body.errors, [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }]);
  t.equal(throttled.body.extensions.cost.actualQueryCost, null);
});

await t.test('a lost answer is an order that is there; a webhook is signed over its bytes', async (t) => {
  const received: { signature: string; body: string; topic: string }[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { 'x-shopify-hmac-sha256': signature, 'x-shopify-topic': topic } = request.headers;
      received.push({ signature: String(signature), topic: String(topic), body });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  t.teardown(() => receiver.close());
  const shop = await double(t, { secret: 'hush' });
  const uri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  await ask(shop, operations.createSubscription.text, { topic: 'FULFILLMENTS_CREATE', uri });
  const variant = addVariant(shop.state, { sku: 'TEE' });
  const order = {
    sourceIdentifier: '1',
    lineItems: [{ variantId: variant.id, quantity: 2, priceSet: money('1') }],
  };
  shop.fault({ field: 'orderCreate', kind: 'lost', times: 1 });
  await t.rejects(ask(shop, operations.createOrder.text, { order }));
  t.equal(shop.state.orders.length, 1);
  const [made] = shop.state.orders;
  shop.fulfill(made!, {
    lines: [{ sku: 'TEE', quantity: 1 }],
    tracking: [{ company: 'UPS', number: '1Z1' }],
  });
  t.throws(() => shop.cancelOrder(made!), /outstanding fulfillments/);
  await shop.hooks.settled();
  const [hook] = received;
  t.equal(hook?.topic, 'fulfillments/create');
  t.equal(
    hook?.signature,
    createHmac('sha256', 'hush')
      .update(hook?.body ?? '')
      .digest('base64'),
  );
  t.match(JSON.parse(hook?.body ?? ''), { tracking_number: '1Z1', status: 'success' });
});

await t.test('a person packs, corrects and cancels by HTTP', async (t) => {
  const shop = await double(t);
  const act = async (path: string, body?: object) => {
    const answer = await fetch(`${shop.url}/_control/${path}`, {
      method: body ? 'POST' : 'GET',
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const { body: variant } = await act('variants', { sku: 'TEE', available: 5 });
  const lineItems = [{ variantId: variant.id, quantity: 2, priceSet: money('1') }];
  await ask(shop, operations.createOrder.text, { order: { sourceIdentifier: '9', lineItems } });
  t.match((await act('orders')).body, [{ name: '#1001', sourceIdentifier: '9', total: '2.00' }]);
  const packed = await act('orders/1001/fulfill', { lines: [{ sku: 'TEE', quantity: 1 }] });
  t.match(packed.body, { status: 'SUCCESS', lines: [{ sku: 'TEE', quantity: 1 }] });
  t.equal((await act('orders/1001/cancel', {})).status, 500, 'as Shopify would refuse it');
  const tracking = [{ company: 'UPS', number: '1Z1' }];
  t.match((await act(`fulfillments/${packed.body.number}/tracking`, { tracking })).body, { tracking });
  await act(`fulfillments/${packed.body.number}/cancel`, {});
  await act('orders/1001/cancel', { reason: 'INVENTORY' });
  t.match((await act('orders')).body, [{ cancelledAt: /^2/ }]);
  t.equal((await act('nothing')).status, 404);
});

await t.test('the demo’s store has whatever SKU it is asked for', async (t) => {
  const shop = await startDemoShopify();
  t.teardown(() => shop.close());
  const query = "sku:'TEE' OR sku:'O\\'NEILL'";
  const { body } = await ask(shop, operations.findVariants.text, { query, after: null }, DEMO_STORE.token);
  t.match(body.data.productVariants.nodes, [{ sku: 'TEE' }, { sku: "O'NEILL" }]);
});
