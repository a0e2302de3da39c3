/** 2^53 has 16 digits, so that every integer beyond it has at least as many. */
const DIGITS = 16;

/** What can stand before a number in JSON. */
const BEFORE_NUMBER = new Set(':[,- \t\r\n');

/** A whole string literal, or a whole number. Strings are matched only to step over what is inside them. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

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
