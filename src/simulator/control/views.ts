import { cancelStatusText, renderCancel } from '../aftersales/search-cancellations.js';
import { renderReturn } from '../aftersales/search-returns.js';
import { renderOrder } from '../orders/render-order.js';
import type { Case } from '../state/aftersales-model.js';
import type { Address, Effect, EffectKind, Order, OrderStatus, ShippingType } from '../state/model.js';
import { shopOf } from '../state/order-machine.js';
import { cipherOf, type Shop, type World } from '../state/world.js';

export interface ShopView {
  id: string;
  name: string;
  region: string;
  sellerType: 'LOCAL' | 'CROSS_BORDER';
  openId: string;
  code: string;
  currency: string;
  orders: number;
  products: number;
  ciphers: Record<string, string>;
  deliveryOptions: {
    id: string;
    name: string;
    shippingType: ShippingType;
    providers: { id: string; name: string }[];
  }[];
}

/** The order as Get Order Detail 202507 answers it, with what TikTok hides. */
export interface OrderView {
  shopId: string;
  id: string;
  status: OrderStatus;
  unmaskedAddress: Address;
  [field: string]: unknown;
}

export interface EffectFilter {
  shop?: string | undefined;
  order?: string | undefined;
  kind?: EffectKind | undefined;
  via?: Effect['via'] | undefined;
}

export interface OrderFilter {
  shop?: string | undefined;
  status?: OrderStatus | undefined;
  limit?: number | undefined;
}

export interface ClockView {
  now: string;
  nowMs: number;
  offsetMs: number;
  frozen: boolean;
}

export function viewClock(world: World): ClockView {
  const state = world.clock.state();
  return { now: new Date(state.nowMs).toISOString(), ...state };
}

export function viewShop(world: World, shop: Shop): ShopView {
  const { id, name, sellerType, openId, code, region, deliveryOptions } = shop;
  const ciphers: Record<string, string> = {};
  for (const appKey of world.apps.keys()) ciphers[appKey] = cipherOf(world, appKey, shop);
  return {
    id,
    name,
    region: region.code,
    sellerType,
    openId,
    code,
    currency: region.currency,
    orders: shop.book.size,
    products: shop.catalogue.size,
    ciphers,
    deliveryOptions: deliveryOptions.map((option) => ({
      id: option.id,
      name: option.name,
      shippingType: option.shippingType,
      providers: option.providers,
    })),
  };
}

/** The order as TikTok would answer it, with its shop and the address as it really is. */
export function viewOrder(world: World, order: Order): OrderView {
  const shop = shopOf(world, order);
  const { id, status, address } = order;
  return {
    ...renderOrder(world, shop, order, '202507'),
    shopId: shop.id,
    id,
    status,
    unmaskedAddress: address,
  };
}

const ORDERS_LISTED = 100;

export function listOrders(world: World, filter: OrderFilter): OrderView[] {
  const listed: OrderView[] = [];
  for (const shop of world.shops.values()) {
    if (filter.shop !== undefined && shop.id !== filter.shop) continue;
    for (const order of shop.book.sorted('create_time')) {
      if (filter.status !== undefined && order.status !== filter.status) continue;
      if (listed.length >= (filter.limit ?? ORDERS_LISTED)) return listed;
      listed.push(viewOrder(world, order));
    }
  }
  return listed;
}

export function listEffects(world: World, filter: EffectFilter): Effect[] {
  return world.effects.filter(
    (effect) =>
      (filter.shop === undefined || effect.shopId === filter.shop) &&
      (filter.order === undefined || effect.orderId === filter.order) &&
      (filter.kind === undefined || effect.kind === filter.kind) &&
      (filter.via === undefined || effect.via === filter.via),
  );
}

export interface CaseFilter {
  shop?: string | undefined;
  order?: string | undefined;
  limit?: number | undefined;
}

interface CaseView {
  shopId: string;
  order_id: string;
  [field: string]: unknown;
}
export interface CancellationView extends CaseView {
  cancel_id: string;
  cancel_status: string;
}
export interface ReturnView extends CaseView {
  return_id: string;
  return_status: string;
}

const CASES_LISTED = 100;

/** Oldest first, as Search Cancellations answers them. */
export function listCancellations(world: World, filter: CaseFilter): CancellationView[] {
  return chosen([...world.cancels.values()], filter).map((item) => ({
    ...renderCancel(world, shopOf(world, item), item),
    shopId: item.shopId,
    order_id: item.orderId,
    cancel_id: item.id,
    cancel_status: cancelStatusText(world, item),
  }));
}

/** Oldest first, as Search Returns answers them. */
export function listReturns(world: World, filter: CaseFilter): ReturnView[] {
  return chosen([...world.returns.values()], filter).map((item) => ({
    ...renderReturn(world, shopOf(world, item), item),
    shopId: item.shopId,
    order_id: item.orderId,
    return_id: item.id,
    return_status: item.status,
  }));
}

function chosen<T extends Case>(items: readonly T[], { shop, order, limit = CASES_LISTED }: CaseFilter): T[] {
  return items
    .filter((item) => shop === undefined || item.shopId === shop)
    .filter((item) => order === undefined || item.orderId === order)
    .slice(0, limit);
}
