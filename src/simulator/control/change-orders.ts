import { addOrder, type LineInput, type OrderInput } from '../seeds/build-order.js';
import { addSku } from '../seeds/build-product.js';
import type { Order, Sku } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import type { OrderFees } from '../state/order-kind.js';
import { changeOrder, shopOf } from '../state/order-machine.js';
import { availableOf, warehouseFor } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';
import { tellAddress, tellInvoice } from '../webhooks/tell.js';
import { ControlError, found } from './control-error.js';
import type { Fees, NewOrder, NewOrderLine, OrderPatch } from './order-schema.js';

/**
 * Throws a RangeError for an amount that is none in the shop's currency, a ControlError (409) when what is bought is
 * not for sale or not there, a ControlError (404) for an unknown order that it is to replace.
 */
export function createOrder(world: World, shop: Shop, input: NewOrder): Order {
  const { paidMinutesAgo, buyerUserId, lines, listedAfterSeconds: listedAfterSec } = input;
  const nowSec = world.clock.nowSec();
  const bought = lines.map((line) => lineOf(world, shop, line));
  if (input.fulfillmentType !== 'FULFILLMENT_BY_TIKTOK') mustBeForSale(shop, bought);
  for (const id of [input.replacesOrderId, input.exchangesOrderId])
    if (id !== undefined) found(world.orders.get(id), `order ${id}`);
  return addOrder(world, shop, {
    ...definedOf({
      shippingType: input.shippingType,
      fulfillmentType: input.fulfillmentType,
      buyerMessage: input.buyerMessage,
      buyerId: buyerUserId,
      address: input.address,
      isCod: input.isCod,
      isSample: input.isSample,
      listedAfterSec,
    }),
    ...moneyOf(shop, input),
    kind: kindOf(shop, input, nowSec),
    lines: bought,
    paidSec: paidMinutesAgo === null ? null : Math.floor(nowSec - (paidMinutesAgo ?? 0) * 60),
  });
}

type Kind = NonNullable<OrderInput['kind']>;

function kindOf(shop: Shop, input: NewOrder, nowSec: number): Kind {
  const { handlingDays, handlingType: type = 'BUSINESS_DAY', releaseInSeconds, vatPercent } = input;
  const fees = feesOf(shop, input.fees ?? {});
  return definedOf({
    orderType: input.orderType,
    releaseSec: releaseInSeconds === undefined ? undefined : nowSec + releaseInSeconds,
    handling: handlingDays === undefined ? undefined : { days: handlingDays, type },
    replacedOrderId: input.replacesOrderId,
    exchangedOrderId: input.exchangesOrderId,
    isSubscription: input.isSubscription,
    deliveryType: input.deliveryType,
    combineGroupId: input.combineGroupId,
    paymentMethod: input.paymentMethod,
    fees: Object.keys(fees).length === 0 ? undefined : fees,
    vatBasisPoints: vatPercent === undefined ? undefined : Math.round(vatPercent * 100),
    cpf: input.cpf,
    cpfName: input.cpfName,
    invoice: input.invoice,
  });
}

function feesOf(shop: Shop, fees: Fees): OrderFees {
  const minor = minorOf(shop);
  return definedOf({
    smallOrderMinor: minor(fees.smallOrder),
    buyerServiceMinor: minor(fees.buyerService),
    handlingMinor: minor(fees.handling),
    shippingInsuranceMinor: minor(fees.shippingInsurance),
    itemInsuranceMinor: minor(fees.itemInsurance),
    itemInsuranceTaxMinor: minor(fees.itemInsuranceTax),
    distanceMinor: minor(fees.distance),
    distanceShippingMinor: minor(fees.distanceShipping),
    paymentDiscountMinor: minor(fees.paymentDiscount),
    paymentDiscountServiceMinor: minor(fees.paymentDiscountService),
  });
}

function moneyOf(shop: Shop, { shipping = {}, fees = {} }: NewOrder): Partial<OrderInput> {
  const minor = minorOf(shop);
  return definedOf({
    shippingFee: definedOf({
      originalMinor: minor(shipping.original),
      sellerDiscountMinor: minor(shipping.sellerDiscount),
      platformDiscountMinor: minor(shipping.platformDiscount),
      cofundedDiscountMinor: minor(shipping.cofundedDiscount),
      taxMinor: minor(shipping.tax),
    }),
    retailDeliveryFeeMinor: minor(fees.retailDelivery),
  });
}

function minorOf(shop: Shop): (amount: string | undefined) => number | undefined {
  return (amount) => (amount === undefined ? undefined : parseMinor(amount, shop.region.currency));
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the fields that are undefined: with exact optional properties, absent and undefined are two things. */
function definedOf<T extends object>(value: T): Defined<T> {
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  // The filter has removed what `Defined` leaves out; Object.fromEntries forgets the names.
  return Object.fromEntries(kept) as Defined<T>;
}

function lineOf(world: World, shop: Shop, line: NewOrderLine): LineInput {
  const minor = minorOf(shop);
  const { productName, skuName } = line;
  const priceMinor = minor(line.price);
  const parts = line.parts?.map(({ sellerSku, count }) => ({
    sku: skuFor(world, shop, { sellerSku }),
    count,
  }));
  return {
    sku: skuFor(world, shop, definedSku({ sellerSku: line.sellerSku, productName, skuName, priceMinor })),
    quantity: line.quantity,
    isGift: line.isGift ?? false,
    ...definedOf({
      priceMinor,
      sellerDiscountMinor: minor(line.sellerDiscount),
      platformDiscountMinor: minor(line.platformDiscount),
      retailMinor: minor(line.giftRetailPrice),
      depositMinor: minor(line.deposit),
      parts,
      isTemporaryListing: line.temporaryListing,
      roomId: line.roomId,
    }),
  };
}

interface WantedSku {
  sellerSku: string;
  productName?: string;
  skuName?: string;
  priceMinor?: number;
}

function definedSku(sku: {
  sellerSku: string;
  productName: string | undefined;
  skuName: string | undefined;
  priceMinor: number | undefined;
}): WantedSku {
  return { ...definedOf(sku), sellerSku: sku.sellerSku };
}

/** The shop's SKU of that name, one that is for sale if there are several; a new product when there is none. */
function skuFor(world: World, shop: Shop, wanted: WantedSku): Sku {
  const { sellerSku, productName = `Article ${sellerSku}`, skuName: name = 'Default', priceMinor } = wanted;
  const alike = shop.catalogue.skusOf(sellerSku);
  const known = alike.find((sku) => isForSale(shop, sku)) ?? alike[0];
  return known ?? addSku(world, shop, { sellerSku, productName, name, ...definedOf({ priceMinor }) });
}

function isForSale(shop: Shop, sku: Sku): boolean {
  const status = shop.catalogue.product(sku.productId)?.status;
  return status === 'ACTIVATE' && sku.deactivatedBy === undefined && availableOf(sku) > 0;
}

/** TikTok sells nothing that is not live or not there. */
function mustBeForSale(shop: Shop, lines: readonly LineInput[]): void {
  for (const { sku } of lines) {
    const product = shop.catalogue.product(sku.productId);
    if (product?.status !== 'ACTIVATE' || sku.deactivatedBy !== undefined) {
      throw new ControlError(
        409,
        `${sku.sellerSku} is not for sale: product ${sku.productId} is ${product?.status}`,
      );
    }
  }
  if (warehouseFor(shop, lines) === undefined) {
    const left = lines.map(({ sku }) => `${sku.sellerSku} ${availableOf(sku)}`).join(', ');
    throw new ControlError(409, `no warehouse has enough for this order; left are: ${left}`);
  }
}

export function patchOrder(world: World, order: Order, patch: OrderPatch): Order {
  const { listedAfterSeconds, ...changes } = patch;
  if (listedAfterSeconds !== undefined) listFrom(world, order, listedAfterSeconds);
  if (Object.keys(changes).length === 0) return order;
  changeOrder(world, order, world.clock.nowSec(), () => {
    if (patch.address !== undefined) {
      order.address = { ...order.address, ...patch.address };
      order.addressUpdated = true;
    }
    if (patch.buyerMessage !== undefined) order.buyerMessage = patch.buyerMessage;
    if (patch.sellerNote !== undefined) order.sellerNote = patch.sellerNote;
    if (patch.invoice !== undefined) order.invoice = patch.invoice;
  });
  const [shop, nowSec] = [shopOf(world, order), world.clock.nowSec()];
  if (patch.address !== undefined) tellAddress(world, shop, order, nowSec);
  if (patch.invoice !== undefined) tellInvoice(world, shop, order, nowSec);
  return order;
}

/** Whether the list has the order is no change of the order: its time of change stays. */
function listFrom(world: World, order: Order, afterSec: number | null): void {
  order.listing = { fromSec: afterSec === null ? null : order.createdSec + afterSec };
  shopOf(world, order).hasLateOrders = true;
  world.changed();
}
