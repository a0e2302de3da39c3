import { attributeRules } from './rules/attribute-rules.js';
import { brandRules } from './rules/brand-rules.js';
import { categoryRules } from './rules/category-rules.js';
import { certificateRules } from './rules/certificate-rules.js';
import { complianceRules } from './rules/compliance-rules.js';
import { imageRules } from './rules/image-rules.js';
import { packageRules } from './rules/package-rules.js';
import { priceRules } from './rules/price-rules.js';
import { saleRules } from './rules/sale-rules.js';
import { skuRules } from './rules/sku-rules.js';
import { stockRules } from './rules/stock-rules.js';
import { textRules } from './rules/text-rules.js';
import { variantRules } from './rules/variant-rules.js';
import type { ListingRule } from './listing-rule.js';

/** UNCONFIRMED: the order, which TikTok does not document. */
export const listingRules: readonly ListingRule[] = [
  ...categoryRules,
  ...textRules,
  ...imageRules,
  ...brandRules,
  ...attributeRules,
  ...certificateRules,
  ...packageRules,
  ...skuRules,
  ...variantRules,
  ...priceRules,
  ...stockRules,
  ...saleRules,
  ...complianceRules,
];
