import { LIVE, type MirrorSku, type MirrorWarehouse, type WarehouseStock } from '../catalogue/catalogue.js';
import type { ConnectionSettings } from '../connections/settings.js';
import type { PushFacts, PushItem, ShopFacts } from './push-facts.js';

/** Why a value cannot be made, and what to do. */
export interface Unresolved {
  ok: false;
  reason: string;
  next: string;
}

export interface ResolvedStock {
  ok: true;
  /** Warehouses that the seller named, with what TikTok is to show for them. */
  wanted: WarehouseStock[];
  /** The SKU's other warehouses: an update has to carry them too, with TikTok's own present values. */
  kept: string[];
}

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

/** The share of a quantity that goes to TikTok: the allocated percentage, rounded down, less safetyPercent, rounded up. */
export function shareOf(
  quantity: number,
  { allocationPercent, safetyPercent }: Pick<ConnectionSettings, 'allocationPercent' | 'safetyPercent'>,
): number {
  const allocated = Math.floor((quantity * allocationPercent) / 100);
  return allocated - Math.ceil((allocated * safetyPercent) / 100);
}

/**
 * What each warehouse of the SKU is to show. Article: a warehouse code may be left out only where the SKU's sole
 * warehouse is the shop's default one; a code is TikTok's id of the warehouse, its exact name, or is mapped by the
 * setting warehouseCodes.
 */
export function resolveStock(facts: PushFacts, sku: MirrorSku): ResolvedStock | Unresolved {
  const { item, shop } = facts;
  const places = placesOf(sku, shop);
  const named = new Map<string, number>();
  for (const { code, quantity } of givenStock(item)) {
    const place = code === null ? soleDefault(places, shop) : placeOfCode(code, places, shop);
    if (!place.ok) return place;
    if (named.has(place.id))
      return unresolved(
        `Two warehouses of the item mean the same one in TikTok (${place.id}).`,
        'Give each warehouse once.',
      );
    named.set(place.id, quantity);
  }
  const quantities = withheld([...named.values()], facts);
  return {
    ok: true,
    wanted: [...named.keys()].map((warehouseId, nth) => ({ warehouseId, quantity: quantities[nth] ?? 0 })),
    kept: places.filter((id) => !named.has(id)),
  };
}

/**
 * What TikTok is to show of what the seller has: pieces that are ordered already are taken off first, then the share is
 * taken, then the safety buffer. Pieces are taken from the first warehouse, what it lacks from the next.
 */
function withheld(quantities: number[], { shop, reserved }: PushFacts): number[] {
  const { settings } = shop;
  let toReserve = reserved;
  let toHold = settings.safetyBuffer;
  return quantities.map((quantity) => {
    const ordered = Math.min(quantity, toReserve);
    toReserve -= ordered;
    const free = shareOf(quantity - ordered, settings);
    const held = Math.min(free, toHold);
    toHold -= held;
    return free - held;
  });
}

/** Warehouses and quantities as the seller gave them; without a quantity nothing is said about a warehouse. */
function givenStock(item: PushItem): { code: string | null; quantity: number }[] {
  const given = item.warehouses ?? [{ code: item.warehouse, quantity: item.quantity }];
  return given.flatMap(({ code, quantity }) =>
    quantity === null ? [] : [{ code: code?.trim() || null, quantity }],
  );
}

/**
 * Where the SKU is stocked. A warehouse that is not enabled can neither be given nor be missed in an update.
 * UNCONFIRMED: a SKU of which TikTok shows no warehouse is in the default one.
 */
function placesOf(sku: MirrorSku, shop: ShopFacts): string[] {
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
  const byName = warehouses.filter(({ name, type }) => name === code && type === 'SALES_WAREHOUSE');
  return byName.length === 1 ? (byName[0]?.warehouseId ?? null) : null;
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
