import type { Socket } from 'node:net';
import { MINUTE_MS, SECOND_MS } from '../../kernel/time.js';

const MOST_LOGGED_IN = 100;
const MOST_OF_A_COMPANY = 20;
/** Connections that have not logged in take no place of those that have. */
const MOST_AT_THE_DOOR = 50;
const MOST_OF_A_RANGE = 10;
/** From the first byte on. */
const LOG_IN_MS = 30 * SECOND_MS;
const IDLE_MS = 15 * MINUTE_MS;
/** Who does nothing is looked at so often; who asks for something is looked at then. */
const LOOK_EVERY_MS = 5 * SECOND_MS;
const ANSWER_LASTS_MS = SECOND_MS;

interface Guest {
  range: string;
  /** Null until it has logged in. */
  companyId: number | null;
  isGood: (() => Promise<boolean>) | null;
  timer: NodeJS.Timeout;
}

/** The connections of one server: how many there may be, how long, and whether those that are there may stay. */
export function createGuests() {
  const guests = new Map<Socket, Guest>();
  const count = (which: (guest: Guest) => boolean): number => [...guests.values()].filter(which).length;

  async function look(): Promise<void> {
    for (const [socket, { isGood }] of guests) {
      // A store that does not answer ends nobody.
      const isEnded = isGood !== null && !(await isGood().catch(() => true));
      if (isEnded) socket.destroy();
    }
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  timer.unref();

  return {
    /** A connection that has yet to log in. @returns false where there are too many */
    arrive(socket: Socket, range: string): boolean {
      const isFull =
        count((one) => one.companyId === null) >= MOST_AT_THE_DOOR ||
        count((one) => one.companyId === null && one.range === range) >= MOST_OF_A_RANGE;
      if (isFull) return false;
      const late = setTimeout(() => socket.destroy(), LOG_IN_MS);
      guests.set(socket, { range, companyId: null, isGood: null, timer: late });
      socket.once('close', () => {
        clearTimeout(guests.get(socket)?.timer);
        guests.delete(socket);
      });
      return true;
    },
    /** It has logged in. @param isGood whether its log-in still holds. @returns false where there are too many */
    settle(socket: Socket | null, companyId: number, isGood: () => Promise<boolean>): boolean {
      const guest = socket && guests.get(socket);
      const isFull =
        count((one) => one.companyId !== null) >= MOST_LOGGED_IN ||
        count((one) => one.companyId === companyId) >= MOST_OF_A_COMPANY;
      if (!guest || isFull) return false;
      Object.assign(guest, { companyId, isGood });
      return true;
    },
    /** It does something. */
    stay(socket: Socket | null): void {
      const guest = socket && guests.get(socket);
      if (!socket || !guest) return;
      clearTimeout(guest.timer);
      guest.timer = setTimeout(() => socket.destroy(), IDLE_MS);
    },
    close(): void {
      clearInterval(timer);
      for (const socket of guests.keys()) socket.destroy();
    },
  };
}

/** Asks at most once in a second; what was no stays no. */
export function rememberAnswer(ask: () => Promise<boolean>): () => Promise<boolean> {
  let last: Promise<boolean> = Promise.resolve(true);
  let askedAtMs = -Infinity;
  return () => {
    if (performance.now() - askedAtMs < ANSWER_LASTS_MS) return last;
    askedAtMs = performance.now();
    last = ask();
    // Who asks next gets another answer.
    last.catch(() => (askedAtMs = -Infinity));
    return last;
  };
}
