import t from 'tap';

import { startSimulator } from '../../src/simulator/server.js';
import { regionCodes, regionOf } from '../../src/simulator/state/regions.js';
import { clientFor, rows, textOf, type Json, type MiniClient } from './support/mini-client.js';

const simulator = await startSimulator({ fast: true, seed: 'empty' });
t.teardown(() => simulator.close());
const { control } = simulator;

function shopIn(region: string): MiniClient {
  const name = `${region} ${Math.random()}`;
  const email = `${name}@seller.example`;
  const seller = control.addSeller({ name, email, password: 'x', baseRegion: region });
  control.addShop({ name, region, sellerType: 'LOCAL', openId: seller.openId });
  return clientFor(simulator, name);
}

/** Amounts as whole minor units: sums of decimals are not for floating point. */
function minor(value: unknown): number {
  const [whole = '0', rest = ''] = textOf(value).split('.');
  return Number(`${whole}${rest.padEnd(2, '0')}`);
}

function sum(values: readonly unknown[]): number {
  return values.reduce<number>((total, value) => total + minor(value), 0);
}

/** A small generator: the same numbers in every run (Lehmer). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function randomOrder(roll: (below: number) => number, region: string): object {
  const hasDecimals = !['JPY', 'IDR', 'VND'].includes(regionOf(region).currency);
  const amount = (below: number): string => {
    const value = roll(below);
    return hasDecimals ? (value / 100).toFixed(2) : String(value);
  };
  const maybe = (): string | undefined => (roll(3) === 0 ? amount(700) : undefined);
  const fees = {
    retailDelivery: maybe(),
    smallOrder: maybe(),
    buyerService: maybe(),
    handling: maybe(),
    shippingInsurance: maybe(),
    itemInsurance: maybe(),
    itemInsuranceTax: maybe(),
    distance: maybe(),
    paymentDiscount: maybe(),
    paymentDiscountService: maybe(),
  };
  const shipping = {
    original: amount(5000),
    platformDiscount: amount(400),
    ...(roll(2) === 0 ? { sellerDiscount: amount(300) } : { cofundedDiscount: amount(300) }),
  };
  const lines = Array.from({ length: 1 + roll(3) }, (_, index) => ({
    sellerSku: `SKU-${index}`,
    quantity: 1 + roll(3),
    price: amount(9000),
    sellerDiscount: amount(90),
    platformDiscount: amount(90),
    ...(roll(4) === 0 ? { deposit: amount(25) } : {}),
    ...(roll(5) === 0
      ? { isGift: true, giftRetailPrice: amount(500), sellerDiscount: '0', platformDiscount: '0' }
      : {}),
  }));
  const plain = JSON.parse(JSON.stringify({ fees, shipping, lines })) as object;
  return { ...plain, paidMinutesAgo: 90, vatPercent: 19 };
}

/** TikTok's identities, and that whatever is told per line adds up to what is told for the order. */
function differences(order: Json): string[] {
  const payment = order['payment'] as Json;
  const items = rows(order['line_items']);
  const paid = (name: string): number => minor(payment[name]);
  const perLine = (name: string): number => sum(items.map((item) => item[name] ?? '0'));
  const checks: [name: string, given: number, expected: number][] = [
    ['goods', paid('original_total_product_price'), perLine('original_price')],
    ['seller discount', paid('seller_discount'), perLine('seller_discount')],
    ['platform discount', paid('platform_discount'), perLine('platform_discount')],
    [
      'sub-total',
      paid('sub_total'),
      paid('original_total_product_price') - paid('seller_discount') - paid('platform_discount'),
    ],
    ['sub-total by line', paid('sub_total'), perLine('sale_price')],
    [
      'shipping',
      paid('shipping_fee'),
      paid('original_shipping_fee') -
        paid('shipping_fee_seller_discount') -
        paid('shipping_fee_platform_discount') -
        paid('shipping_fee_cofunded_discount'),
    ],
    ['tax', paid('tax'), paid('product_tax') + paid('shipping_fee_tax') + paid('item_insurance_tax')],
    ['retail delivery fee', paid('retail_delivery_fee'), perLine('retail_delivery_fee')],
    ['buyer service fee', paid('buyer_service_fee'), perLine('buyer_service_fee')],
    ['small order fee', paid('small_order_fee'), perLine('small_order_fee')],
    [
      'total',
      paid('total_amount'),
      paid('sub_total') +
        paid('shipping_fee') +
        paid('tax') +
        perLine('pfand_fee') +
        sum(
          [
            'retail_delivery_fee',
            'small_order_fee',
            'buyer_service_fee',
            'handling_fee',
            'shipping_insurance_fee',
            'item_insurance_fee',
            'distance_fee',
            'payment_discount_service_fee',
          ].map((name) => payment[name] ?? '0'),
        ) -
        minor(payment['payment_platform_discount'] ?? '0'),
    ],
  ];
  return checks.flatMap(([name, given, expected]) =>
    given === expected ? [] : [`${name}: ${given} is not ${expected}`],
  );
}

await t.test('every order that can be made adds up, in every market and currency', async (t) => {
  for (const region of regionCodes) {
    const client = shopIn(region);
    const roll = dice(region.charCodeAt(0) * 256 + region.charCodeAt(1));
    for (let made = 0; made < 12; made++) {
      control.addOrder(client.shopId, randomOrder(roll, region) as Parameters<typeof control.addOrder>[1]);
    }
    const reply = await client.search();
    const orders = rows(reply.data['orders']);
    t.equal(orders.length, 12);
    for (const order of orders) t.strictSame(differences(order), [], `${region} ${textOf(order['id'])}`);
  }
});

await t.test('the documents count one fee into the total: the switch does so too', async (t) => {
  const client = shopIn('US');
  const fees = { retailDelivery: '0.28', handling: '1.00', itemInsurance: '2.00' };
  const { id } = control.addOrder(client.shopId, {
    lines: [{ sellerSku: 'A', quantity: 1, price: '10' }],
    fees,
  });
  const total = async (): Promise<number> =>
    minor(((await client.order(id))['payment'] as Json)['total_amount']);
  const all = await total();
  control.setBehaviour({ feesInTotal: 'documented' });
  t.equal(all - (await total()), 300);
  control.setBehaviour({ feesInTotal: 'all' });
});

await t.test('a cancelled order pays back all that was paid, to the last fee', async (t) => {
  const client = shopIn('ID');
  const order = control.addOrder(client.shopId, {
    paidMinutesAgo: 90,
    lines: [{ sellerSku: 'A', quantity: 3, price: '10001' }],
    fees: { buyerService: '1000', shippingInsurance: '350', handling: '77', retailDelivery: '5' },
  });
  control.act(order.id, { type: 'system_cancel' });
  const reply = await client.call('POST', '/return_refund/202309/cancellations/search', { body: {} });
  const [cancellation = {}] = rows(reply.data['cancellations']);
  const refund = cancellation['refund_amount'] as Json;
  t.equal(refund['refund_total'], (order['payment'] as Json)['total_amount']);
  t.match(refund, { buyer_service_fee: '1000', retail_delivery_fee: '5' });
  const byLine = rows(cancellation['cancel_line_items']).map(
    (line) => (line['refund_amount'] as Json)['refund_total'],
  );
  t.equal(sum(byLine), minor(refund['refund_total']));
});

await t.test('a shipment in the EU says what tax is in its prices, without changing them', async (t) => {
  const client = shopIn('DE');
  const lines = [{ sellerSku: 'A', quantity: 1, price: '11.90', deposit: '0.25' }];
  const shipping = { original: '5.95' };
  const { id } = control.addOrder(client.shopId, { lines, shipping, vatPercent: 19, paidMinutesAgo: 90 });
  t.match(await client.order(id), {
    shipping_tax_amount: '0.95',
    shipping_tax_rate: '0.1900',
    payment: { sub_total: '11.90', shipping_fee: '5.95', tax: '0.00', total_amount: '18.10' },
    line_items: [{ pfand_fee: '0.25', item_tax: [{ tax_amount: '1.90', tax_rate: '0.1900' }] }],
  });
});
