/** A parsed v3 document. Numbers that are not small integers are objects that keep their text. */
export type JsonObject = { [name: string]: unknown };

/** Anything else counts as an object without members. */
export function object(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** Anything but a list counts as an empty one. */
export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

/** Text without surrounding blanks; numbers as they were written; empty is absent. */
export function text(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && !isNumberText(value)) return null;
  const trimmed = String(value).trim();
  return trimmed === '' ? null : trimmed;
}

/** A number that is kept as its text. */
export function isNumberText(value: unknown): value is { toString(): string } {
  return typeof value === 'object' && value !== null && typeof value.valueOf() === 'number';
}
