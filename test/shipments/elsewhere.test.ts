import t from 'tap';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { explainShipment } from '../../src/shipments/explain-shipment.js';
import { markHanded } from '../../src/orders/piece-store.js';
import { refusalOf, shipmentOf, startWorld, type ShopWorld, type TestOrder } from './world.js';
import { somebody } from '../support/actors.js';

const world = await startWorld(t);
const us = await world.connect('US');
const indonesia = await world.connect('ID');
const { control } = world;

let trackings = 0;
const nextTracking = () => `EL${String(++trackings).padStart(8, '0')}`;
const shirts = (shop: ShopWorld, quantity: number) => shop.order([{ sku: 'SHIRT', quantity }]);
const JNE = { CarrierCode: 'JNE' };
const ofShirts = (quantity: number, tracking: string, shop = us, number = 'S-1') =>
  shipmentOf(number, [{ sku: 'SHIRT', quantity, tracking, ...(shop === us ? {} : { carrier: JNE }) }]);

interface ShownOrder {
  StatusCode: number;
  ExtendedAttributes: { Name: string; Value: string }[];
  OrderLines: { ExtendedAttributes: { Name: string; Value: string }[] }[];
}
async function shown(shop: ShopWorld, order: TestOrder): Promise<ShownOrder> {
  return JSON.parse((await shop.orderDocument(order)).body) as ShownOrder;
}
const attribute = (of: ShownOrder['OrderLines'][number] | undefined, name: string) =>
  of?.ExtendedAttributes.find(({ Name }) => Name === name)?.Value;
const eventsOf = async (key: number) =>
  (await world.db.prisma.event.findMany({ where: { documentKey: key }, orderBy: { id: 'asc' } })).map(
    ({ level, summary }) => `${level} ${summary}`,
  );

for (const [region, shop] of [
  ['US', us],
  ['Indonesia', indonesia],
] as const) {
  await t.test(
    `${region}: what Seller Center ships is Complete with its number, and the same shipment of the ERP's too, before and after the pull`,
    async (t) => {
      for (const isPulled of [false, true]) {
        const order = await shirts(shop, 2);
        const tracking = nextTracking();
        control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: tracking });
        if (isPulled) {
          await shop.pull(order.tiktokOrderId);
          const document = await shown(shop, order);
          t.equal(document.StatusCode, 1000, 'out of Ready, whatever the ERP does');
          t.equal(attribute(document, 'TikTokTrackingNumber_'), tracking);
          t.equal(attribute(document.OrderLines[0], 'TikTokTrackingNumber_'), tracking);
          t.equal(attribute(document.OrderLines[0], 'ShippedQuantity'), '2');
          const told = (await eventsOf(order.key)).filter((event) => /shipped under/.test(event));
          t.equal(told.length, 1);
          t.match(told[0], new RegExp(`^Warning .*2 piece.s. shipped under ${tracking}`));
        }
        const { key, created } = await shop.ship(order, ofShirts(2, ` ${tracking.toLowerCase()} `, shop));
        t.ok(created);
        if (isPulled) t.equal((await shop.shipment(key)).status, 1000, 'at once: nothing has to be sent');
        await world.settle();
        t.match(await shop.shipment(key), { status: 1000, error: null });
        t.equal((await shop.orderDocument(order)).statusCode, 1000);
        t.equal(shop.effects(order).length, 1, 'shipped once');
        t.match(await shop.ship(order, ofShirts(2, ` ${tracking.toLowerCase()} `, shop)), {
          key,
          created: false,
        });
      }
    },
  );

  await t.test(
    `${region}: another number than TikTok has is told so with the next step, before and after the pull`,
    async (t) => {
      const [theirs, ours] = [nextTracking(), nextTracking()];
      const early = await shirts(shop, 1);
      const late = await shirts(shop, 1);
      for (const [order, number] of [
        [early, theirs],
        [late, nextTracking()],
      ] as const)
        control.act(order.tiktokOrderId, { type: 'seller_ship', trackingNumber: number });
      const failed = await shop.shipped(early, ofShirts(1, ours, shop));
      t.equal(failed.status, 1200);
      t.match(failed.error ?? '', new RegExp(`shipped under ${theirs}.*PUT`));
      await shop.pull(early.tiktokOrderId);
      t.equal((await shop.orderDocument(early)).statusCode, 1000, 'TikTok has it: the order is over');
      await shop.pull(late.tiktokOrderId);
      const refused = await refusalOf(shop.ship(late, ofShirts(1, ours, shop)));
      t.match(refused, { code: 'rule-violated' });
      t.match(refused.details[0]?.message ?? '', /shipped already .*under EL/);
      t.match(refused.details[0]?.next ?? '', /tracking number that TikTok has.*PUT/);
      t.match(await shop.shipped(early, ofShirts(1, theirs, shop, 'S-2')), { status: 1000 });
    },
  );
}

await t.test(
  'a part that Seller Center ships is told; the rest is the ERP’s, and ends the order',
  async (t) => {
    const order = await shirts(us, 3);
    const [theirs, ours] = [nextTracking(), nextTracking()];
    control.act(order.tiktokOrderId, {
      type: 'seller_ship',
      trackingNumber: theirs,
      unitIds: [order.unitIds[1]!],
    });
    await us.pull(order.tiktokOrderId);
    t.equal((await shown(us, order)).StatusCode, 100, 'the ERP has never been given it: it stays in Ready');
    t.equal(attribute((await shown(us, order)).OrderLines[0], 'ShippedQuantity'), '1');
    const over = await refusalOf(us.ship(order, ofShirts(3, ours)));
    t.match(over.details[0], { message: new RegExp(`3 ordered, 1 shipped .under ${theirs}., 2 left`) });
    t.match(over.details[0]?.next ?? '', /TikTok has/);
    const both = shipmentOf('S-1', [{ sku: 'SHIRT', quantity: 3, tracking: theirs }]);
    const line = (both['ShipmentLines'] as { ShipmentInfos: object[] }[])[0]!;
    line.ShipmentInfos = [
      { TrackingNumber: theirs, Qty: 1, CarrierCode: 'UPS' },
      { TrackingNumber: ours, Qty: 2, CarrierCode: 'UPS' },
    ];
    t.match(await us.shipped(order, both), { status: 1000, error: null });
    const [first, second, third] = order.unitIds;
    t.strictSame(us.effects(order), [`${theirs}: ${second}`, `${ours}: ${first},${third}`]);
    t.equal((await us.orderDocument(order)).statusCode, 1000);
  },
);

await t.test('a part of an order that the ERP has been given leaves Ready as partly shipped', async (t) => {
  const order = await shirts(us, 2);
  await markHanded(world.db.prisma, { companyId: us.companyId, keys: [order.key], now: world.clock.now() });
  control.act(order.tiktokOrderId, { type: 'seller_ship', unitIds: [order.unitIds[0]!] });
  await us.pull(order.tiktokOrderId);
  t.equal((await shown(us, order)).StatusCode, 500);
  control.act(order.tiktokOrderId, { type: 'seller_ship', unitIds: [order.unitIds[1]!] });
  await us.pull(order.tiktokOrderId);
  t.equal((await shown(us, order)).StatusCode, 1000);
});

await t.test(
  'a part under our own number: the rest goes; TikTok decides whether under the same',
  async (t) => {
    const order = await shirts(us, 3);
    const tracking = nextTracking();
    control.act(order.tiktokOrderId, {
      type: 'seller_ship',
      trackingNumber: tracking,
      unitIds: [order.unitIds[0]!],
    });
    const shipment = await us.shipped(order, ofShirts(3, tracking));
    t.equal(shipment.status, 1200);
    t.match(shipment.error ?? '', /TikTok has 1 of these pieces under this number already.*other 2/);
    await us.pull(order.tiktokOrderId);
    const rest = nextTracking();
    t.match(await us.shipped(order, ofShirts(1, tracking, us, 'S-2')), { status: 1000 });
    t.match(await us.shipped(order, ofShirts(2, rest, us, 'S-3')), { status: 1000 });
    t.equal((await us.orderDocument(order)).statusCode, 1000);
  },
);

await t.test('one piece cancelled just before shipping: the rest goes, and all say what went', async (t) => {
  for (const shop of [us, indonesia]) {
    const order = await shirts(shop, 3);
    const tracking = nextTracking();
    const [gone, ...rest] = order.unitIds;
    control.act(order.tiktokOrderId, { type: 'operator_cancel', unitIds: [gone!] });
    const shipment = await shop.shipped(order, ofShirts(3, tracking, shop));
    t.match(shipment, { status: 1000, error: null });
    t.strictSame(shop.effects(order), [`${tracking}: ${rest.toSorted().join(',')}`]);
    t.match(shipment.document, {
      ShipmentLines: [
        {
          Quantity: 2,
          ShipmentInfos: [{ Qty: 2 }],
          ExtendedAttributes: [
            { Name: 'TikTokOrderLineId', Value: rest.join(',') },
            { Name: 'TikTokLeftOutOrderLineId', Value: gone },
          ],
        },
      ],
    });
    t.ok(shipment.events.some((event) => /2 pieces under/.test(event)));
    const explained = await explainShipment(world.deps, { companyId: shop.companyId, key: shipment.key });
    t.match(explained.packages, [{ leftOut: [gone], state: 'sent' }]);
    t.equal((await shop.orderDocument(order)).statusCode, 1000, 'nothing is left to ship');
    await shop.pull(order.tiktokOrderId);
    t.equal((await shop.orderDocument(order)).statusCode, 1000);
  }
});

await t.test(
  'a piece cancelled, and its neighbours shipped elsewhere, between our reading and our call',
  async (t) => {
    const shipCall = { path: '/fulfillment/202309/packages/*/ship', shop: indonesia.shopId };
    const cancelled = await shirts(indonesia, 2);
    control.schedule({
      call: shipCall,
      when: 'before',
      deeds: [
        {
          kind: 'act',
          orderId: cancelled.tiktokOrderId,
          act: { type: 'system_cancel', unitIds: [cancelled.unitIds[0]!] },
        },
      ],
    });
    const one = await indonesia.shipped(cancelled, ofShirts(2, nextTracking(), indonesia));
    t.match(one, { status: 1000, document: { ShipmentLines: [{ Quantity: 1 }] } });

    const order = await indonesia.order([
      { sku: 'SHIRT', quantity: 1 },
      { sku: 'SOCK', quantity: 1 },
    ]);
    const [shirt, sock] = order.unitIds;
    control.schedule({
      call: shipCall,
      when: 'before',
      deeds: [
        {
          kind: 'act',
          orderId: order.tiktokOrderId,
          act: { type: 'seller_split', groups: [[shirt!], [sock!]] },
        },
      ],
    });
    const tracking = nextTracking();
    const split = await indonesia.shipped(
      order,
      shipmentOf('S-1', [
        { sku: 'SHIRT', quantity: 1, tracking, carrier: JNE },
        { sku: 'SOCK', quantity: 1, tracking, carrier: JNE },
      ]),
    );
    t.equal(split.status, 1200, 'two packages now: one number does not do');
    t.strictSame(indonesia.effects(order), []);
    t.not(
      (await indonesia.orderDocument(order)).statusCode,
      1000,
      'nothing is taken for shipped that is not',
    );
  },
);

await t.test(
  'TikTok shows it on its way without a time or a number: it is shipped all the same',
  async (t) => {
    const order = await shirts(us, 1);
    control.act(order.tiktokOrderId, { type: 'seller_ship' });
    const { api } = await world.deps.openShop(us.connection.id, 'urgent');
    const { orders } = await api.getOrders([order.tiktokOrderId]);
    const bare = orders.map((each) => ({
      ...each,
      units: each.units.map((unit) => ({ ...unit, shippedAt: null, trackingNumber: null })),
    }));
    await ingestOrders(world.deps, us.connection, bare, { by: somebody, readAt: world.clock.now() });
    t.equal((await us.orderDocument(order)).statusCode, 1000);
    const pieces = await world.db.prisma.stockPiece.findMany({ where: { unitId: { in: order.unitIds } } });
    t.ok(
      pieces.every(({ shippedAt }) => shippedAt !== null),
      'the ledger of pieces agrees',
    );
  },
);

/** The same numbers for the same seed. */
function diceOf(seed: number): (most: number) => number {
  let state = seed * 7919 + 1;
  return (most) => {
    state = (state * 48271) % 2147483647;
    return state % most;
  };
}

await t.test(
  'whoever ships, cancels and splits in between: an order that TikTok has shipped whole ends Complete with its numbers',
  async (t) => {
    for (let seed = 1; seed <= 16; seed++) {
      const roll = diceOf(seed);
      const shop = seed % 2 === 0 ? us : indonesia;
      const order = await shop.order([
        { sku: 'SHIRT', quantity: 1 + roll(3) },
        { sku: 'SOCK', quantity: 1 + roll(2) },
      ]);
      const { tiktokOrderId, unitIds } = order;
      const numbers = [nextTracking(), nextTracking(), nextTracking()];
      const aNumber = () => numbers[roll(numbers.length)]!;
      const log: string[] = [];
      const attempt = async (what: string, work: () => unknown): Promise<void> => {
        try {
          await work();
          log.push(what);
        } catch (error) {
          log.push(`${what}: no (${(error as Error).message.slice(0, 60)})`);
        }
      };
      const anAct = (): Parameters<typeof control.act>[1] => {
        switch (roll(4)) {
          case 0:
            return { type: 'seller_ship', trackingNumber: aNumber() };
          case 1:
            return {
              type: 'seller_ship',
              trackingNumber: aNumber(),
              unitIds: [unitIds[roll(unitIds.length)]!],
            };
          case 2:
            return { type: 'system_cancel', unitIds: [unitIds[roll(unitIds.length)]!] };
          default:
            return { type: 'seller_split', groups: [[unitIds[0]!]] };
        }
      };
      let shipments = 0;
      for (let step = 0; step < 7; step++) {
        switch (roll(5)) {
          case 0:
            await attempt('pull', () => shop.pull(tiktokOrderId));
            break;
          case 1:
            await attempt('deliver', () => world.settle());
            break;
          case 2: {
            const act = anAct();
            await attempt(JSON.stringify(act), () => control.act(tiktokOrderId, act));
            break;
          }
          case 3: {
            const act = anAct();
            const path = ['/order/202507/orders', '/fulfillment/'][roll(2)]!;
            log.push(`at ${path}: ${JSON.stringify(act)}`);
            control.schedule({
              call: { path, shop: shop.shopId },
              when: roll(2) === 0 ? 'before' : 'after',
              deeds: [{ kind: 'act', orderId: tiktokOrderId, act }],
            });
            break;
          }
          default: {
            const skus = [['SHIRT'], ['SOCK'], ['SHIRT', 'SOCK']][roll(3)]!;
            const tracking = aNumber();
            const carrier = shop === us ? {} : { carrier: JNE };
            const lines = skus.map((sku) => ({ sku, quantity: 1 + roll(2), tracking, ...carrier }));
            const number = `S-${++shipments}`;
            await attempt(`ship ${JSON.stringify(lines)}`, () => shop.ship(order, shipmentOf(number, lines)));
          }
        }
      }
      await attempt('deliver', () => world.settle());
      // Whatever is still to happen at a reading happens before the last one.
      const { api } = await world.deps.openShop(shop.connection.id, 'urgent');
      for (let reading = 0; reading < 8; reading++) await api.getOrders([tiktokOrderId]);
      await attempt('the rest by hand', () =>
        control.act(tiktokOrderId, { type: 'seller_ship', trackingNumber: nextTracking() }),
      );
      await world.settle();
      await shop.pull(tiktokOrderId);
      const told = `seed ${seed}: ${log.join('; ')}`;
      const [truth] = (await api.getOrders([tiktokOrderId])).orders;
      const live = truth!.units.filter((unit) => !unit.cancelled);
      const document = await shown(shop, order);
      const isShipped = live.length > 0 && live.every((unit) => unit.shippedAt !== null);
      if (isShipped) t.equal(document.StatusCode, 1000, told);
      else t.not(document.StatusCode, 1000, told);
      const shownNumbers = document.ExtendedAttributes.filter(({ Name }) =>
        Name.startsWith('TikTokTrackingNumber_'),
      );
      const inTikTok = new Set(live.flatMap((unit) => (unit.shippedAt ? (unit.trackingNumber ?? []) : [])));
      t.same(new Set(shownNumbers.map(({ Value }) => Value)), inTikTok, told);
      const pieces = await world.db.prisma.stockPiece.findMany({ where: { unitId: { in: unitIds } } });
      for (const { unitId, shippedAt, cancelledAt } of pieces) {
        const unit = truth!.units.find((each) => each.unitId === unitId)!;
        t.equal(cancelledAt !== null, unit.cancelled, `piece ${unitId} cancelled, ${told}`);
        if (!unit.cancelled) t.equal(shippedAt !== null, unit.shippedAt !== null, `piece ${unitId}, ${told}`);
      }
      const sent = await world.db.prisma.shipmentPackage.findMany({
        where: { shipment: { order: { tiktokOrderId } }, state: 'sent' },
      });
      for (const pack of sent) {
        const went = pack.unitIds.filter((unitId) => !pack.leftOut.includes(unitId));
        for (const unitId of went) {
          const unit = truth!.units.find((each) => each.unitId === unitId)!;
          if (!unit.cancelled) t.equal(unit.trackingNumber, pack.trackingNumber, `${unitId} went, ${told}`);
        }
      }
    }
  },
);
