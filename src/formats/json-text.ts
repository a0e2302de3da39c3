/** How a text of JSON that is too long to be read at once is cut: where it ends, and where no escape is cut in two. */

const BACKSLASH = 0x5c;
const LONGEST_ESCAPE = 6;

/** Where the quote is that ends the text; -1 when it is not in this part of it. */
export function closingQuote(part: string): number {
  for (let at = part.indexOf('"'); at !== -1; at = part.indexOf('"', at + 1)) {
    if (backslashesBefore(part, at) % 2 === 0) return at;
  }
  return -1;
}

/** Where a part can be cut without cutting an escape, such as `\\u00e9`. */
export function endOfWhole(part: string): number {
  const last = part.lastIndexOf('\\');
  if (last === -1 || last <= part.length - LONGEST_ESCAPE) return part.length;
  return backslashesBefore(part, last) % 2 === 0 ? last : part.length;
}

function backslashesBefore(part: string, at: number): number {
  let count = 0;
  while (part.charCodeAt(at - 1 - count) === BACKSLASH) count += 1;
  return count;
}
