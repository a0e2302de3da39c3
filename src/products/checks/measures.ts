import { Decimal } from 'decimal.js';
import { isDecimalString } from '../../kernel/money.js';
import type { MarketLimits } from '../specification/market-limits.js';

/** Metric units are counted in kilograms and centimetres, imperial ones in pounds and inches. */
const WEIGHTS: Readonly<Record<string, { base: string; factor: string }>> = {
  KILOGRAM: { base: 'KILOGRAM', factor: '1' },
  GRAM: { base: 'KILOGRAM', factor: '0.001' },
  POUND: { base: 'POUND', factor: '1' },
  OUNCE: { base: 'POUND', factor: '0.0625' },
};
const LENGTHS: Readonly<Record<string, { base: string; factor: string }>> = {
  CENTIMETER: { base: 'CENTIMETER', factor: '1' },
  MILLIMETER: { base: 'CENTIMETER', factor: '0.1' },
  METER: { base: 'CENTIMETER', factor: '100' },
  INCH: { base: 'INCH', factor: '1' },
};
const KILOGRAMS_OF_POUND = '0.45359237';
const CENTIMETERS_OF_INCH = '2.54';
const LENGTH_DECIMALS = 2;

export interface Measure {
  value: string;
  unit: string;
}

interface JudgedMeasure {
  /** As TikTok takes it in this market; null where there is a problem. */
  measure: Measure | null;
  problem: string | null;
  nearest: string | null;
  code: string;
}

/** Grams become kilograms where the market has no grams: the same weight, and nothing is rounded. */
export function judgeWeight(
  { value, unit }: { value: string; unit: string | null },
  { weightUnits, region }: MarketLimits,
): JudgedMeasure {
  const code = '12052181';
  if (!isDecimalString(value)) return refused(code, 'is not a weight', null);
  const units = weightUnits.map((each) => each.unit);
  if (unit === null)
    return refused(
      code,
      `has no unit; TikTok takes ${units.join(' or ')} in ${region}`,
      `${value} ${units[0]}`,
    );
  const known = WEIGHTS[unit];
  if (!known) return refused(code, `has the unit ${unit}, which is not known`, null);
  const amount = new Decimal(value);
  if (amount.lte(0)) return refused(code, 'is not above zero', null);
  const own = weightUnits.find((each) => each.unit === unit);
  if (own && amount.decimalPlaces() <= own.decimals)
    return { measure: { value: amount.toFixed(), unit }, problem: null, nearest: null, code };
  const inBase = amount.times(known.factor);
  const target = weightUnits.find((each) => each.unit === known.base);
  if (!target) {
    const kilograms = inBase.times(KILOGRAMS_OF_POUND).toDecimalPlaces(3);
    return refused(
      '12052916',
      `is in ${unit}; TikTok takes ${units.join(' or ')} in ${region}`,
      `${kilograms.toFixed()} KILOGRAM`,
    );
  }
  if (inBase.decimalPlaces() <= target.decimals)
    return { measure: { value: inBase.toFixed(), unit: target.unit }, problem: null, nearest: null, code };
  const rounded = inBase.toDecimalPlaces(target.decimals, Decimal.ROUND_UP);
  return refused(
    code,
    `has more than the ${target.decimals} decimals that TikTok takes of ${target.unit}`,
    `${rounded.toFixed()} ${target.unit}`,
  );
}

export function judgeLength(
  { value, unit }: { value: string; unit: string | null },
  { lengthUnits, region }: MarketLimits,
): JudgedMeasure {
  const code = '12052006';
  if (!isDecimalString(value)) return refused(code, 'is not a length', null);
  if (unit === null)
    return refused(
      code,
      `has no unit; TikTok takes ${lengthUnits.join(' or ')} in ${region}`,
      `${value} ${lengthUnits[0]}`,
    );
  const known = LENGTHS[unit];
  if (!known) return refused(code, `has the unit ${unit}, which is not known`, null);
  const amount = new Decimal(value).times(known.factor);
  if (amount.lte(0)) return refused(code, 'is not above zero', null);
  if (!lengthUnits.includes(known.base)) {
    const centimeters = amount.times(CENTIMETERS_OF_INCH).toDecimalPlaces(LENGTH_DECIMALS);
    return refused(
      '12052916',
      `is in ${unit}; TikTok takes ${lengthUnits.join(' or ')} in ${region}`,
      `${centimeters.toFixed()} CENTIMETER`,
    );
  }
  if (amount.decimalPlaces() <= LENGTH_DECIMALS)
    return { measure: { value: amount.toFixed(), unit: known.base }, problem: null, nearest: null, code };
  return refused(
    code,
    `has more than ${LENGTH_DECIMALS} decimals`,
    `${amount.toDecimalPlaces(LENGTH_DECIMALS, Decimal.ROUND_UP).toFixed()} ${known.base}`,
  );
}

/** Whether a unit is of the system of inches and pounds. */
export function isImperial(unit: string): boolean {
  return unit === 'POUND' || unit === 'INCH';
}

/** The same length in the other system. */
export function inOtherSystem({ value, unit }: Measure): Measure {
  const amount = new Decimal(value);
  return unit === 'INCH'
    ? {
        value: amount.times(CENTIMETERS_OF_INCH).toDecimalPlaces(LENGTH_DECIMALS).toFixed(),
        unit: 'CENTIMETER',
      }
    : { value: amount.div(CENTIMETERS_OF_INCH).toDecimalPlaces(LENGTH_DECIMALS).toFixed(), unit: 'INCH' };
}

function refused(code: string, problem: string, nearest: string | null): JudgedMeasure {
  return { measure: null, problem, nearest, code };
}
