import { Type } from 'typebox';

import type { Order, Unit } from '../state/model.js';
import { liveUnits } from '../state/order-machine.js';
import { refuseAftersales } from './aftersales-error.js';

export interface NamedPieces {
  skus?: { sku_id: string; quantity: number }[];
  order_line_item_ids?: string[];
}

export const namedPieces = {
  skus: Type.Optional(
    Type.Array(
      Type.Object({ sku_id: Type.String({ minLength: 1 }), quantity: Type.Integer({ minimum: 1 }) }),
    ),
  ),
  order_line_item_ids: Type.Optional(Type.Array(Type.String())),
};

/**
 * The live units that a call means: those named by id, else the given number of each SKU, else all. The documentation's
 * sample names both: then they must agree.
 */
export function unitsNamed(order: Order, named: NamedPieces): Unit[] {
  const { skus = [], order_line_item_ids: ids = [] } = named;
  const live = liveUnits(order);
  if (ids.length === 0) return skus.length === 0 ? live : unitsOfSkus(order, skus);
  const units = [...new Set(ids)].map((id) => {
    const unit = order.units.find((candidate) => candidate.id === id);
    if (unit === undefined) throw refuseAftersales(25001001);
    if (unit.cancelled !== undefined) throw refuseAftersales(25001011);
    return unit;
  });
  const counted = skus.length === 0 || countsBySku(units) === wantedBySku(skus);
  if (!counted) throw refuseAftersales(25001001);
  return units;
}

function unitsOfSkus(order: Order, skus: NonNullable<NamedPieces['skus']>): Unit[] {
  const live = liveUnits(order);
  return [...totals(skus.map(({ sku_id, quantity }) => [sku_id, quantity]))].flatMap(([skuId, quantity]) => {
    if (!order.units.some(({ sku }) => sku.id === skuId)) throw refuseAftersales(25001001);
    const units = live.filter(({ sku }) => sku.id === skuId).slice(0, quantity);
    if (units.length < quantity) throw refuseAftersales(25001011);
    return units;
  });
}

function countsBySku(units: readonly Unit[]): string {
  return inOrder(totals(units.map(({ sku }) => [sku.id, 1])));
}

function wantedBySku(skus: NonNullable<NamedPieces['skus']>): string {
  return inOrder(totals(skus.map(({ sku_id, quantity }) => [sku_id, quantity])));
}

function totals(pairs: readonly (readonly [skuId: string, quantity: number])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [skuId, quantity] of pairs) sums.set(skuId, (sums.get(skuId) ?? 0) + quantity);
  return sums;
}

function inOrder(sums: ReadonlyMap<string, number>): string {
  return JSON.stringify([...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
