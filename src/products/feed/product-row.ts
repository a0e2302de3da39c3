import { cell, createCurrentRow, type CurrentRow, type LeftOutCells } from '../../imports/current-row.js';
import type { FeedTable, TableOptions } from '../../imports/feed-kind.js';
import { foldSku } from '../../domain/sku.js';
import { readSku } from '../../imports/cells.js';
import { attributeField, optionField, variantImageField, type Fields } from '../content/product-fields.js';
import type { RowImage } from './grouped-product.js';
import type { ProductColumns } from './product-columns.js';
import { isRowType, refuseForeign, roleOf } from './row-role.js';
import { stagedLine } from './staged-line.js';
import { addressesOf, setField, textAt, valueOf } from './row-values.js';
import { readMeasures, readPrice } from './row-measures.js';
import { packedValues, variationsOf } from './packed-cells.js';

/** TikTok's template: key, meta, label, mark and hint stand in the first five rows. */
const TEMPLATE_ROWS = 5;
const LONGEST_PARENT = 200;
const BIGCOMMERCE_OPTIONS = /^(?:\[[A-Z]{1,3}\][^=,]{1,100}=[^,]{0,200}(?:,|$))+$/;

/** Reads rows about products into lines for COPY (createProductRows says the columns). */
export function createProductRowReader(
  columns: ProductColumns,
  { caseSensitive, report, numbers }: Pick<TableOptions, 'caseSensitive' | 'report' | 'numbers'>,
): Pick<FeedTable, 'read' | 'refuse'> & { leftOut: LeftOutCells } {
  const leftOut: LeftOutCells = new Map();
  const row = createCurrentRow(columns.headers, report, leftOut, columns.sku);
  const units: { weight: string | null; length: string | null } = { weight: null, length: null };
  let firstRow: number | null = null;
  /** BigCommerce's old layout: rows of SKUs stand below their product and do not name it. */
  let above = '';
  const key = (text: string): string => foldSku(text, caseSensitive);

  function read(
    given: readonly string[],
    count: number,
    rowNumber: number,
    isUnended = false,
  ): string | null {
    firstRow ??= rowNumber - 1;
    const fields = count < columns.count && !isUnended ? filledUp(given, count, columns.count) : given;
    row.fields = fields;
    row.count = Math.max(count, isUnended ? 0 : columns.count);
    row.rowNumber = rowNumber;
    row.refusals = 0;
    const line = readRow(fields, row.count, rowNumber);
    row.close(line !== null);
    return line;
  }

  function readRow(fields: readonly string[], count: number, rowNumber: number): string | null {
    if (isBlank(fields, 0, Math.min(count, columns.count))) return null;
    if (columns.isTemplate && isExplanation(fields, rowNumber)) return null;
    if (count < columns.count)
      return row.refuse(null, 'the file ends in the middle of this row', 'Send the whole file again');
    if (count > columns.count && !isBlank(fields, columns.count, count))
      return row.refuse(
        null,
        `has ${count} columns where the header has ${columns.count}`,
        'Put values that hold the separator or a quote in quotes',
      );
    return lineOf(rowNumber);
  }

  /** The rows below the header of TikTok's own template say in which units its numbers are. */
  function isExplanation(fields: readonly string[], rowNumber: number): boolean {
    const nth = rowNumber - (firstRow ?? 0);
    if (nth === 1 && /^V\d/.test(fields[0] ?? '')) {
      const isImperial = fields.includes('imperial');
      units.weight = isImperial ? 'lb' : 'kg';
      units.length = isImperial ? 'in' : 'cm';
      return true;
    }
    return nth < TEMPLATE_ROWS && units.weight !== null;
  }

  function lineOf(rowNumber: number): string | null {
    const product: Fields = {};
    const variant: Fields = {};
    readValues(row, columns, product, variant);
    readPrice(row, columns, variant, numbers);
    readMeasures(row, columns, product, { numbers, units });
    readCode(row, columns, variant);
    readAction(row, columns, variant);
    const images = imagesOf(row, columns);
    const type = columns.rowType === null ? '' : cell(row, columns.rowType);
    const skuText = cell(row, columns.sku);
    const parentText = parentOf(row, columns, product);
    const facts = {
      type: isRowType(type) || columns.rowType === null ? type : '',
      hasSku: skuText !== '',
      hasImages: images.length > 0,
      hasOther: Object.keys(variant).some((name) => name !== 'Action') || product['Title'] !== undefined,
    };
    const role = roleOf(facts);
    if (role === 'foreign') return refuseForeign(row, columns.rowType);
    const sku = skuText === '' ? null : readSku(row, columns.sku, 'Every SKU needs one');
    if (skuText !== '' && sku === null) return null;
    if (sku === null && parentText === '' && columns.ownId === null)
      return row.refuse(columns.sku, 'is empty', 'Give every SKU its own seller SKU');
    readOptions(row, columns, { role, product, variant });
    readVariantImages(row, columns, variant);
    const isBelow = type.toLowerCase() === 'sku' && parentText === '';
    const parent = isBelow ? above : parentText;
    if (type.toLowerCase() === 'product') above = sku ?? '';
    if (isBelow) readPackedOptions(product, variant);
    const ownRef = columns.ownId === null ? '' : textAt(row, columns.ownId);
    const groupText = (role === 'parent' ? (sku ?? parent) : parent) || (sku ?? '') || `id:${ownRef}`;
    const line = stagedLine({
      rowNumber,
      role,
      productKey: key(groupText),
      name: groupText,
      parentRef: /^id:\d+$/.test(parent) ? parent : null,
      ownRef: ownRef === '' ? null : `id:${ownRef}`,
      skuKey: sku === null ? null : key(sku),
      sku,
      hasParent: parent !== '' || role === 'parent',
      product,
      variant,
      images,
    });
    return line + linkLines(rowNumber);
  }

  /** A parent that lists its SKUs (Magento): each gets its product and options from here, wherever its own row stands. */
  function linkLines(rowNumber: number): string {
    const parentSku = cell(row, columns.sku);
    return variationsOf(textAt(row, columns.variations))
      .map(({ sku, options }) =>
        stagedLine({
          rowNumber,
          role: 'link',
          productKey: key(parentSku),
          name: parentSku,
          parentRef: null,
          ownRef: null,
          skuKey: key(sku),
          sku,
          hasParent: true,
          product: {},
          variant: Object.fromEntries(
            options.flatMap(([name, value], nth) => [
              [optionField(nth, 'Name'), name],
              [optionField(nth, 'Value'), value],
            ]),
          ),
          images: [],
        }),
      )
      .join('');
  }

  function refuse(rowNumber: number, message: string, next: string, text?: string): void {
    row.rowNumber = rowNumber;
    row.count = 0;
    row.line = text ?? null;
    row.refuse(null, message, next);
    row.close(false);
    row.line = null;
  }

  return { read, refuse, leftOut };
}

function readValues(row: CurrentRow, columns: ProductColumns, product: Fields, variant: Fields): void {
  for (const { index, field, scope } of columns.values) {
    const value = valueOf(row, index);
    if (value === undefined) continue;
    // The column that Magento calls product_type says what the row is, Google's what is sold.
    if (field === 'Category Hint' && value !== null && isRowType(value)) continue;
    setField(scope === 'product' ? product : variant, field, value);
  }
  for (const [name, value] of packedValues(textAt(row, columns.packedAttributes)))
    setField(product, attributeField(name), value);
}

/** In TikTok's own template rows with one name are one product. */
function parentOf(row: CurrentRow, columns: ProductColumns, product: Fields): string {
  const named = cell(row, columns.parent);
  const text = named !== '' || !columns.isTemplate ? named : (product['Title'] ?? '');
  return text.slice(0, LONGEST_PARENT).replaceAll(/[\p{Cc}\p{Surrogate}]/gu, ' ');
}

function imagesOf(row: CurrentRow, columns: ProductColumns): RowImage[] {
  const position = Number(cell(row, columns.imagePosition));
  return columns.images.flatMap(({ index, isOfSku }) =>
    addressesOf(row, index).map((url) => ({
      url,
      position: Number.isInteger(position) && position > 0 && position < 1_000 ? position : null,
      isOfSku,
    })),
  );
}

function readVariantImages(row: CurrentRow, { variantImages }: ProductColumns, variant: Fields): void {
  for (const [nth, index] of variantImages.entries())
    setField(variant, variantImageField(nth), valueOf(row, index));
}

function readCode(row: CurrentRow, { codes, codeType }: ProductColumns, variant: Fields): void {
  for (const { index, type } of codes) {
    const value = valueOf(row, index);
    if (value === undefined) continue;
    setField(variant, 'GTIN', value === null ? null : value.replaceAll(/[\s-]/g, ''));
    setField(variant, 'GTIN Type', type ?? valueOf(row, codeType) ?? undefined);
    return;
  }
}

const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^(delete|deleted|\d?delete.*)$/i, 'Delete'],
  [/^remove ?variant$/i, 'RemoveVariant'],
  [/^(deactivate|deactivated?|inactive.*|draft.*|archived|false|0|-1|no|unpublished)$/i, 'Deactivate'],
  [/^(activate)$/i, 'Activate'],
  [/^(recover|restore|undelete)$/i, 'Recover'],
  [/^(upsert|update|partialupdate|create|active.*|true|1|yes|published|enabled|available)$/i, 'Upsert'],
];

function readAction(row: CurrentRow, { actions }: ProductColumns, variant: Fields): void {
  for (const { index, name } of actions) {
    const text = textAt(row, index);
    if (text === '') continue;
    const action = ACTIONS.find(([pattern]) => pattern.test(text))?.[1];
    if (action !== undefined) {
      setField(variant, 'Action', action);
      return;
    }
    if (name.toLowerCase() === 'action')
      row.remark(index, 'is no action', 'Use Upsert, Deactivate, Activate, Delete, Recover or RemoveVariant');
  }
}

function readOptions(
  row: CurrentRow,
  columns: ProductColumns,
  { role, product, variant }: { role: string; product: Fields; variant: Fields },
): void {
  let nth = 0;
  const add = (name: string | null, value: string): void => {
    if (name !== null) setField(variant, optionField(nth, 'Name'), name);
    setField(variant, optionField(nth, 'Value'), value);
    nth += 1;
  };
  for (const { name, value } of columns.options) {
    const text = textAt(row, value);
    if (text !== '' || name !== null) add(textAt(row, name) || null, text);
    if (text === '') delete variant[optionField(nth - 1, 'Value')];
  }
  const isVariation = columns.rowType !== null && /^variation$/i.test(cell(row, columns.rowType));
  for (const { name, value } of columns.attributePairs) {
    const [label, text] = [textAt(row, name), textAt(row, value)];
    if (label === '' || text === '') continue;
    if (isVariation) add(label, text);
    else if (role !== 'parent') setField(product, attributeField(label), text);
  }
}

/** `[S]Color=Black,[RT]Size=M` as the name of a SKU. */
function readPackedOptions(product: Fields, variant: Fields): void {
  const title = product['Title'] ?? '';
  if (!BIGCOMMERCE_OPTIONS.test(title)) return;
  delete product['Title'];
  for (const [nth, part] of title.split(',').entries()) {
    const [name = '', value = ''] = part.replace(/^\[[A-Z]{1,3}\]/, '').split('=');
    setField(variant, optionField(nth, 'Name'), name);
    setField(variant, optionField(nth, 'Value'), value);
  }
}

function filledUp(fields: readonly string[], count: number, columns: number): string[] {
  return Array.from({ length: columns }, (_, index) => (index < count ? (fields[index] ?? '') : ''));
}

function isBlank(fields: readonly string[], from: number, to: number): boolean {
  for (let index = from; index < to; index++) if ((fields[index] ?? '').trim() !== '') return false;
  return true;
}
