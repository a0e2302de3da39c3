import { cleanText } from '../formats/clean-text.js';

/** What a document says as a tracking number, and what it can mean. */
export interface ReadTracking {
  /** Without blanks and what spreadsheets put around it; null where nothing is said. */
  trackingNumber: string | null;
  /** Why it cannot be a tracking number; goes on from the field's name. */
  trackingProblem: string | null;
}

/** Carriers print their numbers in groups. */
const BLANKS = /[\p{Z}\p{Cc}]+/gu;
/** No tracking number has one: people keep a spreadsheet from rounding by it, also where letters stand behind it. */
const APOSTROPHES = /^'|'$/g;
const ADDRESS = /:\/\/|^www\.|\.(?:com|net|org)(?:[/?:]|$)/i;
const EMAIL = /^[^\s@]+@[^\s@]+$/;
const ROUNDED = /^\d(?:[.,]\d+)?e[+-]?\d{1,3}$/i;
const NOTHING = new Set([
  'na',
  'none',
  'no',
  'null',
  'nil',
  'nan',
  'undefined',
  'unknown',
  'tbd',
  'tba',
  'pending',
  'notracking',
  'true',
  'false',
]);
/** Carriers print their numbers in groups of a few; two halves as long as these are two numbers. */
const WHOLE_NUMBER = 10;
const WHOLE_NUMBER_BESIDE_A_SIGN = 6;

/**
 * A tracking number as TikTok can take it. TikTok refuses special characters (code 21004012); UNCONFIRMED: that it takes
 * letters, digits, `-` and `_` and nothing else.
 */
export function readTracking(given: string | null): ReadTracking {
  if (given === null) return { trackingNumber: null, trackingProblem: null };
  const said = cleanText(given.normalize('NFKC')).replaceAll(APOSTROPHES, '').trim();
  const trackingNumber = said.replaceAll(BLANKS, '');
  if (trackingNumber === '') return { trackingNumber: null, trackingProblem: null };
  return { trackingNumber, trackingProblem: problemOf(said, trackingNumber) };
}

function problemOf(said: string, cleaned: string): string | null {
  const shown = cleaned.slice(0, 60);
  if (ADDRESS.test(cleaned)) return `"${shown}" is an address: only the number in it is wanted`;
  if (EMAIL.test(cleaned)) return `"${shown}" is an e-mail address`;
  if (ROUNDED.test(cleaned))
    return `"${shown}" was rounded by a spreadsheet or by a number's type: send it as text`;
  if (isSeveral(said)) return `"${shown}" are several numbers: give each parcel ShipmentInfos of its own`;
  const letters = cleaned.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
  if (/^0*$/.test(letters) || NOTHING.has(letters)) return `"${shown}" is no tracking number`;
  const strange = /[^A-Za-z0-9_-]/u.exec(cleaned)?.[0];
  return strange === undefined ? null : `"${shown}" has the character ${strange}, which TikTok does not take`;
}

function isSeveral(said: string): boolean {
  const bySigns = longParts(said, /[,;/|&+\n\r\t]+|\s(?:and|und)\s/iu, WHOLE_NUMBER_BESIDE_A_SIGN);
  return bySigns >= 2 || longParts(said, /[\p{Z}\p{Cc}]+/u, WHOLE_NUMBER) >= 2;
}

function longParts(said: string, separator: RegExp, least: number): number {
  const parts = said.split(separator).map((part) => part.replaceAll(BLANKS, ''));
  return parts.filter((part) => part.length >= least && /\d/.test(part)).length;
}
