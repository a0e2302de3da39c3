export const LARGEST_QUANTITY = 2_147_483_647;
export const LONGEST_SKU = 200;

export const LONGEST_PLAIN_SKU = 60;
/** Printable ASCII without blanks and backslash: needs neither a closer look nor an escape. */
export const PLAIN_SKU = new RegExp(`^[!-[\\]-~]{1,${LONGEST_PLAIN_SKU}}$`);

/**
 * The key by which a SKU is found: SKUs that differ in case only are one, unless the connection distinguishes them.
 * Letters beyond ASCII keep their case: what their other case is depends on language and version of Unicode, and the keys
 * of every server must be the same. PostgreSQL has the same rule as its function `fold_sku`.
 */
export function foldSku(sku: string, caseSensitive: boolean): string {
  if (caseSensitive) return sku;
  return PLAIN_SKU.test(sku)
    ? sku.toLowerCase()
    : sku.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What a rule about names of SKUs goes by. */
export interface SkuRule {
  /** Setting caseSensitiveSkus; off when left out. */
  caseSensitive?: boolean;
}

/**
 * The one rule by which a SKU that somebody has written means one of several: the ones that are written exactly so. Only
 * where there is none, and case makes no difference here, those that differ in case. More than one: nobody can know which.
 */
export function skusMeant<T>(
  written: string,
  all: readonly T[],
  skusOf: (each: T) => readonly (string | null | undefined)[],
  { caseSensitive = false }: SkuRule,
): T[] {
  const exact = all.filter((each) => skusOf(each).includes(written));
  if (exact.length > 0 || caseSensitive) return exact;
  const key = foldSku(written, false);
  return all.filter((each) => skusOf(each).some((sku) => sku != null && foldSku(sku, false) === key));
}

/** SKUs that are written otherwise than this one, in case only. */
export function caseTwins(sku: string, others: Iterable<string>): string[] {
  const key = foldSku(sku, false);
  return [...new Set(others)].filter((other) => other !== sku && foldSku(other, false) === key);
}
