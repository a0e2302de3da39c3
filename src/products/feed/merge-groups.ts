import type { BulkTx } from '../../store/bulk-transaction.js';
import type { Fields } from '../content/product-fields.js';
import type { GroupedProduct, GroupedVariant } from './grouped-product.js';
import { mergeFields, type Arrivals } from './merge-fields.js';

interface StoredProduct {
  productKey: string;
  fields: Fields;
  arrivals: Arrivals;
  conflicts: unknown[];
  importId: number;
  deletedN: number | null;
}

interface StoredSku {
  skuKey: string;
  productKey: string;
  position: number;
  fields: Fields;
  arrivals: Arrivals;
  isRemoved: boolean;
}

interface SkuChange {
  skuKey: string;
  sku: string;
  productKey: string;
  position: number;
  fields: Fields;
  arrivals: Arrivals;
  isRemoved: boolean;
}

/** The arrival of the words that take a SKU off its product or put it on. */
const ON_PRODUCT = ' on product';

/** Merges what a file says of these products with what is stored, and notes the outcome. @returns counts by name */
export async function mergeGroups(
  tx: BulkTx,
  groups: readonly GroupedProduct[],
  { connectionId, importId }: { connectionId: number; importId: number },
): Promise<Record<string, number>> {
  const counts = { added: 0, changed: 0, unchanged: 0, superseded: 0, removed: 0 };
  const products = { products: 0, productsAdded: 0, productsChanged: 0 };
  if (groups.length === 0) return { ...counts, ...products };
  const stored = await readStored(tx, connectionId, groups);
  const productChanges: object[] = [];
  const skuChanges: SkuChange[] = [];
  for (const group of groups) {
    products.products += 1;
    const known = stored.products.get(group.key);
    if (Math.max(known?.deletedN ?? 0, stored.deletedN) > importId) {
      counts.superseded += group.variants.length;
      continue;
    }
    const base = known?.deletedN === null ? known : null;
    const merged = mergeFields(base, group.fields, importId);
    const skus = group.variants.map((variant) =>
      mergeSku(variant, group.key, { stored: base ? stored.skus.get(variant.skuKey) : undefined, importId }),
    );
    const isNewer = importId >= (base?.importId ?? 0);
    const conflicts = isNewer ? group.conflicts : base!.conflicts;
    const isConflicting = JSON.stringify(conflicts) !== JSON.stringify(base?.conflicts ?? []);
    for (const { state } of skus) counts[state] += 1;
    const isChanged = merged.isChanged || isConflicting || skus.some(({ state }) => state !== 'unchanged');
    // What all SKUs share has changed for each of them.
    if (merged.isChanged && base) {
      const quiet = skus.filter(({ state }) => state === 'unchanged').length;
      counts.unchanged -= quiet;
      counts.changed += quiet;
    }
    if (!base) products.productsAdded += 1;
    else if (isChanged) products.productsChanged += 1;
    for (const { change } of skus) if (change) skuChanges.push(change);
    productChanges.push({
      key: group.key,
      name: group.name,
      fields: merged.fields,
      arrivals: merged.arrivals,
      conflicts,
      row: group.row,
      isChanged,
    });
  }
  await noteChanges(tx, productChanges, skuChanges);
  return { ...counts, ...products };
}

function mergeSku(
  { sku, skuKey, row, fields: given }: GroupedVariant,
  productKey: string,
  { stored, importId }: { stored: StoredSku | undefined; importId: number },
): { change: SkuChange | null; state: 'added' | 'changed' | 'unchanged' | 'removed' | 'superseded' } {
  const { Action: action, ...fields } = given;
  const merged = mergeFields(stored ?? null, fields, importId);
  const isLate = (merged.arrivals[ON_PRODUCT] ?? 0) > importId;
  const isRemoved = isLate ? stored!.isRemoved : action === 'RemoveVariant';
  if (!isLate) merged.arrivals[ON_PRODUCT] = importId;
  const isMoved = stored !== undefined && stored.productKey !== productKey;
  const isNews = merged.isChanged || isMoved || isRemoved !== (stored?.isRemoved ?? false);
  const change = {
    skuKey,
    sku,
    productKey,
    position: row,
    fields: merged.fields,
    arrivals: merged.arrivals,
    isRemoved,
  };
  if (!stored) return { change, state: isRemoved ? 'removed' : 'added' };
  if (!isNews) return { change, state: merged.late > 0 ? 'superseded' : 'unchanged' };
  return { change, state: isRemoved && !stored.isRemoved ? 'removed' : 'changed' };
}

async function readStored(
  tx: BulkTx,
  connectionId: number,
  groups: readonly GroupedProduct[],
): Promise<{
  products: ReadonlyMap<string, StoredProduct>;
  skus: ReadonlyMap<string, StoredSku>;
  deletedN: number;
}> {
  const keys = groups.map(({ key }) => key);
  const skuKeys = groups.flatMap(({ variants }) => variants.map(({ skuKey }) => skuKey));
  const [state] = await tx.query<{ deletedN: number }>(
    'SELECT deleted_n AS "deletedN" FROM product_states WHERE connection_id = $1',
    [connectionId],
  );
  const products = await tx.query<StoredProduct>(
    `SELECT product_key AS "productKey", fields, arrivals, conflicts, import_id AS "importId", deleted_n AS "deletedN"
     FROM wanted_products WHERE connection_id = $1 AND product_key = ANY($2::text[])`,
    [connectionId, keys],
  );
  const skus = await tx.query<StoredSku>(
    `SELECT sku_key AS "skuKey", product_key AS "productKey", position, fields, arrivals, is_removed AS "isRemoved"
     FROM wanted_skus WHERE connection_id = $1 AND sku_key = ANY($2::text[])`,
    [connectionId, skuKeys],
  );
  return {
    products: new Map(products.map((each) => [each.productKey, each])),
    skus: new Map(skus.map((each) => [each.skuKey, each])),
    deletedN: state?.deletedN ?? 0,
  };
}

async function noteChanges(
  tx: BulkTx,
  products: readonly object[],
  skus: readonly SkuChange[],
): Promise<void> {
  await tx.query(
    `INSERT INTO product_changes
     SELECT g.key, g.name, g.fields, g.arrivals, g.conflicts, g.row, g."isChanged", p.hash
     FROM json_to_recordset($1) AS g (key text, name text, fields jsonb, arrivals jsonb, conflicts jsonb, row int,
       "isChanged" boolean) JOIN product_groups p ON p.product_key = g.key`,
    [JSON.stringify(products)],
  );
  await tx.query(
    `INSERT INTO sku_changes SELECT "skuKey", sku, "productKey", position, fields, arrivals, "isRemoved"
     FROM json_to_recordset($1) AS g ("skuKey" text, sku text, "productKey" text, position int, fields jsonb, arrivals jsonb,
       "isRemoved" boolean) ON CONFLICT DO NOTHING`,
    [JSON.stringify(skus)],
  );
}
