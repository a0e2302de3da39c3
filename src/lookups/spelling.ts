/**
 * The key by which spellings of a name are one: letters and digits of any script in lower case. `J&T Express` and
 * `jt express` are the same; UPS and USPS, which differ by a letter, are not.
 */
export function spellingKey(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
