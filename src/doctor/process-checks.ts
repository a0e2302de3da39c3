import { statfs } from 'node:fs/promises';
import type { Config } from '../config/config.js';
import { messageOf } from '../kernel/errors.js';
import { MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import { fail, ok, warn, type Finding } from './finding.js';

const LEAST_NODE = [20, 19] as const;
const GIB = 1024 ** 3;
/** TikTok: a request's timestamp must be within five minutes of its own clock. */
const SKEW_FAILS_MS = 5 * MINUTE_MS;
const SKEW_WARNS_MS = 30 * SECOND_MS;

/** @param version as `process.version` has it: `v20.19.0` */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor))
    return ok('node', `Node.js ${version}`);
  return fail(
    'node',
    `Node.js ${version} is older than ${LEAST_NODE.join('.')}.`,
    'Install Node.js 22 or 24, or at least 20.19.',
  );
}

export function describeMode(config: Config): Finding {
  const queue = config.redisUrl ? 'queue on Redis' : 'queue on PostgreSQL';
  return ok('configuration', `mode ${config.mode}, role ${config.role}, ${queue}`);
}

/** This service speaks plain http: behind an https address something stands in front of it. */
export function checkProxies({ publicUrl, trustedProxies }: Config): Finding {
  if (trustedProxies.length > 0) return ok('proxies', `${trustedProxies.join(', ')} tell who calls`);
  if (!publicUrl?.startsWith('https:')) return ok('proxies', 'none');
  return warn(
    'proxies',
    'PUBLIC_URL is https, but TRUSTED_PROXIES is empty: all callers count as one when wrong keys and log-ins are slowed.',
    'Set TRUSTED_PROXIES to the addresses of the proxy that ends TLS.',
  );
}

/** The embedded database stops hard on a full disk. */
export async function checkDisk(folder: string): Promise<Finding> {
  const disk = await statfs(folder).catch(() => statfs('.'));
  const free = disk.bavail * disk.bsize;
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${folder}`;
  const next = 'Make room, or set DATA_DIR to a larger disk.';
  if (free < GIB / 4) return fail('disk', detail, next);
  return free < 2 * GIB ? warn('disk', detail, next) : ok('disk', detail);
}

/** Signatures carry our time: a clock that is wrong makes TikTok refuse every call (36009004). */
export async function checkClock(clock: Clock, tiktokTime: () => Promise<Date | null>): Promise<Finding> {
  const sentAtMs = clock.now().getTime();
  let theirs: Date | null;
  try {
    theirs = await tiktokTime();
  } catch (error) {
    return warn(
      'clock',
      `TikTok could not be reached (${messageOf(error)}).`,
      'Allow outgoing https to the hosts of TikTok Shop.',
    );
  }
  if (!theirs) return warn('clock', 'The answer carried no time.', 'Compare the clock with another machine.');
  const between = (sentAtMs + clock.now().getTime()) / 2;
  // HTTP dates are cut to the second.
  const skewMs = Math.round(between - theirs.getTime() - SECOND_MS / 2);
  const detail = `${Math.abs(skewMs / SECOND_MS).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} TikTok`;
  const next = "Set the machine's clock by NTP.";
  if (Math.abs(skewMs) >= SKEW_FAILS_MS) return fail('clock', detail, next);
  return Math.abs(skewMs) >= SKEW_WARNS_MS ? warn('clock', detail, next) : ok('clock', detail);
}

export interface QueueStoreHealth {
  store: string;
  ok: boolean;
  /** Also set when it works but is not safe. */
  problem: string | null;
}

export async function checkQueueStore(health: () => Promise<QueueStoreHealth>): Promise<Finding> {
  const { store, ok: works, problem } = await health();
  if (!works) return fail('queue', problem ?? `${store} does not answer.`, 'Start it, or mend REDIS_URL.');
  if (problem) return warn('queue', problem, 'Jobs that get lost are found again by the beat, but late.');
  return ok('queue', `${store} answers`);
}
