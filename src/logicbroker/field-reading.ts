import type { ErrorDetail } from '../kernel/errors.js';
import { isNumberText, text } from './json-reading.js';

/** Documents are looked up by their numbers, and an index of PostgreSQL takes no page of text. */
const LONGEST_NAME = 200;
/** How .NET clients write a date that nobody has set. */
const UNSET_DATE = '0001-01-01';

export function checkLength(name: string | null, field: string, problems: ErrorDetail[]): void {
  if ((name?.length ?? 0) > LONGEST_NAME) {
    problems.push({ field, message: `must have at most ${LONGEST_NAME} characters` });
  }
}

/** Zero and less are read as they are; whoever knows what they are about judges them. */
export function wholePieces(value: unknown, field: string, problems: ErrorDetail[]): number | null {
  if (value === undefined || value === null) return null;
  const number = typeof value === 'number' || isNumberText(value) ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(number)) return number;
  problems.push({
    field,
    message: `must be a whole number of pieces, not ${text(value) ?? typeof value}`,
  });
  return null;
}

/** Without a zone it is UTC. */
export function readDate(value: unknown, field: string, problems: ErrorDetail[]): Date | null {
  const given = text(value);
  if (given === null || given.startsWith(UNSET_DATE)) return null;
  const zoned = /(z|[+-]\d\d:?\d\d)$/i.test(given) || !given.includes('T') ? given : `${given}Z`;
  const parsed = new Date(zoned);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  problems.push({ field, message: 'must be a date such as 2026-01-31T12:00:00Z' });
  return null;
}
