import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';

/** When a recipient is told. */
interface TellingTimes {
  digest: 'at-once' | 'hourly' | 'daily';
  /** IANA name. */
  timeZone: string;
  /** Minutes after midnight there; null: there are no quiet hours. They may go over midnight. */
  quietFrom: number | null;
  quietTo: number | null;
  lastSentAt: Date | null;
}

/** Of alerts that are told at once, those of five minutes go together. */
const LEAST_GAP_MS = 5 * MINUTE_MS;
/** Eight in the morning, unless the quiet hours last longer. */
const MORNING = 8 * 60;

/** Whether a mail may go out now. Asked again every few minutes, so that no change of a time zone's clock is missed. */
export function mayTell(
  { digest, timeZone, quietFrom, quietTo, lastSentAt }: TellingTimes,
  now: Date,
): boolean {
  const { minute, day } = localTime(now, timeZone);
  if (isQuiet(minute, quietFrom, quietTo)) return false;
  const sinceMs = lastSentAt === null ? Infinity : now.getTime() - lastSentAt.getTime();
  if (digest === 'at-once') return sinceMs >= LEAST_GAP_MS;
  if (digest === 'hourly') return sinceMs >= HOUR_MS;
  const wasToday = lastSentAt !== null && localTime(lastSentAt, timeZone).day === day;
  return minute >= MORNING && !wasToday;
}

function isQuiet(minute: number, from: number | null, to: number | null): boolean {
  if (from === null || to === null || from === to) return false;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Whether the name is one of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    localTime(new Date(0), name);
    return true;
  } catch {
    return false;
  }
}

function localTime(at: Date, timeZone: string): { minute: number; day: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '0';
  return {
    minute: Number(of('hour')) * 60 + Number(of('minute')),
    day: `${of('year')}-${of('month')}-${of('day')}`,
  };
}
