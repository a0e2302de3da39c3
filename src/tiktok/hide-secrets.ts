import { plainLine } from '../kernel/plain-text.js';

const HIDDEN = '[hidden]';

/** Characters of a text of TikTok's that are looked at; what is shown of it is shorter still. */
const LONGEST_WORDS = 2_000;
const LONGEST_REQUEST_ID = 100;

const WORD = /[^\s"'<>]+/g;
const EMAIL = /[^@]@[^@]/;
/** Digits with what people write between them. An id of TikTok's has more digits than any telephone number. */
const DIGITS = /(?:\+|\(\+?)?\d[\d\s().*-]*/g;
const FEWEST_PHONE_DIGITS = 7;
const MOST_PHONE_DIGITS = 15;
/** Without a plus or bracket before them, fewer may as well be an error code, a SKU or a number of pieces. */
const FEWEST_BARE_DIGITS = 9;
const DATE = /^\d{4}-\d\d-\d\d\b/;

/**
 * A text of TikTok's without our secrets, should it quote the request, and without mail addresses and telephone numbers.
 * It is cut first, whatever its length: what comes after 2,000 characters nobody reads. One line, without control
 * characters: it stands in logs, in the history and in lists.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let hidden = text;
  // Before the cut, which could leave half a secret that is not known as one any more.
  for (const secret of secrets) if (secret) hidden = hidden.replaceAll(secret, HIDDEN);
  return plainLine(hidden.slice(0, LONGEST_WORDS), LONGEST_WORDS)
    .replace(WORD, (word) => (EMAIL.test(word) ? HIDDEN : word))
    .replace(DIGITS, (run) => (isPhone(run) ? HIDDEN : run));
}

function isPhone(run: string): boolean {
  const digits = run.replace(/\D/g, '').length;
  if (digits > MOST_PHONE_DIGITS || DATE.test(run)) return false;
  const isMasked = run.includes('*') && digits >= 4;
  return isMasked || digits >= (/^[+(]/.test(run) ? FEWEST_PHONE_DIGITS : FEWEST_BARE_DIGITS);
}

/** The id that TikTok gave a request, as far as it is one: letters, digits and `-_.:`, at most 100 characters. */
export function saneRequestId(text: string | null): string | null {
  if (text === null || text.length > LONGEST_REQUEST_ID) return null;
  return /^[\w.:-]+$/.test(text) ? text : null;
}
