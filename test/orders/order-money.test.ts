import t from 'tap';
import { startSimulator } from '../../src/simulator/server.js';
import { regionCodes, regionOf } from '../../src/simulator/state/regions.js';
import { mapOrder } from '../../src/tiktok/map/order-mapping.js';
import { documentOf } from './document-of.js';
import { clientFor, rows, textOf, type Json } from '../simulator/support/mini-client.js';
import { fixture } from '../tiktok/support.js';
import { attributeOf, contradictions, looseEnds } from './adds-up.js';
import { parseJson } from '../../src/formats/json.js';

const simulator = await startSimulator({ fast: true, seed: 'kinds' });
t.teardown(() => simulator.close());
const { control } = simulator;
type NewOrder = Parameters<typeof control.addOrder>[1];

function shopIn(region: string) {
  const name = `Money ${region}`;
  const seller = control.addSeller({
    name,
    email: `money-${region}@seller.example`,
    password: 'x',
    baseRegion: region,
  });
  control.addShop({ name, region, sellerType: 'LOCAL', openId: seller.openId });
  return clientFor(simulator, name);
}

async function ordersOf(client: ReturnType<typeof shopIn>): Promise<Json[]> {
  return rows((await client.search({}, { page_size: '100' })).data['orders']);
}

/** The same numbers in every run (Lehmer). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** Any order that the control API can make, as far as money goes. */
function anyOrder(roll: (below: number) => number, region: string): NewOrder {
  const hasDecimals = !['JPY', 'IDR', 'VND'].includes(regionOf(region).currency);
  const amount = (below: number) => (hasDecimals ? (roll(below) / 100).toFixed(2) : String(roll(below)));
  const maybe = <T>(chance: number, value: () => T) => (roll(chance) === 0 ? value() : undefined);
  const names = [
    'retailDelivery',
    'smallOrder',
    'buyerService',
    'handling',
    'shippingInsurance',
    'itemInsurance',
    'itemInsuranceTax',
    'distance',
    'distanceShipping',
    'paymentDiscount',
    'paymentDiscountService',
  ];
  const order = {
    paidMinutesAgo: 90,
    vatPercent: maybe(2, () => roll(25)),
    isSample: maybe(8, () => true),
    isCod: maybe(6, () => true),
    fees: Object.fromEntries(names.map((name) => [name, maybe(3, () => amount(700))])),
    shipping: maybe(4, () => ({})) ?? {
      original: amount(5000),
      platformDiscount: amount(400),
      sellerDiscount: maybe(2, () => amount(300)),
      cofundedDiscount: maybe(2, () => amount(300)),
      tax: maybe(3, () => amount(99)),
    },
    lines: Array.from({ length: 1 + roll(4) }, (_, index) => ({
      sellerSku: `SKU-${index}`,
      quantity: 1 + roll(4),
      price: amount(9000),
      deposit: maybe(4, () => amount(25)),
      ...(roll(5) === 0
        ? { isGift: true, giftRetailPrice: amount(500) }
        : { sellerDiscount: amount(90), platformDiscount: amount(90) }),
      parts: maybe(6, () => [{ sellerSku: 'PART', count: 1 + roll(3) }]),
    })),
  };
  return JSON.parse(JSON.stringify(order)) as NewOrder;
}

await t.test('the parts of every order add up to its total, in every market and currency', async (t) => {
  for (const region of regionCodes) {
    const client = shopIn(region);
    const roll = dice(region.charCodeAt(0) * 256 + region.charCodeAt(1));
    for (let made = 0; made < 25; made++) control.addOrder(client.shopId, anyOrder(roll, region));
    const orders = await ordersOf(client);
    t.equal(orders.length, 25);
    const found = orders.flatMap((wire) => {
      const text = documentOf(mapOrder(wire));
      return [...contradictions(text), ...looseEnds(text)].map(
        (end) => `${region} ${textOf(wire['id'])}: ${end}`,
      );
    });
    t.strictSame(found, []);
  }
});

await t.test('so do those of every kind of order that the simulator starts with', async (t) => {
  for (const { name } of control.shops().filter((shop) => shop.name.startsWith('Every Kind'))) {
    for (const wire of await ordersOf(clientFor(simulator, name))) {
      const text = documentOf(mapOrder(wire));
      t.strictSame([...contradictions(text), ...looseEnds(text)], [], `${name} ${textOf(wire['id'])}`);
    }
  }
});

await t.test(
  'where TikTok contradicts itself the document says by how much, and still adds up',
  async (t) => {
    for (const name of ['order-us.json', 'order-search-202309.json', 'order-detail-202507.json']) {
      t.strictSame(contradictions(documentOf(mapOrder(fixture(name)))), [], name);
    }
    const sample = parseJson(documentOf(mapOrder(fixture('order-detail-202507.json')))) as Json;
    t.equal(attributeOf(sample, 'TikTokTotalDifference'), '-17002.78');
    t.equal(attributeOf(sample, 'TikTokSubTotalDifference'), '4999.99');
    const ours = parseJson(documentOf(mapOrder(fixture('order-us.json')))) as Json;
    t.equal(attributeOf(ours, 'TikTokTotalDifference'), '-0.30', 'two fees that TikTok has not counted');
    t.equal(attributeOf(ours, 'TikTokSubTotalDifference'), '16.99', 'a piece that was cancelled before');
  },
);

await t.test(
  'a fee that is not in the total, and one that nobody knows, leave nothing unexplained',
  async (t) => {
    const client = shopIn('US');
    const { id } = control.addOrder(client.shopId, {
      lines: [{ sellerSku: 'A', quantity: 1, price: '10' }],
      fees: { retailDelivery: '0.28', handling: '1.00', itemInsurance: '2.00' },
    });
    control.setBehaviour({ feesInTotal: 'documented' });
    t.teardown(() => control.setBehaviour({ feesInTotal: 'all' }));
    const wire = await client.order(id);
    const text = documentOf(mapOrder(wire));
    t.strictSame(contradictions(text), []);
    t.equal(attributeOf(parseJson(text) as Json, 'TikTokTotalDifference'), '-3.00');
    const payment = { ...(wire['payment'] as Json), moon_fee: '0.50' };
    const unknown = parseJson(documentOf(mapOrder({ ...wire, payment }))) as Json;
    t.equal(attributeOf(unknown, 'TikTokAmount_moon_fee'), '0.50');
  },
);
