/** Shopify's search syntax as far as apps use it here: `field:value`, `field:'quoted'`, comparators, AND (also unsaid) and OR. */

interface Term {
  field: string;
  comparator: ':' | '>=' | '>' | '<=' | '<';
  value: string;
}

/** Alternatives of terms that all have to hold. @throws Error for what cannot be read */
export function parseSearch(text: string): Term[][] {
  const alternatives: Term[][] = [[]];
  let rest = text.trim();
  while (rest) {
    const joint = /^(OR|AND)\b\s*/.exec(rest);
    if (joint) {
      if (joint[1] === 'OR') alternatives.push([]);
      rest = rest.slice(joint[0].length);
      continue;
    }
    const term = /^(\w+):(>=|<=|>|<)?(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s'"()]+))\s*/.exec(rest);
    if (!term) throw new Error(`The search cannot be read at: ${rest.slice(0, 40)}`);
    const [whole, field = '', comparator, single, double, bare] = term;
    const quoted = single ?? double;
    const value = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/g, '$1');
    alternatives.at(-1)!.push({ field, comparator: (comparator ?? ':') as Term['comparator'], value });
    rest = rest.slice(whole.length);
  }
  return alternatives;
}

/**
 * Whether an object is found. Text is compared without case, and as the beginning of words: `sku:ab` finds `AB-1` too, which
 * is why apps compare exactly.
 */
export function isFound(
  search: Term[][],
  valueOf: (field: string) => string | readonly string[] | null,
): boolean {
  return search.some((terms) => terms.every((term) => holds(term, valueOf(term.field))));
}

function holds({ comparator, value }: Term, found: string | readonly string[] | null): boolean {
  if (found === null) return false;
  if (typeof found !== 'string') return found.some((one) => one.toLowerCase() === value.toLowerCase());
  if (comparator === ':') return found.toLowerCase().startsWith(value.toLowerCase().trim());
  const [mine, theirs] = [Date.parse(found), Date.parse(value)];
  switch (comparator) {
    case '>=':
      return mine >= theirs;
    case '>':
      return mine > theirs;
    case '<=':
      return mine <= theirs;
    default:
      return mine < theirs;
  }
}
