import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { FaultSpec } from '../../../src/simulator/control/fault-spec.js';
import { TEST_APPLICATION, type ServiceWorld } from '../../support/service-world.js';
import { wipePostgresQueue } from '../../support/wipe-queue.js';
import { roleNames, type Processes } from './processes.js';
import type { Random } from './random.js';

/** Whoever wants the run to fail. What it does depends on the seed, when exactly it hits on the machine. */
export interface Nemesis {
  /** How often it did what. */
  deeds: Record<string, number>;
  rage(stop: AbortSignal): Promise<void>;
}

type Act = [name: string, act: () => unknown];

const SMOULDER_MS = 6_000;

export function createNemesis(world: ServiceWorld, processes: Processes, random: Random): Nemesis {
  const deeds: Record<string, number> = {};
  const killsWorker: Act = ['kill -9', () => processes.kill(random.pick(roleNames.slice(1)))];
  const acts: Act[] = [
    killsWorker,
    ['kill -9', () => processes.kill(random.pick(roleNames))],
    ['queue wiped', () => wipeQueue(world)],
    ['database connections cut', () => cutConnections(world)],
    ['tokens expired', () => world.simulator.control.expireTokens('access')],
  ];
  return {
    deeds,
    async rage(stop) {
      for (const fault of faultsOf(random)) world.simulator.control.addFault(fault);
      while (!stop.aborted) {
        await sleep(random.whole(800, 2_800), null, { signal: stop }).catch(() => undefined);
        if (stop.aborted) break;
        // No run without a process that dies in the middle of its work.
        const [name, act] = deeds['kill -9'] ? random.pick(acts) : killsWorker;
        deeds[name] = (deeds[name] ?? 0) + 1;
        await act();
      }
      // There are workers at work again: now they meet what is left of the bad net.
      await sleep(SMOULDER_MS);
      for (const { spec, struck } of world.simulator.control.faults()) {
        const name = `TikTok: ${spec.kind}`;
        deeds[name] = (deeds[name] ?? 0) + struck;
      }
      world.simulator.control.clearFaults();
    },
  };
}

/**
 * Everything that TikTok's servers and the net do to a client. Old answers only for single orders: a search that hides a
 * change for longer than the overlap of two pulls cannot be survived, and TikTok's time runs a hundred times faster here.
 */
function faultsOf(random: Random): FaultSpec[] {
  const seed = () => random.whole(1, 1_000_000);
  const ship = { method: 'POST', path: '/fulfillment/' };
  const search = { path: '/order/*/search' };
  const aftersales = { method: 'POST', path: '/return_refund/' };
  const tokens = { path: '/api/v2/token/' };
  return [
    {
      kind: 'error',
      code: 36009002,
      httpStatus: 429,
      retryAfterSec: 1,
      probability: 0.03,
      times: 5,
      seed: seed(),
    },
    { kind: 'error', code: 36009002, httpStatus: 429, probability: 0.02, times: 3, seed: seed() },
    { kind: 'error', code: 36009003, probability: 0.03, seed: seed() },
    { kind: 'http', status: 503, probability: 0.03, seed: seed() },
    { kind: 'http', status: 502, body: '<html>Bad gateway</html>', probability: 0.02, seed: seed() },
    { kind: 'drop', probability: 0.04, seed: seed() },
    { kind: 'delay', ms: 400, probability: 0.1, seed: seed() },
    { kind: 'done_but_lost', answer: 'drop', match: ship, probability: 0.1, seed: seed() },
    { kind: 'done_but_lost', answer: 'status', match: ship, probability: 0.05, seed: seed() },
    { kind: 'done_but_lost', answer: 'hang', holdMs: 2_000, match: ship, probability: 0.03, seed: seed() },
    { kind: 'done_but_lost', answer: 'drop', match: aftersales, probability: 0.1, seed: seed() },
    { kind: 'done_but_lost', answer: 'status', match: aftersales, probability: 0.05, seed: seed() },
    { kind: 'duplicate_page', match: aftersales, probability: 0.1, seed: seed() },
    { kind: 'reorder_page', match: aftersales, probability: 0.2, seed: seed() },
    { kind: 'done_but_lost', answer: 'drop', match: tokens, probability: 0.1, times: 1, seed: seed() },
    { kind: 'duplicate_page', match: search, probability: 0.1, seed: seed() },
    { kind: 'reorder_page', match: search, probability: 0.2, seed: seed() },
    { kind: 'unknown_fields', probability: 0.1, seed: seed() },
    { kind: 'ids_as_numbers', probability: 0.05, seed: seed() },
    { kind: 'expire_token', probability: 0.01, times: 3, seed: seed() },
    { kind: 'stale_read', match: { method: 'GET', path: '/order/' }, probability: 0.1, seed: seed() },
  ];
}

async function wipeQueue({ redisUrl, db }: ServiceWorld): Promise<void> {
  if (redisUrl) {
    const client = new Redis(redisUrl);
    await client.flushdb().finally(() => client.disconnect());
    return;
  }
  await wipePostgresQueue(db.pool);
}

async function cutConnections({ db }: ServiceWorld): Promise<void> {
  await db.pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name <> $1 AND pid <> pg_backend_pid()`,
    [TEST_APPLICATION],
  );
}
