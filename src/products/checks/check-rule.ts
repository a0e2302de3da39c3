import type { Wanted } from '../content/wanted.js';
import type { CheckContext } from './listing-rules.js';
import type { ProductFinding } from './product-finding.js';

/** One thing that a rule has found. */
export interface Hit {
  /** Column; the rule's own when left out. */
  field?: string | null;
  sku?: string;
  value: string | null;
  message: string;
  nearest?: string | null;
  next?: string;
  level?: ProductFinding['level'];
  code?: string | null;
}

/** A rule of TikTok's (or ours) about a product: name, what TikTok answers, and how it is found out. */
export interface CheckRule {
  name: string;
  level: ProductFinding['level'];
  field: string | null;
  /** Null where no answer of TikTok's is documented. */
  code: string | null;
  next: string;
  find(wanted: Wanted, context: CheckContext): readonly Hit[];
}

const LONGEST_VALUE = 200;

/** Findings of one rule, with what all of them share filled in. */
export function findingsOf(
  rule: CheckRule,
  wanted: Wanted,
  context: CheckContext,
): Omit<ProductFinding, 'row'>[] {
  return rule.find(wanted, context).map((hit) => ({
    level: hit.level ?? rule.level,
    rule: rule.name,
    field: hit.field === undefined ? rule.field : hit.field,
    sku: hit.sku ?? null,
    value: hit.value === null ? null : hit.value.slice(0, LONGEST_VALUE),
    message: hit.message,
    code: hit.code === undefined ? rule.code : hit.code,
    nearest: hit.nearest ?? null,
    next: hit.next ?? rule.next,
  }));
}

/** SKUs that will be on the listing. */
export function keptSkus({ skus }: Wanted): Wanted['skus'] {
  return skus.filter(({ isRemoved }) => !isRemoved);
}
