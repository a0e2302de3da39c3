import type { Seller } from '../state/model.js';
import { addShop, type Shop, type World } from '../state/world.js';
import { addOrder, type OrderInput } from './build-order.js';
import { addSku } from './build-product.js';

const MINUTE = 60;
const DAY = 86_400;

type Kind = Omit<OrderInput, 'lines' | 'paidSec'> & { lines?: OrderInput['lines'] };
type Kinds = (world: World, shop: Shop) => Kind[];

/** One shop per market that has kinds of orders of its own, with an order of each: to look at what a client makes of them. */
export function seedKinds(world: World): void {
  const markets: [region: string, kinds: Kinds][] = [
    ['US', american],
    ['ID', indonesian],
    ['BR', brazilian],
    ['DE', german],
    ['JP', japanese],
  ];
  for (const [region, kinds] of markets) {
    const seller: Seller = {
      openId: world.ids.next('user'),
      name: `Every Kind ${region}`,
      email: `kinds-${region.toLowerCase()}@seller.example`,
      password: 'demo',
      baseRegion: region,
    };
    world.sellers.set(seller.openId, seller);
    const shop = addShop(world, { name: seller.name, region, sellerType: 'LOCAL', openId: seller.openId });
    const plain = article(world, shop, 'PLAIN');
    for (const kind of kinds(world, shop)) {
      addOrder(world, shop, {
        lines: [{ sku: plain, quantity: 2 }],
        paidSec: world.clock.nowSec() - 90 * MINUTE,
        ...kind,
      });
    }
  }
  world.effects.length = 0;
  world.productEffects.clear();
  world.previousOrders.clear();
}

function article(world: World, shop: Shop, sellerSku: string): ReturnType<typeof addSku> {
  const [known] = shop.catalogue.skusOf(sellerSku);
  return known ?? addSku(world, shop, { sellerSku, productName: `Article ${sellerSku}` });
}

function american(world: World, shop: Shop): Kind[] {
  const sku = (name: string): ReturnType<typeof addSku> => article(world, shop, name);
  const nowSec = world.clock.nowSec();
  const sold = addOrder(world, shop, {
    lines: [{ sku: sku('PLAIN'), quantity: 1 }],
    paidSec: nowSec - 2 * DAY,
  });
  const buyer = { buyerId: world.ids.next('user'), variant: 0 };
  const parts = [
    { sku: sku('CUP'), count: 2 },
    { sku: sku('TEA'), count: 1 },
  ];
  return [
    { kind: { orderType: 'PRE_ORDER', releaseSec: nowSec + 7 * DAY } },
    { kind: { orderType: 'MADE_TO_ORDER', handling: { days: 7, type: 'BUSINESS_DAY' } } },
    { kind: { orderType: 'BACK_ORDER' } },
    { isSample: true },
    { kind: { replacedOrderId: sold.id } },
    { kind: { exchangedOrderId: sold.id } },
    { kind: { isSubscription: true } },
    { lines: [{ sku: sku('GIFT-BOX'), quantity: 1, parts }] },
    { lines: [{ sku: sku('LIVE-1'), quantity: 1, isTemporaryListing: true, roomId: '7300000000000000001' }] },
    {
      shippingFee: { originalMinor: 599, cofundedDiscountMinor: 200 },
      retailDeliveryFeeMinor: 28,
      kind: { fees: { itemInsuranceMinor: 149, itemInsuranceTaxMinor: 12, handlingMinor: 50 } },
    },
    buyer,
    buyer,
  ];
}

function indonesian(): Kind[] {
  const fees = {
    buyerServiceMinor: 1000,
    shippingInsuranceMinor: 350,
    itemInsuranceMinor: 2500,
    distanceMinor: 2000,
    distanceShippingMinor: 1500,
  };
  return [{ kind: { fees } }, { isCod: true, kind: { paymentMethod: 'Bayar di Tempat' } }];
}

function brazilian(): Kind[] {
  const buyer = { cpf: '000.111.222-33', cpfName: 'Comprador de Teste' };
  return [
    { kind: { ...buyer, invoice: 'NEED_INVOICE' } },
    { kind: { ...buyer, invoice: 'INVOICE_UPLOADED' } },
  ];
}

function german(world: World, shop: Shop): Kind[] {
  const bottle = article(world, shop, 'BOTTLE');
  return [
    { lines: [{ sku: bottle, quantity: 2, depositMinor: 25 }], kind: { vatBasisPoints: 1900 } },
    { address: { regionCode: 'FR' }, kind: { deliveryType: 'COLLECTION_POINT' } },
  ];
}

function japanese(world: World, shop: Shop): Kind[] {
  const sticker = article(world, shop, 'STICKER');
  return [
    { lines: [{ sku: sticker, quantity: 1, isGift: true, retailMinor: 150 }] },
    { address: { firstNameLocalScript: 'タロウ', lastNameLocalScript: 'ヤマダ' } },
  ];
}
