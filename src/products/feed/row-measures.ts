import type { CurrentRow } from '../../imports/current-row.js';
import type { Numbers } from '../../imports/numbers.js';
import type { Fields } from '../content/product-fields.js';
import type { ProductColumns } from './product-columns.js';
import { setField, textAt, valueOf } from './row-values.js';
import { lengthUnitOf, splitCurrency, splitUnit, weightUnitOf } from '../content/units.js';

/** Price, with the currency where the cell or the column names one. */
export function readPrice(row: CurrentRow, columns: ProductColumns, variant: Fields, numbers: Numbers): void {
  for (const { index, currency } of columns.prices) {
    const value = valueOf(row, index);
    if (value === undefined) continue;
    const field = currency === null ? 'Cost' : `Cost ${currency}`;
    if (value === null) setField(variant, field, null);
    else {
      const money = splitCurrency(value);
      const amount = numbers.read(money.amount);
      if (amount === null) {
        row.remark(
          index,
          'is not a price',
          'A price is a number such as 19.99, with its currency or without',
        );
        continue;
      }
      setField(variant, field, amount);
      if (money.currency !== null) setField(variant, 'Currency', money.currency);
    }
  }
  for (const name of ['List Price', 'Quantity']) normalizeNumber(variant, name, numbers);
}

/** Of cells that are numbers where they can be read as one; the others stay for the check to name them. */
function normalizeNumber(fields: Fields, name: string, numbers: Numbers): void {
  const value = fields[name];
  if (typeof value !== 'string') return;
  const number = numbers.read(splitCurrency(value).amount);
  if (number !== null) fields[name] = number;
}

/** Weight and size; the unit stands in the cell, in the name of the column, in a column of its own, or is the template's. */
export function readMeasures(
  row: CurrentRow,
  columns: ProductColumns,
  product: Fields,
  { numbers, units }: { numbers: Numbers; units: { weight: string | null; length: string | null } },
): void {
  for (const { index, unit } of columns.weights) {
    if (!readMeasure(row, index, { product, field: 'Weight', numbers })) continue;
    const said = unit ?? (textAt(row, columns.weightUnit) || units.weight);
    const known = said === null ? null : (weightUnitOf(said) ?? said.toUpperCase());
    setField(product, 'Weight Unit', known ?? undefined);
    break;
  }
  for (const { field, columns: found } of columns.dimensions) {
    for (const { index, unit } of found) {
      if (!readMeasure(row, index, { product, field, numbers })) continue;
      const said = unit ?? (textAt(row, columns.dimensionUnit) || units.length);
      const known = said === null ? null : (lengthUnitOf(said) ?? said.toUpperCase());
      setField(product, 'Dimension Unit', known ?? undefined);
      break;
    }
  }
}

/** @returns whether the cell says something */
function readMeasure(
  row: CurrentRow,
  index: number,
  { product, field, numbers }: { product: Fields; field: string; numbers: Numbers },
): boolean {
  const value = valueOf(row, index);
  if (value === undefined) return false;
  if (value === null) {
    setField(product, field, null);
    return true;
  }
  const { number, unit } = splitUnit(value);
  setField(product, field, numbers.read(number) ?? value);
  if (unit === null) return true;
  const known = field === 'Weight' ? weightUnitOf(unit) : lengthUnitOf(unit);
  setField(product, field === 'Weight' ? 'Weight Unit' : 'Dimension Unit', known ?? undefined);
  return true;
}
