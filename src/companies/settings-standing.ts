import { AppError, type ErrorDetail } from '../kernel/errors.js';

/** Which version of its settings something has, and who made it. */
export interface SettingsStanding {
  /** Raised by every change; 1 for settings that nobody has changed. */
  version: number;
  /** Null: never changed, or before that was written down. */
  changedAt: Date | null;
  /** In words for people. */
  changedBy: string | null;
}

/** A setting that two people want to be different. */
interface SettingClash {
  key: string;
  /** What the caller wants. */
  wanted: unknown;
  /** What it is now. */
  present: unknown;
}

const LONGEST_SHOWN = 300;

/** Settings of `wanted` that are otherwise now. */
export function clashesOf(
  wanted: Readonly<Record<string, unknown>>,
  present: Readonly<Record<string, unknown>>,
): SettingClash[] {
  return Object.entries(wanted)
    .filter(([key, value]) => textOf(value) !== textOf(present[key]))
    .map(([key, value]) => ({ key, wanted: value, present: present[key] }));
}

/**
 * Call with the settings locked: whoever has read an older version is told what was changed meanwhile.
 * @param seen version that the caller has read; undefined: the caller writes over whatever there is
 * @throws AppError conflict with both values of each setting that differs
 */
export function checkVersion(
  seen: number | undefined,
  standing: SettingsStanding,
  clashes: readonly SettingClash[],
): void {
  if (seen === undefined || seen === standing.version) return;
  throw new AppError('conflict', 'The settings were changed since you read them; nothing was stored.', {
    details: [
      ...clashes.map(({ key, wanted, present }): ErrorDetail => ({
        field: key,
        message: `you want ${shown(wanted)}, it is ${shown(present)} now`,
      })),
      {
        field: 'Version',
        message: `you have read ${seen}, it is ${standing.version} now${whoOf(standing)}`,
        next: `Look at both values, and send what you want with Version ${standing.version}`,
      },
    ],
  });
}

/** A value as people read it in a sentence, cut where it is long. */
export function shown(value: unknown): string {
  const text = textOf(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text;
}

function whoOf({ changedBy, changedAt }: SettingsStanding): string {
  return changedBy === null || changedAt === null ? '' : `, by ${changedBy} at ${changedAt.toISOString()}`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null);
}
