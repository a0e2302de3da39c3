import { ApiError } from '../gateway/api-error.js';
import { documentedListingCodes } from '../gateway/documented-listing-codes.js';
import { productError, type ItemError, type ProductCode } from '../products/product-error.js';
import type { Content } from '../state/content.js';
import type { Facts, ListingRule } from './listing-rule.js';
import { listingRules } from './listing-rules.js';

interface Verdict {
  /** Without the values that TikTok has dropped. */
  content: Content;
  warnings: { message: string }[];
  problems: ItemError[];
}

/**
 * Goes through the rules in their order. TikTok drops what a rule can clear on create and full edit and warns; everything else
 * is a problem.
 */
function judge(
  facts: Facts,
  rules: readonly ListingRule[],
  isKnown: (code: ProductCode) => boolean,
): Verdict {
  const warnings: { message: string }[] = [];
  const problems: ItemError[] = [];
  let now = facts;
  for (const rule of rules) {
    if (rule.mayLackInDraft === true && facts.isDraft) continue;
    const broken = rule.broken(now);
    if (broken === undefined || broken === false) continue;
    if (rule.clears !== undefined && clears(facts)) {
      const { field, reason, without } = rule.clears;
      warnings.push({
        message: `The ${field(now)} field is incorrect and has been automatically cleared by the system. Reason: [${reason}]. You can edit it later.`,
      });
      now = { ...now, content: without(now) };
      continue;
    }
    const code = typeof rule.code === 'function' ? rule.code(now) : rule.code;
    if (isKnown(code)) problems.push(productError(code, broken === true ? {} : broken));
  }
  return { content: now.content, warnings, problems };
}

function clears({ call, world }: Facts): boolean {
  return call !== 'partial_edit' && world.behaviour.wrongValues === 'cleared';
}

/** What is left of the content after TikTok's checks, with its warnings. Throws the first problem. */
export function checkedContent(facts: Facts): Pick<Verdict, 'content' | 'warnings'> {
  const { content, warnings, problems } = judge(facts, listingRules, () => true);
  const [first] = problems;
  if (first === undefined) return { content, warnings };
  throw new ApiError(first.code, first.message);
}

const checkCodes: readonly number[] =
  documentedListingCodes['POST /product/{version}/products/listing_check'] ?? [];

/** TikTok: the listing check knows far fewer codes than the create, so that passing it proves little. */
export function listingCheck(facts: Facts): Pick<Verdict, 'warnings' | 'problems'> {
  return judge(facts, listingRules, (code) => checkCodes.includes(code));
}
