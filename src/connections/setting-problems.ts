/** Checks of single values of settings. What is wrong goes on from the setting's name; null: nothing. */

export function yesOrNo(value: unknown): string | null {
  return typeof value === 'boolean' ? null : 'must be true or false';
}

export function wholeProblem(value: unknown, least: number, most: number, unit: string): string | null {
  const isGood = Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return isGood ? null : `must be a whole number of ${unit} from ${least} to ${most}`;
}

export function oneOfProblem(value: unknown, words: readonly string[]): string | null {
  return typeof value === 'string' && words.includes(value) ? null : `must be one of ${words.join(', ')}`;
}

export function isCodeTable(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= 100 &&
    entries.every(([code, id]) => code.length <= 100 && typeof id === 'string' && /^[\w-]{1,64}$/.test(id))
  );
}

/** ISO 8601 with a zone: `Date.parse` alone takes a `1` for a month, and other text by the zone of the machine. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

export function isTime(text: string): boolean {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, 10);
  // `Date.parse` takes 31 February for 3 March.
  return new Date(day).toISOString().startsWith(day);
}

export function isNamedText(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  const { name, value } = entry as { name?: unknown; value?: unknown };
  return (
    typeof name === 'string' &&
    name.length > 0 &&
    name.length <= 100 &&
    typeof value === 'string' &&
    value.length <= 1000
  );
}
