import type { DeliveryOption, Order, ShippingProvider, Warehouse } from './model.js';
import { regionOf } from './regions.js';
import type { Shop } from './world.js';

const countries: readonly string[] = ['DE', 'ES', 'FR', 'IE', 'IT'];
/** Far from the distance of two ids that the simulator makes, so that no derived id meets another one. */
const STEP = 1000;
/** More than all ways of one option take. */
const EDITION_STEP = 1_000_000;

export function isEuropean(regionCode: string): boolean {
  return countries.includes(regionCode);
}

/** From where to where goods go, as ISO codes of two countries. */
export interface Route {
  from: string;
  to: string;
}

/**
 * TikTok, EU since March 2026: one delivery option has several routes, and a carrier has another id on each. At home an
 * option has the providers that it was made with.
 */
export function providersOn(shop: Shop, option: DeliveryOption, route: Route): ShippingProvider[] {
  const { withdrawn = [], edition = 0 } = option;
  return firstProvidersOn(shop, option, route)
    .filter(({ name }) => !withdrawn.includes(name))
    .map(({ id, name }) => ({ id: String(BigInt(id) + BigInt(EDITION_STEP * edition)), name }));
}

/** As the shop was made with them. */
function firstProvidersOn(shop: Shop, option: DeliveryOption, { from, to }: Route): ShippingProvider[] {
  const home = shop.region.code;
  if (!isEuropean(home) || (from === home && to === home) || option.providers.length === 0)
    return option.providers;
  const place = 1 + countries.indexOf(from) * countries.length + countries.indexOf(to);
  return regionOf(from).providers.map((name, index) => ({
    id: String(BigInt(option.id) + BigInt(STEP * place + index)),
    name,
  }));
}

function routeOf(shop: Shop, order: Order): Route {
  const { regionCode } = order.address;
  return {
    from: countryOf(shop, order.warehouseId),
    to: regionCode === '' ? shop.region.code : regionCode,
  };
}

export function countryOf(shop: Shop, warehouseId: string): string {
  const warehouse: Warehouse | undefined = shop.warehouses.find(({ id }) => id === warehouseId);
  return warehouse?.regionCode ?? shop.region.code;
}

/** Those that may carry the order: of its delivery option, on its way. */
export function providersFor(shop: Shop, order: Order): ShippingProvider[] {
  const option = shop.deliveryOptions.find(({ id }) => id === order.deliveryOptionId);
  return option === undefined ? [] : providersOn(shop, option, routeOf(shop, order));
}
