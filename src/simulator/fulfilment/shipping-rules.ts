import type { Order, ShippingProvider } from '../state/model.js';
import { providersFor } from '../state/routes.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';

/** TikTok: one parcel may hold at most 20 orders of one recipient. */
const ORDERS_PER_TRACKING_NUMBER = 20;

/** Throws when the order as a whole must not be shipped by the seller now. */
export function mustBeShippable(shop: Shop, order: Order): void {
  if (order.fulfillmentType !== 'FULFILLMENT_BY_SELLER') throw refuseFulfilment(21008025);
  if (order.status === 'CANCELLED') throw refuseFulfilment(21011041);
  if (order.status === 'ON_HOLD') throw refuseFulfilment(21011044);
  if (order.status === 'UNPAID' || order.status === 'COMPLETED') throw refuseFulfilment(21011003);
  // TikTok: in the US shipping answers an open request of the buyer by rejecting it; elsewhere it must be answered first.
  if (order.cancelRequestedSec !== undefined && shop.region.code !== 'US') throw refuseFulfilment(21008044);
}

/** Brazil: throws while the order's invoice is missing, or is not checked yet. UNCONFIRMED: which code is which. */
export function mustHaveInvoice({ invoice }: Order): void {
  if (invoice === 'NEED_INVOICE') throw refuseFulfilment(21004006);
  if (invoice === 'INVOICE_PROCESSING') throw refuseFulfilment(21004019);
}

/** The provider, if the order's delivery option offers it on the order's way. */
export function providerFor(shop: Shop, order: Order, providerId: string): ShippingProvider {
  const provider = providersFor(shop, order).find(({ id }) => id === providerId);
  if (provider === undefined) throw refuseFulfilment(21011022);
  return provider;
}

export function mustBeTrackingNumber(world: World, provider: ShippingProvider, trackingNumber: string): void {
  if (trackingNumber.trim() === '') throw refuseFulfilment(21011022);
  if (!/^[A-Za-z0-9_-]+$/.test(trackingNumber)) throw refuseFulfilment(21004012);
  const { trackingFormat } = world.behaviour;
  if (trackingFormat !== 'ignored' && !isPlausible(trackingNumber)) throw refuseFulfilment(21011022);
  if (trackingFormat === 'checked' && !fits(provider.name, trackingNumber)) {
    throw refuseFulfilment(21004015);
  }
}

/** UNCONFIRMED, ours: no carrier has shorter or longer numbers. */
function isPlausible(trackingNumber: string): boolean {
  return trackingNumber.length >= 2 && trackingNumber.length <= 64;
}

const formats: Record<string, RegExp> = {
  USPS: /^(9\d{19,25}|[A-Z]{2}\d{9}US)$/,
  UPS: /^1Z[0-9A-Z]{16}$/,
  FedEx: /^(\d{12}|\d{15}|\d{20})$/,
};

function fits(providerName: string, trackingNumber: string): boolean {
  return formats[providerName]?.test(trackingNumber) ?? true;
}

/**
 * A tracking number belongs to one parcel. Several orders of one buyer may share it (combined by hand), other orders
 * and a second package of the same order may not.
 */
export function mustBeFreeTrackingNumber(
  world: World,
  shop: Shop,
  order: Order,
  trackingNumber: string,
): void {
  const users = shop.trackingNumbers.get(trackingNumber);
  if (users === undefined) return;
  const others = [...users].map((id) => world.orders.get(id));
  if (users.has(order.id) || others.some((other) => other?.buyerId !== order.buyerId))
    throw refuseFulfilment(21011025);
  if (users.size >= ORDERS_PER_TRACKING_NUMBER) throw refuseFulfilment(21011026);
}
