/** A number of 16 digits or more where a value may stand; digits inside a string can match too, which only costs time. */
const MAY_HOLD_BIG_NUMBER = /[:[,]\s*-?\d{16}/;

/** A whole string literal, or a whole number. Strings are matched only to step over what is inside them. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * JSON.parse that keeps integers beyond 2^53 exact, by turning them into strings. TikTok declares its ids as strings
 * but some answers and webhooks carry them as numbers, whose last digits JSON.parse would silently change.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_HOLD_BIG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(STRING_OR_NUMBER, quoteUnsafeInteger));
}

function quoteUnsafeInteger(token: string): string {
  if (!/^-?\d{16,}$/.test(token) || Number.isSafeInteger(Number(token))) return token;
  return `"${token}"`;
}
