import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { callShopify, isShopifyDomain, isShopifyOrigin } from '../../src/channels/shopify/shopify-client.js';
import {
  cancelOrder,
  readOrder,
  type ShopifyOperation,
} from '../../src/channels/shopify/shopify-operations.js';
import { systemClock } from '../../src/kernel/time.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';

const fence = { pass: async () => performance.now() + 10_000 };

/** A Shopify that answers what it is told. */
async function saying(t: Test, status: number, text: string, headers: Record<string, string> = {}) {
  const server = createServer((_request, response) => response.writeHead(status, headers).end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const door = createHttpDoor({ clock: systemClock, leadsTo: (one) => isShopifyOrigin(one, origin) });
  t.teardown(async () => {
    await door.close();
    server.close();
  });
  const access = { door, originOf: () => origin };
  const credentials = { domain: 'a.myshopify.com', accessToken: 'shpat_token' };
  return {
    read: () => callShopify(access, credentials, readOrder, { id: 'gid://shopify/Order/1' }),
    write: (withFence = true) =>
      callShopify(
        access,
        credentials,
        cancelOrder,
        { id: 'gid://shopify/Order/1', restock: true, note: '' },
        ...(withFence ? [fence] : []),
      ),
  };
}

const withCode = (code: string) =>
  JSON.stringify({ errors: [{ message: 'It is so.', extensions: { code } }] });

await t.test('a mutation is in doubt unless Shopify has surely not done it; a query never is', async (t) => {
  const cases: [status: number, text: string, read: string, write: string][] = [
    [200, withCode('undefinedField'), 'configuration-invalid', 'configuration-invalid'],
    [200, withCode('INVALID_VARIABLE'), 'configuration-invalid', 'configuration-invalid'],
    [200, withCode('INTERNAL_SERVER_ERROR'), 'channel-unavailable', 'service-unavailable'],
    [200, withCode('ACCESS_DENIED'), 'needs-reauthorization', 'needs-reauthorization'],
    [200, '<html>', 'channel-unavailable', 'service-unavailable'],
    [200, '{}', 'channel-unavailable', 'service-unavailable'],
    [200, '{"data":null}', 'channel-unavailable', 'service-unavailable'],
    [401, '{"errors":"x"}', 'needs-reauthorization', 'needs-reauthorization'],
    [402, '', 'channel-unavailable', 'channel-unavailable'],
    [404, '', 'configuration-invalid', 'configuration-invalid'],
    [423, '', 'channel-unavailable', 'channel-unavailable'],
    [500, '', 'channel-unavailable', 'service-unavailable'],
    [302, '', 'channel-unavailable', 'service-unavailable'],
  ];
  for (const [status, text, read, write] of cases) {
    const shop = await saying(t, status, text);
    await t.rejects(shop.read(), { code: read }, `${status} ${text}: a query`);
    await t.rejects(shop.write(), { code: write }, `${status} ${text}: a mutation`);
  }
});

await t.test('a store that asks to wait for long is waited for outside of the call', async (t) => {
  const shop = await saying(t, 429, '', { 'retry-after': '60' });
  await t.rejects(shop.write(), { code: 'channel-unavailable', retryAfterMs: 60_000 });
});

await t.test('no mutation leaves without a fence', async (t) => {
  const shop = await saying(t, 200, '{"data":{}}');
  await t.rejects(shop.write(false), { code: 'configuration-invalid', message: /has no fence/ });
  const operations: ShopifyOperation<never, unknown>[] = [cancelOrder, readOrder];
  t.same(
    operations.map(({ writes }) => writes),
    [true, false],
  );
});

await t.test('only hosts of Shopify stores are called', (t) => {
  for (const good of ['a.myshopify.com', 'my-shop-1.myshopify.com']) t.ok(isShopifyDomain(good), good);
  for (const bad of [
    'myshopify.com',
    'a.b.myshopify.com',
    'a.myshopify.com.evil.com',
    'A.myshopify.com',
    'a.myshopify.com:8',
    '-a.myshopify.com',
    'a.myshopify.com/x',
    '',
  ])
    t.notOk(isShopifyDomain(bad), bad);
  t.ok(isShopifyOrigin('https://a.myshopify.com', null));
  t.notOk(isShopifyOrigin('http://a.myshopify.com', null));
  t.notOk(isShopifyOrigin('https://evil.com', null));
  t.notOk(
    isShopifyOrigin('https://a.myshopify.com', 'http://127.0.0.1:3004'),
    'with a double nothing else is called',
  );
  t.end();
});
