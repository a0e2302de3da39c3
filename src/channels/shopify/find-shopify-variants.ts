import { findVariants, type ShopifyOperation, type ShopifyVariant } from './shopify-operations.js';

/** How a store is called, with its credentials filled in. */
export type CallStore = <Variables extends object, Data>(
  operation: ShopifyOperation<Variables, Data>,
  variables: Variables,
) => Promise<Data>;

/** The variant of each SKU, and of the others why there is none. */
export interface FoundVariants {
  variants: ReadonlyMap<string, ShopifyVariant>;
  problems: ReadonlyMap<string, string>;
}

const AT_ONCE = 20;
const MOST_PAGES = 20;

/**
 * Looks SKUs up in the store, a few queries whatever their number. A SKU counts letter by letter; one that several variants have
 * decides only where a single one of them is of an active product.
 */
export async function findShopifyVariants(call: CallStore, skus: readonly string[]): Promise<FoundVariants> {
  const wanted = [...new Set(skus)].filter((sku) => sku !== '');
  const shown: ShopifyVariant[] = [];
  for (let at = 0; at < wanted.length; at += AT_ONCE)
    shown.push(...(await search(call, wanted.slice(at, at + AT_ONCE))));
  const variants = new Map<string, ShopifyVariant>();
  const problems = new Map<string, string>();
  for (const sku of new Set(skus)) {
    const exact = distinct(shown.filter((variant) => variant.sku === sku));
    const active = exact.filter(({ product }) => product.status === 'ACTIVE');
    const chosen = exact.length === 1 ? exact[0] : active.length === 1 ? active[0] : undefined;
    if (chosen) variants.set(sku, chosen);
    else problems.set(sku, problemOf(sku, exact, shown));
  }
  return { variants, problems };
}

async function search(call: CallStore, skus: readonly string[]): Promise<ShopifyVariant[]> {
  const query = skus.map((sku) => `sku:${quoted(sku)}`).join(' OR ');
  const found: ShopifyVariant[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { productVariants }: { productVariants: Awaited<ReturnType<typeof pageOf>> } = {
      productVariants: await pageOf(call, query, after),
    };
    found.push(...productVariants.nodes);
    if (!productVariants.pageInfo.hasNextPage) break;
    after = productVariants.pageInfo.endCursor;
  }
  return found;
}

async function pageOf(call: CallStore, query: string, after: string | null) {
  return (await call(findVariants, { query, after })).productVariants;
}

/** A value of Shopify's search syntax. */
export function quoted(value: string): string {
  return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
}

function distinct(variants: readonly ShopifyVariant[]): ShopifyVariant[] {
  return [...new Map(variants.map((variant) => [variant.id, variant])).values()];
}

function problemOf(sku: string, exact: readonly ShopifyVariant[], shown: readonly ShopifyVariant[]): string {
  if (sku === '') return 'A line has no SKU.';
  const places = exact.slice(0, 3).map(({ product, title }) => `${product.title} (${title})`);
  if (exact.length > 1) return `The SKU ${sku} is on ${exact.length} variants: ${places.join(', ')}.`;
  const near = shown.find((variant) => variant.sku?.trim().toLowerCase() === sku.trim().toLowerCase());
  if (near) return `No variant has the SKU ${sku}; one has "${near.sku}", which is another one to Shopify.`;
  return `No variant has the SKU ${sku}.`;
}
