import { randomInt } from 'node:crypto';

/** What the double of a Shopify store holds: as Shopify's merchant sees it, in Shopify's words. Imports nothing of the connector. */

interface Variant {
  id: string;
  sku: string | null;
  title: string;
  product: { title: string; status: 'ACTIVE' | 'DRAFT' | 'ARCHIVED' };
  /** Units that can be sold, by location. */
  available: Map<string, number>;
  inventoryPolicy: 'DENY' | 'CONTINUE';
}

interface LineItem {
  id: string;
  variant: Variant | null;
  sku: string | null;
  title: string;
  quantity: number;
  /** Not fulfilled yet. */
  open: number;
  requiresShipping: boolean;
  customAttributes: { key: string; value: string }[];
}

interface Tracking {
  company: string | null;
  number: string | null;
  url: string | null;
}

export interface Fulfillment {
  id: string;
  order: Order;
  status: 'SUCCESS' | 'CANCELLED';
  createdAt: string;
  updatedAt: string;
  tracking: Tracking[];
  lines: { lineItem: LineItem; quantity: number }[];
}

export interface Order {
  id: string;
  name: string;
  sourceIdentifier: string | null;
  poNumber: string | null;
  note: string | null;
  tags: string[];
  email: string | null;
  customAttributes: { key: string; value: string }[];
  shippingAddress: Record<string, string> | null;
  currency: string;
  /** In hundredths. */
  subtotal: bigint;
  discount: bigint;
  shipping: bigint;
  tax: bigint;
  total: bigint;
  paid: bigint;
  lineItems: LineItem[];
  fulfillments: Fulfillment[];
  cancelledAt: string | null;
  cancelReason: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface Subscription {
  id: string;
  topic: string;
  uri: string;
}

export interface StoreState {
  domain: string;
  name: string;
  currency: string;
  location: string;
  variants: Variant[];
  orders: Order[];
  subscriptions: Subscription[];
  /** Answers `2026-01-01T00:00:00Z`. */
  now(): string;
  nextId(kind: string): string;
}

export function emptyStore(options: { domain: string; currency?: string; clock?: () => Date }): StoreState {
  let last = 5_000_000_000 + randomInt(1_000_000);
  const clock = options.clock ?? (() => new Date());
  return {
    domain: options.domain,
    name: 'Double of a store',
    currency: options.currency ?? 'USD',
    location: 'gid://shopify/Location/1',
    variants: [],
    orders: [],
    subscriptions: [],
    now: () => `${clock().toISOString().slice(0, 19)}Z`,
    nextId: (kind) => `gid://shopify/${kind}/${(last += 1)}`,
  };
}

/** A product with one variant, as a merchant would add it. */
export function addVariant(
  state: StoreState,
  options: { sku: string | null; title?: string; available?: number; status?: Variant['product']['status'] },
): Variant {
  const variant: Variant = {
    id: state.nextId('ProductVariant'),
    sku: options.sku,
    title: 'Default Title',
    product: { title: options.title ?? `Product ${options.sku}`, status: options.status ?? 'ACTIVE' },
    available: new Map([[state.location, options.available ?? 10]]),
    inventoryPolicy: 'DENY',
  };
  state.variants.push(variant);
  return variant;
}

/** The merchant packs some lines of an order, all that is open when none are given. @throws Error when there is not so much to pack */
export function fulfill(
  state: StoreState,
  order: Order,
  what: { lines?: { sku: string; quantity: number }[]; tracking?: Partial<Tracking>[] },
): Fulfillment {
  if (order.cancelledAt) throw new Error('A cancelled order has nothing to fulfil.');
  const wanted = what.lines ?? order.lineItems.map(({ sku, open }) => ({ sku: sku ?? '', quantity: open }));
  const lines = wanted
    .filter(({ quantity }) => quantity > 0)
    .map(({ sku, quantity }) => {
      const lineItem = order.lineItems.find((line) => line.sku === sku && line.open >= quantity);
      if (!lineItem) throw new Error(`There are not ${quantity} of ${sku} to fulfil.`);
      lineItem.open -= quantity;
      return { lineItem, quantity };
    });
  const now = state.now();
  const fulfillment: Fulfillment = {
    id: state.nextId('Fulfillment'),
    order,
    status: 'SUCCESS',
    createdAt: now,
    updatedAt: now,
    tracking: (what.tracking ?? []).map(wholeTracking),
    lines,
  };
  order.fulfillments.push(fulfillment);
  order.updatedAt = now;
  return fulfillment;
}

export function wholeTracking(tracking: Partial<Tracking>): Tracking {
  return { company: null, number: null, url: null, ...tracking };
}

/** Its pieces can be fulfilled again. */
export function cancelFulfillment(state: StoreState, fulfillment: Fulfillment): void {
  fulfillment.status = 'CANCELLED';
  fulfillment.updatedAt = state.now();
  fulfillment.order.updatedAt = fulfillment.updatedAt;
  for (const { lineItem, quantity } of fulfillment.lines) lineItem.open += quantity;
}

/** @returns why not; null when it is cancelled */
export function cancelOrderIn(
  state: StoreState,
  order: Order,
  { reason, restock }: { reason: string; restock: boolean },
): string | null {
  if (order.cancelledAt) return 'Order has already been cancelled';
  if (order.fulfillments.some(({ status }) => status === 'SUCCESS'))
    return 'Cannot cancel an order with outstanding fulfillments';
  order.cancelledAt = state.now();
  order.cancelReason = reason;
  order.updatedAt = order.cancelledAt;
  if (restock)
    for (const { variant, open } of order.lineItems)
      if (variant) variant.available.set(state.location, (variant.available.get(state.location) ?? 0) + open);
  return null;
}

/** An amount in hundredths, as Shopify writes it. */
export function amountOf(hundredths: bigint): string {
  const text = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0');
  const digits = `${text.slice(0, -2)}.${text.slice(-2)}`;
  return hundredths < 0n ? `-${digits}` : digits;
}
