import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Pool } from 'undici';
import type { Benchmark, BenchOptions } from './benchmark.js';
import { connectShop, recordPages, startShopWithOrders } from './connected-shop.js';
import { expected, median, type Guard, type Report, type Verdict } from './harness.js';
import { attacks, type Attack, type Target } from './hostile-attacks.js';
import type { AttackAnswer, AttackTask } from './hostile-attacker.js';
import { productIngest } from './ingest-variants.js';
import { firstAnswer, freePort, startProduct, type Running } from './processes.js';

const READS_PER_SECOND = 100;
/** A machine on which an undisturbed read takes longer has no room for the reads, and its ratios mean nothing. */
const MOST_UNDISTURBED_MS = 100;
/** The good client waits so long for an answer before it counts as none. */
const PATIENCE_MS = 60_000;
/** Five reads in a row within this: nothing is queued any more. */
const CALM_MS = 50;
const MOST_RATIO = 3;
/** The longest stall of a body, in times of JSON.parse of as many bytes. */
const STALL_RATIO = 3;

interface Sample {
  p50: number;
  p99: number;
  worst: number;
  failures: number;
  attack: AttackAnswer;
}

interface World {
  target: Target;
  paths: string[];
  api: Running;
  attacker: ChildProcess;
  close(): Promise<void>;
}

/** What an ERP notices of attacks: its reads during each one, against its reads under as many harmless requests and bytes. */
export const hostileBenchmark: Benchmark = {
  name: 'hostile',
  about: "a good client's reads during attacks, at its p99",
  async run(options): Promise<Report> {
    const { rounds, seconds } = options.quick ? { rounds: 1, seconds: 0.5 } : { rounds: 3, seconds: 2 };
    const world = await openWorld(options);
    const verdicts: Verdict[] = [];
    const guards: Guard[] = [];
    const notes: Report['notes'] = {};
    const undisturbedMs: number[] = [];
    // Warms up what all samples use.
    for (const attack of attacks.slice(0, 2)) await measure(world, attack, { isHostile: false, seconds });
    for (const attack of attacks) {
      const pairs: { harmless: Sample; hostile: Sample }[] = [];
      for (let round = 0; round < rounds; round++) {
        const harmless = await measure(world, attack, { isHostile: false, seconds });
        const hostile = await measure(world, attack, { isHostile: true, seconds });
        pairs.push({ harmless, hostile });
      }
      undisturbedMs.push(median(pairs.map(({ harmless }) => harmless.p50)));
      verdicts.push(judged(attack, pairs));
      guards.push(...countsOf(attack, pairs));
      notes[attack.name] = noteOf(pairs);
    }
    const usualMs = median(undisturbedMs);
    guards.push({
      name: 'room for reads beside what is harmless',
      ok: usualMs <= MOST_UNDISTURBED_MS,
      detail: `a read took ${usualMs.toFixed(0)} ms`,
    });
    notes['memory of the api at its peak'] = `${world.api.peakMiB().toFixed(0)} MiB`;
    await world.close();
    return {
      benchmark: this.about,
      unit: 'reads',
      settings: { 'reads a second': READS_PER_SECOND, 'seconds of each': seconds, rounds },
      figures: [],
      verdicts,
      guards,
      notes,
    };
  },
};

/** Reads come at their times, whether the last one was answered or not: a stall shows in all that should have come meanwhile. */
async function measure(
  { target, paths, attacker }: World,
  { name }: Attack,
  { isHostile, seconds }: { isHostile: boolean; seconds: number },
): Promise<Sample> {
  const pool = new Pool(`http://127.0.0.1:${target.port}`, { connections: 32, pipelining: 1 });
  const task: AttackTask = { ...target, attack: name, isHostile, seconds };
  const attacked = once(attacker, 'message') as Promise<[AttackAnswer]>;
  attacker.send(task);
  const latenciesMs: number[] = [];
  let failures = 0;
  const read = async (path: string, dueAt: number): Promise<void> => {
    try {
      const { statusCode, body } = await pool.request({
        path,
        method: 'GET',
        headers: { SubscriptionKey: target.key },
        headersTimeout: PATIENCE_MS,
      });
      await body.dump();
      if (statusCode !== 200) failures += 1;
    } catch {
      failures += 1;
    }
    latenciesMs.push(performance.now() - dueAt);
  };
  const reads: Promise<void>[] = [];
  const startedAt = performance.now();
  const total = Math.round(seconds * READS_PER_SECOND);
  while (reads.length < total) {
    const dueAt = startedAt + (reads.length * 1_000) / READS_PER_SECOND;
    const early = dueAt - performance.now();
    if (early > 1) await pause(early);
    else reads.push(read(paths[reads.length % paths.length] ?? '', dueAt));
  }
  await Promise.all(reads);
  const [attack] = await attacked;
  await calm(pool, paths[0] ?? '', target.key);
  await pool.destroy();
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), worst: at(1), failures, attack };
}

/** Waits until what an attack has left in the service is over: the next sample is not to pay for it. */
async function calm(pool: Pool, path: string, key: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let quick = 0; quick < 5 && performance.now() < deadline;) {
    const startedAt = performance.now();
    await pool
      .request({ path, method: 'GET', headers: { SubscriptionKey: key } })
      .then(({ body }) => body.dump())
      .catch(() => pause(CALM_MS));
    quick = performance.now() - startedAt < CALM_MS ? quick + 1 : 0;
  }
}

function judged(attack: Attack, pairs: { harmless: Sample; hostile: Sample }[]): Verdict {
  const stallMs = attack.bodyBytes === undefined ? 0 : STALL_RATIO * parseMs(attack.bodyBytes);
  const ratio = median(
    pairs.map(({ harmless, hostile }) => Math.max(0, hostile.p99 - stallMs) / harmless.p99),
  );
  return {
    of: attack.withKey ? `${attack.name} (less a stall of ${stallMs.toFixed(0)} ms)` : attack.name,
    against: 'harmless',
    atMost: MOST_RATIO,
    ratio,
    met: ratio <= MOST_RATIO,
  };
}

/** A read that failed is no fast read, and an attack that was not carried out proves nothing. */
function countsOf({ name }: Attack, pairs: { harmless: Sample; hostile: Sample }[]): Guard[] {
  const failures = pairs.reduce(
    (sum, { harmless, hostile }) => sum + harmless.failures + hostile.failures,
    0,
  );
  const shots = (kind: 'harmless' | 'hostile'): number =>
    pairs.reduce((sum, pair) => sum + pair[kind].attack.shots, 0);
  const [attacked, harmless] = [shots('hostile'), shots('harmless')];
  return [
    expected(`failed reads during ${name}`, failures, 0),
    {
      name: `as many shots as harmless requests, ${name}`,
      ok: Math.abs(attacked - harmless) <= 0.1 * harmless + pairs.length,
      detail: `${attacked} and ${harmless}`,
    },
  ];
}

function noteOf(pairs: { harmless: Sample; hostile: Sample }[]): string {
  const text = (kind: 'harmless' | 'hostile'): string => {
    const of = (figure: 'p50' | 'p99' | 'worst'): string =>
      median(pairs.map((pair) => pair[kind][figure])).toFixed(1);
    return `p50 ${of('p50')}, p99 ${of('p99')}, worst ${of('worst')} ms`;
  };
  const megabytes = (pairs[0]?.hostile.attack.bytes ?? 0) / 1_000_000;
  const shots = pairs[0]?.hostile.attack.shots ?? 0;
  return `${text('hostile')}; harmless ${text('harmless')} (${shots} shots, ${megabytes.toFixed(1)} MB)`;
}

/** JSON.parse of as many bytes of ordinary JSON, here and now. */
function parseMs(bytes: number): number {
  const item = '{"LineNumber":"1","Quantity":2,"SKU":"ABC-123"}';
  const text = `[${Array.from({ length: Math.ceil(bytes / item.length) }, () => item).join(',')}]`;
  const times = Array.from({ length: 5 }, () => {
    const startedAt = performance.now();
    JSON.parse(text);
    return performance.now() - startedAt;
  });
  return median(times);
}

async function openWorld({ server, quick }: BenchOptions): Promise<World> {
  const shop = await startShopWithOrders(quick ? 20 : 200);
  const url = await server.create('bench_hostile');
  const connected = await connectShop(url, shop);
  const answers = await recordPages(url, connected, shop.simulator.url);
  await shop.simulator.close();
  const { fresh } = await productIngest({ server, url }, connected, answers);
  await fresh.run();
  await fresh.close();
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const { rows } = await admin.query<{ key: number }>('SELECT key FROM documents LIMIT 100');
  const partner = await admin.query<{ partner_id: number }>('SELECT partner_id FROM connections');
  await admin.end();
  const port = await freePort();
  const api = startProduct('api', { databaseUrl: url, env: { PORT: String(port) } });
  await firstAnswer(`http://127.0.0.1:${port}/health/ready`);
  const attacker = fork(fileURLToPath(new URL('hostile-attacker.js', import.meta.url)));
  return {
    target: { port, key: connected.key, partnerId: partner.rows[0]?.partner_id ?? 0 },
    paths: rows.map(({ key }) => `/api/v3/Orders/${key}`),
    api,
    attacker,
    async close() {
      attacker.disconnect();
      await api.stop();
      await server.drop('bench_hostile');
    },
  };
}
