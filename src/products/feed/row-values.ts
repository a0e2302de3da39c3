import { cleanText } from '../../formats/clean-text.js';
import type { CurrentRow } from '../../imports/current-row.js';
import { splitAddresses } from '../content/addresses.js';
import type { Fields } from '../content/product-fields.js';

/** Longer than anything TikTok takes, so that a check can say so. */
const LONGEST_TEXT = 20_000;
/** A name of a field is a key: whatever a cell makes of it is short. */
const LONGEST_NAME = 200;
/** What no column of the store holds. */
const UNSTORABLE = /\0|\p{Surrogate}/gu;
/** The word that clears a value; an empty cell leaves it as it is. */
const CLEAR = /^null$/i;
const MOST_ADDRESSES = 50;
const LONGEST_ADDRESS = 2_000;

/**
 * The text of a cell as it is kept. Undefined: it is empty, or was reported. Null: it is to be cleared. Lines and signs of
 * scripts stay as they are.
 */
export function valueOf(row: CurrentRow, index: number | null): string | null | undefined {
  if (index === null) return undefined;
  const given = row.fields[index] ?? '';
  if (given === '') return undefined;
  const text = (/^["'=]/.test(given.trim()) ? cleanText(given) : given.trim()).replaceAll(
    UNSTORABLE,
    '\ufffd',
  );
  if (text === '') return undefined;
  if (CLEAR.test(text)) return null;
  if (text.length <= LONGEST_TEXT) return text;
  row.remark(index, `has more than ${LONGEST_TEXT} characters and was left out`, 'Shorten it');
  return undefined;
}

/** As valueOf, of text that is there; also for what clears, since names and keys cannot be cleared. */
export function textAt(row: CurrentRow, index: number | null): string {
  const value = valueOf(row, index);
  return typeof value === 'string' ? value : '';
}

/** Sets a field that has no value yet: of several columns for one thing the first counts. */
export function setField(fields: Fields, name: string, value: string | null | undefined): void {
  if (value === undefined || name.length > LONGEST_NAME || Object.hasOwn(fields, name)) return;
  // `__proto__` and the like are plain members here.
  Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
}

/** Addresses in a cell, in their order; what is none is kept, for the check to name it. */
export function addressesOf(row: CurrentRow, index: number): string[] {
  const value = textAt(row, index);
  if (value === '') return [];
  const parts = splitAddresses(value);
  if (parts.length > MOST_ADDRESSES)
    row.remark(index, `names more than ${MOST_ADDRESSES} pictures`, 'TikTok takes nine');
  return parts.slice(0, MOST_ADDRESSES).map((part) => part.slice(0, LONGEST_ADDRESS));
}
