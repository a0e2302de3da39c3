import t from 'tap';
import { findGoods } from '../../src/catalogue/find-goods.js';
import { testDatabase } from '../support/database.js';
import { attributeOf, contradictions } from './adds-up.js';
import { startShop, type TestShop } from './shop.js';

const db = await testDatabase(t);
const line = { sellerSku: 'TEE-RED-L', quantity: 2, price: '20' };

const place = (shop: TestShop, more: object = {}) =>
  shop.simulator.control.addOrder(shop.shopId, { lines: [line], paidMinutesAgo: 90, ...more }).id;

/** The order's attributes by name, and those of its first line. */
async function marksOf(shop: TestShop, id: string) {
  const document = await shop.document(id);
  if (!document) return null;
  const marks = (of: { ExtendedAttributes: { Name: string; Value: string }[] }) =>
    Object.fromEntries(of.ExtendedAttributes.map(({ Name, Value }) => [Name, Value]));
  const { OrderLines, ...head } = document.json;
  return {
    ...document,
    head,
    marks: marks(head as never),
    line: OrderLines[0],
    lineMarks: marks(OrderLines[0]),
  };
}

await t.test('a seller in the US sees what kind of order each is', async (t) => {
  const shop = await startShop(t, db);
  const sold = place(shop);
  await shop.pull();
  const release = 3 * 24 * 3600;
  const part = { sellerSku: 'CUP', count: 2 };
  const kinds = {
    plain: place(shop),
    replacement: place(shop, { replacesOrderId: sold }),
    exchange: place(shop, { exchangesOrderId: sold }),
    sample: place(shop, { isSample: true }),
    subscription: place(shop, { isSubscription: true }),
    made: place(shop, { orderType: 'MADE_TO_ORDER', handlingDays: 7 }),
    unknown: place(shop, { orderType: 'HOLOGRAM' }),
    bundle: place(shop, {
      lines: [{ ...line, sellerSku: 'BOX', parts: [part, { sellerSku: 'TEA', count: 1 }] }],
    }),
    live: place(shop, { lines: [{ ...line, sellerSku: 'LIVE', temporaryListing: true, roomId: '73' }] }),
    gift: place(shop, {
      lines: [line, { sellerSku: 'PEN', quantity: 1, isGift: true, giftRetailPrice: '4.5' }],
    }),
    cod: place(shop, { isCod: true }),
    pre: place(shop, { orderType: 'PRE_ORDER', releaseInSeconds: release }),
  };
  await shop.pull();
  const of = (name: keyof typeof kinds) => marksOf(shop, kinds[name]);
  const original = await shop.document(sold);
  const plain = await of('plain');
  for (const name of [
    'Replacement',
    'Exchange',
    'Sample',
    'Subscription',
    'Cash',
    'Bundle',
    'Cpf',
    'Masked',
    'Gift',
  ])
    t.notMatch(plain?.text, `TikTok${name}`, name);
  t.match(await of('replacement'), {
    marks: {
      TikTokReplacementOrder: 'true',
      TikTokReplacedOrderId: sold,
      TikTokOriginalOrderKey: String(original?.key),
    },
  });
  t.match(await of('exchange'), { marks: { TikTokExchangeOrder: 'true', TikTokExchangedOrderId: sold } });
  const told = (await shop.events('order-changed')).join();
  t.match(told, `Order ${kinds.replacement} (document`);
  t.match(told, /replaces goods of this order/);
  t.match(told, /was taken in exchange for goods of this order/);
  t.match(await of('sample'), { marks: { TikTokSampleOrder: 'true' } });
  t.match(await of('subscription'), { marks: { TikTokSubscriptionOrder: 'true' } });
  t.match(await of('made'), {
    marks: {
      TikTokOrderType: 'MADE_TO_ORDER',
      TikTokHandlingDays: '7',
      TikTokHandlingDaysType: 'BUSINESS_DAY',
    },
  });
  t.match(await of('unknown'), { marks: { TikTokOrderType: 'HOLOGRAM' } });
  t.match(await of('bundle'), {
    marks: { TikTokBundles: 'true' },
    line: { Quantity: 4, ItemIdentifier: { PartnerSKU: 'CUP' } },
    lineMarks: { TikTokBundleSKU: 'BOX', TikTokBundlePartQuantity: '2' },
  });
  t.match(await of('live'), {
    marks: { TikTokTemporaryListing: 'true' },
    lineMarks: { TikTokTemporaryListing: 'true', TikTokLiveRoomId: '73' },
  });
  const gift = (await of('gift'))?.head && (await shop.document(kinds.gift))?.json['OrderLines'][1];
  t.match(gift, { Price: 0, MSRP: 4.5 });
  t.match(attributeOf(gift, 'TikTokGiftRetailPrice'), '4.50');
  t.match(await of('cod'), { marks: { TikTokCashOnDelivery: 'true' } });
  t.equal(await of('pre'), null, 'a pre-order waits until TikTok releases it');
  shop.simulator.control.setClock({ advanceSeconds: release + 60 });
  await shop.pull();
  t.match(await of('pre'), {
    marks: { TikTokOrderType: 'PRE_ORDER', TikTokReleaseDate: /^20/ },
    head: { DoNotShipBefore: /^20/ },
  });
});

await t.test(
  'a seller in Brazil gets the buyer’s tax number, kept where other personal data is',
  async (t) => {
    const shop = await startShop(t, db, { region: 'BR' });
    const id = place(shop, { cpf: '000.111.222-33', cpfName: 'Comprador', invoice: 'NEED_INVOICE' });
    await shop.pull();
    const document = await marksOf(shop, id);
    t.match(document, {
      head: { ShipToAddress: { TaxNumber: '000.111.222-33' } },
      marks: { TikTokCpf: '000.111.222-33', TikTokCpfName: 'Comprador', TikTokInvoiceNeed: 'NEED_INVOICE' },
    });
    const row = await shop.row(id);
    t.notMatch(JSON.stringify(row.data), '000.111.222-33');
    t.match(row.personal, { taxpayer: { cpf: '000.111.222-33', cpfName: 'Comprador' } });
    shop.simulator.control.act(id, { type: 'seller_uploads_invoice' });
    shop.simulator.control.setClock({ advanceSeconds: 5 });
    await shop.pull();
    t.match(await marksOf(shop, id), { marks: { TikTokInvoiceNeed: 'INVOICE_UPLOADED' } });
    t.match((await shop.events('order-changed')).join(), 'invoice NEED_INVOICE -> INVOICE_UPLOADED');
    t.notMatch((await shop.events('order-changed')).join(), '000.111');
  },
);

await t.test('collection points, masked addresses, katakana and deposits are told', async (t) => {
  const german = await startShop(t, db, { region: 'DE' });
  const bottle = place(german, {
    deliveryType: 'COLLECTION_POINT',
    lines: [{ ...line, deposit: '0.25' }],
    address: { phone: '(+49)30*****12' },
  });
  await german.pull();
  const document = await marksOf(german, bottle);
  t.match(document, {
    marks: { TikTokDeliveryType: 'COLLECTION_POINT', TikTokMaskedAddress: 'true', TikTokDeposit: '0.50' },
    lineMarks: { TikTokDeposit: '0.50' },
  });
  t.strictSame(contradictions(document?.text ?? ''), []);
  const japanese = await startShop(t, db, { region: 'JP' });
  const id = place(japanese, { address: { firstNameLocalScript: 'タロウ', lastNameLocalScript: 'ヤマダ' } });
  await japanese.pull();
  t.match(await marksOf(japanese, id), {
    marks: { TikTokFirstNameLocalScript: 'タロウ', TikTokLastNameLocalScript: 'ヤマダ' },
  });
});

await t.test(
  'a bundle’s price is shared as TikTok lists its goods, which the lines are called by',
  async (t) => {
    const shop = await startShop(t, db);
    Object.assign(shop.deps, { findGoods });
    for (const [sellerSku, price] of [
      ['SOFA', '900'],
      ['CUSHION', '50'],
    ] as const)
      shop.simulator.control.addProduct(shop.shopId, {
        title: `A ${sellerSku}`,
        skus: [{ sellerSku, price }],
      });
    const id = place(shop, {
      lines: [
        {
          ...line,
          sellerSku: 'LOUNGE',
          price: '800.01',
          parts: [
            { sellerSku: 'SOFA', count: 1 },
            { sellerSku: 'CUSHION', count: 2 },
          ],
        },
      ],
    });
    await shop.pull({ flow: 'pull-catalogue' });
    await shop.pull();
    const document = await shop.document(id);
    t.strictSame(contradictions(document?.text ?? ''), []);
    t.match(document?.json['OrderLines'], [
      { Quantity: 2, Price: 720.01, Description: 'A SOFA' },
      { Quantity: 4, Price: 40, Description: 'A CUSHION' },
    ]);
  },
);

await t.test('a replacement of a replacement leads to the one before it, not to the first', async (t) => {
  const shop = await startShop(t, db);
  const first = place(shop);
  await shop.pull();
  const second = place(shop, { replacesOrderId: first });
  await shop.pull();
  const third = place(shop, { replacesOrderId: second });
  await shop.pull();
  const before = await shop.document(second);
  t.match(await marksOf(shop, third), {
    marks: { TikTokReplacedOrderId: second, TikTokOriginalOrderKey: String(before?.key) },
  });
  const told = (await shop.events('order-changed')).filter((summary) => summary.includes(`Order ${third} (`));
  t.equal(told.length, 1, 'one order is told of it');
});

await t.test('words that TikTok has thought of since are no reason to lose or stop an order', async (t) => {
  const shop = await startShop(t, db);
  const { control } = shop.simulator;
  const fields = [
    'display_status',
    'package_status',
    'split_or_combine_tag',
    'delivery_type',
    'order_type',
    'sku_type',
    'need_upload_invoice',
    'commerce_platform',
    'cancel_user',
    'payment_method_name',
  ];
  for (const field of fields) {
    const fault = control.addFault({ kind: 'unknown_enum', field, value: 'LEVITATING' });
    const id = place(shop);
    await shop.pull();
    t.ok(await shop.document(id), `an order with another ${field} comes in`);
    control.removeFault(fault.id);
    control.act(id, { type: 'seller_ship', trackingNumber: `LV${id.slice(-10)}` });
    const shipped = control.addFault({ kind: 'unknown_enum', field, value: 'LEVITATING' });
    await shop.pull();
    control.removeFault(shipped.id);
    t.match((await shop.document(id))?.text, `LV${id.slice(-10)}`, `and is followed with another ${field}`);
  }
});
