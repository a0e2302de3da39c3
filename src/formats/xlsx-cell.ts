import type { CellDoubt } from './table.js';
import type { NumberStyles } from './xlsx-styles.js';

export interface CellValue {
  value: string;
  doubt?: CellDoubt;
}

/** Digits that a spreadsheet keeps of a number; the rest is noise of binary fractions. */
const SIGNIFICANT_DIGITS = 15;
const LARGEST_EXACT = 1e15;
const DAY_MS = 86_400_000;
/** The day before the first one: spreadsheets take 1900 for a leap year, and count from there. */
const BEFORE_1900 = Date.UTC(1899, 11, 30);
const FIRST_OF_1904 = Date.UTC(1904, 0, 1);
/** The year 9999, up to which spreadsheets count. */
const LAST_DAY = 2_958_465;

const AS_TEXT = 'Format the column as text in the spreadsheet and write the value again';

export const YES_OR_NO: CellDoubt = {
  message: 'is TRUE or FALSE in the sheet, and no text or number',
  next: AS_TEXT,
  isNumber: false,
};
const DATE: CellDoubt = { message: 'is a date in the sheet', next: AS_TEXT, isNumber: false };
const ROUNDED: CellDoubt = {
  message: 'is a number of which the sheet keeps 15 digits only',
  next: AS_TEXT,
  isNumber: true,
};
const NO_RESULT: CellDoubt = {
  message: 'is a formula whose result the file does not hold',
  next: 'Open the file in a spreadsheet and save it, or write the values instead of formulas',
  isNumber: false,
};

/** A formula that nothing has computed; one that only guards a text tells its result itself. */
export function withoutResult(formula: string): CellValue {
  const value = `=${formula === '' ? '?' : formula}`;
  return /^"(?:[^"]|"")*"$/.test(formula) ? { value } : { value, doubt: NO_RESULT };
}

/** A number cell: its value with 15 digits, or the date that it is; with a doubt where a sheet shows another text. */
export function numberOf(text: string, style: number, styles: NumberStyles): CellValue {
  const number = Number(text);
  if (!Number.isFinite(number)) return { value: text };
  if (style >= 0 && styles.isDate(style)) {
    const date = dateText(number, styles.from1904);
    if (date !== null) return { value: date, doubt: DATE };
  }
  const value = String(Number(number.toPrecision(SIGNIFICANT_DIGITS)));
  if (Math.abs(number) >= LARGEST_EXACT) return { value, doubt: ROUNDED };
  const shown = style < 0 ? value : styles.shown(style, number, value);
  return shown === value ? { value } : { value, doubt: shownOtherwise(value, shown) };
}

function shownOtherwise(value: string, shown: string | null): CellDoubt {
  const sees = shown === null ? 'otherwise' : `as ${shown}`;
  return { message: `is the number ${value}, which the sheet shows ${sees}`, next: AS_TEXT, isNumber: true };
}

/** ISO 8601; a time of no day has none. */
function dateText(serial: number, from1904: boolean): string | null {
  if (serial < 1 || serial > LAST_DAY) return null;
  const start = from1904 ? FIRST_OF_1904 : BEFORE_1900;
  const iso = new Date(start + Math.round(serial * DAY_MS)).toISOString();
  return Number.isInteger(serial) ? iso.slice(0, 10) : `${iso.slice(0, 19)}Z`;
}
