/** Control characters, line ends of all kinds, halves of characters. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]+/gu;
/** Characters without a shape; marks of direction turn a line of a log around. */
const INVISIBLE = /\p{Cf}/gu;
/** The same but for line ends and tabs, which a text of several lines has. */
const CONTROLS_IN_LINES = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Surrogate}]/gu;

/** With the u flag a whole pair is one character, so only a lone half matches. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Whether a database takes the text: it has neither NUL nor half a character. What has is the name of nothing that is stored. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** A text of others as one line without control characters, cut to `most` characters. It is cut first, whatever its length. */
export function plainLine(text: string, most: number): string {
  const line = text
    .slice(0, 2 * most)
    .replaceAll(CONTROLS, ' ')
    .replaceAll(INVISIBLE, '');
  return cutTo(line.trim(), most, text.length > 2 * most);
}

/** The same for a text that may have several lines. */
export function plainLines(text: string, most: number): string {
  const lines = text
    .slice(0, 2 * most)
    .replaceAll(CONTROLS_IN_LINES, ' ')
    .replaceAll(INVISIBLE, '');
  return cutTo(lines, most, text.length > 2 * most);
}

function cutTo(text: string, most: number, wasCut: boolean): string {
  if (text.length <= most && !wasCut) return text;
  // Never half a character at the end.
  return `${text.slice(0, most - 3).replace(/[\uD800-\uDBFF]$/, '')}...`;
}
