import type { ProductCode } from '../../products/product-error.js';
import type { Sku, Warehouse } from '../../state/model.js';
import type { BodySku } from '../listing-body.js';
import type { Facts, ListingRule } from '../listing-rule.js';

const MOST_PIECES = 99_999;

interface Entry {
  sku: Sku | undefined;
  warehouseId: string;
  quantity: number | undefined;
  backorder: number | undefined;
  handlingDays: number | undefined;
}

function skus({ body }: Facts): BodySku[] {
  return body.skus ?? [];
}

function known({ product }: Facts, { id }: BodySku): Sku | undefined {
  return product?.skus.find((sku) => sku.id === id);
}

function entries(facts: Facts): Entry[] {
  return skus(facts).flatMap((given) =>
    (given.inventory ?? []).map((entry) => ({
      sku: known(facts, given),
      warehouseId: entry.warehouse_id,
      quantity: entry.quantity,
      backorder: entry.backorder_quantity,
      handlingDays: entry.handling_time,
    })),
  );
}

/** A warehouse that may not be named, by what is wrong with it. */
function warehouseRule(
  code: ProductCode,
  isWrong: (found: Warehouse | undefined, facts: Facts, id: string) => boolean,
): ListingRule {
  return {
    code,
    broken: (facts) => {
      const found = entries(facts).find(({ warehouseId }) =>
        isWrong(warehouseOf(facts, warehouseId), facts, warehouseId),
      );
      return found && { 'warehouse ID': found.warehouseId };
    },
  };
}

export const stockRules: readonly ListingRule[] = [
  { code: 12052115, broken: ({ shop }) => !shop.warehouses.some(isForSale) },
  {
    code: 12052535,
    mayLackInDraft: true,
    broken: ({ shop }) =>
      !shop.warehouses.some(
        ({ type, effectStatus }) => type === 'RETURN_WAREHOUSE' && effectStatus === 'ENABLED',
      ),
  },
  {
    code: ({ call }) => (call === 'create' ? 12052486 : 12019022),
    mayLackInDraft: true,
    broken: (facts) =>
      skus(facts).some((given) => isNew(facts, given) && (given.inventory ?? []).length === 0),
  },
  // UNCONFIRMED: whether an edit that sends stock of one SKU has to send it of all.
  {
    code: 12019022,
    broken: (facts) =>
      facts.world.behaviour.stockInEdits === 'all_skus' &&
      facts.product !== undefined &&
      skus(facts).some(({ inventory }) => inventory !== undefined) &&
      skus(facts).some(({ inventory }) => inventory === undefined),
  },
  warehouseRule(
    12052530,
    (found, { world }, id) =>
      found === undefined &&
      [...world.shops.values()].some(({ warehouses }) => warehouses.some((other) => other.id === id)),
  ),
  warehouseRule(12052097, (found) => found === undefined),
  warehouseRule(12052532, (found) => found?.type !== 'SALES_WAREHOUSE'),
  warehouseRule(12052531, (found) => found?.effectStatus !== 'ENABLED'),
  { code: 12052533, broken: changesWarehouses },
  {
    code: 12052055,
    broken: (facts) =>
      entries(facts).some(
        ({ quantity, backorder = 0 }) =>
          (quantity !== undefined && (quantity < least(facts) || quantity > MOST_PIECES)) ||
          backorder < 0 ||
          backorder > MOST_PIECES,
      ),
  },
  {
    code: 12052055,
    mayLackInDraft: true,
    broken: (facts) =>
      entries(facts).some(({ sku, quantity }) => sku === undefined && quantity === undefined),
  },
  { code: 12052490, broken: hasTwoHandlingTimes },
];

function isForSale({ type, effectStatus }: Warehouse): boolean {
  return type === 'SALES_WAREHOUSE' && effectStatus === 'ENABLED';
}

function warehouseOf({ shop }: Facts, id: string): Warehouse | undefined {
  return shop.warehouses.find((warehouse) => warehouse.id === id);
}

function isNew(facts: Facts, given: BodySku): boolean {
  if (facts.product === undefined || given.id === undefined) return true;
  // One that an earlier edit has added waits for its audit with its own stock.
  return !(facts.base?.skus.some(({ id }) => id === given.id) ?? false) && known(facts, given) === undefined;
}

/** TikTok: 1 to 99,999. UNCONFIRMED for 0, which connectors send in updates. */
function least({ world }: Facts): number {
  return world.behaviour.zeroInListings === 'accepted' ? 0 : 1;
}

/** TikTok: an edit names exactly the warehouses that a SKU has; new SKUs go where the others are. */
function changesWarehouses(facts: Facts): boolean {
  const { product } = facts;
  if (product === undefined || product.status === 'DRAFT') return false;
  const used = new Set(product.skus.flatMap(({ stock }) => stock.map(({ warehouseId }) => warehouseId)));
  return skus(facts).some((given) => {
    if (given.inventory === undefined) return false;
    const sku = known(facts, given);
    const named = given.inventory.map((entry) => entry.warehouse_id);
    if (sku === undefined) return used.size > 0 && named.some((id) => !used.has(id));
    const own = sku.stock.map(({ warehouseId }) => warehouseId);
    return own.length !== named.length || named.some((id) => !own.includes(id));
  });
}

/** TikTok: all warehouses of a SKU have the same time to handle a back-order. */
function hasTwoHandlingTimes(facts: Facts): boolean {
  return skus(facts).some(({ inventory = [] }) => {
    const days = inventory.flatMap((entry) =>
      entry.handling_time === undefined ? [] : [entry.handling_time],
    );
    return new Set(days).size > 1;
  });
}
