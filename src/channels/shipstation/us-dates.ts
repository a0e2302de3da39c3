import { parseDateTime } from '../../formats/date-time.js';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';

/**
 * Times as ShipStation writes and reads them: month first, in UTC, whatever the time zone of the account
 * (ShipStation: Custom Store development guide).
 */

const US_TIME =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d{1,7})?)?\s?(AM|PM)?)?$/i;
/** As a plugin of ShipStation's meets it. */
const SQUEEZED = /^(\d{2})(\d{2})(\d{4})x(\d{2})(\d{2})$/i;
const THIS_CENTURY = 2_000;

interface UsTime {
  at: Date;
  /** The last moment that the text means: the end of its day, minute or second. */
  until: Date;
}

/** Null when it is not a time; ISO 8601 is understood as well. */
export function readUsTime(text: string): UsTime | null {
  const trimmed = text.trim().replaceAll(/\s+/g, ' ');
  const squeezed = SQUEEZED.exec(trimmed);
  if (squeezed) {
    const [, month = '', day = '', year = '', hour = '', minute = ''] = squeezed;
    return timeOf({ year, month, day, hour, minute }, MINUTE_MS);
  }
  const match = US_TIME.exec(trimmed);
  if (!match) {
    const at = parseDateTime(trimmed);
    return at && { at, until: new Date(at.getTime() + (trimmed.length <= 10 ? DAY_MS : SECOND_MS) - 1) };
  }
  const [, month = '', day = '', year = '', hour, minute, second, half] = match;
  const unit = hour === undefined ? DAY_MS : second === undefined ? MINUTE_MS : SECOND_MS;
  return timeOf({ year, month, day, hour, minute, second, half }, unit);
}

interface TimeParts {
  year: string;
  month: string;
  day: string;
  hour?: string | undefined;
  minute?: string | undefined;
  second?: string | undefined;
  half?: string | undefined;
}

function timeOf(parts: TimeParts, unitMs: number): UsTime | null {
  const { month, day, hour = '0', minute = '0', second = '0', half } = parts;
  const year = parts.year.length === 2 ? THIS_CENTURY + Number(parts.year) : Number(parts.year);
  const hours = inDay(Number(hour), half?.toUpperCase());
  const at = new Date(Date.UTC(year, Number(month) - 1, Number(day), hours, Number(minute), Number(second)));
  // `Date.UTC` takes 31 February for 3 March, and hour 25 for the next day.
  const isReal =
    at.getUTCMonth() === Number(month) - 1 &&
    at.getUTCDate() === Number(day) &&
    at.getUTCHours() === hours &&
    at.getUTCMinutes() === Number(minute);
  return isReal ? { at, until: new Date(at.getTime() + unitMs - 1) } : null;
}

/** ShipStation's own example says `21:56 PM`. */
function inDay(hour: number, half: string | undefined): number {
  if (half === 'PM' && hour < 12) return hour + 12;
  return half === 'AM' && hour === 12 ? 0 : hour;
}

/** `12/01/2026 03:07:09`, in UTC. */
export function usTime(date: Date): string {
  const iso = date.toISOString();
  const [year = '', month = '', day = ''] = iso.slice(0, 10).split('-');
  return `${month}/${day}/${year} ${iso.slice(11, 19)}`;
}
