import { AppError, type ErrorDetail } from '../errors.js';

/**
 * The one catalogue of what can be set per connection; API, pages and README take keys, defaults and meanings from here.
 * Schedules are not here: each flow's row has its own.
 */
export interface ConnectionSettings {
  remorseMinutes: number;
  importCreatedAfter: string | null;
  constantAttributes: { name: string; value: string }[];
}

interface SettingDefinition<Value> {
  default: Value;
  /** What it does, for people. */
  meaning: string;
  /** The gate or rule that it feeds. */
  feeds: string;
  /** Answers what is wrong with a value, or null. */
  problem(value: unknown): string | null;
}

export const settingsCatalogue: {
  [Key in keyof ConnectionSettings]: SettingDefinition<ConnectionSettings[Key]>;
} = {
  remorseMinutes: {
    default: 60,
    meaning:
      'Minutes after payment during which the buyer may change his mind; an order reaches the ERP no sooner.',
    feeds: 'gate remorse-hold',
    problem: (value) =>
      Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 4320
        ? null
        : 'must be a whole number of minutes from 0 to 4320',
  },
  importCreatedAfter: {
    default: null,
    meaning:
      'Orders created before this time (ISO 8601, UTC) stay out. Empty: all that await shipment at the first pull.',
    feeds: 'gate created-after',
    problem: (value) =>
      value === null || (typeof value === 'string' && isTime(value))
        ? null
        : 'must be a date, or a time with its zone, such as 2026-01-31 or 2026-01-31T00:00:00Z; or null',
  },
  constantAttributes: {
    default: [],
    meaning: 'Extended attributes with fixed values that are added to every order of this connection.',
    feeds: 'order document',
    problem: (value) =>
      Array.isArray(value) && value.length <= 50 && value.every((entry) => isNamedText(entry))
        ? null
        : 'must be a list of at most 50 {name, value} texts',
  },
};

/** ISO 8601 with a zone: `Date.parse` alone takes a `1` for a month, and other text by the zone of the machine. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

function isTime(text: string): boolean {
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return false;
  const day = text.slice(0, 10);
  // `Date.parse` takes 31 February for 3 March.
  return new Date(day).toISOString().startsWith(day);
}

function isNamedText(entry: unknown): boolean {
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

/** Stored differences over the catalogue's defaults. Unknown keys (of another version) are left out. */
export function readSettings(stored: unknown): ConnectionSettings {
  const given = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  const entries = Object.entries(settingsCatalogue).map(([key, definition]) => {
    const value = given[key];
    return [key, value === undefined || definition.problem(value) ? definition.default : value];
  });
  return Object.fromEntries(entries) as ConnectionSettings;
}

/**
 * Checks what somebody wants to set.
 * @throws AppError invalid-request naming every key that is unknown or has a bad value
 */
export function checkSettings(given: Record<string, unknown>): Partial<ConnectionSettings> {
  const details: ErrorDetail[] = [];
  for (const [key, value] of Object.entries(given)) {
    const definition = Object.hasOwn(settingsCatalogue, key)
      ? settingsCatalogue[key as keyof ConnectionSettings]
      : undefined;
    const problem = definition
      ? definition.problem(value)
      : `is not a setting; known are ${Object.keys(settingsCatalogue).join(', ')}`;
    if (problem) details.push({ field: key, message: `${key} ${problem}` });
  }
  if (details.length > 0) throw new AppError('invalid-request', 'Some settings are not valid.', { details });
  return given;
}
