import t from 'tap';
import { parseJson } from '../../src/formats/json.js';
import { changeShipment } from '../../src/shipments/correct-shipment.js';
import { somebody } from '../support/actors.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { amountPerPiece, sumDecimals, multiplyDecimal } from '../../src/kernel/money.js';
import { acknowledging } from '../acknowledgements/world.js';
import { startReturnWorld } from '../returns/world.js';
import {
  refusalOf,
  shipmentOf,
  type OrderedLine,
  type ShopWorld,
  type TestOrder,
} from '../shipments/world.js';
import { attributeOf, contradictions } from './adds-up.js';

const returns = await startReturnWorld(t);
const { world } = returns;
const us = await world.connect('US');
const japan = await world.connect('JP');
const indonesia = await world.connect('ID');

const parts = [
  { sellerSku: 'CUP', count: 2 },
  { sellerSku: 'TEA', count: 1 },
];
const box: OrderedLine = { sku: 'BOX', quantity: 2, price: '20.01', parts };

interface Line {
  [name: string]: any; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
}

async function linesOf(shop: ShopWorld, order: TestOrder): Promise<Line[]> {
  const { body } = await shop.orderDocument(order);
  t.same(contradictions(body), [], 'the amounts of the document add up');
  return JSON.parse(body).OrderLines as Line[];
}

const lineOf = ({ ItemIdentifier, LineNumber, Quantity, Price }: Line) =>
  `${LineNumber}: ${Quantity} ${ItemIdentifier.SupplierSKU} at ${Price}`;

await t.test('an ERP gets a line for each of the goods in a bundle, at shares of its price', async (t) => {
  const order = await us.order([{ sku: 'MUG', quantity: 1 }, box, { sku: 'PEN', quantity: 1 }]);
  const lines = await linesOf(us, order);
  t.same(lines.map(lineOf), ['1: 1 MUG at 20', '2: 4 CUP at 6.67', '3: 2 TEA at 6.67', '4: 1 PEN at 20']);
  const [, cups, tea] = lines;
  for (const line of [cups!, tea!]) {
    t.equal(attributeOf(line, 'TikTokBundleSKU'), 'BOX');
    t.equal(attributeOf(line, 'TikTokBundleQuantity'), '2');
    t.equal(attributeOf(line, 'TikTokBundleLine'), '2');
    t.equal(attributeOf(line, 'TikTokOrderLineId')?.split(',').length, 2, 'the bundle’s pieces of TikTok’s');
    t.notOk(attributeOf(line, 'TikTokBundlePart_1'));
  }
  t.equal(attributeOf(cups!, 'TikTokBundlePartQuantity'), '2');
});

await t.test('prices of the goods make up the bundle’s to the last digit, in every currency', async (t) => {
  const odd: [ShopWorld, OrderedLine, string[]][] = [
    [us, { ...box, price: '10.00' }, ['4 CUP at 3.33', '2 TEA at 3.34']],
    [us, { ...box, price: '9.99', parts: [{ sellerSku: 'CUP', count: 2 }] }, ['2 CUP at 5', '2 CUP at 4.99']],
    [japan, { ...box, price: '1000' }, ['4 CUP at 333', '2 TEA at 334']],
    [us, { ...box, price: '0', isGift: true, giftRetailPrice: '4.5' }, ['4 CUP at 0', '2 TEA at 0']],
  ];
  for (const [shop, line, expected] of odd) {
    const lines = await linesOf(shop, await shop.order([line]));
    t.same(
      lines.map((each) => lineOf(each).slice(3)),
      expected,
    );
    const total = sumDecimals(lines.map(({ Price, Quantity }) => multiplyDecimal(String(Price), Quantity)));
    t.equal(Number(total), Number(line.price) * 2);
    if (line.isGift)
      t.same(
        lines.map(({ MSRP }) => MSRP),
        [1.5, 1.5],
      );
  }
  for (let cents = 0; cents < 200; cents++) {
    const shares = [
      { count: 1 + (cents % 5), weight: String(cents % 7) },
      { count: 1, weight: '3.5' },
      { count: 2 + (cents % 3), weight: '0.01' },
    ];
    const total = (cents / 100).toFixed(2);
    const amounts = amountPerPiece(total, shares, 'USD') ?? [];
    const sum = sumDecimals(amounts.map((amount, at) => multiplyDecimal(amount, shares[at]?.count ?? 0)));
    t.equal(Number(sum), Number(total), `${total} in pieces`);
  }
});

await t.test('discounts of a bundle are shared by its goods, none is lost or told twice', async (t) => {
  const lines = await linesOf(us, await us.order([{ ...box, price: '20.00', sellerDiscount: '1.01' }]));
  const discounts = lines.map(({ Discounts }) => Discounts[0].DiscountAmount as number);
  t.equal(discounts.length, 2);
  t.equal(Math.round(discounts.reduce((a, b) => a + b) * 100), 202);
});

const ship = (number: string, goods: [sku: string, quantity: number, tracking: string][], carrier = 'UPS') =>
  shipmentOf(
    number,
    goods.map(([sku, quantity, tracking]) => ({
      sku,
      quantity,
      tracking,
      carrier: { CarrierCode: carrier },
    })),
  );

await t.test('goods that make up whole bundles ship TikTok’s pieces; a part alone is refused', async (t) => {
  const order = await us.order([{ sku: 'MUG', quantity: 1 }, box]);
  for (const goods of [
    [['CUP', 4, 'B1']],
    [
      ['CUP', 3, 'B1'],
      ['TEA', 1, 'B1'],
    ],
    [
      ['CUP', 2, 'B1'],
      ['TEA', 1, 'B2'],
    ],
    [
      ['CUP', 2, 'B1'],
      ['TEA', 2, 'B1'],
    ],
  ] as [string, number, string][][]) {
    const refused = await refusalOf(us.ship(order, ship('S-0', goods)));
    t.equal(refused.code, 'invalid-document');
    const [detail] = refused.details ?? [];
    t.match(detail?.message, /no whole bundle BOX: one is 2 × CUP \(line 2\) and 1 × TEA \(line 3\)/);
    t.match(detail?.next, /one tracking number/);
  }
  const first = await us.shipped(
    order,
    ship('S-1', [
      ['CUP', 2, 'BX10000001'],
      ['TEA', 1, 'BX10000001'],
      ['MUG', 1, 'BX10000001'],
    ]),
  );
  t.equal(first.status, 1000);
  t.match(us.effects(order), [/^BX10000001: \d+,\d+$/]);
  t.same(
    (first.document['ShipmentLines'] as Line[]).map(
      ({ LineNumber, Quantity, ItemIdentifier, ShipmentInfos }) =>
        `${LineNumber} ${ItemIdentifier.SupplierSKU} ${Quantity} ${ShipmentInfos[0].Qty}`,
    ),
    ['2 CUP 2 2', '3 TEA 1 1', '1 MUG 1 1'],
  );
  const partly = await linesOf(us, order);
  t.same(
    partly.map((line) => attributeOf(line, 'ShippedQuantity')),
    ['1', '2', '1'],
  );
  const over = await refusalOf(
    us.ship(
      order,
      ship('S-2', [
        ['CUP', 4, 'BX10000002'],
        ['TEA', 2, 'BX10000002'],
      ]),
    ),
  );
  t.match(over.details?.[0]?.message, /2 bundles BOX .*1 shipped, 1 left/);
  const second = await us.shipped(
    order,
    ship('S-2', [
      ['TEA', 1, 'BX10000002'],
      ['CUP', 2, 'BX10000002'],
    ]),
  );
  t.equal(second.status, 1000);
  t.equal((await us.orderDocument(order)).statusCode, 1000);
});

await t.test(
  'bundles go one by one where TikTok lets the pieces of a SKU travel apart, else together',
  async (t) => {
    const apart: [string, number, string][] = [
      ['CUP', 2, 'BY10000001'],
      ['TEA', 1, 'BY10000001'],
      ['CUP', 2, 'BY10000002'],
      ['TEA', 1, 'BY10000002'],
    ];
    const free = await us.order([box]);
    t.equal((await us.shipped(free, ship('S-1', apart))).status, 1000);
    t.equal(us.effects(free).length, 2);
    const bound = await indonesia.order([{ ...box, price: '20001' }]);
    const refused = await refusalOf(indonesia.ship(bound, ship('S-1', apart, 'JNE')));
    t.match(
      refused.details?.[0]?.message,
      /all 2 unshipped pieces of one SKU must travel under one tracking number/,
    );
  },
);

await t.test('goods are accepted, cancelled and sent back by their own lines', async (t) => {
  const acks = acknowledging(world, us);
  const line = (sku: string, quantities: object) => ({ ItemIdentifier: { SupplierSKU: sku }, ...quantities });
  const order = await us.order([box]);
  const tooMany = await refusalOf(
    acks.send(order, { AcknowledgementNumber: 'A-0', AckLines: [line('CUP', { Quantity: 5 })] }),
  );
  t.match(tooMany.details?.[0]?.message, '5 pieces of line 1, of which 4 are left');
  const part = await refusalOf(
    acks.send(order, { AcknowledgementNumber: 'A-1', AckLines: [line('CUP', { QuantityCancelled: 4 })] }),
  );
  t.match(part.message, 'This cancels 4 of the 6 pieces');
  const whole = await acks.settled(order, {
    AcknowledgementNumber: 'A-2',
    ChangeReason: 'Out of stock',
    AckLines: [line('CUP', { QuantityCancelled: 4 }), line('TEA', { QuantityCancelled: 2 })],
  });
  t.equal(whole.error, null);
  t.same(acks.effects(order).length, 1);
  t.equal(await acks.statusOf(order), 1100);

  const given = await returns.received(us, { lines: [box], pieces: 1 });
  const { json } = await returns.view(us, given);
  t.same(
    (json['ReturnLines'] as Line[]).map(
      ({ LineNumber, Quantity, ItemIdentifier }) => `${LineNumber} ${ItemIdentifier.SupplierSKU} ${Quantity}`,
    ),
    ['1 CUP 2', '2 TEA 1'],
  );
  const refunds = (json['ReturnLines'] as Line[]).map((each) => attributeOf(each, 'Refund_Amount') ?? '0');
  t.equal(sumDecimals(refunds), sumDecimals([attributeOf(json, 'Refund_Amount')]));
  const wrong = await refusalOf(
    returns.answer(us, {
      ReturnNumber: given.returnId,
      ReturnLines: [{ ...line('CUP', { Quantity: 1 }) }, line('TEA', { Quantity: 1 })],
    }),
  );
  t.match(wrong.details?.[0]?.message, 'has 2 pieces in the request, not 1');
  await returns.answer(us, {
    ReturnNumber: given.returnId,
    ReturnLines: [line('CUP', { Quantity: 2 }), line('TEA', { Quantity: 1 })],
  });
});

await t.test('a seller whose ERP keeps bundles gets one line; orders that are out keep theirs', async (t) => {
  const before = await us.order([box]);
  us.connection.settings.breakUpBundles = false;
  const after = await us.order([box]);
  await us.pull(before.tiktokOrderId);
  t.same((await linesOf(us, before)).map(lineOf), ['1: 4 CUP at 6.67', '2: 2 TEA at 6.67']);
  const [line, ...rest] = await linesOf(us, after);
  t.same(rest, []);
  t.equal(lineOf(line!), '1: 2 BOX at 20.01');
  t.equal(attributeOf(line!, 'TikTokBundlePart_1'), 'CUP');
  t.equal((await us.shipped(after, ship('S-1', [['BOX', 2, 'BZ10000001']]))).status, 1000);
  us.connection.settings.breakUpBundles = true;
});

await t.test('the goods in a bundle are pieces of the stock, with all that happens to it', async (t) => {
  const order = await us.order([box]);
  const pieces = async (sellerSku: string) => {
    const rows = await world.db.prisma.stockPiece.findMany({ where: { sellerSku, shopId: us.shopId } });
    const own = await world.db.prisma.order.findFirstOrThrow({
      where: { tiktokOrderId: order.tiktokOrderId },
    });
    return rows.filter(({ orderId }) => orderId === own.id);
  };
  t.same(
    [(await pieces('CUP')).length, (await pieces('TEA')).length, (await pieces('BOX')).length],
    [4, 2, 2],
  );
  await us.shipped(
    order,
    ship('S-1', [
      ['CUP', 2, 'BQ10000001'],
      ['TEA', 1, 'BQ10000001'],
    ]),
  );
  t.equal((await pieces('CUP')).filter(({ shippedAt }) => shippedAt !== null).length, 2);
  world.control.act(order.tiktokOrderId, { type: 'operator_cancel', unitIds: order.unitIds.slice(1) });
  await us.pull(order.tiktokOrderId);
  t.equal((await pieces('CUP')).filter(({ cancelledAt }) => cancelledAt !== null).length, 2);
  t.equal((await pieces('TEA')).filter(({ cancelledAt }) => cancelledAt !== null).length, 1);
});

await t.test('what others do to a bundle is told in its goods', async (t) => {
  const whole: [string, number, string][] = [
    ['CUP', 4, 'BV10000001'],
    ['TEA', 2, 'BV10000001'],
  ];
  const cancelled = await us.order([box]);
  world.control.act(cancelled.tiktokOrderId, {
    type: 'operator_cancel',
    unitIds: cancelled.unitIds.slice(0, 1),
  });
  const left = await us.shipped(cancelled, ship('S-1', whole));
  t.equal(left.status, 1000, 'one bundle was cancelled just before: the other one goes');
  t.same(
    (left.document['ShipmentLines'] as Line[]).map(({ Quantity, ShipmentInfos }) => [
      Quantity,
      ShipmentInfos[0].Qty,
    ]),
    [
      [2, 2],
      [1, 1],
    ],
  );

  const elsewhere = await us.order([box]);
  world.control.act(elsewhere.tiktokOrderId, { type: 'seller_ship', trackingNumber: 'BV10000002' });
  await us.pull(elsewhere.tiktokOrderId);
  t.same(
    (await linesOf(us, elsewhere)).map((line) => attributeOf(line, 'ShippedQuantity')),
    ['4', '2'],
  );
  const same = whole.map(([sku, quantity]): [string, number, string] => [sku, quantity, 'BV10000002']);
  t.equal((await us.shipped(elsewhere, ship('S-1', same))).status, 1000, 'the same number is theirs');
  const again = await us.ship(elsewhere, ship('S-1', same));
  t.equal(again.created, false);
});

await t.test('the number of a bundle’s parcel is corrected with all of its goods', async (t) => {
  const order = await us.order([{ ...box, quantity: 1 }]);
  const goods = (number: string) =>
    ship('S-1', [
      ['CUP', 2, number],
      ['TEA', 1, number],
    ]);
  const { key } = await us.shipped(order, goods('BW10000001'));
  await changeShipment(world.deps, {
    by: somebody,
    companyId: us.companyId,
    key,
    document: parseJson(JSON.stringify(goods('BW10000002'))) as JsonObject,
  });
  await world.settle();
  const { status, document } = await us.shipment(key);
  t.equal(status, 1000);
  t.notMatch(JSON.stringify(document), 'BW10000001');
  t.match((await us.orderDocument(order)).body, 'BW10000002');
});
