import t from 'tap';
import { testDatabase } from '../support/database.js';
import { startPushWorld } from './push-world.js';

const db = await testDatabase(t);

await t.test('only what changed since it was last sent goes to TikTok, quantity and price', async (t) => {
  const shop = await startPushWorld(t, db);
  shop.addProduct(['RED', 'BLUE']);
  shop.addProduct(['GREEN']);
  await shop.readCatalogue();
  await shop.feed(
    { sku: 'RED', quantity: 5, cost: '19.90' },
    { sku: 'BLUE', quantity: 0 },
    { sku: 'GREEN', cost: '7' },
  );
  const report = await shop.push();
  t.equal(report.outcome, 'done', JSON.stringify(report));
  t.same(shop.inTikTok('RED'), { available: 5, price: '19.90' });
  t.same(shop.inTikTok('BLUE'), { available: 0, price: '10.00' });
  t.same(shop.inTikTok('GREEN'), { available: 100, price: '7.00' });
  t.same(shop.sent(), { stock: 2, prices: 2 });
  t.match(await shop.item('RED'), { pushState: 'sent', unsentSince: null, retryAt: null });

  await shop.feed({ sku: 'RED', quantity: 5, cost: '19.90' }, { sku: 'BLUE', quantity: 3 });
  await shop.push();
  t.same(shop.sent(), { stock: 3, prices: 2 }, 'one quantity has changed');

  await shop.feed({ sku: 'RED', quantity: 9, cost: '19.90' });
  await shop.feed({ sku: 'RED', quantity: 5, cost: '19.90' });
  t.equal((await shop.push()).outcome, 'nothing-to-do', 'changed and changed back');
  t.same(shop.sent(), { stock: 3, prices: 2 });
  t.match(await shop.item('RED'), { pushState: 'sent', unsentSince: null });
});

await t.test('an item that cannot be sent says why, and its neighbours go', async (t) => {
  const shop = await startPushWorld(t, db);
  shop.addProduct(['LIVE', 'off'].slice(0, 1));
  shop.addProduct(['OFF'], { status: 'SELLER_DEACTIVATED' });
  shop.addProduct(['TWICE']);
  shop.addProduct(['TWICE']);
  shop.addProduct(['HALF']);
  shop.addProduct(['HALF'], { status: 'SELLER_DEACTIVATED' });
  shop.addProduct(['PART', 'PART-2'], {
    skus: [
      { sellerSku: 'PART', deactivatedBy: 'SELLER' },
      { sellerSku: 'PART-2', stock: 3 },
    ],
  });
  await shop.readCatalogue();
  await shop.feed(
    { sku: 'LIVE', quantity: 1, cost: '5' },
    { sku: 'OFF', quantity: 1 },
    { sku: 'TWICE', quantity: 1 },
    { sku: 'HALF', quantity: 1 },
    { sku: 'PART', quantity: 1 },
    { sku: 'PART-2', quantity: 1 },
    { sku: 'NOBODY', quantity: 1, merchantSku: null },
    { sku: 'NOT-THERE', quantity: 1 },
    { sku: 'live-2', quantity: 1, merchantSku: 'live' },
    { sku: 'HUGE', quantity: 100_000, merchantSku: 'LIVE-HUGE' },
    { sku: 'DEAR', quantity: 2, cost: '7600.01', merchantSku: 'LIVE-DEAR' },
    { sku: 'ODD', cost: '1.999', merchantSku: 'LIVE-ODD' },
    { sku: 'A', quantity: 1, merchantSku: 'SHARED' },
    { sku: 'B', quantity: 2, merchantSku: 'SHARED' },
  );
  shop.addProduct(['LIVE-HUGE', 'LIVE-DEAR', 'LIVE-ODD', 'SHARED']);
  await shop.readCatalogue();
  await shop.push();
  const expected: Record<string, [string, string | null, RegExp?]> = {
    LIVE: ['sent', null],
    HALF: ['sent', null],
    'PART-2': ['sent', null],
    OFF: ['waiting', 'product-live', /SELLER_DEACTIVATED \(5\)/],
    PART: ['waiting', 'sku-normal'],
    TWICE: ['refused', 'unambiguous', /2 live SKUs/],
    NOBODY: ['refused', 'matched'],
    'NOT-THERE': ['refused', 'exists-in-tiktok'],
    'live-2': ['refused', 'exists-in-tiktok', /LIVE, which differs in the case/],
    HUGE: ['refused', 'quantity-limit'],
    DEAR: ['refused', 'price-valid', /0\.01 to 7600/],
    ODD: ['refused', 'price-valid', /more than the 2 decimals/],
    A: ['refused', 'sole-item', /also matched to B/],
    B: ['refused', 'sole-item', /also matched to A/],
  };
  for (const [sku, [state, gate, reason]] of Object.entries(expected)) {
    const item = await shop.item(sku);
    t.match(item, { pushState: state, pushGate: gate }, sku);
    if (reason) t.match(item.pushReason, reason, sku);
    t.equal(item.pushNext === null, state === 'sent', `${sku} has a next step`);
    t.equal(item.unsentSince === null, state === 'sent', sku);
  }
  t.equal(shop.inTikTok('LIVE-DEAR').available, 2, 'the quantity goes although the price does not');
  const [event] = await shop.events('inventory-not-sent');
  t.match(event, /^11 inventory items are not sent/);
  t.same(await shop.push().then(({ outcome }) => outcome), 'nothing-to-do', 'and nothing is tried in vain');
  t.equal((await shop.events('inventory-not-sent')).length, 1, 'nor told again');
});
