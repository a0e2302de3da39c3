import { Type } from 'typebox';

import { CommaList, NoBody, NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Order, Unit } from '../state/model.js';
import { liveUnits } from '../state/order-machine.js';
import type { Shop } from '../state/world.js';
import { orderOfShop } from '../orders/order-detail.js';
import { refuseFulfilment } from './fulfilment-error.js';
import { splitIntoGroups, splitsByPiece, whyNotSplit } from './regroup.js';
import { mustBeShippable } from './shipping-rules.js';

/** TikTok: Get Order Split Attributes 202309. */
export const splitAttributesRoute = shopRoute({
  method: 'GET',
  path: '/fulfillment/{version}/orders/split_attributes',
  versions: ['202309'],
  scopes: ['seller.fulfillment.package.write'],
  query: Type.Object({ order_ids: CommaList({ maxItems: 50 }) }),
  body: NoBody,
  handle: ({ world, shop, query }) => ({
    split_attributes: query.order_ids.map((id) => {
      const reason = whyNotSplit(shop, orderOfShop(world, shop, id));
      return { order_id: id, can_split: reason === '', reason, must_split: false, must_split_reasons: [] };
    }),
  }),
});

/** TikTok: Split Orders 202309. Units that no group names stay in the package they are in. */
export const splitOrderRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/orders/{order_id}/split',
  versions: ['202309'],
  scopes: ['seller.fulfillment.package.write'],
  query: NoQuery,
  body: Type.Object({
    splittable_groups: Type.Array(
      Type.Object({
        id: Type.String({ minLength: 1 }),
        order_line_item_ids: Type.Array(Type.String(), { minItems: 1 }),
      }),
      { minItems: 1 },
    ),
  }),
  handle: ({ world, shop, params, body, requestId, nowSec }) => {
    const order = orderOfShop(world, shop, params['order_id'] ?? '');
    mustBeShippable(shop, order);
    if (isCombined(shop, order)) throw refuseFulfilment(21011046);
    if (whyNotSplit(shop, order) !== '') throw refuseFulfilment(21011035);
    const groups = body.splittable_groups.map((group) => ({
      label: group.id,
      units: unitsOf(order, group.order_line_item_ids),
    }));
    const rest = unitsLeft(
      order,
      groups.flatMap((group) => group.units),
    );
    if (groups.length + (rest.length > 0 ? 1 : 0) < 2) throw refuseFulfilment(21011035);
    if (!splitsByPiece(shop)) mustKeepSkusTogether([...groups.map((group) => group.units), rest]);

    const units = groups.map((group) => group.units);
    const packages = splitIntoGroups(world, shop, order, units, { via: 'api', requestId }, nowSec);
    return {
      packages: packages.map(({ id }, index) => ({ splittable_group_id: groups[index]?.label ?? '', id })),
    };
  },
});

function isCombined(shop: Shop, order: Order): boolean {
  return order.packageIds.some((id) => shop.packages.get(id)?.tag === 'COMBINE');
}

function unitsOf(order: Order, ids: readonly string[]): Unit[] {
  return ids.map((id) => {
    const unit = liveUnits(order).find((candidate) => candidate.id === id);
    if (unit === undefined) throw refuseFulfilment(21011005);
    return unit;
  });
}

function unitsLeft(order: Order, named: readonly Unit[]): Unit[] {
  const taken = new Set(named);
  if (taken.size !== named.length) throw refuseFulfilment(21011005);
  return liveUnits(order).filter((unit) => !taken.has(unit));
}

/** South-East Asia and Latin America: whole SKUs only. */
function mustKeepSkusTogether(groups: readonly (readonly Unit[])[]): void {
  const groupBySku = new Map<string, number>();
  for (const [index, units] of groups.entries()) {
    for (const { sku } of units) {
      if ((groupBySku.get(sku.id) ?? index) !== index) throw refuseFulfilment(21011036);
      groupBySku.set(sku.id, index);
    }
  }
}
