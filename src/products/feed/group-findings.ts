import { printable, type Finding, type FindingLevel } from '../../imports/current-row.js';

/** A finding about a row that was read before. */
export function findingOf(
  row: number,
  level: FindingLevel,
  { column, value, message, next }: { column?: string; value: string | null; message: string; next: string },
): Finding {
  return {
    level,
    at: { row, ...(column === undefined ? {} : { column }) },
    value: value === null ? null : printable(value),
    message,
    next,
  };
}
