/** What PostgreSQL refuses in text: NUL, and halves of characters (in JSON escapes). */
const UNSTORABLE = /\\u0000|\\ud[89a-f][0-9a-f]{2}/i;

/**
 * Data of TikTok's without characters that no database takes. A buyer's message can hold anything, and one such order must
 * not keep its whole page out.
 */
export function withoutUnstorable<T>(items: readonly T[]): readonly T[] {
  // One look at the page as text is far cheaper than a walk over every field.
  return UNSTORABLE.test(JSON.stringify(items)) ? items.map((item) => cleaned(item) as T) : items;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/\0|\p{Surrogate}/gu, '');
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cleaned(member)]));
}
