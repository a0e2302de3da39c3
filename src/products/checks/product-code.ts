/** A GTIN and its kin: what is wrong with it, and what is meant. */
interface CodeVerdict {
  /** Null for a good one. */
  problem: string | null;
  /** TikTok's name of the kind, also where the feed does not give it. */
  type: string | null;
  nearest: string | null;
}

/** Digits by kind. Source: Create Product (identifier_code). */
const LENGTHS: Readonly<Record<string, readonly number[]>> = {
  GTIN: [14],
  EAN: [8, 13, 14],
  UPC: [12],
  ISBN: [10, 13],
  JAN: [8, 13],
};
const BY_LENGTH: Readonly<Record<number, string>> = { 8: 'EAN', 12: 'UPC', 13: 'EAN', 14: 'GTIN' };

/** @param type as the feed says it; null: by the number of digits */
export function judgeCode(code: string, type: string | null): CodeVerdict {
  const kind =
    type
      ?.trim()
      .toUpperCase()
      .replace(/^GTIN-?\d+$/, 'GTIN') ?? null;
  if (kind !== null && !LENGTHS[kind])
    return { problem: `${kind} is no kind of code that TikTok takes`, type: null, nearest: null };
  if (kind === 'ISBN' && /^\d{9}[\dX]$/i.test(code)) return { problem: null, type: kind, nearest: null };
  if (!/^\d{1,20}$/.test(code)) return { problem: 'is not made of digits', type: kind, nearest: null };
  // Files call codes of all kinds UPC or barcode: the number of digits says which it is.
  const own = kind !== null && LENGTHS[kind]!.includes(code.length) ? kind : (BY_LENGTH[code.length] ?? null);
  if (own === null) {
    const lengths = kind === null ? '8, 12, 13 or 14' : LENGTHS[kind]!.join(' or ');
    const padded = code.padStart(12, '0');
    const isShort = code.length === 11 && checkDigit(padded.slice(0, -1)) === padded.at(-1);
    return {
      problem: `has ${code.length} digits; ${kind ?? 'a code'} has ${lengths}`,
      type: kind,
      nearest: isShort ? padded : null,
    };
  }
  const expected = checkDigit(code.slice(0, -1));
  if (expected === code.at(-1)) return { problem: null, type: own, nearest: null };
  return { problem: 'has a wrong check digit', type: own, nearest: code.slice(0, -1) + expected };
}

/** GS1: digits weigh 3 and 1 in turn from the right. */
function checkDigit(digits: string): string {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) sum += Number(digits.at(-1 - at)) * (at % 2 === 0 ? 3 : 1);
  return String((10 - (sum % 10)) % 10);
}
