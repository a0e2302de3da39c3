import type { ShopifyDouble } from './double-of-shopify.js';
import { addVariant, amountOf, type Fulfillment, type Order } from './shopify-state.js';

/** What a person or a test does in the store's admin, by HTTP: below `/_control`. */
type Act = (double: ShopifyDouble, name: string, body: Record<string, never>) => unknown;

const ACTS: readonly [method: string, path: RegExp, act: Act][] = [
  ['GET', /^orders$/, ({ state }) => state.orders.map(show)],
  [
    'POST',
    /^orders\/(\d+)\/fulfill$/,
    (double, name, body) => showParcel(double.fulfill(orderOf(double, name), body)),
  ],
  [
    'POST',
    /^orders\/(\d+)\/cancel$/,
    (double, name, body) => {
      double.cancelOrder(orderOf(double, name), body['reason']);
      return show(orderOf(double, name));
    },
  ],
  [
    'POST',
    /^fulfillments\/(\d+)\/tracking$/,
    (double, name, body) => {
      double.setTracking(parcelOf(double, name), body['tracking'] ?? []);
      return showParcel(parcelOf(double, name));
    },
  ],
  [
    'POST',
    /^fulfillments\/(\d+)\/cancel$/,
    (double, name) => {
      double.cancelFulfillment(parcelOf(double, name));
      return showParcel(parcelOf(double, name));
    },
  ],
  ['POST', /^variants$/, ({ state }, _name, body) => ({ id: addVariant(state, { sku: null, ...body }).id })],
  ['POST', /^faults$/, (double, _name, body) => double.fault({ field: '', kind: 'lost', times: 1, ...body })],
  ['POST', /^token\/revoke$/, (double) => double.revokeToken()],
];

/** @returns what became of it; null where there is no such act. @throws Error in the words of the store */
export function actOf(
  double: ShopifyDouble,
  { method, path, body }: { method: string; path: string; body: string },
): { answer: unknown } | null {
  for (const [verb, pattern, act] of ACTS) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return { answer: act(double, match[1] ?? '', JSON.parse(body || '{}') as never) ?? {} };
  }
  return null;
}

function orderOf({ state }: ShopifyDouble, number: string): Order {
  const order = state.orders.find(({ id, name }) => id.endsWith(`/${number}`) || name === `#${number}`);
  if (!order) throw new Error(`There is no order ${number}.`);
  return order;
}

function parcelOf({ state }: ShopifyDouble, number: string): Fulfillment {
  const parcels = state.orders.flatMap(({ fulfillments }) => fulfillments);
  const parcel = parcels.find(({ id }) => id.endsWith(`/${number}`));
  if (!parcel) throw new Error(`There is no fulfilment ${number}.`);
  return parcel;
}

function show({ name, sourceIdentifier, total, cancelledAt, lineItems, fulfillments }: Order): object {
  return {
    name,
    sourceIdentifier,
    total: amountOf(total),
    cancelledAt,
    lines: lineItems.map(({ sku, quantity, open }) => ({ sku, quantity, open })),
    fulfillments: fulfillments.map(showParcel),
  };
}

function showParcel({ id, status, tracking, lines }: Fulfillment): object {
  return {
    number: id.slice(id.lastIndexOf('/') + 1),
    status,
    tracking,
    lines: lines.map(({ lineItem: { sku }, quantity }) => ({ sku, quantity })),
  };
}
