/** NUL, and halves of characters: with the u flag a whole pair is one character, which does not match. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/**
 * Data of TikTok's without characters that no database takes. A buyer's message can hold anything, and one such order must
 * not keep its whole page out.
 */
export function withoutUnstorable<T>(items: readonly T[]): readonly T[] {
  return isStorable(items) ? items : items.map((item) => cleaned(item) as T);
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.search(UNSTORABLE) < 0;
  if (Array.isArray(value)) return value.every(isStorable);
  if (typeof value !== 'object' || value === null || value instanceof Date) return true;
  return Object.values(value).every(isStorable);
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(UNSTORABLE, '');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleaned(member)]));
}
