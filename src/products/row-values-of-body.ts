import { JsonNumber } from '../formats/json.js';
import { AppError } from '../kernel/errors.js';
import type { RowValues } from './change-products.js';

const MOST_COLUMNS = 500;
const MOST_VARIANTS = 300;
const LONGEST_COLUMN = 200;
const LONGEST_VALUE = 20_000;

type Body = Record<string, unknown>;

/** What a call says of one SKU: a CatalogProduct. @param id the SKU that the path names, which goes before the body's */
export function rowOfCatalogProduct(body: unknown, id?: string): RowValues {
  const record = recordOf(body, 'body');
  const attributes = member(record, 'Attributes');
  const values = attributes === undefined ? {} : valuesOf(recordOf(attributes, 'Attributes'), 'Attributes');
  const sku = id ?? textOf(member(record, 'Id')) ?? '';
  if (sku !== '') values['Merchant SKU'] = sku;
  return values;
}

/** What a call says of a product: its own values, and those of SKUs that are to change. */
export function rowsOfItem(body: unknown, name: string): RowValues[] {
  const record = recordOf(body, 'body');
  const attributes = member(record, 'Attributes');
  const head = attributes === undefined ? {} : valuesOf(recordOf(attributes, 'Attributes'), 'Attributes');
  const given = member(record, 'Variants') ?? [];
  if (!Array.isArray(given)) throw invalid('Variants', 'must be a list');
  if (given.length > MOST_VARIANTS)
    throw invalid('Variants', `must not have more than ${MOST_VARIANTS} SKUs`);
  const variants = given.map((variant) => ({ ...rowOfCatalogProduct(variant), 'Parent SKU': name }));
  return [{ ...head, 'Merchant SKU': name, 'Parent SKU': name, parent_child: 'Parent' }, ...variants];
}

function valuesOf(attributes: Body, place: string): RowValues {
  const entries = Object.entries(attributes);
  if (entries.length > MOST_COLUMNS) throw invalid(place, `must not have more than ${MOST_COLUMNS} members`);
  return Object.fromEntries(
    entries.map(([name, value]) => {
      const field = `${place}.${name.slice(0, 60)}`;
      if (name.trim() === '' || name.length > LONGEST_COLUMN) throw invalid(field, 'is no name of a column');
      const text = textOf(value);
      if (text === null)
        throw invalid(field, 'must be a text, a number, true, false, null or a list of texts');
      if (text.length > LONGEST_VALUE)
        throw invalid(field, `must not have more than ${LONGEST_VALUE} characters`);
      return [name, text];
    }),
  );
}

/** As a cell of a file says it. Undefined for what is not there, null for what no cell says. */
function textOf(value: unknown): string | null {
  if (value === undefined) return null;
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof JsonNumber) return value.text;
  if (!Array.isArray(value)) return null;
  const parts = value.map((part) => textOf(part));
  return parts.some((part) => part === null) ? null : parts.join('|');
}

function member(record: Body, name: string): unknown {
  return Object.entries(record).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
}

function recordOf(value: unknown, field: string): Body {
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber))
    return value as Body;
  throw invalid(field, 'must be an object');
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-document', 'The product is not valid.', { details: [{ field, message }] });
}
