import type { ShopOrder } from '../domain/order.js';
import type { OrderAmounts } from '../domain/order-amounts.js';
import type { OrderKind } from '../domain/order-peculiarities.js';

/** Amounts whose change an ERP that has booked the order must hear of, with their names on the document. */
const AMOUNTS: readonly [field: keyof OrderAmounts, name: string][] = [
  ['total', 'TotalAmount'],
  ['subTotal', 'SubTotal'],
  ['shippingFee', 'ShipmentCost'],
  ['tax', 'Taxes'],
  ['sellerDiscount', 'SellerDiscount'],
  ['platformDiscount', 'PlatformDiscount'],
];

/** Kinds in the words of people. None of them says who the buyer is. */
const KINDS: readonly [field: keyof OrderKind, name: string][] = [
  ['isReplacement', 'replacement'],
  ['replacedOrderId', 'replaced order'],
  ['isExchange', 'exchange'],
  ['exchangedOrderId', 'exchanged order'],
  ['isSubscription', 'subscription'],
  ['isCod', 'cash on delivery'],
  ['releaseAt', 'release date'],
  ['handlingDays', 'handling days'],
  ['deliveryType', 'delivery type'],
  ['invoiceNeed', 'invoice'],
];

/**
 * What TikTok shows otherwise than before of kind, amounts and warehouse, as `TotalAmount 51.95 -> 40.00`. What it does not
 * show this time is no change.
 */
export function differencesOf(held: ShopOrder, shown: ShopOrder): string[] {
  return [
    changed('order type', held.orderType, shown.orderType),
    changed('sample', held.isSample, shown.isSample),
    ...KINDS.map(([field, name]) => changed(name, held.kind[field] ?? 'none', shown.kind[field])),
    ...AMOUNTS.map(([field, name]) => changed(name, held.amounts[field], shown.amounts[field])),
    changed('warehouse', held.warehouseId, shown.warehouseId),
  ].flat();
}

function changed(name: string, before: unknown, now: unknown): string[] {
  if (before === null || before === undefined || now === null || now === undefined) return [];
  const [from, to] = [textOf(before), textOf(now)];
  return from === to ? [] : [`${name} ${from} -> ${to}`];
}

function textOf(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
