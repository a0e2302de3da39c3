import t from 'tap';

import { asSnapshot } from '../../src/simulator/state/snapshot.js';
import { startSimulator } from '../../src/simulator/server.js';
import { shopIn, statusOf } from './support/any-market.js';
import { nonconformities } from './support/conformance.js';
import { rows, type Json, type MiniClient, type Reply } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true });
t.teardown(() => simulator.close());
const { control } = simulator;
const us = shopIn(simulator, 'US');
const indonesia = shopIn(simulator, 'ID');
const germany = shopIn(simulator, 'DE');
const britain = shopIn(simulator, 'GB');
const brazil = shopIn(simulator, 'BR');

/** The answer, held against the documented shape. */
async function ask(
  client: MiniClient,
  path: string,
  query: Record<string, string> = {},
  body?: object,
  cipher = true,
): Promise<Reply> {
  const method = body === undefined ? 'GET' : 'POST';
  const reply = await client.call(method, `/product/${path}`, {
    query,
    ...(body === undefined ? {} : { body }),
    ...(cipher ? {} : { cipher: '' }),
  });
  if (reply.code === 0) t.strictSame(nonconformities(method, `/product/${path}`, reply.data), [], path);
  return reply;
}

const categories = (client: MiniClient, query: Record<string, string> = {}): Promise<Reply> =>
  ask(client, '202309/categories', query);
const v2 = { category_version: 'v2' };
const v1 = { category_version: 'v1' };

await t.test('the whole tree comes in one answer, as TikTok gave it for Indonesia', async (t) => {
  const all = rows((await categories(indonesia, v2)).data['categories']);
  t.equal(all.length, 2163);
  t.equal(all.filter((row) => row['parent_id'] === '0').length, 32);
  t.match(
    all.find((row) => row['id'] === '600080'),
    { parent_id: '858888', local_name: 'Rak Wine', is_leaf: true, permission_statuses: ['AVAILABLE'] },
  );
  const ids = new Set(all.map((row) => row['id']));
  t.strictSame(
    all.filter((row) => row['parent_id'] !== '0' && !ids.has(row['parent_id'])),
    [],
    'no category hangs in the air',
  );
  const english = rows((await categories(indonesia, { ...v2, locale: 'en-US' })).data['categories']);
  t.equal(english.find((row) => row['id'] === '600080')?.['local_name'], 'Wine Racks');
  const found = rows((await categories(indonesia, { ...v2, keyword: 'wine' })).data['categories']);
  t.ok(found.some((row) => row['id'] === '600080'));
  t.ok(found.length < 20);
});

await t.test('every market has its own versions of the tree, and says so', async (t) => {
  t.equal((await categories(us, v2)).code, 0);
  t.equal((await categories(us, v1)).code, 12052217);
  t.equal((await categories(us)).code, 12052217, 'v1 is meant when nothing is said');
  t.equal((await categories(indonesia, v1)).code, 12052217);
  t.equal((await categories(britain, v1)).code, 0);
  t.equal((await categories(britain, v2)).code, 0);
  t.equal((await categories(brazil)).code, 0);
  t.equal((await categories(brazil, v2)).code, 12052217);
  control.setBehaviour({ categoryVersionLeftOut: 'newest', oldTreeBesideNew: 'refused' });
  t.equal((await categories(us)).code, 0);
  t.equal((await categories(britain, v1)).code, 12052217);
  control.setBehaviour({ categoryVersionLeftOut: 'v1', oldTreeBesideNew: 'accepted' });
});

await t.test(
  'prohibited categories are shown on demand only, and only where TikTok shows them',
  async (t) => {
    const demand = { include_prohibited_categories: 'true' };
    const has = (reply: Reply): boolean =>
      rows(reply.data['categories']).some((row) => String(row['permission_statuses']).includes('PROHIBITED'));
    t.notOk(has(await categories(germany, v2)));
    t.ok(has(await categories(germany, { ...v2, ...demand })));
    t.notOk(has(await categories(us, { ...v2, ...demand })));
  },
);

await t.test('rules are those of the live answers, and of the market', async (t) => {
  const rules = async (client: MiniClient, id: string, version = v2): Promise<Reply> =>
    ask(client, `202309/categories/${id}/rules`, version);
  t.match((await rules(indonesia, '600574')).data, {
    product_certifications: [],
    size_chart: { is_supported: true, is_required: true },
    cod: { is_supported: true },
    package_dimension: { is_required: false },
    epr: { is_required: false },
  });
  t.match((await rules(indonesia, '600080')).data, { cod: { is_supported: false } });
  const certificates = rows((await rules(indonesia, '801672')).data['product_certifications']);
  t.match(certificates[0], { id: '7365861733472995078', is_required: true });
  t.ok(String(certificates[0]?.['document_details']).startsWith('Upload a clear photo'));
  t.match(
    certificates.find((row) => row['id'] === '8657871115921888522'),
    {
      requirement_conditions: [
        { condition_type: 'VALUE_ID_MATCH', attribute_id: '100108', attribute_value_id: '1000058' },
      ],
    },
  );
  t.match((await rules(germany, '3000512')).data, {
    manufacturer: { is_required: true },
    responsible_person: { is_required: true },
    epr: { is_required: true },
    cod: { is_supported: false },
  });
  t.match((await rules(germany, '3000811')).data, { fees: [{ type: 'PFAND', is_required: true }] });
  t.match((await rules(us, '3000111')).data, {
    allowed_special_product_types: ['PRE_ORDER', 'MADE_TO_ORDER', 'CUSTOM'],
  });
  t.equal((await rules(us, '3001211')).code, 0, 'the US answers for invite-only ones');
  t.equal((await rules(britain, '3001211')).code, 12052226);
  t.equal((await rules(germany, '3001411')).code, 12052220);
  t.equal((await rules(us, '3000100')).code, 12052024);
  t.equal((await rules(us, '99')).code, 12052023);
  t.equal((await rules(britain, '3000111', v1)).code, 12052230, 'one of the other tree');
});

await t.test('attributes carry TikTok’s misspelt key, chains of conditions and formats', async (t) => {
  const attributes = async (client: MiniClient, id: string): Promise<Json[]> =>
    rows((await ask(client, `202309/categories/${id}/attributes`, v2)).data['attributes']);
  const bank = await attributes(us, '3000512');
  const byId = new Map(bank.map((row) => [row['id'], row]));
  t.match(byId.get('101610'), { is_requried: true, is_customizable: false });
  const parent = (id: string): unknown => {
    const [condition] = rows(byId.get(id)?.['requirement_conditions']);
    return condition?.['attribute_id'];
  };
  t.equal(parent('101611'), '100216');
  t.equal(parent('100216'), '101610');
  t.match(byId.get('101624'), { value_data_format: 'POSITIVE_INT_OR_DECIMAL', is_customizable: true });
  const shirt = await attributes(us, '3000111');
  t.match(
    shirt.filter((row) => row['type'] === 'SALES_PROPERTY').map((row) => row['name']),
    ['Color', 'Size'],
  );
  t.notOk(
    (await attributes(britain, '3000111')).some((row) => row['id'] === '101400'),
    'Proposition 65 is Californian',
  );
});

await t.test('rules change at their time, for the markets and categories that TikTok names', async (t) => {
  const rice = async (): Promise<number> =>
    rows((await ask(thailand, '202309/categories/600042/rules', v2)).data['product_certifications']).length;
  const thailand = shopIn(simulator, 'TH');
  const before = await rice();
  control.setClock({ frozen: true });
  const change = control.changeRules({
    preset: 'th-2026-07-31-rice',
    categoryIds: ['600042'],
    inSeconds: 3600,
  });
  t.equal(await rice(), before);
  control.setClock({ advanceSeconds: 3601 });
  t.equal(await rice(), before + 1);
  control.dropRuleChange(change.id);
  t.equal(await rice(), before);
  control.changeRules({
    regions: ['TH'],
    categoryIds: ['600042'],
    changes: [
      { kind: 'attribute', attribute: { id: '5', name: 'Glaze', isRequired: true } },
      { kind: 'rules', rules: { sizeChart: 'required' } },
      { kind: 'permission', statuses: ['NON_MAIN_CATEGORY'] },
    ],
  });
  const attributes = rows(
    (await ask(thailand, '202309/categories/600042/attributes', v2)).data['attributes'],
  );
  t.match(attributes.at(-1), { id: '5', name: 'Glaze', is_requried: true });
  t.match((await ask(thailand, '202309/categories/600042/rules', v2)).data, {
    size_chart: { is_required: true },
  });
  t.match(
    rows((await categories(thailand, v2)).data['categories']).find((row) => row['id'] === '600042'),
    { permission_statuses: ['NON_MAIN_CATEGORY'] },
  );
  control.changeRules({ categoryIds: ['600042'], regions: ['TH'], changes: [{ kind: 'close' }] });
  t.equal((await ask(thailand, '202309/categories/600042/rules', v2)).code, 12052023);
  t.equal(
    statusOf(() => control.changeRules({})),
    400,
  );
  t.equal(
    statusOf(() => control.changeRules({ preset: 'never' })),
    404,
  );
  control.setClock({ frozen: false });
});

await t.test(
  'brands are found by prefix and page, spelt as TikTok spells, and made within limits',
  async (t) => {
    const brands = (query: Record<string, string>): Promise<Reply> =>
      ask(us, '202309/brands', { page_size: '100', ...query });
    const firstPage = await brands({});
    t.equal(rows(firstPage.data['brands']).length, 100);
    const token = String(firstPage.data['next_page_token']);
    const second = await brands({ page_token: token });
    t.not(second.data['brands'], firstPage.data['brands']);
    const vega = rows((await brands({ brand_name: 'vega' })).data['brands'])[0];
    t.match(vega, {
      name: 'Vega Mobile',
      is_t1_brand: true,
      authorized_status: 'UNAUTHORIEZD',
      brand_status: 'UNAVAILABLE',
    });
    control.patchListing(us.shopId, { authorizedBrands: [String(vega?.['id'])] });
    t.match(rows((await brands({ brand_name: 'Vega' })).data['brands'])[0], {
      authorized_status: 'AUTHORIZED',
      brand_status: 'AVAILABLE',
    });
    t.equal((await brands({ page_size: '101' })).code, 12019109);
    const make = async (name: string): Promise<number> =>
      (await ask(us, '202309/brands', {}, { name }, false)).code;
    t.equal(await make('Tiny Teapot'), 0);
    t.equal(await make('tiny teapot'), 12052205);
    t.equal(await make('x'), 12052189);
    t.equal(await make('y'.repeat(31)), 12052190);
    t.equal(await make('Tea 🫖'), 12052191);
    t.equal(await make('Tea 12345'), 12052192);
    for (let count = 1; count < 50; count++)
      t.equal(await make(`Daily ${'abcdefghij'[count % 10]}${Math.floor(count / 10)}x`), 0);
    t.equal(await make('One too many'), 12052202);
    t.equal(rows((await brands({ brand_name: 'Tiny' })).data['brands']).length, 1);
    t.equal(
      rows((await ask(britain, '202309/brands', { page_size: '10', brand_name: 'Tiny' })).data['brands'])
        .length,
      0,
    );
  },
);

await t.test('prerequisites follow from the shop and from what Seller Center knows', async (t) => {
  const results = async (): Promise<Json[]> =>
    rows((await ask(germany, '202312/prerequisites')).data['check_results']);
  t.strictSame(
    (await results()).filter((row) => row['is_failed'] !== false),
    [],
  );
  t.ok(
    (await results()).some((row) => row['check_item'] === 'BANk_ACCOUNT'),
    'so spelt',
  );
  const [, returnDesk] = control.warehouses(germany.shopId);
  control.patchWarehouse(germany.shopId, returnDesk?.id ?? '', { effectStatus: 'DISABLED' });
  control.patchListing(germany.shopId, {
    createdToday: 1000,
    failedItems: [{ item: 'SHOP_TAX', reasons: ['Tell us your tax number.'] }],
  });
  const failed = (await results()).filter((row) => row['is_failed'] === true);
  t.strictSame(
    failed.map((row) => row['check_item']),
    ['SHOP_TAX', 'RETURN_WAREHOUSE', 'PRODUCT_QUANTITY_LIMIT'],
  );
  t.match(failed[0]?.['fail_reasons'], ['Tell us your tax number.']);
  t.equal(control.listing(germany.shopId).quotaLeft, 0);
  control.patchListing(germany.shopId, { tier: 'PRO' });
  t.equal(control.listing(germany.shopId).quotaLeft, null);
});

await t.test('a category is recommended by the words of a title, and refused where none fits', async (t) => {
  const recommend = (client: MiniClient, title: string, version = v2): Promise<Reply> =>
    ask(client, '202309/categories/recommend', {}, { product_title: title, ...version });
  t.match((await recommend(us, "Cotton T-shirt in black, men's casual tops")).data, {
    leaf_category_id: '3000111',
    categories: [{ level: 1 }, { level: 2 }, { id: '3000111', is_leaf: true }],
  });
  t.equal((await recommend(us, 'Qzx')).code, 12019064);
  t.equal((await recommend(us, '')).code, 12052261);
  t.equal((await recommend(us, 'a'.repeat(256))).code, 12052051);
  t.equal((await recommend(us, 'Blood pressure monitors')).code, 12052912);
});

await t.test(
  'manufacturers and responsible persons are made, translated, found and edited in the EU',
  async (t) => {
    const manufacturer = {
      name: 'Example Maker GmbH',
      registered_trade_name: 'Example',
      phone_number: { country_code: '+49', local_number: '3012345678' },
      email: 'gpsr@example.test',
      address: 'Musterstr. 1, 10115 Berlin',
      locale: 'de-DE',
    };
    const make = (body: object, client = germany): Promise<Reply> =>
      ask(client, '202409/compliance/manufacturers', {}, body, false);
    const made = await make(manufacturer);
    const id = String(made.data['manufacturer_id']);
    t.match(id, /^[0-9a-f]{24}$/);
    t.equal((await make({ ...manufacturer, email: 'nobody' })).code, 38023042);
    t.equal((await make({ ...manufacturer, address: 'x'.repeat(501) })).code, 38023043);
    t.equal((await make({ ...manufacturer, phone_number: { availability: 'UNAVAILABLE' } })).code, 0);
    t.equal((await make({ ...manufacturer, phone_number: {} })).code, 38023046);
    t.equal((await make(manufacturer, us)).code, 38023050);
    const found = await ask(
      germany,
      '202501/compliance/manufacturers/search',
      { page_size: '10' },
      { manufacturer_ids: [id], locales: ['de-DE', 'fr-FR'] },
      false,
    );
    t.match(found.data, {
      total_count: 1,
      manufacturers: [{ id, regional_profiles: [{ locale: 'de-DE' }, { locale: 'fr-FR' }] }],
    });
    const edit = await ask(
      germany,
      `202409/compliance/manufacturers/${id}/partial_edit`,
      {},
      { name: 'Renamed GmbH' },
      false,
    );
    t.equal(edit.code, 0);
    t.match(control.compliance().manufacturers[0], { name: 'Renamed GmbH', address: manufacturer.address });

    const person = {
      name: 'Example RP SL',
      phone_number: { country_code: '+34', local_number: '910000000' },
      email: 'rp@example.test',
      address: { street_address_line1: 'Calle Ejemplo 1, Madrid', postal_code: '28001', country: 'ES' },
      locale: 'es-ES',
    };
    const hire = (body: object): Promise<Reply> =>
      ask(germany, '202409/compliance/responsible_persons', {}, body, false);
    const hired = String((await hire(person)).data['responsible_person_id']);
    t.equal((await hire({ ...person, address: { ...person.address, country: 'CN' } })).code, 38023026);
    t.equal(
      (await hire({ ...person, phone_number: { country_code: '+86', local_number: '1234567' } })).code,
      38023028,
    );
    t.equal((await hire({ ...person, address: { country: 'ES' } })).code, 38023024);
    const people = await ask(
      germany,
      '202501/compliance/responsible_persons/search',
      { page_size: '10' },
      { keyword: 'Example RP' },
      false,
    );
    t.match(people.data, {
      responsible_persons: [{ id: hired, regional_profiles: [{ address: { country: 'ES' } }] }],
    });
  },
);

await t.test('size charts of the seller are found by id and name', async (t) => {
  const chart = control.addSizeChart(us.shopId, { name: 'Tops 2026' });
  const search = async (body: object): Promise<Json> =>
    (await ask(us, '202407/sizecharts/search', { page_size: '10' }, body, false)).data;
  t.match(await search({ keyword: 'tops' }), {
    total_count: 1,
    size_chart: [{ template_id: chart.id, template_name: 'Tops 2026' }],
  });
  t.match(await search({ ids: ['1'] }), { total_count: 0 });
});

await t.test('what was made and changed is in a saved state', (t) => {
  const before = control.compliance();
  control.restore(asSnapshot(JSON.parse(JSON.stringify(control.snapshot()))));
  t.strictSame(control.compliance(), before);
  t.ok(control.ruleChanges().length > 0);
  t.equal(control.listing(germany.shopId).tier, 'PRO');
  t.end();
});
