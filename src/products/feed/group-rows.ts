import { attributeOf, imageField, MOST_IMAGES, type Fields } from '../content/product-fields.js';
import { findingOf } from './group-findings.js';
import { imagesOfGroup } from './group-images.js';
import type { GroupedProduct, GroupOptions, GroupRow, RowConflict } from './grouped-product.js';
import { namedVariants } from './name-variants.js';

/** More than three times what TikTok takes of one product, so that the check can say how many there are. */
const MOST_ROWS = 1_000;
/** Of these each row may have its own; the first counts. */
const OF_EACH_ROW = new Set([
  'Product Url',
  'Category Hint',
  'Short Description',
  'External Product Id',
  'Video',
]);
/** Of these a SKU can have its own in TikTok. */
const MEASURES: Readonly<Record<string, string>> = {
  Weight: 'SKU Weight',
  Length: 'SKU Length',
  Width: 'SKU Width',
  Height: 'SKU Height',
};

interface Said {
  value: string | null;
  row: number;
}

/**
 * Makes a product of its rows, in the order of the file. Values of the product come from its parent row, else from the first
 * row that says them, wherever the parent stands; of rows that contradict one another the first counts, and the contradiction
 * is kept, for the check to refuse the product.
 */
export function createGroup(key: string, options: GroupOptions) {
  const parents: GroupRow[] = [];
  const others: GroupRow[] = [];
  let tooMany = 0;

  return {
    add(row: GroupRow): void {
      if (parents.length + others.length >= MOST_ROWS) tooMany += 1;
      else (row.role === 'parent' ? parents : others).push(row);
    },
    end(): GroupedProduct {
      const rows = othersOnceParentsAreKnown(key, parents, others);
      const all = [...parents, ...rows].toSorted((a, b) => a.rowNumber - b.rowNumber);
      const first = all[0]!;
      const said = valuesOf(parents, rows);
      const named = namedVariants(rows, { ...options, groupName: first.name });
      const product: GroupedProduct = {
        key,
        name: parents[0]?.name ?? first.name,
        row: first.rowNumber,
        rows: all.length + tooMany,
        fields: said.fields,
        variants: named.variants,
        conflicts: said.conflicts,
        findings: [...named.findings],
        errorCount: named.errorCount,
      };
      takeImages(product, parents, rows);
      takeAction(product, parents[0] ?? first);
      if (tooMany > 0) {
        product.errorCount += tooMany;
        product.findings.push(
          findingOf(first.rowNumber, 'error', {
            value: first.name,
            message: `is a product of ${product.rows} rows, of which ${tooMany} were left out`,
            next: 'TikTok takes at most 300 SKUs of one product, 100 in most markets: make several of it',
          }),
        );
      }
      return product;
    },
  };
}

/** A row without a parent of its own that others name as theirs is the parent. */
function othersOnceParentsAreKnown(key: string, parents: GroupRow[], others: GroupRow[]): GroupRow[] {
  if (parents.length > 0 || !others.some((row) => row.hasParent)) return others;
  return others.filter((row) => {
    if (row.hasParent || row.role !== 'variant' || row.skuKey !== key) return true;
    parents.push(row);
    return false;
  });
}

function valuesOf(
  parents: readonly GroupRow[],
  rows: readonly GroupRow[],
): { fields: Fields; conflicts: RowConflict[] } {
  const conflicts: RowConflict[] = [];
  const known = new Map<string, Said>();
  const take = (row: GroupRow, differs: (said: Said, field: string, value: string | null) => void): void => {
    for (const [field, value] of Object.entries(row.product)) {
      const said = known.get(field);
      if (!said) known.set(field, { value, row: row.rowNumber });
      else if (said.value !== value) differs(said, field, value);
    }
  };
  const noteConflict =
    (row: GroupRow) =>
    ({ value: first, row: firstRow }: Said, field: string, value: string | null): void => {
      if (!OF_EACH_ROW.has(field)) conflicts.push({ field, row: row.rowNumber, value, firstRow, first });
    };
  for (const row of parents) take(row, noteConflict(row));
  const ofParents = new Set(known.keys());
  const unlike = new Set<string>();
  for (const row of rows) {
    take(row, (said, field, value) => {
      if (MEASURES[field]) row.variant[MEASURES[field]] = value;
      else if (ofParents.has(field)) return;
      else if (parents.length > 0 && attributeOf(field) !== null) unlike.add(field);
      else noteConflict(row)(said, field, value);
    });
  }
  // What differs between the SKUs of a parent is theirs.
  for (const field of unlike) known.delete(field);
  const fields = Object.fromEntries([...known].map(([field, { value }]) => [field, value]));
  return { fields, conflicts };
}

function takeImages(product: GroupedProduct, parents: readonly GroupRow[], rows: readonly GroupRow[]): void {
  const { images, ofSkus } = imagesOfGroup(parents, rows);
  for (const variant of product.variants) {
    const url = ofSkus.get(variant.row);
    if (url !== undefined && variant.fields['Variant Image'] === undefined)
      variant.fields['Variant Image'] = url;
  }
  if (images.length === 0) return;
  for (let nth = 0; nth < MOST_IMAGES; nth++) product.fields[imageField(nth)] = images[nth] ?? null;
  if (images.length <= MOST_IMAGES) return;
  product.findings.push(
    findingOf(product.row, 'warning', {
      column: imageField(MOST_IMAGES - 1),
      value: String(images.length),
      message: `TikTok shows ${MOST_IMAGES} pictures: the first ${MOST_IMAGES} of ${images.length} were taken`,
      next: 'Put the best ones first',
    }),
  );
}

/**
 * Of the product what its parent or first row says; a SKU among others that is to be deleted is removed from the product.
 */
function takeAction(product: GroupedProduct, head: GroupRow): void {
  const { variants } = product;
  const isAll = (action: string): boolean =>
    variants.length > 0 && variants.every(({ fields }) => fields['Action'] === action);
  const isParent = head.role === 'parent' || !variants.some(({ row }) => row === head.rowNumber);
  const own = head.variant['Action'];
  if (isAll('Delete')) product.fields['Action'] = 'Delete';
  else if (typeof own === 'string' && own !== 'RemoveVariant' && (isParent || own !== 'Delete'))
    product.fields['Action'] = own;
  for (const { fields } of variants) {
    const action = fields['Action'];
    delete fields['Action'];
    if (action === 'RemoveVariant' || (action === 'Delete' && product.fields['Action'] !== 'Delete'))
      fields['Action'] = 'RemoveVariant';
  }
}
