import type { Category, CategoryAttribute, CategoryRules } from '../categories/category-model.js';
import type { ProductCode } from '../products/product-error.js';
import type { Content } from '../state/content.js';
import type { Product } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import type { ListingBody } from './listing-body.js';

export type ListingCall = 'create' | 'edit' | 'partial_edit' | 'check';

/** All that a rule may look at. */
export interface Facts {
  world: World;
  shop: Shop;
  call: ListingCall;
  isDraft: boolean;
  /** As the call sent it, and what the product would become by it. */
  body: ListingBody;
  content: Content;
  /** The product that is edited, and the version that the edit starts from. */
  product: Product | undefined;
  base: Content | undefined;
  /** The leaf that the content names, with what TikTok asks for there now. */
  category: Category | undefined;
  rules: CategoryRules | undefined;
  attributes: readonly CategoryAttribute[];
}

/** What the blanks of the message stand for. */
export type Blanks = Readonly<Record<string, string>>;

/** TikTok drops some wrong values and says so in `warnings`, in place of a refusal. */
interface Clearing {
  /** Field and value as TikTok names them: `[brand_id]:123`. */
  field: (facts: Facts) => string;
  reason: string;
  without: (facts: Facts) => Content;
}

/** One thing that TikTok checks. A list of them is the order in which it checks; the first that is broken is the answer. */
export interface ListingRule {
  /** A function where the calls have different codes for it. */
  code: ProductCode | ((facts: Facts) => ProductCode);
  /** True, or the blanks of the message, when the rule is broken. */
  broken: (facts: Facts) => boolean | Blanks | undefined;
  /** Something that a draft may still lack. */
  mayLackInDraft?: true;
  clears?: Clearing;
}

/** The rule is about SKUs: broken by any one of them. */
export function anySku(
  broken: (sku: Content['skus'][number], facts: Facts) => boolean,
): (facts: Facts) => boolean {
  return (facts) => facts.content.skus.some((sku) => broken(sku, facts));
}

/** An edit of what was submitted once; some things are settled then. */
export function wasSubmitted({ product }: Facts): boolean {
  return product !== undefined && product.status !== 'DRAFT';
}

/** TikTok's text for something that is listed twice. */
export function hasDoubles(texts: readonly string[]): boolean {
  return new Set(texts).size < texts.length;
}
