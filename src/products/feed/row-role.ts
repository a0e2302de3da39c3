import type { CurrentRow } from '../../imports/current-row.js';

/**
 * `parent`: values that all SKUs of a product share, and no SKU itself. `variant`: a SKU, of a product of several or its own.
 * `image`: a further picture of a product. `foreign`: something that is no product in TikTok.
 */
type RowRole = 'parent' | 'variant' | 'image' | 'foreign';

const PARENT_WORDS = new Set(['parent', 'variable', 'configurable', 'product_model', 'model']);
const FOREIGN_WORDS = new Set(['grouped', 'bundle', 'external', 'virtual', 'downloadable', 'rule']);
const KNOWN = new Set([
  ...PARENT_WORDS,
  ...FOREIGN_WORDS,
  'child',
  'simple',
  'variation',
  'physical',
  'product',
  'sku',
]);

/** A word that says what the row is, and no kind of goods. */
export function isRowType(text: string): boolean {
  return KNOWN.has(text.trim().toLowerCase());
}

/** @param type the cell of the column that says it; empty without one */
export function roleOf({
  type,
  hasSku,
  hasImages,
  hasOther,
}: {
  type: string;
  hasSku: boolean;
  hasImages: boolean;
  hasOther: boolean;
}): RowRole {
  const word = type.trim().toLowerCase();
  if (PARENT_WORDS.has(word)) return 'parent';
  if (FOREIGN_WORDS.has(word.split(',')[0]!.trim())) return 'foreign';
  return !hasSku && hasImages && !hasOther ? 'image' : 'variant';
}

/** Of a product that is made of others, or sold elsewhere. */
export function refuseForeign(row: CurrentRow, index: number | null): null {
  return row.refuse(
    index,
    'is a kind of product that TikTok Shop does not have',
    'Leave the row out, or list its parts as products of their own',
  );
}
