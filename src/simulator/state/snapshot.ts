import type { Behaviour, SimulatorApp } from '../options.js';
import { emptyListing, type ListingWorld } from '../categories/listing-world.js';
import type { CancelCase, ReturnCase } from './aftersales-model.js';
import { Catalogue } from './catalogue.js';
import { DueQueue, type DueEvent } from './due-queue.js';
import { IdentifierSource, type IdKind } from './identifiers.js';
import type {
  AuthCode,
  Authorization,
  DeliveryOption,
  Effect,
  Order,
  Package,
  Seller,
  Sku,
  Token,
  Unit,
  Warehouse,
} from './model.js';
import { TimeBook } from './time-book.js';
import type { ProductEffects } from './product-effects.js';
import { regionOf } from './regions.js';
import {
  adoptOldSkus,
  restoreCatalogue,
  saveCatalogue,
  type OldSku,
  type SavedCatalogue,
} from './saved-catalogue.js';
import type { Uploads } from './uploads.js';
import type { WebhookBook } from './webhook-book.js';
import { authorizationKey, createWorld, type Shop, type World } from './world.js';

const VERSION = 1;

type Rebuilt = 'book' | 'cancels' | 'returns' | 'catalogue';

interface SavedShop extends Omit<Shop, Rebuilt | 'region' | 'packages' | 'trackingNumbers' | 'listedSec'> {
  /** Not in states that were saved before it was known. */
  listedSec?: number;
  region: string;
  catalogue?: SavedCatalogue;
  /** In states that were saved before there were products. */
  skus?: OldSku[];
  warehouses: Warehouse[];
  deliveryOptions: DeliveryOption[];
  packages: Package[];
  trackingNumbers: [number: string, orderIds: string[]][];
}

interface SavedUnit extends Omit<Unit, 'sku' | 'parts'> {
  sku: string;
  parts?: { sku: string; count: number }[];
}

interface SavedOrder extends Omit<Order, 'units'> {
  units: SavedUnit[];
}

/** The whole world as plain JSON. */
export interface Snapshot {
  version: number;
  clock: { nowMs: number; offsetMs: number; frozen: boolean };
  counters: Record<IdKind, number>;
  behaviour: Behaviour;
  secret: string;
  orderSeq: number;
  apps: SimulatorApp[];
  sellers: Seller[];
  shops: SavedShop[];
  orders: SavedOrder[];
  due: readonly DueEvent[];
  authorizations: Authorization[];
  codes: AuthCode[];
  tokens: Token[];
  effects: Effect[];
  /** Not in states that were saved before there were cancellations and returns. */
  aftersales?: {
    seq: number;
    cancels: CancelCase[];
    returns: ReturnCase[];
    idempotent: [key: string, answer: object][];
  };
  /** Not in states that were saved before there were products. */
  productEffects?: ReturnType<ProductEffects['state']>;
  /** Not in states that were saved before products could be listed. */
  uploads?: ReturnType<Uploads['state']>;
  /** Not in states that were saved before there were categories. */
  listing?: ListingWorld;
  /** Not in states that were saved before events were sent. */
  webhooks?: ReturnType<WebhookBook['state']>;
}

export function takeSnapshot(world: World): Snapshot {
  return {
    version: VERSION,
    clock: world.clock.state(),
    counters: world.ids.counters,
    behaviour: world.behaviour,
    secret: world.secret,
    orderSeq: world.orderSeq,
    apps: [...world.apps.values()],
    sellers: [...world.sellers.values()],
    shops: [...world.shops.values()].map(saveShop),
    orders: [...world.orders.values()].map((order) => ({
      ...order,
      units: order.units.map(saveUnit),
    })),
    due: world.due.all(),
    authorizations: [...world.authorizations.values()],
    codes: [...world.codes.values()],
    tokens: [...world.tokens.values()],
    effects: world.effects,
    aftersales: {
      seq: world.caseSeq,
      cancels: [...world.cancels.values()],
      returns: [...world.returns.values()],
      idempotent: [...world.idempotent],
    },
    productEffects: world.productEffects.state(),
    uploads: world.uploads.state(),
    listing: world.listing,
    webhooks: world.webhooks.state(),
  };
}

/** What effects did not have in states that were saved before there were cancellations and returns. */
const beforeAftersales = { caseId: '', decision: '', idempotencyKey: '' };

function saveUnit({ sku, parts, ...rest }: Unit): SavedUnit {
  const unit: SavedUnit = { ...rest, sku: sku.id };
  if (parts !== undefined) unit.parts = parts.map((part) => ({ ...part, sku: part.sku.id }));
  return unit;
}

function saveShop(shop: Shop): SavedShop {
  const {
    book: _book,
    cancels: _cancels,
    returns: _returns,
    catalogue,
    region,
    packages,
    trackingNumbers,
    ...rest
  } = shop;
  return {
    ...rest,
    region: region.code,
    catalogue: saveCatalogue(catalogue),
    packages: [...packages.values()],
    trackingNumbers: [...trackingNumbers].map(([number, orders]) => [number, [...orders]]),
  };
}

/** Throws a RangeError when it is not a state of this version of the simulator. */
export function asSnapshot(value: unknown): Snapshot {
  if (!isSnapshot(value)) throw new RangeError(`not a state of the simulator in version ${VERSION}`);
  return value;
}

// Only this program writes the format: the version is enough to know it by.
function isSnapshot(value: unknown): value is Snapshot {
  return typeof value === 'object' && value !== null && 'version' in value && value.version === VERSION;
}

export function restoreSnapshot(snapshot: Snapshot): World {
  const world = createWorld(snapshot.behaviour);
  world.clock.restore(snapshot.clock);
  world.ids = new IdentifierSource(snapshot.counters);
  world.secret = snapshot.secret;
  world.orderSeq = snapshot.orderSeq;
  world.effects = snapshot.effects.map((effect) => ({ ...beforeAftersales, ...effect }));
  if (snapshot.productEffects !== undefined) world.productEffects.restore(snapshot.productEffects);
  if (snapshot.uploads !== undefined) world.uploads.restore(snapshot.uploads);
  world.listing = { ...emptyListing(), ...snapshot.listing };
  if (snapshot.webhooks !== undefined) world.webhooks.restore(snapshot.webhooks);
  world.due = new DueQueue();
  for (const event of snapshot.due) world.due.add(event);
  for (const app of snapshot.apps) world.apps.set(app.appKey, app);
  for (const seller of snapshot.sellers) world.sellers.set(seller.openId, seller);
  for (const code of snapshot.codes) world.codes.set(code.code, code);
  for (const token of snapshot.tokens) world.tokens.set(token.token, token);
  for (const authorization of snapshot.authorizations) {
    world.authorizations.set(authorizationKey(authorization.appKey, authorization.openId), authorization);
  }
  restoreShops(world, snapshot);
  restoreAftersales(world, snapshot);
  return world;
}

function restoreShops(world: World, snapshot: Snapshot): void {
  for (const saved of snapshot.shops) {
    const { skus: oldSkus = [], ...rest } = saved;
    const shop: Shop = {
      ...rest,
      listedSec: saved.listedSec ?? 0,
      region: regionOf(saved.region),
      book: new TimeBook(),
      cancels: new TimeBook(),
      returns: new TimeBook(),
      catalogue: new Catalogue(),
      packages: new Map(saved.packages.map((pack) => [pack.id, pack])),
      trackingNumbers: new Map(saved.trackingNumbers.map(([number, orders]) => [number, new Set(orders)])),
    };
    world.shops.set(shop.id, shop);
    if (saved.catalogue === undefined) adoptOldSkus(shop, oldSkus);
    else restoreCatalogue(shop.catalogue, saved.catalogue);
  }
  const skuOf = (shopId: string, id: string): Sku => {
    const sku = world.shops.get(shopId)?.catalogue.everSku(id);
    if (sku === undefined) throw new RangeError(`the state names an unknown SKU ${id}`);
    return sku;
  };
  for (const saved of snapshot.orders) {
    const units = saved.units.map(({ sku, parts, ...rest }): Unit => {
      const unit: Unit = { ...rest, sku: skuOf(saved.shopId, sku) };
      if (parts !== undefined)
        unit.parts = parts.map((part) => ({ ...part, sku: skuOf(saved.shopId, part.sku) }));
      return unit;
    });
    const order: Order = { ...saved, units };
    world.orders.set(order.id, order);
  }
  for (const shop of world.shops.values()) {
    shop.book.insertMany([...world.orders.values()].filter((order) => order.shopId === shop.id));
  }
}

function restoreAftersales(world: World, { aftersales }: Snapshot): void {
  if (aftersales === undefined) return;
  world.caseSeq = aftersales.seq;
  for (const [key, answer] of aftersales.idempotent) world.idempotent.set(key, answer);
  for (const item of aftersales.cancels) world.cancels.set(item.id, item);
  for (const item of aftersales.returns) world.returns.set(item.id, item);
  for (const shop of world.shops.values()) {
    shop.cancels.insertMany(aftersales.cancels.filter((item) => item.shopId === shop.id));
    shop.returns.insertMany(aftersales.returns.filter((item) => item.shopId === shop.id));
  }
}
