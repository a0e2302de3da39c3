const DATE_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(\.\d{1,9})?)?\s?(Z|[+\- ]\d{2}:?\d{2})?)?$/i;

/**
 * No document means an earlier time, and PostgreSQL has no year 0. An unset date of .NET, moved by its time zone, may lie
 * before it.
 */
const FIRST_DAY = new Date('0001-01-01T00:00:00Z');

/**
 * ISO 8601 as Logicbroker's clients write it: a date, or date and time; without a zone it is UTC. A `+` of the zone
 * that a query string turned into a space is understood. Null when it is not a time.
 */
export function parseDateTime(text: string): Date | null {
  const match = DATE_TIME.exec(text);
  if (!match) return null;
  const [, day, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const iso = `${day}T${minutes}:${seconds}${fraction.slice(0, 4)}${zone.replace(' ', '+')}`;
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  // `new Date` takes 31 February for 3 March.
  if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day!)) return null;
  return date < FIRST_DAY ? FIRST_DAY : date;
}

/** True when the text is a date without a time: as an inclusive end it means the whole day. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}

/** True when the text names no fraction of a second: as an inclusive end it means the whole second. */
export function isWholeSecond(text: string): boolean {
  return !text.includes('.');
}
