const WEIGHT_UNITS: Readonly<Record<string, string>> = {
  kg: 'KILOGRAM',
  kgs: 'KILOGRAM',
  kilogram: 'KILOGRAM',
  kilograms: 'KILOGRAM',
  g: 'GRAM',
  gr: 'GRAM',
  gram: 'GRAM',
  grams: 'GRAM',
  lb: 'POUND',
  lbs: 'POUND',
  pound: 'POUND',
  pounds: 'POUND',
  oz: 'OUNCE',
  ounce: 'OUNCE',
  ounces: 'OUNCE',
};

const LENGTH_UNITS: Readonly<Record<string, string>> = {
  cm: 'CENTIMETER',
  centimeter: 'CENTIMETER',
  centimeters: 'CENTIMETER',
  centimetre: 'CENTIMETER',
  mm: 'MILLIMETER',
  m: 'METER',
  in: 'INCH',
  inch: 'INCH',
  inches: 'INCH',
  '"': 'INCH',
};

const WITH_UNIT = /^([\d.,' ]{1,30})\s*([a-z"]{1,20})\.?$/i;

/** `1.13 lb` as number and unit; the unit is null where the text names none. */
export function splitUnit(text: string): { number: string; unit: string | null } {
  const match = WITH_UNIT.exec(text.trim());
  return match
    ? { number: match[1]!.trim(), unit: match[2]!.toLowerCase() }
    : { number: text.trim(), unit: null };
}

/** TikTok's name of a unit of weight, or one that is converted; null for an unknown one. */
export function weightUnitOf(text: string): string | null {
  return WEIGHT_UNITS[text.trim().toLowerCase()] ?? null;
}

export function lengthUnitOf(text: string): string | null {
  return LENGTH_UNITS[text.trim().toLowerCase()] ?? null;
}

const WITH_CURRENCY = /^(?:([A-Z]{3})\s*)?([\d.,' \u00a0]{1,40}?)(?:\s*([A-Z]{3}))?$/;

/** `75.00 USD` as amount and currency. */
export function splitCurrency(text: string): { amount: string; currency: string | null } {
  const match = WITH_CURRENCY.exec(text.trim());
  return match
    ? { amount: match[2]!.trim(), currency: match[1] ?? match[3] ?? null }
    : { amount: text.trim(), currency: null };
}
