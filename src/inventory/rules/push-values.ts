import { LIVE, type MirrorSku, type MirrorWarehouse } from '../../domain/product.js';
import type { PushFacts, ShopFacts } from './push-facts.js';
import type { Unresolved, WantedCell, ResolvedStock } from './resolved-stock.js';
import type { ItemCell } from './push-item.js';

/** The SKUs of TikTok's that bear exactly the item's merchant SKU. */
export function exactCandidates({ item, candidates }: Pick<PushFacts, 'item' | 'candidates'>): MirrorSku[] {
  return candidates.filter(
    ({ sellerSku, productStatus }) => sellerSku === item.merchantSku && productStatus !== 'DELETED',
  );
}

/** The SKU that an item means: of several the live one. Null when there is none; which gate says so is not asked here. */
export function chooseSku(facts: Pick<PushFacts, 'item' | 'candidates'>): MirrorSku | null {
  const exact = exactCandidates(facts);
  return exact.find(isLiveSku) ?? exact[0] ?? null;
}

export function isLiveSku({ productStatus, skuStatus }: MirrorSku): boolean {
  return productStatus === LIVE && skuStatus === 'NORMAL';
}

/**
 * What the seller last said of each warehouse of the SKU. Article: a warehouse code may be left out only where the SKU's
 * sole warehouse is the shop's default one; a code is TikTok's id of the warehouse, its exact name, or is mapped by the
 * setting warehouseCodes. A zero without a code empties every warehouse that nothing later names.
 */
export function resolveStock(
  facts: Pick<PushFacts, 'item' | 'shop'>,
  sku: MirrorSku,
): ResolvedStock | Unresolved {
  const { item, shop } = facts;
  const places = placesOf(sku, shop);
  const newest = new Map<string, ItemCell>();
  const homeless: { cell: ItemCell; why: Unresolved }[] = [];
  for (const cell of inOrderOfArrival(item.cells)) {
    if (cell.code === null && cell.quantity <= 0) {
      for (const id of places) newest.set(id, cell);
      continue;
    }
    const place = cell.code === null ? soleDefault(places, shop) : placeOfCode(cell.code, places, shop);
    if (place.ok) newest.set(place.id, cell);
    else if (cell.quantity > 0) homeless.push({ cell, why: place });
  }
  const lastNamed = Math.max(0, ...[...newest.values()].map(({ n }) => n));
  // A total that was said before the warehouses were named has been replaced by what they say.
  const open = homeless.filter(({ cell }) => cell.code !== null || cell.n >= lastNamed);
  const why = open[0]?.why ?? null;
  if (newest.size === 0 && why) return why;
  return {
    ok: true,
    wanted: inSaidOrder(item.cells, newest),
    kept: places.filter((id) => !newest.has(id)),
    unresolved: why,
  };
}

/** Files arrive one after the other; of one file the later row counts. */
function inOrderOfArrival(cells: readonly ItemCell[]): ItemCell[] {
  return cells
    .map((cell, position) => ({ cell, position }))
    .toSorted((a, b) => a.cell.n - b.cell.n || a.position - b.position)
    .map(({ cell }) => cell);
}

/** By the item's cells, not by their age, so that the buffer stays in the same warehouse whichever was said last. */
function inSaidOrder(cells: readonly ItemCell[], newest: ReadonlyMap<string, ItemCell>): WantedCell[] {
  return [...newest]
    .map(([warehouseId, cell]) => ({ warehouseId, cell }))
    .toSorted(
      (a, b) => cells.indexOf(a.cell) - cells.indexOf(b.cell) || (a.warehouseId < b.warehouseId ? -1 : 1),
    );
}

/**
 * Where the SKU is stocked. A warehouse that is not enabled can neither be given nor be missed in an update.
 * UNCONFIRMED: a SKU of which TikTok shows no warehouse is in the default one.
 */
export function placesOf(sku: MirrorSku, shop: ShopFacts): string[] {
  if (sku.warehouses.length === 0) {
    const sole = defaultWarehouse(shop);
    return sole ? [sole.warehouseId] : [];
  }
  return sku.warehouses
    .map(({ id }) => id)
    .filter((id) => {
      const known = shop.warehouses.find(({ warehouseId }) => warehouseId === id);
      return !known || known.effectStatus === 'ENABLED';
    });
}

type Place = { ok: true; id: string } | Unresolved;

function soleDefault(places: string[], shop: ShopFacts): Place {
  const [only] = places;
  const standard = defaultWarehouse(shop);
  const next = 'Give the column Warehouse a code for this SKU.';
  if (only === undefined) return unresolved('TikTok shows no enabled warehouse for the SKU.', next);
  if (places.length > 1)
    return unresolved(
      `The SKU is in ${places.length} warehouses, so that a warehouse code is required.`,
      next,
    );
  if (standard?.warehouseId !== only)
    return unresolved(
      `The SKU is in warehouse ${nameOf(only, shop)}, which is not the shop's default one, so that a warehouse code is required.`,
      next,
    );
  return { ok: true, id: only };
}

function placeOfCode(code: string, places: string[], shop: ShopFacts): Place {
  const id = idOfCode(code, shop);
  if (id === null)
    return unresolved(
      `The warehouse code ${code} means no single warehouse of the shop.`,
      "Use TikTok's id or the exact name of the warehouse, or add the code to the setting warehouseCodes.",
    );
  const warehouse = shop.warehouses.find(({ warehouseId }) => warehouseId === id);
  if (warehouse && warehouse.type !== 'SALES_WAREHOUSE')
    return unresolved(
      `Warehouse ${nameOf(id, shop)} is not one that is sold from.`,
      'Use another warehouse.',
    );
  if (warehouse && warehouse.effectStatus !== 'ENABLED')
    return unresolved(
      `Warehouse ${nameOf(id, shop)} is ${warehouse.effectStatus} in TikTok.`,
      'Enable it in TikTok Seller Center, or use another one.',
    );
  // TikTok: Update Inventory takes no warehouse in which the SKU is not stocked.
  if (!places.includes(id))
    return unresolved(
      `The SKU is not stocked in warehouse ${nameOf(id, shop)} in TikTok.`,
      'Add the warehouse to the SKU in TikTok Seller Center, or use another one.',
    );
  return { ok: true, id };
}

/** Null when the code means nothing, or by name more than one warehouse. */
function idOfCode(code: string, { settings, warehouses }: ShopFacts): string | null {
  if (Object.hasOwn(settings.warehouseCodes, code)) return settings.warehouseCodes[code] ?? null;
  if (warehouses.some(({ warehouseId }) => warehouseId === code)) return code;
  const selling = warehouses.filter(({ type }) => type === 'SALES_WAREHOUSE');
  const exact = selling.filter(({ name }) => name === code);
  // Nobody means two warehouses by capitals; where two names differ in nothing else, only the exact one counts.
  const byName = exact.length > 0 ? exact : selling.filter(({ name }) => foldName(name) === foldName(code));
  return byName.length === 1 ? (byName[0]?.warehouseId ?? null) : null;
}

function foldName(name: string): string {
  return name.trim().toLowerCase();
}

function defaultWarehouse({ warehouses }: ShopFacts): MirrorWarehouse | null {
  const usable = warehouses.filter(
    ({ type, effectStatus }) => type === 'SALES_WAREHOUSE' && effectStatus === 'ENABLED',
  );
  // UNCONFIRMED: a shop with a single warehouse need not mark it as the default.
  return usable.find(({ isDefault }) => isDefault) ?? (usable.length === 1 ? (usable[0] ?? null) : null);
}

function nameOf(id: string, { warehouses }: ShopFacts): string {
  const name = warehouses.find(({ warehouseId }) => warehouseId === id)?.name;
  return name ? `${name} (${id})` : id;
}

function unresolved(reason: string, next: string): Unresolved {
  return { ok: false, reason, next };
}
