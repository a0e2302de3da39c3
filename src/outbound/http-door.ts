import { Agent } from 'undici';
import type { Clock } from '../kernel/time.js';
import { defaultLimits, type DoorLimits } from './door-limits.js';
import { exchange, type Exchange, type RawAnswer } from './http-exchange.js';
import { RefusedAddressError } from './public-address.js';
import { retryAfterMsOf } from './retry-after.js';

/** `origin` is from hostsFor(), so that it is on the allow-list. */
export type DoorRequest = Exchange;

export interface DoorAnswer {
  status: number;
  text: string;
  retryAfterMs: number | null;
  /** HTTP Date, to the second. */
  serverTime: Date | null;
}

export interface DoorSettings extends Partial<DoorLimits> {
  clock: Clock;
  /** Whether the door leads to an origin, asked before anything is sent; left out, its caller has made sure. */
  leadsTo?: (origin: string) => boolean;
}

/** The door to fixed origins, the one way out to TikTok: bytes in, text out. Knows nothing of signatures or codes. */
export interface HttpDoor {
  /**
   * Never follows a redirect: it comes back as the 3xx that it is.
   * @throws NoAnswerError; RefusedAddressError for an origin that the door does not lead to; NotSentError when the
   *   request could not be written before its `leaveBefore`
   */
  send(request: DoorRequest): Promise<DoorAnswer>;
  close(): Promise<void>;
}

export function createHttpDoor({ clock, leadsTo, ...changes }: DoorSettings): HttpDoor {
  const limits = { ...defaultLimits, ...changes };
  const agent = new Agent({
    connections: limits.connections,
    pipelining: 1,
    maxResponseSize: limits.maxAnswerBytes,
    connect: { timeout: limits.connectTimeoutMs },
  });
  return {
    async send(request) {
      if (leadsTo && !leadsTo(request.origin))
        throw new RefusedAddressError('it is not on the list of this door');
      return answerOf(await exchange(agent, request, limits), clock);
    },
    close: () => agent.close(),
  };
}

const BYTE_ORDER_MARK = /^\uFEFF/;

function answerOf({ status, headers, body }: RawAnswer, clock: Clock): DoorAnswer {
  const serverTime = dateOf(headers['date']);
  return {
    status,
    text: body.toString('utf8').replace(BYTE_ORDER_MARK, ''),
    serverTime,
    // A date is measured against the server's own clock: ours may be wrong.
    retryAfterMs: retryAfterMsOf(headers['retry-after'], serverTime ?? clock.now()),
  };
}

function dateOf(text: string | undefined): Date | null {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}
