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
