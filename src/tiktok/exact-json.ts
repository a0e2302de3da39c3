/** 2^53 has 16 digits, so that every integer beyond it has at least as many. */
const DIGITS = 16;

/** What can stand before a number in JSON. */
const BEFORE_NUMBER = new Set(':[,- \t\r\n');

/**
 * A whole string literal, or a whole number. Strings are matched only to step over what is inside them. One that is never
 * closed reaches to the end of the text, lest each quote in it be tried as another beginning.
 */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * JSON.parse that keeps integers beyond 2^53 exact, by turning them into strings. TikTok declares its ids as strings
 * but some answers and webhooks carry them as numbers, whose last digits JSON.parse would silently change.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  if (!mayHoldBigNumber(text)) return JSON.parse(text);
  return JSON.parse(text.replace(STRING_OR_NUMBER, quoteUnsafeInteger));
}

/**
 * Looks at every 16th character only, since a run of 16 digits cannot hide between two of them: a tenth of what a
 * pattern costs on a page of orders. Digits inside a string may be taken for a number, which only costs time.
 */
function mayHoldBigNumber(text: string): boolean {
  for (let at = DIGITS - 1; at < text.length; at += DIGITS) {
    if (!isDigitAt(text, at)) continue;
    let start = at;
    while (isDigitAt(text, start - 1)) start -= 1;
    while (isDigitAt(text, at)) at += 1;
    if (at - start >= DIGITS && BEFORE_NUMBER.has(text.charAt(start - 1))) return true;
  }
  return false;
}

function isDigitAt(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

function quoteUnsafeInteger(token: string): string {
  if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token;
  return `"${token}"`;
}

/** How NUL and halves of characters come in JSON, besides whole pairs: raw ones are no JSON, or no UTF-8. */
const MAY_BE_UNSTORABLE = /\\u(?:0000|d[89a-f])/i;
/** With the u flag a whole pair is one character, so only a lone half matches. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/**
 * What was read from `text`, without characters that no database takes: any text of TikTok's may be stored, and a shop's
 * name or a buyer's words with such a character must not stop what is done with them.
 */
export function withoutUnstorable(value: unknown, text: string): unknown {
  return MAY_BE_UNSTORABLE.test(text) ? cleaned(value) : value;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(UNSTORABLE, '');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [cleaned(name), cleaned(member)] as const);
  return Object.fromEntries(members) as unknown;
}
