import { createHmac, randomBytes } from 'node:crypto';

import { defaultBehaviour, type Behaviour, type SimulatorApp } from '../options.js';
import { emptyListing, type ListingWorld, type ShopListing } from '../categories/listing-world.js';
import type { CancelCase, Case, ReturnCase } from './aftersales-model.js';
import type { AuditPlan } from './product.js';
import { Catalogue } from './catalogue.js';
import { SimulatorClock } from './clock.js';
import { DueQueue } from './due-queue.js';
import { IdentifierSource } from './identifiers.js';
import type {
  AuthCode,
  Authorization,
  DeliveryOption,
  Effect,
  Order,
  Package,
  Seller,
  Token,
  Warehouse,
} from './model.js';
import { TimeBook } from './time-book.js';
import { ProductEffects } from './product-effects.js';
import { regionOf, type Region } from './regions.js';
import { Uploads } from './uploads.js';
import { WebhookBook } from './webhook-book.js';

export interface Shop {
  id: string;
  code: string;
  name: string;
  region: Region;
  sellerType: 'LOCAL' | 'CROSS_BORDER';
  openId: string;
  warehouses: Warehouse[];
  deliveryOptions: DeliveryOption[];
  book: TimeBook<Order>;
  cancels: TimeBook<CancelCase>;
  returns: TimeBook<ReturnCase>;
  catalogue: Catalogue;
  packages: Map<string, Package>;
  /** Orders that used a tracking number, by that number. */
  trackingNumbers: Map<string, Set<string>>;
  /** Seconds; when an app last listed the orders, 0 before that. */
  listedSec: number;
  /** Some of its orders are not in the list, or not yet. */
  hasLateOrders?: boolean;
  /** Test shops share a small number of calls. */
  isTest?: boolean;
  /** How audits that are still to come shall end. */
  auditPlans?: AuditPlan[];
  /** The seller's account is not verified yet: products wait for it after their audit. */
  kycPending?: boolean;
  /** TikTok refuses all calls for it. */
  isInactive?: boolean;
  /** What it may list, where that differs from others in its market. */
  listing?: ShopListing;
}

/** Everything TikTok would know: one value, so that reset and save are one step each. */
export interface World {
  clock: SimulatorClock;
  ids: IdentifierSource;
  behaviour: Behaviour;
  /** Key of page tokens and ciphers. */
  secret: string;
  orderSeq: number;
  caseSeq: number;
  apps: Map<string, SimulatorApp>;
  sellers: Map<string, Seller>;
  shops: Map<string, Shop>;
  orders: Map<string, Order>;
  cancels: Map<string, CancelCase>;
  returns: Map<string, ReturnCase>;
  /** What was answered to calls that carried an idempotency key; the newest few thousand. */
  idempotent: Map<string, object>;
  due: DueQueue;
  authorizations: Map<string, Authorization>;
  codes: Map<string, AuthCode>;
  tokens: Map<string, Token>;
  effects: Effect[];
  productEffects: ProductEffects;
  uploads: Uploads;
  webhooks: WebhookBook;
  listing: ListingWorld;
  /** How orders looked before their last change, for the fault `stale_read`; only the newest few thousand. */
  previousOrders: Map<string, { atSec: number; wire: object }>;
  /** The same for cancellations and returns; null: there was nothing to see yet. */
  previousCases: Map<string, { atSec: number; seen: Case | null }>;
  /** Called after each change that a saved state must contain. */
  changed: () => void;
}

export function createWorld(behaviour: Partial<Behaviour> = {}): World {
  return {
    clock: new SimulatorClock(),
    ids: new IdentifierSource(),
    behaviour: { ...defaultBehaviour, ...behaviour },
    secret: randomBytes(32).toString('hex'),
    orderSeq: 0,
    caseSeq: 0,
    apps: new Map(),
    sellers: new Map(),
    shops: new Map(),
    orders: new Map(),
    cancels: new Map(),
    returns: new Map(),
    idempotent: new Map(),
    due: new DueQueue(),
    authorizations: new Map(),
    codes: new Map(),
    tokens: new Map(),
    effects: [],
    productEffects: new ProductEffects(),
    uploads: new Uploads(),
    webhooks: new WebhookBook(),
    listing: emptyListing(),
    previousOrders: new Map(),
    previousCases: new Map(),
    changed: () => {},
  };
}

export function authorizationKey(appKey: string, openId: string): string {
  return `${appKey}/${openId}`;
}

export function shopsOfSeller(world: World, openId: string): Shop[] {
  return [...world.shops.values()].filter((shop) => shop.openId === openId);
}

/** UNCONFIRMED that ciphers are stable per shop and app; here they are. */
export function cipherOf(world: World, appKey: string, shop: Shop): string {
  const digest = createHmac('sha256', world.secret).update(`cipher/${appKey}/${shop.id}`).digest('base64url');
  return `${shop.region.dataRegion}_${digest.slice(0, 32)}`;
}

interface CipherIndex {
  shopCount: number;
  byCipher: Map<string, Shop>;
}
const cipherIndexes = new WeakMap<World, Map<string, CipherIndex>>();

/** Every call looks its shop up: the index of an app is made once and again when shops were added. */
export function shopByCipher(world: World, appKey: string, cipher: string): Shop | undefined {
  const indexes = cipherIndexes.get(world) ?? new Map<string, CipherIndex>();
  cipherIndexes.set(world, indexes);
  let index = indexes.get(appKey);
  if (index?.shopCount !== world.shops.size) {
    const pairs = [...world.shops.values()].map((shop) => [cipherOf(world, appKey, shop), shop] as const);
    index = { shopCount: world.shops.size, byCipher: new Map(pairs) };
    indexes.set(appKey, index);
  }
  return index.byCipher.get(cipher);
}

export interface NewShop {
  name: string;
  region: string;
  sellerType: 'LOCAL' | 'CROSS_BORDER';
  openId: string;
  id?: string;
}

/** A shop with its warehouses and delivery options, and no goods and orders yet. Throws a RangeError for an unknown region. */
export function addShop(world: World, input: NewShop): Shop {
  const region = regionOf(input.region);
  const id = input.id ?? world.ids.next('shop');
  const shop: Shop = {
    id,
    code: `${region.code}${input.sellerType === 'LOCAL' ? 'LC' : 'CB'}${id.slice(-8)}`,
    name: input.name,
    region,
    sellerType: input.sellerType,
    openId: input.openId,
    warehouses: newWarehouses(world, input.sellerType),
    deliveryOptions: newDeliveryOptions(world, region),
    book: new TimeBook(),
    cancels: new TimeBook(),
    returns: new TimeBook(),
    catalogue: new Catalogue(),
    packages: new Map(),
    trackingNumbers: new Map(),
    listedSec: 0,
  };
  world.shops.set(id, shop);
  world.changed();
  return shop;
}

function newWarehouses(world: World, sellerType: 'LOCAL' | 'CROSS_BORDER'): Warehouse[] {
  const shared = {
    subType: sellerType === 'LOCAL' ? 'DOMESTIC_WAREHOUSE' : 'CB_OVERSEA_WAREHOUSE',
    effectStatus: 'ENABLED',
  } as const;
  const make = (name: string, type: Warehouse['type'], isDefault: boolean): Warehouse => ({
    id: world.ids.next('warehouse'),
    entityId: world.ids.next('warehouse'),
    name,
    type,
    isDefault,
    ...shared,
  });
  return [make('Main warehouse', 'SALES_WAREHOUSE', true), make('Returns desk', 'RETURN_WAREHOUSE', false)];
}

function newDeliveryOptions(world: World, region: Region): DeliveryOption[] {
  const providers = region.providers.map((name) => ({ id: world.ids.next('warehouse'), name }));
  return [
    {
      id: world.ids.next('warehouse'),
      name: 'Standard Shipping',
      type: 'SEND_BY_SELLER',
      shippingType: 'SELLER',
      providers,
    },
    {
      id: world.ids.next('warehouse'),
      name: 'TikTok Shipping',
      type: 'STANDARD',
      shippingType: 'TIKTOK',
      providers: [],
    },
  ];
}
