import type { RateLimiter } from '../gateway/rate-limit.js';
import { authorize, deauthorize, exchangeCode, expireTokens } from '../oauth/authorizations.js';
import { redirectTarget } from '../oauth/authorize-pages.js';
import type { Behaviour, SimulatorApp, SimulatorOptions } from '../options.js';
import { renderOrder } from '../orders/render-order.js';
import { addOrder, addSku, type LineInput } from '../seeds/build-order.js';
import { generateOrders, type GenerateInput } from '../seeds/generate.js';
import type {
  Address,
  Effect,
  FulfillmentType,
  Order,
  OrderStatus,
  Seller,
  ShippingType,
  Sku,
  Token,
} from '../state/model.js';
import { parseMinor } from '../state/money.js';
import { changeOrder, settleDue } from '../state/order-machine.js';
import { asSnapshot, takeSnapshot, type Snapshot } from '../state/snapshot.js';
import type { StateKeeper } from '../state/state-file.js';
import { addShop, cipherOf, type NewShop, type Shop, type World } from '../state/world.js';
import type { ActSpec } from './act-spec.js';
import { performAct } from './acts.js';
import { ControlError } from './control-error.js';
import type { FaultSpec } from './fault-spec.js';
import type { ActiveFault, FaultBox } from './faults.js';
import type { LoggedRequest, RequestFilter, RequestLog } from './request-log.js';

export interface ControlDeps {
  options: SimulatorOptions;
  state: StateKeeper;
  faults: FaultBox;
  requests: RequestLog;
  limiter: RateLimiter;
}

export interface NewSeller {
  name: string;
  email: string;
  password: string;
  baseRegion: string;
}

export interface NewOrderLine {
  sellerSku: string;
  quantity: number;
  /** Decimal strings in the shop's currency. */
  price?: string;
  sellerDiscount?: string;
  platformDiscount?: string;
  isGift?: boolean;
  productName?: string;
  skuName?: string;
}

export interface NewOrder {
  lines: NewOrderLine[];
  /** Negative values lie in the future; left out: paid now; null: not paid. */
  paidMinutesAgo?: number | null;
  shippingType?: ShippingType;
  fulfillmentType?: FulfillmentType;
  buyerMessage?: string;
  buyerUserId?: string;
  isCod?: boolean;
  address?: Partial<Address>;
}

export interface OrderPatch {
  address?: Partial<Address>;
  buyerMessage?: string;
  sellerNote?: string;
}

export interface ShopView {
  id: string;
  name: string;
  region: string;
  sellerType: 'LOCAL' | 'CROSS_BORDER';
  openId: string;
  code: string;
  currency: string;
  orders: number;
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
  kind?: string | undefined;
}

export interface OrderFilter {
  shop?: string | undefined;
  status?: OrderStatus | undefined;
  limit?: number | undefined;
}

/** Steering the simulator from the same process; the routes under `/_control` are thin covers over it. */
export type SimulatorControl = ReturnType<typeof createControl>;

export function createControl(deps: ControlDeps) {
  const world = (): World => {
    const current = deps.state.world();
    settleDue(current);
    return current;
  };
  const shopBy = (id: string): Shop => found(world().shops.get(id), `shop ${id}`);
  const orderBy = (id: string): Order => found(world().orders.get(id), `order ${id}`);
  const appBy = (key: string | undefined): SimulatorApp => {
    const apps = world().apps;
    return found(key === undefined ? [...apps.values()][0] : apps.get(key), `app ${key ?? ''}`);
  };
  const sellerBy = (openId: string): Seller => found(world().sellers.get(openId), `seller ${openId}`);

  return {
    apps: (): SimulatorApp[] => [...world().apps.values()],
    putApp: (app: SimulatorApp): SimulatorApp => {
      world().apps.set(app.appKey, app);
      world().changed();
      return app;
    },
    sellers: (): Seller[] => [...world().sellers.values()],
    addSeller: (input: NewSeller): Seller => {
      const seller = { openId: world().ids.next('user'), ...input };
      world().sellers.set(seller.openId, seller);
      world().changed();
      return seller;
    },

    shops: (): ShopView[] => [...world().shops.values()].map((shop) => viewShop(world(), shop)),
    shop: (id: string): ShopView => viewShop(world(), shopBy(id)),
    addShop: (input: NewShop): ShopView => {
      sellerBy(input.openId);
      return viewShop(
        world(),
        checked(() => addShop(world(), input)),
      );
    },
    skus: (shopId: string): Sku[] => shopBy(shopId).skus,

    orders: (filter: OrderFilter = {}): OrderView[] => listOrders(world(), filter),
    order: (id: string): OrderView => viewOrder(world(), orderBy(id)),
    addOrder: (shopId: string, input: NewOrder): OrderView => {
      const order = checked(() => createOrder(world(), shopBy(shopId), input));
      return viewOrder(world(), order);
    },
    generate: (shopId: string, input: GenerateInput) => generateOrders(world(), shopBy(shopId), input),
    patchOrder: (id: string, patch: OrderPatch): OrderView =>
      viewOrder(world(), patchOrder(world(), orderBy(id), patch)),
    act: (id: string, act: ActSpec): OrderView => {
      const order = orderBy(id);
      performAct(world(), order, act);
      return viewOrder(world(), order);
    },

    clock: () => viewClock(world()),
    setClock: (change: ClockChange) => {
      changeClock(world(), change);
      return viewClock(world());
    },

    /** Installs the app as if the seller had gone through the pages; gives the redirect with the code in it. */
    authorize: (input: { openId: string; appKey?: string | undefined; state?: string | undefined }) => {
      const url = redirectTarget(
        world(),
        { app: appBy(input.appKey), seller: sellerBy(input.openId), state: input.state },
        true,
      );
      return { redirectUrl: url, code: new URL(url).searchParams.get('code') ?? '' };
    },
    /** Authorization and token exchange in one step, for clients that only want to sign calls. */
    grantTokens: (input: { openId: string; appKey?: string | undefined }) => {
      const app = appBy(input.appKey);
      const pair = exchangeCode(world(), app, authorize(world(), app, sellerBy(input.openId)));
      return {
        accessToken: pair.access.token,
        refreshToken: pair.refresh.token,
        accessTokenExpiresSec: pair.access.expiresSec,
        refreshTokenExpiresSec: pair.refresh.expiresSec,
      };
    },
    deauthorize: (input: { openId: string; appKey?: string | undefined }): { existed: boolean } => ({
      existed: deauthorize(world(), appBy(input.appKey).appKey, input.openId),
    }),
    expireTokens: (kind: Token['kind'], openId?: string): { expired: number } => ({
      expired: expireTokens(world(), kind, openId),
    }),

    behaviour: (): Behaviour => world().behaviour,
    setBehaviour: (change: Partial<Behaviour>): Behaviour => {
      Object.assign(world().behaviour, change);
      world().changed();
      return world().behaviour;
    },

    faults: (): readonly ActiveFault[] => deps.faults.list(),
    addFault: (spec: FaultSpec): ActiveFault => deps.faults.add(spec),
    removeFault: (id: number): void => {
      if (!deps.faults.remove(id)) throw new ControlError(404, `fault ${id} is not known`);
    },
    clearFaults: (): void => deps.faults.clear(),

    requests: (filter?: RequestFilter): LoggedRequest[] => deps.requests.list(filter),
    clearRequests: (): void => deps.requests.clear(),
    effects: (filter: EffectFilter = {}): Effect[] => listEffects(world(), filter),
    clearEffects: (): void => {
      world().effects.length = 0;
    },

    snapshot: (): Snapshot => takeSnapshot(world()),
    restore: (snapshot: unknown): void => deps.state.replace(checked(() => asSnapshot(snapshot))),
    reset: (seed?: 'demo' | 'empty'): void => {
      deps.state.reset(seed);
      deps.faults.clear();
      deps.requests.clear();
      deps.limiter.clear();
    },
    health: () => ({
      status: 'ok' as const,
      clock: viewClock(world()),
      shops: world().shops.size,
      orders: world().orders.size,
      faults: deps.faults.list().length,
    }),
    tokenCallSeen: (call: {
      method: string;
      path: string;
      fields: Readonly<Record<string, unknown>>;
      code: number;
      requestId: string;
    }): void => {
      const query = Object.entries(call.fields).map(([name, value]) => [name, String(value)] as const);
      const { method, path, code, requestId } = call;
      const atMs = world().clock.nowMs();
      deps.requests.add({
        atMs,
        method,
        path,
        query,
        body: undefined,
        shopId: undefined,
        httpStatus: 200,
        code,
        requestId,
        durationMs: 0,
        faults: [],
      });
    },
  };
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new ControlError(404, `${name} is not known`);
  return value;
}

/** A RangeError of the domain (unknown region, no amount) is the caller's mistake. */
function checked<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RangeError) throw new ControlError(400, error.message);
    throw error;
  }
}

export interface ClockChange {
  /** ISO 8601 or epoch milliseconds. */
  now?: string | number;
  advanceSeconds?: number;
  frozen?: boolean;
}

function changeClock(world: World, change: ClockChange): void {
  if (change.now !== undefined) {
    const ms = typeof change.now === 'number' ? change.now : Date.parse(change.now);
    if (!Number.isFinite(ms)) throw new ControlError(400, 'now is not a time');
    world.clock.set(ms);
  }
  if (change.advanceSeconds !== undefined) world.clock.advance(change.advanceSeconds * 1000);
  if (change.frozen === true) world.clock.freeze();
  if (change.frozen === false) world.clock.unfreeze();
  settleDue(world);
  world.changed();
}

function viewClock(world: World): { now: string; nowMs: number; offsetMs: number; frozen: boolean } {
  const state = world.clock.state();
  return { now: new Date(state.nowMs).toISOString(), ...state };
}

function viewShop(world: World, shop: Shop): ShopView {
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
function viewOrder(world: World, order: Order): OrderView {
  const shop = found(world.shops.get(order.shopId), `shop ${order.shopId}`);
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

function listOrders(world: World, filter: OrderFilter): OrderView[] {
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

function createOrder(world: World, shop: Shop, input: NewOrder): Order {
  const { paidMinutesAgo, buyerUserId, lines, ...rest } = input;
  const nowSec = world.clock.nowSec();
  return addOrder(world, shop, {
    ...rest,
    lines: lines.map((line) => lineOf(world, shop, line)),
    paidSec: paidMinutesAgo === null ? null : Math.floor(nowSec - (paidMinutesAgo ?? 0) * 60),
    ...(buyerUserId === undefined ? {} : { buyerId: buyerUserId }),
  });
}

function lineOf(world: World, shop: Shop, line: NewOrderLine): LineInput {
  const minor = (amount: string | undefined): number =>
    amount === undefined ? 0 : parseMinor(amount, shop.region.currency);
  const known = shop.skus.find((sku) => sku.sellerSku === line.sellerSku);
  const sku =
    known ??
    addSku(world, shop, {
      sellerSku: line.sellerSku,
      productName: line.productName ?? `Article ${line.sellerSku}`,
      name: line.skuName ?? 'Default',
      ...(line.price === undefined ? {} : { priceMinor: minor(line.price) }),
    });
  return {
    sku,
    quantity: line.quantity,
    isGift: line.isGift ?? false,
    sellerDiscountMinor: minor(line.sellerDiscount),
    platformDiscountMinor: minor(line.platformDiscount),
    ...(line.price === undefined ? {} : { priceMinor: minor(line.price) }),
  };
}

function patchOrder(world: World, order: Order, patch: OrderPatch): Order {
  changeOrder(world, order, world.clock.nowSec(), () => {
    if (patch.address !== undefined) {
      order.address = { ...order.address, ...patch.address };
      order.addressUpdated = true;
    }
    if (patch.buyerMessage !== undefined) order.buyerMessage = patch.buyerMessage;
    if (patch.sellerNote !== undefined) order.sellerNote = patch.sellerNote;
  });
  return order;
}

function listEffects(world: World, filter: EffectFilter): Effect[] {
  return world.effects.filter(
    (effect) =>
      (filter.shop === undefined || effect.shopId === filter.shop) &&
      (filter.order === undefined || effect.orderId === filter.order) &&
      (filter.kind === undefined || effect.kind === filter.kind),
  );
}
