import { attributesOf, findCategory, permissionsOf, rulesOf } from '../categories/category-rules.js';
import { versionsOf } from '../categories/category-trees.js';
import type { Content, ContentSku } from '../state/content.js';
import type { Product } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { latestContent } from './content-of.js';
import type { ListingBody } from './listing-body.js';
import type { Facts, ListingCall } from './listing-rule.js';
import { changedContent, wholeContent } from './read-content.js';
import { resolveAttributes, resolveSkus } from './resolve-skus.js';

export interface Submission {
  world: World;
  shop: Shop;
  call: ListingCall;
  body: ListingBody;
  isDraft: boolean;
  /** What is edited. */
  product?: Product;
}

/** Everything that the checks look at: what the product would become, and what TikTok asks for there now. */
export function factsOf({ world, shop, call, body, isDraft, product }: Submission): Facts {
  const base = product === undefined ? undefined : latestContent(world, shop, product);
  const isPartial = call === 'partial_edit' && base !== undefined;
  const empty: Content = isPartial
    ? changedContent(body, base, [])
    : wholeContent(body, versionLeftOut(world, shop, base), []);
  const category = findCategory(world, shop, empty.categoryId, empty.categoryVersion);
  const isLeaf = category?.isLeaf === true;
  const attributes = isLeaf ? attributesOf(world, shop, category) : [];
  const named = resolveSkus(body, base, attributes);
  const skus = body.skus === undefined && !isPartial ? [] : withIdsKept(world, base, named);
  return {
    world,
    shop,
    call,
    isDraft,
    body,
    product,
    base,
    category,
    rules: isLeaf ? rulesOf(world, shop, category) : undefined,
    attributes,
    content: {
      ...resolveAttributes({ ...empty, skus }, base, attributes),
      ...(isLeaf && isRestricted(world, shop, category) ? { isRestricted: true } : {}),
    },
  };
}

/** An edit keeps the version of the product's category; a create without one means what the behaviour says. */
function versionLeftOut(world: World, shop: Shop, base: Content | undefined): Content['categoryVersion'] {
  if (base !== undefined) return base.categoryVersion;
  return world.behaviour.categoryVersionLeftOut === 'v1' ? 'v1' : (versionsOf(shop.region).at(-1) ?? 'v1');
}

function isRestricted(world: World, shop: Shop, category: Parameters<typeof permissionsOf>[2]): boolean {
  return shop.region.code === 'US' && permissionsOf(world, shop, category).includes('INVITE_ONLY');
}

/** UNCONFIRMED: a product whose SKUs get other attributes gets new SKUs, also where the call names the old ids. */
function withIdsKept(world: World, base: Content | undefined, skus: ContentSku[]): ContentSku[] {
  if (world.behaviour.renamedAttributes === 'same_ids' || base === undefined) return skus;
  const [before, after] = [attributeSet(base.skus), attributeSet(skus)];
  return before === '' || before === after ? skus : skus.map((sku) => ({ ...sku, id: '' }));
}

function attributeSet(skus: readonly ContentSku[]): string {
  const keys = skus.flatMap(({ salesAttributes }) => salesAttributes.map(({ id, name }) => id || name));
  return [...new Set(keys)].toSorted().join('|');
}
