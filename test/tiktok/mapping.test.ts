import t from 'tap';
import { noAmounts } from '../../src/domain/order-amounts.js';
import { mapCancellation } from '../../src/tiktok/map/cancellation-mapping.js';
import { mapPackage, mapSplitAttributes } from '../../src/tiktok/map/fulfilment-mapping.js';
import { mapWarehouse } from '../../src/tiktok/map/logistics-mapping.js';
import { mapOrder } from '../../src/tiktok/map/order-mapping.js';
import { mapRecipient } from '../../src/tiktok/map/recipient-mapping.js';
import { UnreadableError } from '../../src/tiktok/wire/read.js';
import { fixture } from './support.js';

type Json = Record<string, unknown>;

const wireOrder = (changes: Json = {}): Json => ({ ...fixture('order-us.json'), ...changes });
const wireItems = (changes: Json): Json => ({ line_items: [{ id: '1', sku_id: '2', ...changes }] });
const firstUnit = (changes: Json) => mapOrder(wireOrder(wireItems(changes))).units[0];

await t.test('every field of an order arrives in its place', async (t) => {
  const { units, recipient, amounts, ...order } = mapOrder(wireOrder());
  t.strictSame(order, {
    tiktokOrderId: '576461413038785752',
    status: 'AWAITING_SHIPMENT',
    fulfillment: 'seller',
    shipping: 'seller',
    orderType: 'NORMAL',
    kind: { handlingDays: '3', handlingDaysType: 'BUSINESS_DAY', invoiceNeed: 'NO_NEED' },
    isOnHoldOrder: true,
    isSample: false,
    buyerRequestsCancel: false,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    paidAt: new Date('2026-01-01T00:01:00Z'),
    updatedAt: new Date('2026-01-01T01:01:05Z'),
    shipBy: new Date(1767484860_000),
    collectBy: new Date(1767571260_000),
    autoCancelAt: new Date(1767657660_000),
    deliverBy: new Date(1768435260_000),
    cancelReason: null,
    currency: 'USD',
    taxpayer: null,
    buyerEmail: 'sample@chat.seller.tiktok.com',
    buyerMessage: 'Please ring twice',
    sellerNote: 'fragile',
    paymentMethod: 'Credit card',
    deliveryOptionId: '7091146663229654785',
    deliveryOptionName: 'Standard Shipping',
    warehouseId: '6955005333819123123',
    packageIds: [],
    sharing: { isCombined: false, groupId: null },
  });
  t.strictSame(amounts, {
    ...noAmounts,
    total: '52.22',
    subTotal: '43.99',
    shippingFee: '3.99',
    tax: '3.96',
    sellerDiscount: '4.00',
    platformDiscount: '2.01',
    originalProductTotal: '50.00',
    originalShippingFee: '5.99',
    shippingSellerDiscount: '0.50',
    shippingPlatformDiscount: '1.50',
    productTax: '3.63',
    shippingTax: '0.33',
    retailDeliveryFee: '0.28',
    buyerServiceFee: '0.10',
    smallOrderFee: '0.20',
  });
  t.equal(units.length, 3);
  t.strictSame(recipient, {
    name: 'Sample Buyer',
    firstName: 'Sample',
    lastName: 'Buyer',
    phone: '(+1)2135550100',
    fullAddress: '100 Example Ave, Apt 2, Sample City, CA 90000, United States',
    addressDetail: '100 Example Ave, Apt 2',
    addressLines: ['100 Example Ave', 'Apt 2'],
    city: 'Sample City',
    state: 'California',
    district: 'Sample City',
    town: null,
    postalCode: '90000',
    regionCode: 'US',
    districts: [
      { level: 'L0', levelName: 'Country', name: 'United States' },
      { level: 'L1', levelName: 'State', name: 'California' },
      { level: 'L2', levelName: 'County', name: 'Sample County' },
      { level: 'L3', levelName: 'City', name: 'Sample City' },
    ],
    dropOffLocation: 'Front Door',
    masked: false,
  });
});

await t.test('every field of a piece arrives in its place, one unit per line item', async (t) => {
  const { units } = mapOrder(wireOrder());
  t.strictSame(units[2], {
    unitId: '577086512123755003',
    productId: '1729582718312380456',
    skuId: '2729382476852921777',
    merchantSku: '',
    productName: 'Sample socks',
    skuName: 'Black',
    isGift: true,
    kind: {},
    originalPrice: '10.00',
    salePrice: '10.00',
    sellerDiscount: '0.00',
    platformDiscount: '0.00',
    taxes: [{ type: 'SALES_TAX', amount: '0.83', rate: '0.0825' }],
    displayStatus: 'AWAITING_COLLECTION',
    cancelled: false,
    cancelReason: null,
    cancelledBy: null,
    packageId: '1153132168123859123',
    trackingNumber: '9400100000000000000001',
    shippingProviderId: '7117858858072016686',
    shippingProviderName: 'USPS',
    shippedAt: new Date(1767236400_000),
  });
  t.match(units[1], {
    cancelled: true,
    cancelReason: 'Pricing error',
    cancelledBy: 'BUYER',
    salePrice: '16.99',
  });
  t.match(units[0], { cancelled: false, merchantSku: 'TEE-RED-L', trackingNumber: null, shippedAt: null });
});

await t.test('every documented field that says what kind of order it is arrives in its place', async (t) => {
  const order = mapOrder({
    ...fixture('order-detail-202507.json'),
    is_replacement_order: true,
    is_cod: true,
  });
  t.strictSame(order.kind, {
    isReplacement: true,
    replacedOrderId: '576400000000000090',
    isCod: true,
    releaseAt: new Date(1619611762_000),
    handlingDays: '7',
    handlingDaysType: 'BUSINESS_DAY',
    invoiceNeed: 'NEED_INVOICE',
    fastDelivery: '3_DAY_DELIVERY',
    consultationId: '123241',
  });
  t.strictSame(order.taxpayer, { cpf: '000.111.222-33', cpfName: 'Comprador de Teste' });
  t.match(order.recipient, { firstNameLocal: 'サンプル', lastNameLocal: 'バイヤー', masked: true });
  t.strictSame(order.units[0]?.kind, {
    deposit: '1.5',
    retailDeliveryFee: '1.28',
    buyerServiceFee: '1000',
    smallOrderFee: '5000',
    handlingDays: '7',
    parts: [
      {
        productId: '1729582718312380456',
        skuId: '2729382476852921123',
        merchantSku: 'SCARF-YELLOW',
        count: 1,
      },
    ],
    isDangerousGood: true,
    needsPrescription: true,
  });
  t.match(mapOrder(wireOrder({ is_exchange_order: true, exchange_order_source_id: '57' })).kind, {
    isExchange: true,
    exchangedOrderId: '57',
  });
  t.notOk(mapOrder(fixture('order-search-202309.json')).kind.isReplacement, 'an id beside false is none');
});

await t.test('kinds and amounts that nobody knows yet are kept under their own names', async (t) => {
  const payment = { ...(wireOrder()['payment'] as Json), moon_fee: '1.50', note: 'hello', zero_fee: '0.00' };
  const order = mapOrder(wireOrder({ is_auction_order: true, is_new_thing: false, payment }));
  t.strictSame(order.kind.otherFlags, ['is_auction_order']);
  t.strictSame(order.amounts.others, [{ name: 'moon_fee', amount: '1.50' }]);
  t.strictSame(firstUnit({ is_loan: 'true', pfand_fee: 'n/a' })?.kind, { otherFlags: ['is_loan'] });
});

await t.test('both spellings of cancelled mean the same, and cancel every piece', async (t) => {
  for (const status of ['CANCEL', 'CANCELLED']) {
    const order = mapOrder(wireOrder({ status }));
    t.equal(order.status, 'CANCELLED');
    t.ok(
      order.units.every((unit) => unit.cancelled),
      status,
    );
  }
  t.match(firstUnit({ display_status: 'CANCEL' }), { displayStatus: 'CANCELLED', cancelled: true });
});

await t.test('states and kinds that TikTok adds survive without being taken for known ones', async (t) => {
  const changes = {
    status: 'TELEPORTED',
    order_type: 'HOLOGRAM',
    fulfillment_type: 'BY_DRONE',
    shipping_type: 'AIR',
  };
  const order = mapOrder(wireOrder(changes));
  t.match(order, { status: 'TELEPORTED', orderType: 'HOLOGRAM', fulfillment: 'other', shipping: 'other' });
  t.match(mapOrder(wireOrder({ fulfillment_type: 'FULFILLMENT_BY_TIKTOK', shipping_type: 'TIKTOK' })), {
    fulfillment: 'tiktok',
    shipping: 'tiktok',
  });
  t.equal(firstUnit({ display_status: 'TO_SHIP' })?.displayStatus, 'TO_SHIP');
});

await t.test('values of the wrong type on the wire are read as what they mean', async (t) => {
  const changes = {
    is_sample_order: 'true ',
    create_time: '1767225600',
    paid_time: 0,
    packages: [{ id: 12 }, {}],
  };
  t.match(mapOrder(wireOrder(changes)), {
    isSample: true,
    createdAt: new Date('2026-01-01T00:00:00Z'),
    paidAt: null,
    packageIds: ['12'],
  });
  t.match(firstUnit({ id: 577, original_price: 12.5, sale_price: '.50', seller_discount: '-0' }), {
    unitId: '577',
    originalPrice: '12.5',
    salePrice: '0.5',
  });
});

await t.test('the payment method falls back to its code, the currency to the first line', async (t) => {
  const order = mapOrder(
    wireOrder({
      payment_method_name: '',
      payment_method_code: 'CCDC',
      payment: {},
      ...wireItems({ currency: 'IDR' }),
    }),
  );
  t.match(order, { paymentMethod: 'CCDC', currency: 'IDR' });
  t.strictSame(order.amounts, noAmounts);
});

await t.test(
  'an order that cannot be handled says which field is the reason, without its content',
  async (t) => {
    const cases: [changes: Json, reason: string][] = [
      [{ id: '' }, 'id is missing'],
      [{ status: null }, 'status is missing'],
      [{ create_time: 0 }, 'create_time is missing'],
      [{ update_time: undefined }, 'update_time is missing'],
      [{ line_items: [] }, 'line_items is missing'],
      [{ line_items: 'none' }, 'line_items is missing'],
      [{ payment: {}, ...wireItems({}) }, 'payment.currency is missing'],
      [wireItems({ id: null }), 'line_items.id is missing'],
      [wireItems({ sku_id: null }), 'line_items.sku_id is missing'],
      [wireItems({ sale_price: 'secret text' }), 'line_items.sale_price is not an amount'],
      [{ payment: { currency: 'USD', sub_total: '1,000.00' } }, 'payment.sub_total is not an amount'],
    ];
    for (const [changes, reason] of cases) {
      t.throws(() => mapOrder(wireOrder(changes)), new UnreadableError(reason), reason);
    }
  },
);

function address(
  regionCode: string,
  levels: [level: string, levelName: string, name: string][],
  more: Json = {},
) {
  const district_info = levels.map(([address_level, address_level_name, address_name]) => ({
    address_level,
    address_level_name,
    address_name,
  }));
  return mapRecipient({ region_code: regionCode, district_info, ...more });
}

await t.test('city, state, district and town are found by name first, then by level', async (t) => {
  const cases: [name: string, got: ReturnType<typeof mapRecipient>, want: Json][] = [
    [
      'US with county and city the other way round',
      address('US', [
        ['L1', 'State', 'Ohio'],
        ['L2', 'City', 'Dublin'],
        ['L3', 'County', 'Franklin'],
      ]),
      { state: 'Ohio', city: 'Dublin', district: 'Franklin', town: null },
    ],
    [
      'US without level names',
      address('US', [
        ['L1', '', 'Ohio'],
        ['L2', '', 'Franklin'],
        ['L3', '', 'Dublin'],
      ]),
      { state: 'Ohio', city: 'Dublin' },
    ],
    [
      'Indonesia',
      address('ID', [
        ['L0', 'Country', 'Indonesia'],
        ['L1', 'Province', 'Jawa Barat'],
        ['L2', 'City', 'Bandung'],
        ['L3', 'District', 'Coblong'],
        ['L4', 'Village', 'Dago'],
      ]),
      { state: 'Jawa Barat', city: 'Bandung', district: 'Coblong', town: 'Dago' },
    ],
    [
      'a country whose names are not known',
      address('ZZ', [
        ['L1', 'Kraj', 'A'],
        ['L2', 'Okres', 'B'],
        ['L3', 'Obec', 'C'],
        ['L4', 'Ulice', 'D'],
      ]),
      { state: 'A', city: 'B', district: 'C', town: 'D' },
    ],
    [
      'United Kingdom with a post town and no city',
      address('GB', [['L0', 'Country', 'United Kingdom']], { post_town: 'Leeds' }),
      { state: null, city: 'Leeds', district: null, town: 'Leeds' },
    ],
    ['a county is never taken for a city', address('US', [['L2', 'County', 'Franklin']]), { city: null }],
  ];
  for (const [name, got, want] of cases) t.match(got, want, name);
});

await t.test('an address is masked as soon as one part of it is', async (t) => {
  for (const field of [
    'name',
    'first_name',
    'phone_number',
    'full_address',
    'address_line1',
    'postal_code',
  ]) {
    t.equal(mapRecipient({ name: 'Jo', [field]: 'x***' })?.masked, true, field);
  }
  t.equal(address('US', [['L3', 'City', '***']])?.masked, true);
  t.equal(mapRecipient({ name: 'Jo', full_address: '1 Main St' })?.masked, false);
});

await t.test('before TikTok shows an address there is no recipient', async (t) => {
  t.equal(mapOrder(wireOrder({ recipient_address: undefined })).recipient, null);
  t.equal(mapRecipient({ name: '', full_address: ' ', district_info: [], postal_code: '' }), null);
});

await t.test('package search and package detail give the same package', async (t) => {
  const common = {
    tracking_number: 'T1',
    shipping_provider_id: '7117',
    shipping_provider_name: 'USPS',
    orders: [{ id: '576', skus: [{ id: '27', quantity: 2 }] }],
    order_line_item_ids: ['1', '2'],
    create_time: 1767236400,
    update_time: 1767236400,
  };
  const found = mapPackage({ ...common, id: '115', status: 'PROCESSING' });
  const detail = { package_id: '115', package_status: 'PROCESSING', split_and_combine_tag: 'SPLIT' };
  t.strictSame(found, {
    packageId: '115',
    status: 'PROCESSING',
    splitCombineTag: null,
    shipping: null,
    trackingNumber: 'T1',
    shippingProviderId: '7117',
    shippingProviderName: 'USPS',
    deliveryOptionId: null,
    orderIds: ['576'],
    unitIds: ['1', '2'],
    warehouseId: null,
    createdAt: new Date(1767236400_000),
    updatedAt: new Date(1767236400_000),
  });
  t.strictSame(mapPackage({ ...common, ...detail, shipping_type: 'SELLER' }), {
    ...found,
    splitCombineTag: 'SPLIT',
    shipping: 'seller',
  });
});

await t.test('split attributes tell why an order must or cannot be split', async (t) => {
  const reason = { type: 'CATEGORY_ITEM_LIMITATION', category_id: '601990', max_count: '2' };
  t.strictSame(
    mapSplitAttributes({
      order_id: '5',
      can_split: false,
      reason: 'Cancelled',
      must_split: true,
      must_split_reasons: [reason],
    }),
    {
      tiktokOrderId: '5',
      canSplit: false,
      reason: 'Cancelled',
      mustSplit: true,
      mustSplitReasons: [{ type: 'CATEGORY_ITEM_LIMITATION', categoryId: '601990', maxCount: 2 }],
    },
  );
});

await t.test("the district of a warehouse is read in TikTok's spelling and in the right one", async (t) => {
  const warehouse = {
    id: '7',
    name: 'Main',
    type: 'SALES_WAREHOUSE',
    effect_status: 'ENABLED',
    is_default: true,
  };
  t.strictSame(
    mapWarehouse({ ...warehouse, sub_type: 'DOMESTIC_WAREHOUSE', address: { distict: 'HuaDu' } }),
    {
      id: '7',
      name: 'Main',
      type: 'SALES_WAREHOUSE',
      subType: 'DOMESTIC_WAREHOUSE',
      effectStatus: 'ENABLED',
      isDefault: true,
      address: {
        fullAddress: null,
        city: null,
        state: null,
        district: 'HuaDu',
        town: null,
        postalCode: null,
        regionCode: null,
      },
    },
  );
  t.equal(mapWarehouse({ ...warehouse, address: { district: 'HuaDu' } }).address?.district, 'HuaDu');
  t.equal(mapWarehouse(warehouse).address, null);
});

const wireCancellation = (changes: Json = {}): Json => ({
  cancel_id: '4035318504086604100',
  order_id: '577087614418520388',
  cancel_type: 'BUYER_CANCEL',
  cancel_status: 'CANCELLATION_REQUEST_PENDING',
  role: 'BUYER',
  cancel_reason: 'ecom_order_to_ship_canceled_reason_no_longer_needed',
  cancel_reason_text: 'No longer needed',
  create_time: 1767240000,
  update_time: 1767240060,
  seller_next_action_response: [{ action: 'SELLER_RESPOND_CANCEL', deadline: 1767412800 }],
  refund_amount: { currency: 'USD', refund_total: '10.83' },
  cancel_line_items: [
    { cancel_line_item_id: '1', order_line_item_id: '11', sku_id: '21', seller_sku: 'SOCK-BLK' },
    { cancel_line_item_id: '2', order_line_item_id: '12', sku_id: '21', seller_sku: 'SOCK-BLK' },
  ],
  ...changes,
});

await t.test('every field of a cancellation arrives in its place', async (t) => {
  t.strictSame(mapCancellation(wireCancellation()), {
    cancelId: '4035318504086604100',
    orderId: '577087614418520388',
    type: 'buyer-request',
    typeText: 'BUYER_CANCEL',
    role: 'buyer',
    roleText: 'BUYER',
    status: 'pending',
    statusText: 'CANCELLATION_REQUEST_PENDING',
    reason: 'ecom_order_to_ship_canceled_reason_no_longer_needed',
    reasonText: 'No longer needed',
    unitIds: ['11', '12'],
    skus: [{ skuId: '21', merchantSku: 'SOCK-BLK', quantity: 2 }],
    currency: 'USD',
    refundTotal: '10.83',
    createdAt: new Date(1767240000_000),
    updatedAt: new Date(1767240060_000),
    answerBy: new Date(1767412800_000),
  });
});

await t.test('both spellings of a closed request mean the same, and new words are kept', async (t) => {
  const statusOf = (word: string) => mapCancellation(wireCancellation({ cancel_status: word })).status;
  t.equal(statusOf('CANCELLATION_REQUEST_CANCEL'), 'withdrawn');
  t.equal(statusOf('CANCELLATION_REQUEST_CANCELLED'), 'withdrawn');
  t.equal(statusOf('CANCELLATION_REQUEST_SUCCESS'), 'executed');
  t.equal(statusOf('CANCELLATION_REQUEST_COMPLETE'), 'executed');
  const news = { cancel_status: 'NEW', cancel_type: 'REQUEST_CANCEL_REFUND', role: 'ROBOT' };
  t.match(mapCancellation(wireCancellation(news)), {
    status: 'unknown',
    statusText: 'NEW',
    type: 'other',
    typeText: 'REQUEST_CANCEL_REFUND',
    role: 'other',
    roleText: 'ROBOT',
  });
});

await t.test('a cancellation needs its ids, status and time, and nothing else', async (t) => {
  for (const field of ['cancel_id', 'order_id', 'cancel_status', 'update_time']) {
    t.throws(
      () => mapCancellation(wireCancellation({ [field]: '' })),
      new UnreadableError(`${field} is missing`),
    );
  }
  const bare = { cancel_id: '1', order_id: '2', cancel_status: 'X', update_time: '1767240060' };
  t.match(mapCancellation(bare), { unitIds: [], skus: [], answerBy: null, reason: null, refundTotal: null });
});
