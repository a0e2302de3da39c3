import { foldSku } from '../../domain/sku.js';
import type { Finding } from '../../imports/current-row.js';
import { MOST_OPTIONS, optionField, type Fields } from '../content/product-fields.js';
import { findingOf } from './group-findings.js';
import type { GroupedVariant, GroupOptions, GroupRow } from './grouped-product.js';

const LONGEST_SELLER_SKU = 50;
/** What Shopify calls the one variant of a product that has none. */
const NO_OPTION = 'Default Title';

interface NamedVariants {
  variants: GroupedVariant[];
  findings: Finding[];
  errorCount: number;
}

/**
 * The SKUs of a product by their names. A SKU that stands on several variants, or on none, names nothing in TikTok: such rows
 * are refused, or get a name of product and options where the connection wants that. Of rows that repeat one variant the last
 * counts.
 */
export function namedVariants(
  rows: readonly GroupRow[],
  options: GroupOptions & { groupName: string },
): NamedVariants {
  const result: NamedVariants = { variants: [], findings: [], errorCount: 0 };
  const candidates = rows.filter(({ role }) => role === 'variant');
  withOptionNames(candidates.map(({ variant }) => ({ fields: variant })));
  for (const { variant } of candidates) dropDefault(variant);
  const byName = new Map<string, GroupRow[]>();
  for (const row of candidates) {
    const name = row.skuKey ?? '';
    byName.set(name, [...(byName.get(name) ?? []), row]);
  }
  for (const row of candidates) {
    const same = byName.get(row.skuKey ?? '')!;
    const isSpread = new Set(same.map(({ variant }) => optionsKey(variant))).size > 1;
    if (row.sku !== null && !isSpread) addOrReplace(result, row, same);
    else if (options.generateSkus) addGenerated(result, row, options);
    else refuse(result, row, same);
  }
  return result;
}

function addOrReplace(result: NamedVariants, row: GroupRow, same: readonly GroupRow[]): void {
  const last = same.at(-1)!;
  if (row === last) {
    result.variants.push(variantOf(row, row.sku!, row.skuKey!));
    return;
  }
  result.findings.push(
    findingOf(row.rowNumber, 'overridden', {
      value: row.sku,
      message: `is said again in row ${last.rowNumber}, which counts`,
      next: 'Leave one of the rows in the file',
    }),
  );
}

function addGenerated(
  result: NamedVariants,
  row: GroupRow,
  options: GroupOptions & { groupName: string },
): void {
  const sku = generatedSku(row, options.groupName);
  const skuKey = foldSku(sku, options.caseSensitive);
  const taken = result.variants.find((each) => each.skuKey === skuKey);
  if (!taken) {
    result.variants.push(variantOf(row, sku, skuKey));
    return;
  }
  result.errorCount += 1;
  result.findings.push(
    findingOf(row.rowNumber, 'error', {
      value: sku,
      message: `has the same product and options as row ${taken.row}, so that no SKU can be made for it`,
      next: 'Give it options of its own, or a seller SKU',
    }),
  );
}

function refuse(result: NamedVariants, row: GroupRow, same: readonly GroupRow[]): void {
  const rows = same.map(({ rowNumber }) => rowNumber);
  const others = rows.filter((number) => number !== row.rowNumber).slice(0, 3);
  result.errorCount += 1;
  result.findings.push(
    findingOf(row.rowNumber, 'error', {
      column: 'Merchant SKU',
      value: row.sku,
      message:
        row.sku === null
          ? 'has no seller SKU'
          : `has the seller SKU of another variant: row${others.length > 1 ? 's' : ''} ${others.join(', ')}`,
      next: 'Give each variant its own, or turn the setting generateProductSkus on',
    }),
  );
}

function variantOf(row: GroupRow, sku: string, skuKey: string): GroupedVariant {
  return { sku, skuKey, row: row.rowNumber, fields: row.variant };
}

/** `hoodie-black-m`: the same with every file, as long as product and options keep their names. */
function generatedSku({ sku, variant }: GroupRow, groupName: string): string {
  const parts = [sku ?? groupName, ...optionValues(variant)];
  const text = parts
    .map((part) =>
      part
        .trim()
        .replaceAll(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
        .replaceAll(/^-+|-+$/g, ''),
    )
    .filter((part) => part !== '')
    .join('-');
  return Array.from(text).slice(-LONGEST_SELLER_SKU).join('').replace(/^-+/, '') || 'sku';
}

function optionsKey(variant: Fields): string {
  return JSON.stringify(optionValues(variant));
}

function optionValues(variant: Fields): string[] {
  const named = Array.from({ length: MOST_OPTIONS }, (_, nth) => variant[optionField(nth, 'Value')] ?? '');
  const values = named.some((value) => value !== '')
    ? named
    : ['Color', 'Size', 'Material', 'Pattern'].map((name) => variant[name] ?? '');
  return values.filter((value) => value !== '');
}

function dropDefault(variant: Fields): void {
  const [name, value] = [optionField(0, 'Name'), optionField(0, 'Value')];
  if (variant[value] !== NO_OPTION) return;
  delete variant[name];
  delete variant[value];
}

/** The names of options, which many files say on the first row only. */
function withOptionNames(variants: readonly { fields: Fields }[]): void {
  for (let nth = 0; nth < MOST_OPTIONS; nth++) {
    const field = optionField(nth, 'Name');
    const name = variants.find(({ fields }) => fields[field] !== undefined)?.fields[field];
    if (name === undefined) continue;
    for (const { fields } of variants)
      if (fields[optionField(nth, 'Value')] !== undefined) fields[field] ??= name;
  }
}
