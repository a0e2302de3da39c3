import type { RowConflict } from '../feed/grouped-product.js';
import type { Wanted } from '../content/wanted.js';
import { attributeRules } from './check-attributes.js';
import { categoryRules } from './check-category.js';
import { codeRules } from './check-codes.js';
import { complianceRules } from './check-compliance.js';
import { mediaRules } from './check-media.js';
import { moneyRules } from './check-money.js';
import { packagingRules } from './check-packaging.js';
import { findingsOf, type CheckRule } from './check-rule.js';
import { textRules } from './check-texts.js';
import { variantRules } from './check-variants.js';
import type { CheckContext } from './listing-rules.js';
import type { ProductFinding } from './product-finding.js';

/** Everything that can be known of a product before it is sent. */
export const checkRules: readonly CheckRule[] = [
  ...categoryRules,
  ...textRules,
  ...mediaRules,
  ...variantRules,
  ...moneyRules,
  ...codeRules,
  ...packagingRules,
  ...attributeRules,
  ...complianceRules,
];

/** Findings that one product keeps: a product of 300 SKUs may be wrong in all of them. */
const MOST_FINDINGS = 200;

interface CheckedProduct {
  wanted: Wanted;
  /** Rows of its feed that contradict one another. */
  conflicts: readonly RowConflict[];
  /** Its first row in the feed. */
  row: number | null;
  /** Rows of the SKUs. */
  rows: ReadonlyMap<string, number>;
}

/** What keeps a product from TikTok, or will be seen there otherwise than it is meant; errors first. Pure. */
export function checkProduct(
  { wanted, conflicts, row, rows }: CheckedProduct,
  context: CheckContext,
): ProductFinding[] {
  if (wanted.action === 'Delete' || wanted.action === 'Deactivate') return [];
  const found = checkRules.flatMap((rule) => findingsOf(rule, wanted, context));
  const findings = [
    ...conflicts.map((conflict) => conflictFinding(conflict)),
    ...found.map((finding) => ({ ...finding, row: (finding.sku && rows.get(finding.sku)) || row })),
  ];
  return findings.toSorted((a, b) => a.level.localeCompare(b.level)).slice(0, MOST_FINDINGS);
}

function conflictFinding({ field, row, value, firstRow, first }: RowConflict): ProductFinding {
  return {
    level: 'error',
    rule: 'rows-differ',
    field,
    row,
    sku: null,
    value: value?.slice(0, 100) ?? null,
    message: `row ${row} says another ${field} than row ${firstRow} of the same product`,
    code: null,
    nearest: first?.slice(0, 100) ?? null,
    next: `Write the same in rows ${firstRow} and ${row}, or in one of them only`,
  };
}

/** A shop that cannot list yet: one message, whatever the feed has. Source: Check Listing Prerequisites. */
export function prerequisiteFindings(
  results: readonly { item: string; isFailed: boolean; reasons: readonly string[] }[],
): ProductFinding[] {
  const failed = results.filter(({ isFailed }) => isFailed);
  if (failed.length === 0) return [];
  const words = failed.map(({ item, reasons }) => {
    const label = PREREQUISITES[item.toUpperCase()] ?? item;
    return reasons.length === 0 ? label : `${label} (${reasons.join('; ').slice(0, 200)})`;
  });
  return [
    {
      level: 'error',
      rule: 'shop-not-ready',
      field: null,
      row: null,
      sku: null,
      value: failed.map(({ item }) => item).join(', '),
      message: `The shop cannot list products yet: ${words.join(', ')}`,
      code: null,
      nearest: null,
      next: 'Finish it in TikTok Shop Seller Center; the products are sent then',
    },
  ];
}

/** One of them is misspelt by TikTok, in capitals it is not. */
const PREREQUISITES: Readonly<Record<string, string>> = {
  SHOP_STATUS: 'the shop is not active',
  SHOP_TAX: 'tax information is missing',
  PICKUP_WAREHOUSE: 'a pickup warehouse is missing',
  RETURN_WAREHOUSE: 'a return warehouse is missing',
  DELIVERY_OPTION: 'no delivery option is switched on',
  SHIPPING_TEMPLATE: 'a shipping template is missing',
  PRODUCT_QUANTITY_LIMIT: 'the listing limit is reached',
  EXTENDED_PRODUCER_RESPONSIBILITY: 'an EPR number is missing',
  BANK_ACCOUNT: 'a bank account is missing',
  CONTACT_INFO: 'contact information is missing',
};
