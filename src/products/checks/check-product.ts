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
  if (['Delete', 'Deactivate', 'Recover'].includes(wanted.action)) return [];
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
