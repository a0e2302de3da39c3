import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { coloured, listingShop, sku, type ListingShop } from './support/listing-calls.js';
import { ids, rows, textOf, type Json } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const AUDIT = { advanceSeconds: 301 };

const states = (product: Json): unknown[] => [product['status'], (product['audit'] as Json)['status']];
const state = async (shop: ListingShop, id: string): Promise<unknown[]> =>
  states((await shop.product(id)).data);

/** What a client sends that wants to keep the SKUs of an answer. */
function kept(product: Json): Json[] {
  return rows(product['skus']).map((one) => ({
    id: one['id'],
    seller_sku: one['seller_sku'],
    sales_attributes: rows(one['sales_attributes']).map((a) => ({ id: a['id'], value_id: a['value_id'] })),
  }));
}

async function twoColours(): Promise<{ shop: ListingShop; id: string; skus: string[] }> {
  const shop = listingShop(simulator);
  const skus = [coloured(simulator, shop, 'Red'), coloured(simulator, shop, 'Blue')];
  return { shop, ...(await shop.live({ skus })) };
}

await t.test('a partial edit that names one SKU of two deletes the other, with success', async (t) => {
  const { shop, id, skus } = await twoColours();
  const [first = {}] = kept((await shop.product(id)).data);
  const edited = await shop.partialEdit(id, { skus: [{ ...first, seller_sku: 'MUG-RED-NEW' }] });
  t.equal(edited.code, 0);
  control.setClock(AUDIT);
  t.strictSame(ids((await shop.product(id)).data['skus']), skus.slice(0, 1));
  t.strictSame(control.productEffects({ product: id, kind: 'product_edited' }).effects.at(-1)?.content, {
    saveMode: 'LISTING',
    added: [],
    removed: skus.slice(1),
  });
  const inventory = await shop.inventory({ sku_ids: skus });
  t.strictSame(ids(rows(inventory.data['inventory'])[0]?.['skus']), skus.slice(0, 1));
});

await t.test('a partial edit without SKUs leaves them alone', async (t) => {
  const { shop, id, skus } = await twoColours();
  t.equal((await shop.partialEdit(id, { title: 'Stoneware mug under a new title' })).code, 0);
  control.setClock(AUDIT);
  const { data } = await shop.product(id);
  t.strictSame([data['title'], ids(data['skus'])], ['Stoneware mug under a new title', skus]);
});

await t.test('an edit made from the live version loses what waits for its audit', async (t) => {
  const { shop, id, skus } = await twoColours();
  const green = await shop.partialEdit(id, {
    skus: [...kept((await shop.product(id)).data), coloured(simulator, shop, 'Green')],
  });
  const greenId = ids(green.data['skus'])[2] ?? '';
  const naive = await shop.partialEdit(id, {
    skus: [...kept((await shop.product(id)).data), coloured(simulator, shop, 'Black')],
  });
  t.equal(naive.code, 0, 'TikTok says nothing');
  control.setClock(AUDIT);
  const lost = ids((await shop.product(id)).data['skus']);
  t.notOk(lost.includes(greenId), 'the green one is gone');
  t.equal(lost.length, skus.length + 1);

  const again = await shop.partialEdit(id, {
    skus: [...kept((await shop.product(id)).data), coloured(simulator, shop, 'White')],
  });
  const review = await shop.product(id, { return_under_review_version: 'true' });
  const careful = await shop.partialEdit(id, {
    skus: [...kept(review.data), coloured(simulator, shop, 'Grey')],
  });
  t.equal(careful.code, 0);
  control.setClock(AUDIT);
  const all = ids((await shop.product(id)).data['skus']);
  t.ok(all.includes(ids(again.data['skus'])[3] ?? ''), 'who reads the version under review loses nothing');
  t.equal(all.length, 5);
});

await t.test('two apps that add a SKU at once lose each the SKU of the other', async (t) => {
  const { shop, id } = await twoColours();
  const seen = kept((await shop.product(id)).data);
  const [one, two] = [coloured(simulator, shop, 'Green'), coloured(simulator, shop, 'Black')];
  const answers = await Promise.all(
    [one, two].map((more) => shop.partialEdit(id, { skus: [...seen, more] })),
  );
  t.strictSame(
    answers.map(({ code }) => code),
    [0, 0],
  );
  control.setClock(AUDIT);
  t.equal(rows((await shop.product(id)).data['skus']).length, 3);
});

await t.test('a partial edit without SKUs keeps the fields and SKUs that are under review', async (t) => {
  const { shop, id } = await twoColours();
  await shop.partialEdit(id, {
    description: '<p>Glazed twice.</p>',
    skus: [...kept((await shop.product(id)).data), coloured(simulator, shop, 'Green')],
  });
  await shop.partialEdit(id, { title: 'Stoneware mug with a lid and a handle' });
  control.setClock(AUDIT);
  const { data } = await shop.product(id);
  t.match(data, { title: 'Stoneware mug with a lid and a handle', description: '<p>Glazed twice.</p>' });
  t.equal(rows(data['skus']).length, 3);
});

await t.test('a single SKU without its id is replaced by one with another id', async (t) => {
  const shop = listingShop(simulator);
  const body = await shop.body();
  const { id, skus } = await shop.live();
  const { main_images: _images, ...rest } = body;
  const edited = await shop.edit(id, { ...rest, skus: [sku(simulator, shop, '')] });
  t.equal(edited.code, 0, 'as seen live, also without images');
  t.notSame(ids(edited.data['skus']), skus);
  control.setClock(AUDIT);
  const { data } = await shop.product(id);
  t.strictSame(data['main_images'], [], 'they are blank now');
  const orders = (): unknown =>
    control.addOrder(shop.shopId, { lines: [{ sellerSku: 'MUG-1', quantity: 1 }] });
  t.doesNotThrow(orders);
});

await t.test('a full edit blanks every field that it does not send, but keeps price and stock', async (t) => {
  const shop = listingShop(simulator);
  const { id, skus } = await shop.live({ external_product_id: 'keep-me', minimum_order_quantity: 1 });
  const { skus: _skus, ...body } = await shop.body();
  const edited = await shop.edit(id, { ...body, skus: [{ id: skus[0] }] });
  t.equal(edited.code, 0, edited.message);
  control.setClock(AUDIT);
  const { data } = await shop.product(id);
  t.notOk('external_product_id' in data);
  t.match(rows(data['skus'])[0], {
    id: skus[0],
    seller_sku: '',
    price: { sale_price: '100.00' },
    inventory: [{ quantity: 20 }],
  });
});

await t.test('an object that a partial edit sends replaces the former one as a whole', async (t) => {
  const shop = listingShop(simulator);
  const uri = await shop.image('MAIN_IMAGE');
  const { id } = await shop.live();
  const before = rows((await shop.product(id)).data['product_attributes']);
  t.equal((await shop.partialEdit(id, { main_images: [{ uri }] })).code, 0);
  control.setClock(AUDIT);
  t.strictSame(
    rows((await shop.product(id)).data['main_images']).map((one) => one['uri']),
    [uri],
  );
  if (before.length > 0) {
    const none = await shop.partialEdit(id, { product_attributes: [] });
    t.equal(none.code, 12052104, 'required ones are not kept');
  }
});

await t.test('price and stock in an edit hold at once and go to no audit', async (t) => {
  const { shop, id } = await twoColours();
  const skus = kept((await shop.product(id)).data).map((one) => ({
    ...one,
    price: { amount: '77', currency: 'USD' },
    inventory: [{ warehouse_id: shop.warehouse, quantity: 3 }],
  }));
  const edited = await shop.partialEdit(id, { skus });
  t.strictSame([edited.code, edited.data['audit']], [0, { status: 'APPROVED' }]);
  const { data } = await shop.product(id);
  t.match(rows(data['skus'])[0], { price: { sale_price: '77.00' }, inventory: [{ quantity: 3 }] });
  t.strictSame(states(data), ['ACTIVATE', 'APPROVED']);
  const moved = await shop.partialEdit(id, {
    skus: skus.map((one) => ({ ...one, inventory: [{ warehouse_id: '1', quantity: 3 }] })),
  });
  t.equal(moved.code, 12052097);
});

await t.test('a refused edit leaves the old version on sale, with the reasons where they are', async (t) => {
  const { shop, id } = await twoColours();
  control.planAudit(shop.shopId, {
    version: 'edit',
    outcome: 'refuse',
    times: 1,
    reasons: [{ position: 'Product Name', reasons: ['incomplete'], suggestions: ['say more'] }],
  });
  await shop.partialEdit(id, { title: 'Mug' });
  control.setClock(AUDIT);
  const { data } = await shop.product(id);
  t.strictSame(states(data), ['ACTIVATE', 'FAILED']);
  t.match(data['title'], /^Stoneware/);
  t.strictSame(data['audit_failed_reasons'], [
    {
      position: 'Product Name',
      reasons: ['incomplete'],
      suggestions: ['say more'],
      listing_platform: 'TIKTOK_SHOP',
    },
  ]);
  t.equal((await shop.product(id, { return_under_review_version: 'true' })).code, 12052547);
  await shop.partialEdit(id, { title: 'Stoneware mug with all that was missing' });
  control.setClock(AUDIT);
  t.strictSame(await state(shop, id), ['ACTIVATE', 'APPROVED'], 'the plan was for one audit');
});

await t.test('a first audit may refuse, or approve with a condition', async (t) => {
  const shop = listingShop(simulator);
  control.planAudit(shop.shopId, { sellerSku: 'MUG-BAD', outcome: 'refuse' });
  const bad = await shop.live({ skus: [sku(simulator, shop, 'MUG-BAD')] });
  t.strictSame(await state(shop, bad.id), ['FAILED', 'FAILED']);
  control.patchShop(shop.shopId, { kycPending: true });
  const waiting = await shop.live();
  t.strictSame(await state(shop, waiting.id), ['PENDING', 'PRE_APPROVED']);
  t.strictSame(((await shop.product(waiting.id)).data['audit'] as Json)['pre_approved_reasons'], [
    'KYC_PENDING',
  ]);
  control.patchShop(shop.shopId, { kycPending: false });
  control.productAct(waiting.id, { type: 'audit_approves' });
  t.strictSame(await state(shop, waiting.id), ['ACTIVATE', 'APPROVED']);
});

await t.test('the newest submission is the one that is reviewed, or it is refused', async (t) => {
  const { shop, id } = await twoColours();
  await shop.partialEdit(id, { title: 'Stoneware mug, first thought of a title' });
  control.setClock({ advanceSeconds: 200 });
  await shop.partialEdit(id, { title: 'Stoneware mug, second thought of a title' });
  control.setClock({ advanceSeconds: 200 });
  t.strictSame(await state(shop, id), ['ACTIVATE', 'AUDITING'], 'its time begins again');
  control.setBehaviour({ editUnderReview: 'refused' });
  t.equal((await shop.partialEdit(id, { title: 'Stoneware mug, third thought' })).code, 12052901);
  control.setBehaviour({ editUnderReview: 'replaces' });
  control.setClock(AUDIT);
  t.match((await shop.product(id)).data['title'], /second/);
});

await t.test('a draft beside a live product changes nothing that buyers see, and has no stock', async (t) => {
  const { shop, id, skus } = await twoColours();
  const draft = await shop.partialEdit(id, {
    save_mode: 'AS_DRAFT',
    title: 'Stoneware mug in a draft',
    skus: kept((await shop.product(id)).data).map((one) => ({
      ...one,
      inventory: [{ warehouse_id: shop.warehouse, quantity: 1 }],
    })),
  });
  t.equal(draft.code, 0, draft.message);
  const { data } = await shop.product(id);
  t.strictSame([...states(data), data['has_draft']], ['ACTIVATE', 'APPROVED', true]);
  const drafted = (await shop.product(id, { return_draft_version: 'true' })).data;
  t.equal(drafted['title'], 'Stoneware mug in a draft');
  t.match(rows(drafted['skus'])[0], { inventory: [{ quantity: 20 }] }, 'the stock of the version on sale');
  await shop.partialEdit(id, { description: '<p>From the draft.</p>' });
  control.setClock(AUDIT);
  const live = (await shop.product(id)).data;
  t.strictSame([live['title'], live['has_draft']], ['Stoneware mug in a draft', false]);
  t.strictSame(ids(live['skus']), skus);
});

await t.test('each call is allowed in the statuses that TikTok documents', async (t) => {
  const edits: Record<string, number> = { FREEZE: 12052901, DELETED: 12052901 };
  const drafts: Record<string, number> = { ...edits, PENDING: 12052901 };
  const statuses = [
    'DRAFT',
    'PENDING',
    'FAILED',
    'ACTIVATE',
    'SELLER_DEACTIVATED',
    'PLATFORM_DEACTIVATED',
    'FREEZE',
    'DELETED',
  ] as const;
  for (const status of statuses) {
    const { shop, id } = await twoColours();
    control.patchProduct(id, { status });
    const draft = await shop.partialEdit(id, { save_mode: 'AS_DRAFT', title: 'Stoneware mug, saved' });
    t.equal(draft.code, drafts[status] ?? 0, `${status} as a draft`);
    control.patchProduct(id, { status });
    const edited = await shop.partialEdit(id, { title: 'Stoneware mug, listed' });
    t.equal(edited.code, edits[status] ?? 0, `${status} listed: ${edited.message}`);
    const shown = await shop.product(id);
    t.equal(shown.code, status === 'DELETED' ? 12052032 : (edits[status] ?? 0), `${status} shown`);
    if (shown.code !== 0) continue;
    t.strictSame(
      states(shown.data),
      status === 'ACTIVATE' ? ['ACTIVATE', 'AUDITING'] : ['PENDING', 'AUDITING'],
    );
    const price = await shop.updatePrice(id, [{ id: '1', price: { amount: '5', currency: 'USD' } }]);
    t.equal(price.code, status === 'ACTIVATE' ? 12052557 : 12052901);
  }
});

await t.test(
  'a deactivated product that is edited goes on sale, or stays off, as the switch says',
  async (t) => {
    const { shop, id } = await twoColours();
    await shop.changeStatus('deactivate', [id]);
    control.setBehaviour({ editOfDeactivated: 'stays_off' });
    await shop.partialEdit(id, { title: 'Stoneware mug, edited while it was off' });
    t.strictSame(await state(shop, id), ['SELLER_DEACTIVATED', 'AUDITING']);
    control.setClock(AUDIT);
    t.strictSame(await state(shop, id), ['SELLER_DEACTIVATED', 'APPROVED'], 'approved is not live');
    control.setBehaviour({ editOfDeactivated: 'goes_live' });
    await shop.partialEdit(id, { title: 'Stoneware mug, edited once more' });
    control.setClock(AUDIT);
    t.strictSame(await state(shop, id), ['ACTIVATE', 'APPROVED']);
  },
);

await t.test('others change the product between two calls', async (t) => {
  const { shop, id, skus } = await twoColours();
  const seen = kept((await shop.product(id)).data);
  control.productAct(id, {
    type: 'seller_adds_sku',
    sku: coloured(simulator, shop, 'Gold'),
  });
  control.setClock(AUDIT);
  t.equal(rows((await shop.product(id)).data['skus']).length, 3, 'Seller Center keeps the others');
  await shop.partialEdit(id, { skus: seen });
  control.setClock(AUDIT);
  t.strictSame(ids((await shop.product(id)).data['skus']), skus, 'who had read before takes it away again');

  control.productAct(id, {
    type: 'platform_standardises',
    name: 'Glaze',
    id: '100000',
    standardName: 'Color',
  });
  const [red] = rows((await shop.product(id)).data['skus']);
  const [colour] = rows(red?.['sales_attributes']);
  t.match(colour, { id: '100000', name: 'Color', value_name: 'Red' });
  t.not(colour?.['value_id'], rows(seen[0]?.['sales_attributes'])[0]?.['value_id']);
  t.equal(red?.['id'], skus[0], 'the SKU is the same');
  const stale = await shop.partialEdit(id, { skus: seen });
  t.not(stale.code, 0, "ids of the seller's attribute are not known any more");

  control.productAct(id, { type: 'platform_deactivates', reasons: [{ position: 'Brand', reasons: ['no'] }] });
  const off = (await shop.product(id)).data;
  t.strictSame(
    [off['status'], rows(off['audit_failed_reasons'])[0]?.['position']],
    ['PLATFORM_DEACTIVATED', 'Brand'],
  );
  control.productAct(id, { type: 'platform_freezes' });
  t.equal((await shop.partialEdit(id, { title: 'x' })).code, 12052901);
  control.productAct(id, { type: 'platform_unfreezes' });
  t.equal((await shop.product(id)).data['status'], 'PLATFORM_DEACTIVATED');
});

await t.test('another app acts right before the n-th call', async (t) => {
  const { shop, id } = await twoColours();
  control.schedule({
    call: { path: `/product/202509/products/${id}/partial_edit` },
    when: 'before',
    deeds: [
      {
        kind: 'product_act',
        productId: id,
        act: {
          type: 'app_edits',
          call: 'partial_edit',
          body: { title: 'A title of another app for the mug' },
        },
      },
    ],
  });
  await shop.partialEdit(id, { description: '<p>Ours.</p>' });
  control.setClock(AUDIT);
  t.match((await shop.product(id)).data, {
    title: 'A title of another app for the mug',
    description: '<p>Ours.</p>',
  });
});

await t.test('orders of a SKU that an edit has removed live on, also in a saved state', async (t) => {
  const { shop, id } = await twoColours();
  const order = control.addOrder(shop.shopId, { lines: [{ sellerSku: 'MUG-Blue', quantity: 1 }] });
  const [first = {}] = kept((await shop.product(id)).data);
  await shop.partialEdit(id, { skus: [first] });
  control.setClock(AUDIT);
  const saved: unknown = JSON.parse(JSON.stringify(control.snapshot()));
  control.restore(saved);
  t.equal(textOf(rows(control.order(order.id)['line_items'])[0]?.['seller_sku']), 'MUG-Blue');
  t.equal(rows((await shop.product(id)).data['skus']).length, 1);
  control.act(order.id, { type: 'system_cancel' });
  t.equal(rows((await shop.product(id)).data['skus']).length, 1, 'and do not bring it back');
});
