import t from 'tap';
import { previewPush } from '../../src/inventory/push/push-preview.js';
import { systemClock } from '../../src/kernel/time.js';
import { bulkTransaction } from '../../src/store/bulk-transaction.js';
import { testDatabase } from '../support/database.js';
import { startPushWorld, type PushWorld } from './push-world.js';

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
  shop.addProduct(['LIVE']);
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
    HUGE: ['sent', null],
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
  t.match(event, /^10 inventory items are not sent/);
  t.equal(shop.inTikTok('LIVE-HUGE').available, 99_999, 'of too many the most that TikTok takes');
  t.same(await shop.push().then(({ outcome }) => outcome), 'nothing-to-do', 'and nothing is tried in vain');
  t.equal((await shop.events('inventory-not-sent')).length, 1, 'nor told again');
});

const STOCK_CALL = '/product/202309/products/*/inventory/update';
const PRICE_CALL = '/product/202309/products/*/prices/update';

/** A push after everything that TikTok may still carry out is over. */
const afterDoubt = { deps: { clock: { now: () => new Date(Date.now() + 200_000) } } };

await t.test('a call without an answer is read back when TikTok cannot act any more', async (t) => {
  const shop = await startPushWorld(t, db);
  shop.addProduct(['LOST']);
  await shop.readCatalogue();
  await shop.feed({ sku: 'LOST', quantity: 5 });
  shop.simulator.control.addFault({ kind: 'done_but_lost', match: { path: STOCK_CALL }, times: 1 });
  await shop.push();
  t.equal(shop.inTikTok('LOST').available, 5);
  const item = await shop.item('LOST');
  t.match(item, { pushState: 'waiting', pushGate: 'tiktok-answer' }, 'nobody knows it yet');
  t.ok(item.retryAt && item.retryAt.getTime() - Date.now() < 10_000, 'it is looked at again within seconds');
  await shop.push();
  t.match(await shop.item('LOST'), { pushState: 'sent', unsentSince: null }, 'TikTok shows it');
  t.equal(shop.sent().stock, 1, 'so that it is not sent again');
  t.equal(await openCalls(shop), 1, 'but the call may be carried out late');

  // The seller goes on meanwhile: the newest value goes at once, and the late call is found out afterwards.
  await shop.feed({ sku: 'LOST', quantity: 3 });
  await shop.push();
  t.equal(shop.inTikTok('LOST').available, 3);
  const sku = shop.simulator.control.stock(shop.shopId, 'LOST')[0];
  shop.simulator.control.patchSku(sku?.skuId ?? '', {
    stock: { [sku?.warehouses[0]?.warehouseId ?? '']: 5 },
  });
  await shop.push(afterDoubt);
  t.equal(shop.inTikTok('LOST').available, 3, 'what a late call of ours did is put right');
  t.equal(await openCalls(shop), 0);
  t.equal((await shop.push(afterDoubt)).outcome, 'nothing-to-do');
});

function openCalls(shop: PushWorld): Promise<number> {
  return db.prisma.sentValue.count({ where: { shopId: shop.shopId, stockDoubts: { not: [] } } });
}

await t.test('a crash between call and record costs a repeat and loses nothing', async (t) => {
  const shop = await startPushWorld(t, db);
  const skus = Array.from({ length: 30 }, (_, nth) => `CRASH-${nth}`);
  for (const sku of skus) shop.addProduct([sku]);
  await shop.readCatalogue();
  await shop.feed(...skus.map((sku, nth) => ({ sku, quantity: nth })));
  // The store goes away after the values were noted as in doubt, as in a process that is killed.
  let transactions = 0;
  const dying: typeof db = {
    ...db,
    transaction: async (work, options) => {
      transactions += 1;
      if (transactions > 3) throw new Error('killed');
      return db.transaction(work, options);
    },
  };
  await shop.push({ deps: { db: dying } });
  const before = shop.sent().stock;
  t.ok(before > 0, 'TikTok has got some');
  const doubts = (): Promise<number> =>
    db.prisma.sentValue.count({ where: { shopId: shop.shopId, stockDoubts: { not: [] } } });
  t.ok((await doubts()) >= before, 'what was sent is known to be in doubt');
  await shop.feed({ sku: 'CRASH-7', quantity: 70 });
  await shop.push();
  for (const [nth, sku] of skus.entries()) t.equal(shop.inTikTok(sku).available, nth === 7 ? 70 : nth, sku);
  await shop.push(afterDoubt);
  t.equal(await doubts(), 0);
  const after = shop.sent().stock;
  t.equal((await shop.push()).outcome, 'nothing-to-do');
  t.equal(shop.sent().stock, after, 'and nothing is sent a third time');
});

await t.test(
  'a refused value leaves what is known of TikTok as sure, or as doubtful, as it was',
  async (t) => {
    const shop = await startPushWorld(t, db);
    const { control } = shop.simulator;
    const refuse = (path: string): unknown =>
      control.addFault({ kind: 'error', code: 12052308, match: { path }, times: 1 });
    const lose = (path: string): unknown =>
      control.addFault({ kind: 'done_but_lost', match: { path }, times: 2 });
    const say = async (quantity: number, cost: string): Promise<void> => {
      await shop.feed({ sku: 'SURE', quantity, cost });
      await shop.push();
    };
    shop.addProduct(['SURE']);
    await shop.readCatalogue();
    await say(5, '5');
    refuse(STOCK_CALL);
    refuse(PRICE_CALL);
    await say(6, '6');
    t.match(await shop.item('SURE'), { pushState: /waiting|refused/ });
    const before = shop.sent();
    await say(5, '5');
    t.same(shop.sent(), before, 'TikTok surely has what the seller went back to');
    t.match(await shop.item('SURE'), { pushState: 'sent' });

    lose(STOCK_CALL);
    lose(PRICE_CALL);
    await say(8, '8');
    t.same(shop.inTikTok('SURE'), { available: 8, price: '8.00' });
    refuse(STOCK_CALL);
    refuse(PRICE_CALL);
    await say(6, '6');
    t.same(shop.inTikTok('SURE'), { available: 8, price: '8.00' });
    await say(5, '5');
    t.same(shop.inTikTok('SURE'), { available: 5, price: '5.00' }, 'the call that was lost is not forgotten');
  },
);

await t.test('a doubt about one warehouse outlives values for another', async (t) => {
  const shop = await startPushWorld(t, db);
  const { control } = shop.simulator;
  const [east, west] = [
    control.addWarehouse(shop.shopId, { name: 'East' }),
    control.addWarehouse(shop.shopId, { name: 'West' }),
  ];
  shop.addProduct(['TWO'], { skus: [{ sellerSku: 'TWO', stock: { [east.id]: 20, [west.id]: 30 } }] });
  await shop.readCatalogue();
  const say = async (warehouse: string, quantity: number): Promise<void> => {
    await shop.feed({ sku: 'TWO', quantity, warehouse });
    await shop.push();
  };
  const held = (): unknown =>
    Object.fromEntries(
      (control.stock(shop.shopId, 'TWO')[0]?.warehouses ?? []).map((one) => [one.warehouseId, one.available]),
    );
  await say('East', 5);
  await say('West', 7);
  const { stock } = shop.sent();
  await say('East', 5);
  t.equal(shop.sent().stock, stock, 'what was sent for the one is known after the other');
  control.addFault({ kind: 'done_but_lost', match: { path: STOCK_CALL }, times: 2 });
  await say('East', 8);
  t.same(held(), { [east.id]: 8, [west.id]: 7 });
  await say('West', 9);
  await say('East', 5);
  t.same(held(), { [east.id]: 5, [west.id]: 9 });
});

await t.test('what could not be sent again when it was asked for is compared when it can be', async (t) => {
  const shop = await startPushWorld(t, db);
  const { control } = shop.simulator;
  const { id } = shop.addProduct(['AGAIN']);
  await shop.readCatalogue();
  await shop.feed({ sku: 'AGAIN', quantity: 5, cost: '5' });
  await shop.push();
  control.patchProduct(id, { status: 'SELLER_DEACTIVATED' });
  await shop.readCatalogue();
  await db.prisma.inventoryItem.updateMany({
    where: { connectionId: shop.connection.id },
    data: { resend: true, unsentSince: new Date() },
  });
  await shop.push();
  t.match(await shop.item('AGAIN'), { resend: false, pushGate: 'product-live' });
  const [sku] = control.stock(shop.shopId, 'AGAIN');
  control.patchSku(sku?.skuId ?? '', { stock: { [sku?.warehouses[0]?.warehouseId ?? '']: 9 } });
  control.patchProduct(id, { status: 'ACTIVATE' });
  await shop.readCatalogue();
  const { stock, prices } = shop.sent();
  await shop.push();
  t.same(shop.sent(), { stock: stock + 1, prices }, 'what differs is sent');
  t.equal(shop.inTikTok('AGAIN').available, 5);
  t.match(await shop.item('AGAIN'), { pushState: 'sent' });
});

await t.test('a promotion locks price and lower stock of one SKU until it ends', async (t) => {
  const shop = await startPushWorld(t, db);
  const product = shop.addProduct(['PROMO', 'PLAIN']);
  await shop.readCatalogue();
  const [promo] = product.skus;
  shop.simulator.control.patchSku(promo?.id ?? '', { promotion: { endsInSeconds: 7200 } });
  await shop.feed({ sku: 'PROMO', quantity: 5, cost: '8' }, { sku: 'PLAIN', quantity: 6, cost: '9' });
  await shop.push();
  t.same(shop.inTikTok('PLAIN'), { available: 6, price: '9.00' }, 'the neighbour is not held up');
  t.same(shop.inTikTok('PROMO'), { available: 100, price: '10.00' });
  const locked = await shop.item('PROMO');
  t.match(locked, { pushState: 'waiting', pushGate: 'promotion-lock' });
  t.ok(locked.retryAt && locked.retryAt > new Date(), 'and is tried again by itself');
  await shop.push();
  t.match(await shop.item('PROMO'), { pushState: 'waiting' }, 'not before its time');

  shop.simulator.control.setClock({ advanceSeconds: 7300 });
  const later = { now: () => new Date(Date.now() + 7_300_000) };
  await shop.push({ deps: { clock: later } });
  t.same(shop.inTikTok('PROMO'), { available: 5, price: '8.00' });
  t.match(await shop.item('PROMO'), { pushState: 'sent', retryAt: null });
});

await t.test(
  'a product that is frozen or deleted between plan and call is told so, and comes back',
  async (t) => {
    // TikTok's reference says that Get Product answers neither; here its status is told, as the text below has it.
    const shop = await startPushWorld(t, db, { simulator: { behaviour: { goneProducts: 'shown' } } });
    const frozen = shop.addProduct(['FROZEN']);
    const deleted = shop.addProduct(['GONE']);
    await shop.readCatalogue();
    await shop.feed({ sku: 'FROZEN', quantity: 4 }, { sku: 'GONE', quantity: 4 });
    shop.simulator.control.patchProduct(frozen.id, { status: 'FREEZE' });
    shop.simulator.control.patchProduct(deleted.id, { status: 'DELETED' });
    await shop.push();
    const item = await shop.item('FROZEN');
    t.match(item, { pushState: 'waiting', pushGate: 'product-live' });
    t.match(item.pushReason, /FREEZE \(7\)/, 'the product was read again at once');
    t.match(await shop.item('GONE'), { pushGate: 'exists-in-tiktok' });
    shop.simulator.control.patchProduct(frozen.id, { status: 'ACTIVATE' });
    await shop.readCatalogue();
    await shop.push();
    t.equal(shop.inTikTok('FROZEN').available, 4, 'sent when it is live again');
  },
);

await t.test('a product that appears in TikTok later gets its stock by itself', async (t) => {
  const shop = await startPushWorld(t, db);
  await shop.readCatalogue();
  await shop.feed({ sku: 'EARLY', quantity: 12, cost: '3.50' });
  await shop.push();
  t.match(await shop.item('EARLY'), { pushState: 'refused', pushGate: 'exists-in-tiktok' });
  const { id } = shop.addProduct(['EARLY']);
  await shop.readCatalogue();
  await shop.push();
  t.same(shop.inTikTok('EARLY'), { available: 12, price: '3.50' });
  // A new SKU under the old name has never been sent anything.
  shop.simulator.control.patchProduct(id, { status: 'DELETED' });
  shop.addProduct(['EARLY']);
  await shop.readCatalogue();
  await shop.push();
  const live = shop.simulator.control.stock(shop.shopId, 'EARLY').find(({ status }) => status === 'ACTIVATE');
  t.match(live, { available: 12, price: '3.50' });
});

await t.test('a warehouse code may be left out only for the default warehouse', async (t) => {
  const shop = await startPushWorld(t, db);
  const { control } = shop.simulator;
  const [first] = control.warehouses(shop.shopId).filter(({ type }) => type === 'SALES_WAREHOUSE');
  const east = control.addWarehouse(shop.shopId, { name: 'East' });
  const west = control.addWarehouse(shop.shopId, { name: 'West' });
  const stock = { [first?.id ?? '']: 10, [east.id]: 20, [west.id]: 30 };
  shop.addProduct(['SOLE']);
  shop.addProduct(['FAR'], { skus: [{ sellerSku: 'FAR', stock: { [east.id]: 5 } }] });
  shop.addProduct(['MANY'], { skus: [{ sellerSku: 'MANY', stock }] });
  await shop.readCatalogue();
  await shop.setSettings({ warehouseCodes: { W1: west.id } });
  await shop.feed({ sku: 'SOLE', quantity: 1 }, { sku: 'FAR', quantity: 1 }, { sku: 'MANY', quantity: 1 });
  await shop.push();
  t.match(await shop.item('SOLE'), { pushState: 'sent' });
  t.match(await shop.item('FAR'), { pushGate: 'warehouse', pushReason: /not the shop's default one/ });
  t.match(await shop.item('MANY'), { pushGate: 'warehouse', pushReason: /in 3 warehouses/ });

  // By name, by the setting, by TikTok's id; those not mentioned keep what TikTok has.
  await shop.feed(
    { sku: 'FAR', quantity: 7, warehouse: 'East' },
    { sku: 'MANY', quantity: 3, warehouse: 'W1' },
  );
  await shop.push();
  const held = (sku: string): Record<string, number> =>
    Object.fromEntries(
      (control.stock(shop.shopId, sku)[0]?.warehouses ?? []).map((one) => [one.warehouseId, one.available]),
    );
  t.same(held('FAR'), { [east.id]: 7 });
  t.same(held('MANY'), { ...stock, [west.id]: 3 });
  await shop.feed({
    sku: 'MANY',
    quantity: 15,
    warehouses: [
      { code: east.id, quantity: 11 },
      { code: 'W1', quantity: 4 },
    ],
  });
  await shop.push();
  t.same(held('MANY'), { ...stock, [east.id]: 11, [west.id]: 4 });
  await shop.feed({ sku: 'MANY', quantity: 1, warehouse: 'Nowhere' });
  await shop.push();
  t.match(await shop.item('MANY'), { pushGate: 'warehouse', pushReason: /Nowhere means no single/ });

  // The mapping is set later: what was refused goes then.
  await shop.setSettings({ warehouseCodes: { W1: west.id, Nowhere: east.id } });
  await shop.push();
  t.same(held('MANY'), { ...stock, [east.id]: 1, [west.id]: 4 });
});

await t.test('allocation, safety stock and reserved pieces lower what is sent', async (t) => {
  const shop = await startPushWorld(t, db, { settings: { allocationPercent: 50, safetyBuffer: 2 } });
  shop.addProduct(['GUARD', 'ODD-ONE']);
  await shop.readCatalogue();
  await shop.feed({ sku: 'GUARD', quantity: 21 }, { sku: 'ODD-ONE', quantity: 3 });
  await shop.push();
  t.equal(shop.inTikTok('GUARD').available, 8, 'half of 21 is 10, less 2');
  t.equal(shop.inTikTok('ODD-ONE').available, 0, 'never below nothing');
  await shop.setSettings({ safetyPercent: 10, safetyBuffer: 0 });
  await shop.push();
  t.equal(
    shop.inTikTok('GUARD').available,
    18,
    'a changed setting reaches everything: 21 less 10 %, rounded up',
  );

  await shop.setSettings({ reserveOrdered: true });
  const countedAt = new Date(Date.now() - 3_600_000);
  await shop.feed({ sku: 'GUARD', quantity: 30, countedAt });
  shop.simulator.control.addOrder(shop.shopId, {
    lines: [{ sellerSku: 'GUARD', quantity: 4 }],
    paidMinutesAgo: 5,
  });
  await shop.pull();
  const reserving = await shop.push();
  t.equal(reserving.outcome, 'done', String(reserving.error));
  t.equal(shop.inTikTok('GUARD').available, 26, '4 pieces are ordered since the count');
});

await t.test('sold-out SKUs go first, stock before their prices', async (t) => {
  const shop = await startPushWorld(t, db);
  const full = Array.from({ length: 12 }, (_, nth) => `FULL-${nth}`);
  const empty = Array.from({ length: 12 }, (_, nth) => `EMPTY-${nth}`);
  for (const sku of [...full, ...empty]) shop.addProduct([sku]);
  await shop.readCatalogue();
  await shop.feed(...full.map((sku) => ({ sku, quantity: 50, cost: '4' })));
  await shop.feed(...empty.map((sku) => ({ sku, quantity: 0, cost: '4' })));
  await shop.push();
  const { effects } = shop.simulator.control.productEffects({ limit: 1000 });
  const ours = effects.filter(({ via, shopId }) => via === 'api' && shopId === shop.shopId);
  t.same(
    ours.slice(0, 12).map(({ kind, sellerSku }) => `${kind} ${sellerSku?.split('-')[0]}`),
    Array.from({ length: 12 }, () => 'inventory_updated EMPTY'),
  );
  t.same(shop.sent(), { stock: 24, prices: 24 });
  for (const sku of [...full, ...empty]) t.match(await shop.item(sku), { pushState: 'sent' }, sku);
});

await t.test('nothing is sent before the shop was read as a whole, nor while TikTok throttles', async (t) => {
  const shop = await startPushWorld(t, db);
  shop.addProduct(['SOON']);
  await shop.feed({ sku: 'SOON', quantity: 2 });
  t.equal((await shop.push()).outcome, 'nothing-to-do');
  t.match(await shop.item('SOON'), { pushState: null, judgedVersion: null }, 'not refused on a guess');
  await shop.readCatalogue();
  const tooMany = { kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 30 } as const;
  const fault = shop.simulator.control.addFault({ ...tooMany, match: { path: STOCK_CALL }, times: 1 });
  const began = new Date();
  t.equal((await shop.push()).outcome, 'throttled');
  t.ok(fault);
  const flow = await db.prisma.flow.findFirstOrThrow({
    where: { connectionId: shop.connection.id, name: 'push-inventory' },
  });
  t.ok(flow.nextAttemptAt.getTime() - began.getTime() >= 29_000, 'Retry-After is kept to');
  t.match(await shop.item('SOON'), { unsentSince: Date }, 'and nothing is lost');
});

await t.test(
  'of a large feed every item is decided once, also one that several products share',
  async (t) => {
    const shop = await startPushWorld(t, db);
    const skus = Array.from({ length: 301 }, (_, n) => `MANY-${String(n).padStart(3, '0')}`);
    shop.addProduct(skus.slice(0, 1));
    // Two rows an item, so that some item's rows come in two parts.
    for (let start = 1; start < skus.length; start += 100) {
      shop.addProduct(skus.slice(start, start + 100));
      shop.addProduct(skus.slice(start, start + 100), { status: 'SELLER_DEACTIVATED' });
    }
    await shop.readCatalogue();
    await shop.feed(...skus.map((sku) => ({ sku, quantity: 7 })));
    const preview = previewPush({ db, clock: systemClock });
    const counts = await bulkTransaction(db, (tx) => preview(tx, shop.connection.id));
    t.same(counts, { quantities: 301, prices: 0, unchanged: 0 });
    await shop.push();
    t.equal(shop.sent().stock, 301);
  },
);
