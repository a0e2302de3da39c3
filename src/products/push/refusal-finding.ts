import { TikTokError } from '../../tiktok/tiktok-errors.js';
import type { AppError } from '../../kernel/errors.js';
import { checkRules } from '../checks/check-product.js';
import type { ProductFinding } from '../checks/product-finding.js';

/**
 * TikTok: what categories demand changes under the feed (attributes, certificates, the tree itself). A refusal with one of these
 * says that what we hold is old.
 */
const RULE_CODES = new Set([
  '12052104',
  '12052105',
  '12052182',
  '12052183',
  '12052023',
  '12052024',
  '12052025',
  '12052217',
  '12052220',
  '12052230',
  '12052240',
  '12052247',
  '12052529',
  '12052673',
  '12052282',
  '12052287',
  '12052116',
]);

export function saysRulesChanged(error: unknown): error is TikTokError {
  return error instanceof TikTokError && RULE_CODES.has(error.tiktokCode ?? '');
}

/**
 * TikTok: a uri that does not exist; create and full edit say so by the place where it stands (main image, variant, description,
 * certificate, size chart), which may have other reasons.
 */
const UPLOAD_CODES = new Set(['12052722', '12052300', '12052340', '12052520', '12052650', '12052670']);

export function isOfMissingUpload(error: unknown): error is TikTokError {
  return error instanceof TikTokError && UPLOAD_CODES.has(error.tiktokCode ?? '');
}

/** Of a shop and not of a product: the same for every one of them. */
const SHOP_CODES = new Set([
  '12052115',
  '12052535',
  '12052700',
  '12052703',
  '12052704',
  '12052705',
  '12052701',
]);

export function isOfShop(error: unknown): error is TikTokError {
  return error instanceof TikTokError && SHOP_CODES.has(error.tiktokCode ?? '');
}

/** What TikTok has refused, at the column that it is about as far as its code tells. */
export function findingOfRefusal(error: AppError, row: number | null): ProductFinding {
  const code = error instanceof TikTokError ? error.tiktokCode : null;
  const rule = checkRules.find((each) => code !== null && (each.code ?? '').split(' ').includes(code));
  const named = /^The '([^']{1,100})' field/.exec(wordsOf(error))?.[1];
  return {
    level: 'error',
    rule: 'refused-by-tiktok',
    field: named === undefined ? (rule?.field ?? null) : `Attribute:${named}`,
    row,
    sku: null,
    value: null,
    message: `TikTok has refused it: ${wordsOf(error)}`,
    code,
    nearest: null,
    next: rule?.next ?? error.details[0]?.next ?? 'Look at the product in TikTok Seller Center',
  };
}

const SAYS = 'TikTok says: ';

/** TikTok's own words, without ours around them. */
export function wordsOf({ message }: AppError): string {
  const at = message.indexOf(SAYS);
  return at === -1 ? message : message.slice(at + SAYS.length);
}
