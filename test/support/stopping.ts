import { createHttpDoor, type HttpDoor } from '../../src/outbound/http-door.js';
import type { Clock } from '../../src/kernel/time.js';
import { recordingLog } from './logs.js';

/**
 * What a worker process is built with that stops itself for a test: it waits at the point that `stops` names, by shop,
 * until it is continued (SIGCONT), and prints what it does.
 */
export function stopper<Point extends string>(stops: Record<string, Point>) {
  let isContinued = false;
  const waiting: (() => void)[] = [];
  process.on('SIGCONT', () => {
    isContinued = true;
    console.log('continued');
    for (const goOn of waiting) goOn();
  });
  return async (which: string, point: Point): Promise<void> => {
    if (stops[which] !== point || isContinued) return;
    console.log(`waits ${point}`);
    await new Promise<void>((resolve) => waiting.push(resolve));
  };
}

/** A door in which writes wait before they leave, and again with TikTok's answer; by the shop's cipher. */
export function stoppingDoor({
  clock,
  answerTimeoutMs,
  simulatorUrl,
  before,
  after,
}: {
  clock: Clock;
  answerTimeoutMs: number;
  simulatorUrl: string;
  before: (cipher: string) => Promise<void>;
  after: (cipher: string) => Promise<void>;
}): HttpDoor {
  const own = createHttpDoor({ clock, answerTimeoutMs });
  return {
    ...own,
    async send(request) {
      const cipher = new URL(request.target, simulatorUrl).searchParams.get('shop_cipher') ?? '';
      const isWrite = request.leaveBefore !== undefined;
      if (isWrite) await before(cipher);
      const answer = await own.send(request);
      if (isWrite) await after(cipher);
      return answer;
    },
  };
}

/** Prints that the lease is lost, when `lost` is logged, and every error. */
export function tellingLog(lost: string) {
  return {
    ...recordingLog(),
    warn(_facts: object, message = '') {
      if (message === lost) console.log('lease lost');
    },
    error(facts: { err?: unknown }, message = '') {
      console.log(`error ${message} ${String(facts.err)}`);
    },
  };
}
