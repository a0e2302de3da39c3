import t from 'tap';
import type { Listing, ListingSku } from '../../src/domain/shop-listing.js';
import { planProduct } from '../../src/products/plan/plan-product.js';
import type { PlannedAction, PlannedContent, PlannedSku } from '../../src/products/plan/planned-content.js';

type Body = Record<string, unknown> & {
  skus?: { id?: string; seller_sku?: string; inventory?: object[]; price?: object }[];
};

function sku(nth: number, changes: Partial<ListingSku> = {}): ListingSku {
  return {
    skuId: `17000${nth}`,
    sellerSku: `S-${nth}`,
    externalId: null,
    options: [
      {
        id: '100000',
        name: 'Color',
        valueId: `77${nth}`,
        valueName: `Colour ${nth}`,
        imageUri: `tos/${nth}`,
        moreImageUris: [],
      },
    ],
    code: { code: '4006381333931', type: 'EAN' },
    price: '10',
    currency: 'USD',
    stock: [{ warehouseId: '7300001', quantity: 4 + nth }],
    weight: { value: '0.2', unit: 'KILOGRAM' },
    dimensions: null,
    ...changes,
  };
}

function listing(changes: Partial<Listing> = {}): Listing {
  return {
    productId: '1729',
    status: 'ACTIVATE',
    auditStatus: 'APPROVED',
    title: 'A shirt',
    description: '<p>Soft.</p>',
    categoryId: '601226',
    brandId: null,
    images: ['tos/a', 'tos/b'],
    videoId: 'v1',
    weight: { value: '0.20', unit: 'KILOGRAM' },
    dimensions: { length: '10', width: '5', height: '2', unit: 'CENTIMETER' },
    attributes: [
      { id: '1', name: 'Material', values: [{ id: '11', name: 'Cotton' }] },
      { id: '2', name: 'Care', values: [{ id: null, name: 'Wash cold' }] },
    ],
    certificates: [],
    sizeChart: null,
    manufacturerIds: [],
    responsiblePersonIds: [],
    externalId: null,
    isCodAllowed: false,
    minimumOrder: null,
    deliveryOptionIds: [],
    skus: [sku(1), sku(2), sku(3)],
    ...changes,
  };
}

function wantedSku(nth: number, changes: Partial<PlannedSku> = {}): PlannedSku {
  return {
    sku: `S-${nth}`,
    skuId: null,
    options: [{ name: 'Color', value: `Colour ${nth}` }],
    price: '12.50',
    currency: 'USD',
    stock: [{ warehouseId: '7300001', quantity: 9 }],
    code: null,
    isRemoved: false,
    ...changes,
  };
}

function wanted(changes: Partial<PlannedContent> = {}): PlannedContent {
  return { title: 'A shirt', skus: [wantedSku(1), wantedSku(2), wantedSku(3)], ...changes };
}

const plan = (content: PlannedContent, has: Listing | null = listing(), action: PlannedAction = 'Upsert') =>
  planProduct({ wanted: content, action, listing: has, idempotencyKey: 'key-1' });

function oneCall(content: PlannedContent, has: Listing | null = listing()) {
  const planned = plan(content, has);
  if (planned.kind !== 'calls') throw new Error(`planned ${planned.kind}: ${JSON.stringify(planned)}`);
  const [call] = planned.calls;
  if (!call || !('body' in call)) throw new Error('no body');
  return { call: call.call, body: call.body as Body, planned };
}

await t.test('what TikTok has already is not sent, prices and stock never by an edit', async (t) => {
  t.match(plan(wanted()), { kind: 'nothing' });
});

await t.test('a change of the product is a partial edit without SKUs, carrying whole objects', async (t) => {
  const { call, body, planned } = oneCall(
    wanted({
      title: 'Another shirt',
      weight: { value: '0.3', unit: 'KILOGRAM' },
      attributes: [{ id: '1', name: 'Material', values: [{ id: '12', name: 'Wool' }] }],
    }),
  );
  t.equal(call, 'partial-edit');
  t.notOk('skus' in body, 'no list of SKUs, of which the missing ones would be deleted');
  t.same(body, {
    save_mode: 'LISTING',
    title: 'Another shirt',
    package_weight: { value: '0.3', unit: 'KILOGRAM' },
    product_attributes: [
      { id: '2', values: [{ name: 'Wash cold' }] },
      { id: '1', values: [{ id: '12' }] },
    ],
  });
  t.same(
    planned.changes.map(({ field, from, to }) => [field, from, to]),
    [
      ['Title', 'A shirt', 'Another shirt'],
      ['Weight', '0.20 KILOGRAM', '0.3 KILOGRAM'],
      ['Attribute:Material', 'Cotton', 'Wool'],
    ],
  );
});

await t.test(
  'a new SKU takes all others along with ids and their present stock, and stands in their warehouses',
  async (t) => {
    const content = wanted({
      skus: [wantedSku(1), wantedSku(4, { stock: [{ warehouseId: '7300009', quantity: 9 }] })],
    });
    const { call, body } = oneCall(content);
    t.equal(call, 'partial-edit');
    t.same(
      body.skus?.map(({ id }) => id),
      ['170001', '170002', '170003', undefined],
    );
    t.same(body.skus?.[1]?.inventory, [{ warehouse_id: '7300001', quantity: 6 }]);
    t.notOk(body.skus?.[1]?.price, 'prices of SKUs that are there stay');
    t.match(body.skus?.[3], {
      seller_sku: 'S-4',
      price: { amount: '12.50', currency: 'USD' },
      inventory: [{ warehouse_id: '7300001', quantity: 0 }],
      sales_attributes: [{ id: '100000', name: 'Color', value_name: 'Colour 4' }],
    });
  },
);

await t.test('a SKU is left out only where the feed removes it by name, and never all of them', async (t) => {
  const removing = wanted({ skus: [wantedSku(1, { isRemoved: true }), wantedSku(2)] });
  const { body, planned } = oneCall(removing);
  t.same(
    body.skus?.map(({ id }) => id),
    ['170002', '170003'],
  );
  t.match(planned.changes, [{ field: 'Merchant SKU', sku: 'S-1', from: 'S-1', to: null }]);
  const all = wanted({ skus: [1, 2, 3].map((nth) => wantedSku(nth, { isRemoved: true })) });
  t.match(plan(all), { kind: 'blocked', next: /Delete/ });
});

await t.test(
  'ids of options and pictures of the read are used again; a changed value gets a new one',
  async (t) => {
    const { body } = oneCall(
      wanted({ skus: [wantedSku(1, { skuId: '170001', options: [{ name: 'color', value: 'Crimson' }] })] }),
    );
    t.match(body.skus?.[0], {
      sales_attributes: [{ id: '100000', value_name: 'Crimson', sku_img: { uri: 'tos/1' } }],
    });
    t.notMatch(JSON.stringify(body.skus?.[0]), '"value_id"');
    t.match(body.skus?.[1], {
      sales_attributes: [{ value_id: '772' }],
      identifier_code: { code: '4006381333931' },
      sku_weight: { value: '0.2' },
    });
  },
);

await t.test('other options than those of the listing would replace all SKUs: nothing is sent', async (t) => {
  t.match(plan(wanted({ skus: [wantedSku(1, { options: [{ name: 'Size', value: 'L' }] })] })), {
    kind: 'blocked',
    reason: /replace all/,
  });
  const plain = listing({ skus: [sku(1, { options: [] })] });
  t.match(plan(wanted({ skus: [wantedSku(1), wantedSku(2)] }), plain), {
    kind: 'blocked',
    reason: /adds none/,
  });
});

await t.test(
  'another category is an edit of the whole, with all that TikTok has and the new attributes',
  async (t) => {
    const { call, body } = oneCall(
      wanted({
        categoryId: '855056',
        categoryVersion: 'v2',
        attributes: [{ id: '9', name: 'Watts', values: [{ id: null, name: '5' }] }],
      }),
    );
    t.equal(call, 'edit');
    t.match(body, {
      title: 'A shirt',
      description: '<p>Soft.</p>',
      category_id: '855056',
      category_version: 'v2',
      main_images: [{ uri: 'tos/a' }, { uri: 'tos/b' }],
      video: { id: 'v1' },
      package_dimensions: { length: '10', width: '5', height: '2', unit: 'CENTIMETER' },
      product_attributes: [{ id: '9', values: [{ name: '5' }] }],
    });
    t.same(
      body.skus?.map(({ id }) => id),
      ['170001', '170002', '170003'],
    );
  },
);

await t.test('pictures that are not uploaded yet are named, once for each use', async (t) => {
  const image = { url: 'https://cdn.example.com/new.jpg', uri: null };
  const planned = plan(
    wanted({
      images: [image, { url: 'https://cdn.example.com/a.jpg', uri: 'tos/a' }],
      skus: [wantedSku(1, { images: [image] })],
    }),
  );
  t.match(planned, {
    kind: 'calls',
    uploads: [
      { url: image.url, useCase: 'MAIN_IMAGE' },
      { url: image.url, useCase: 'ATTRIBUTE_IMAGE' },
    ],
  });
  const same = [
    { url: 'x', uri: 'tos/a' },
    { url: 'y', uri: 'tos/b' },
  ];
  t.match(plan(wanted({ images: same })), { kind: 'nothing' });
});

await t.test(
  'a new product is created with its idempotency key; what is removed is not made first',
  async (t) => {
    const { call, body } = oneCall(
      wanted({ categoryId: '1', skus: [wantedSku(1), wantedSku(2, { isRemoved: true })] }),
      null,
    );
    t.equal(call, 'create');
    t.match(body, {
      idempotency_key: 'key-1',
      title: 'A shirt',
      skus: [{ seller_sku: 'S-1', price: { amount: '12.50' } }],
    });
    t.equal(body.skus?.length, 1);
    t.match(plan(wanted(), null, 'Delete'), { kind: 'nothing' });
  },
);

await t.test(
  'states of TikTok: what a person has switched off stays off, what is frozen or in its first review is left alone',
  async (t) => {
    const changed = wanted({ title: 'Another shirt' });
    t.match(plan(changed, listing({ status: 'SELLER_DEACTIVATED' })), { kind: 'blocked', next: /Activate/ });
    t.match(plan(changed, listing({ status: 'SELLER_DEACTIVATED' }), 'Activate'), {
      kind: 'calls',
      calls: [{ call: 'partial-edit' }, { call: 'activate' }],
    });
    t.match(plan(changed, listing({ status: 'FREEZE' })), { kind: 'blocked', next: /Appeal/ });
    t.match(plan(changed, listing({ status: 'DELETED' })), { kind: 'blocked' });
    t.match(plan(changed, listing({ status: 'PENDING', auditStatus: 'AUDITING' })), { kind: 'wait' });
    t.match(plan(changed, listing({ auditStatus: 'AUDITING' })), { kind: 'calls' });
    t.match(plan(changed, listing({ status: 'PLATFORM_DEACTIVATED' })), { kind: 'calls' });
    t.match(plan(changed, listing(), 'Deactivate'), {
      kind: 'calls',
      calls: [{ call: 'deactivate', productIds: ['1729'] }],
    });
    t.match(plan(changed, listing({ status: 'PENDING' }), 'Deactivate'), { kind: 'nothing' });
    t.match(plan(changed, listing({ status: 'FAILED' }), 'Delete'), {
      kind: 'calls',
      calls: [{ call: 'delete' }],
    });
  },
);

await t.test('two SKUs of TikTok that could be the one of the feed: nobody guesses', async (t) => {
  const twins = listing({ skus: [sku(1), sku(2, { sellerSku: 'S-1' })] });
  t.match(plan(wanted({ skus: [wantedSku(1)], title: 'Other' }), twins), { kind: 'blocked', reason: /S-1/ });
});

await t.test('a code that TikTok has is final: the plan says so and sends the old one', async (t) => {
  const { body, planned } = oneCall(
    wanted({ skus: [wantedSku(1, { code: { code: '96385074', type: 'EAN' }, externalId: 'e1' })] }),
  );
  t.match(planned.notes, [/96385074/]);
  t.match(body.skus?.[0], { identifier_code: { code: '4006381333931' }, external_sku_id: 'e1' });
});

/** A generator of numbers that says the same with every run. */
function random(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % most;
  };
}

await t.test(
  'whatever is wanted, no SKU id of the read is lost that the feed has not removed by name',
  async (t) => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= 4_000; seed++) {
      const next = random(seed);
      const has = listing({
        status: ['ACTIVATE', 'FAILED', 'PLATFORM_DEACTIVATED', 'SELLER_DEACTIVATED'][next(4)]!,
        skus: Array.from({ length: next(6) }, (_, nth) =>
          sku(next(10) === 0 ? 1 : nth, {
            skuId: `id-${nth}`,
            ...(next(6) === 0 ? { options: [] } : {}),
            ...(next(5) === 0 ? { sellerSku: '' } : {}),
            ...(next(5) === 0 ? { externalId: `S-${nth}` } : {}),
            stock: next(4) === 0 ? [] : [{ warehouseId: `w${next(2)}`, quantity: next(9) }],
          }),
        ),
      });
      const content = wanted({
        title: next(2) === 0 ? 'A shirt' : 'Other',
        ...(next(5) === 0 ? { categoryId: '855056' } : {}),
        skus: Array.from({ length: next(7) }, () => {
          const nth = next(8);
          return wantedSku(nth, {
            skuId: next(4) === 0 ? `id-${next(6)}` : null,
            isRemoved: next(4) === 0,
            options: [{ name: next(12) === 0 ? 'Size' : 'Color', value: `Colour ${next(8)}` }],
            ...(next(3) === 0 ? { externalId: `e${nth}` } : {}),
          });
        }),
      });
      const before = JSON.stringify([has, content]);
      const planned = plan(content, has, next(5) === 0 ? 'Activate' : 'Upsert');
      kinds.set(planned.kind, (kinds.get(planned.kind) ?? 0) + 1);
      if (JSON.stringify([has, content]) !== before) t.fail(`seed ${seed} has changed what it was given`);
      if (planned.kind !== 'calls') continue;
      for (const call of planned.calls) {
        if (!('body' in call)) continue;
        const { skus } = call.body as Body;
        if (call.call === 'edit' && skus === undefined)
          t.fail(`seed ${seed}: an edit of the whole without SKUs`);
        if (skus === undefined) continue;
        const sent = skus.flatMap(({ id }) => (id === undefined ? [] : [id]));
        const removed = content.skus.filter(({ isRemoved }) => isRemoved);
        const lost = has.skus.filter(({ skuId }) => !sent.includes(skuId));
        const isExcused = lost.every(({ sellerSku, skuId, externalId }) =>
          removed.some(
            (one) =>
              one.sku === sellerSku || one.skuId === skuId || externalId === (one.externalId ?? one.sku),
          ),
        );
        if (!isExcused) t.fail(`seed ${seed} loses ${lost.map(({ skuId }) => skuId).join()}`);
        if (new Set(sent).size !== sent.length) t.fail(`seed ${seed} sends an id twice`);
        if (skus.length === 0) t.fail(`seed ${seed} sends an empty list`);
      }
    }
    for (const kind of ['calls', 'blocked']) t.ok((kinds.get(kind) ?? 0) > 50, `${kind}: ${kinds.get(kind)}`);
  },
);
