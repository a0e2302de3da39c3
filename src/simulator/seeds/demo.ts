import { cancelNow, requestCancellation } from '../aftersales/cancel-machine.js';
import { cancelReasonNamed } from '../aftersales/cancel-reasons.js';
import { openReturn } from '../aftersales/return-machine.js';
import { returnReasonNamed } from '../aftersales/return-reasons.js';
import type { Seller, Sku } from '../state/model.js';
import { collectPackage, deliverPackage, liveUnits } from '../state/order-machine.js';
import { addShop, type NewShop, type Shop, type World } from '../state/world.js';
import { addOrder } from './build-order.js';
import { stockContinental, stockHarborGoods, stockTokoPelangi } from './demo-catalogue.js';
import { shipByHand } from './ship-by-hand.js';

const MINUTE = 60;
/** In minutes. */
const DAY = 24 * 60;

const demoPassword = 'demo';

const us: Seller = {
  openId: '7010736057180000001',
  name: 'Harbor Goods LLC',
  email: 'us@seller.example',
  password: demoPassword,
  baseRegion: 'US',
};
const indonesia: Seller = {
  openId: '7010736057180000002',
  name: 'PT Toko Pelangi',
  email: 'id@seller.example',
  password: demoPassword,
  baseRegion: 'ID',
};
const europe: Seller = {
  openId: '7010736057180000003',
  name: 'Continental Trading',
  email: 'eu@seller.example',
  password: demoPassword,
  baseRegion: 'GB',
};

type SeedShop = (world: World, shop: Shop) => void;

function demoShops(): readonly [NewShop, SeedShop][] {
  const local = { sellerType: 'LOCAL' } as const;
  const crossBorder = { sellerType: 'CROSS_BORDER' } as const;
  const [one, two, three] = [us.openId, indonesia.openId, europe.openId];
  return [
    [
      { id: '7495000000000000001', name: 'Harbor Goods', region: 'US', openId: one, ...local },
      seedHarborGoods,
    ],
    [
      { id: '7495000000000000002', name: 'Toko Pelangi', region: 'ID', openId: two, ...local },
      seedTokoPelangi,
    ],
    [
      { id: '7495000000000000003', name: 'Continental UK', region: 'GB', openId: three, ...local },
      seedEurope,
    ],
    [
      {
        id: '7495000000000000004',
        name: 'Continental Cross Border',
        region: 'GB',
        openId: three,
        ...crossBorder,
      },
      seedEurope,
    ],
  ];
}

/** Three sellers with four shops, and orders in the states that a newcomer wants to see at once. */
export function seedDemo(world: World): void {
  for (const seller of [us, indonesia, europe]) world.sellers.set(seller.openId, seller);
  for (const [shop, seed] of demoShops()) seed(world, addShop(world, shop));
  // What happened before the start is scenery: the list of effects is about what clients did.
  world.effects.length = 0;
  world.productEffects.clear();
  world.previousOrders.clear();
  world.previousCases.clear();
}

function seedHarborGoods(world: World, shop: Shop): void {
  const shelf = stockHarborGoods(world, shop);
  const [tee, socks, mug] = [shelf('TEE-RED-L'), shelf('SOCK-BLK'), shelf('MUG-HARBOR')];
  const ago = (minutes: number): number => world.clock.nowSec() - minutes * MINUTE;

  addOrder(world, shop, {
    paidSec: ago(180),
    variant: 0,
    lines: [
      { sku: tee, quantity: 2, sellerDiscountMinor: 200, platformDiscountMinor: 100 },
      { sku: socks, quantity: 1 },
    ],
  });
  addOrder(world, shop, {
    paidSec: ago(150),
    variant: 1,
    lines: [
      { sku: mug, quantity: 1 },
      { sku: socks, quantity: 1, isGift: true },
    ],
  });
  addOrder(world, shop, {
    paidSec: ago(95),
    variant: 2,
    buyerMessage: 'Please ring twice, thank you!',
    lines: [{ sku: tee, quantity: 1 }],
  });
  addOrder(world, shop, { paidSec: ago(10), variant: 3, lines: [{ sku: mug, quantity: 2 }] });
  const shipped = addOrder(world, shop, {
    paidSec: ago(1500),
    variant: 0,
    lines: [{ sku: socks, quantity: 3 }],
  });
  shipByHand(world, shipped, shipped.units, '9400100000000000000001', ago(60));
  const cancelled = addOrder(world, shop, {
    paidSec: ago(400),
    variant: 1,
    lines: [{ sku: mug, quantity: 1 }],
  });
  const changedMind = cancelReasonNamed('No longer needed', 'buyer');
  const cause = { user: 'BUYER', reason: changedMind, source: { via: 'buyer' } } as const;
  cancelNow(world, cancelled, liveUnits(cancelled), cause, ago(300));
  addOrder(world, shop, {
    paidSec: ago(130),
    variant: 2,
    shippingType: 'TIKTOK',
    lines: [{ sku: tee, quantity: 1 }],
  });
  addOrder(world, shop, {
    paidSec: ago(125),
    variant: 0,
    shippingType: 'TIKTOK',
    fulfillmentType: 'FULFILLMENT_BY_TIKTOK',
    lines: [{ sku: mug, quantity: 1 }],
  });
  seedRequests(world, shop, mug, socks);
}

/** One buyer asks to cancel, another one to give goods back: the seller has to answer both. */
function seedRequests(world: World, shop: Shop, mug: Sku, socks: Sku): void {
  const ago = (minutes: number): number => world.clock.nowSec() - minutes * MINUTE;
  const asked = addOrder(world, shop, {
    paidSec: ago(75),
    variant: 3,
    lines: [
      { sku: mug, quantity: 1 },
      { sku: socks, quantity: 2 },
    ],
  });
  requestCancellation(
    world,
    asked,
    asked.units,
    cancelReasonNamed('Better price available', 'buyer'),
    ago(12),
  );

  const sold = addOrder(world, shop, {
    paidSec: ago(6 * DAY),
    variant: 1,
    lines: [
      { sku: mug, quantity: 2 },
      { sku: socks, quantity: 1 },
    ],
  });
  const pack = shipByHand(world, sold, sold.units, '9400100000000000000002', ago(5 * DAY));
  collectPackage(world, pack, ago(5 * DAY - 300));
  deliverPackage(world, pack, ago(2 * DAY));
  openReturn(
    world,
    sold,
    sold.units.filter((unit) => unit.sku === mug),
    {
      type: 'RETURN_AND_REFUND',
      role: 'BUYER',
      reason: returnReasonNamed('Wrong product was sent', 'RETURN_AND_REFUND'),
      note: 'Both mugs are blue, I ordered white ones.',
    },
    ago(180),
  );
}

function seedTokoPelangi(world: World, shop: Shop): void {
  const shelf = stockTokoPelangi(world, shop);
  const [batik, kopi] = [shelf('BATIK-BIRU-M'), shelf('KOPI-250')];
  const ago = (minutes: number): number => world.clock.nowSec() - minutes * MINUTE;
  addOrder(world, shop, {
    paidSec: ago(200),
    variant: 0,
    lines: [
      { sku: batik, quantity: 1, sellerDiscountMinor: 10_000 },
      { sku: kopi, quantity: 2 },
    ],
  });
  addOrder(world, shop, { paidSec: ago(120), variant: 1, lines: [{ sku: kopi, quantity: 1 }] });
  addOrder(world, shop, { paidSec: ago(90), variant: 2, isCod: true, lines: [{ sku: batik, quantity: 1 }] });
  addOrder(world, shop, { paidSec: ago(5), variant: 0, lines: [{ sku: kopi, quantity: 3 }] });
  const shipped = addOrder(world, shop, {
    paidSec: ago(2000),
    variant: 1,
    lines: [{ sku: batik, quantity: 1 }],
  });
  shipByHand(world, shipped, shipped.units, 'JNE0000000001', ago(60));
}

function seedEurope(world: World, shop: Shop): void {
  const scarf = stockContinental(world, shop)('SCARF-WOOL');
  const now = world.clock.nowSec();
  addOrder(world, shop, { paidSec: now - 240 * MINUTE, variant: 0, lines: [{ sku: scarf, quantity: 2 }] });
  addOrder(world, shop, { paidSec: now - 20 * MINUTE, variant: 1, lines: [{ sku: scarf, quantity: 1 }] });
}
