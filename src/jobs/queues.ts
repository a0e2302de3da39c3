import { Queue, runMigrations, Worker as Consumer, type Job } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { DueWork, Wake } from '../sync/beat.js';
import { openPool } from '../store/pool.js';
import { lanes, type Lane } from '../kernel/lane.js';
import { within } from '../kernel/time.js';
import { consumeAwake, type Consuming } from './consume-awake.js';
import { postgresBackends } from './postgres-backend.js';

/** One queue per lane, and one for the beat, which must never wait behind anything. */
export type QueueName = Lane | 'beat';

/** A queue's job names a row or a task of the program's own; never personal data or secrets. */
export type JobPayload =
  { kind: 'flow' | 'outbox'; id: string } | { kind: 'beat' | 'minute' | 'housekeeping' };

interface QueuesOptions {
  /** Given: BullMQ on Redis. Missing: BullMQ on the PostgreSQL of `databaseUrl`. */
  redisUrl?: string | undefined;
  databaseUrl: string;
  /** Tells deployments that share a queue store apart. */
  prefix?: string;
  /** Whether this process also works the queues off: needs more connections. */
  consumes: boolean;
  log: Logger;
}

export interface QueueStoreHealth {
  store: 'redis' | 'postgres';
  ok: boolean;
  /** What is wrong, for people; also set when it works but is not safe. */
  problem: string | null;
}

export interface Queues {
  store: 'redis' | 'postgres';
  /** PostgreSQL connections that this process holds at most for its queues. */
  connectionBudget: number;
  /**
   * Hands out rows that are due. A row that is on the queue for this turn already is not put there twice. Fails when the
   * store does not answer: a process that waited for one that is away could not be ended.
   */
  wake(work: readonly DueWork[]): Promise<void>;
  /**
   * For work that a person or a caller waits for, after the commit. Never fails and never takes long: the next beat finds what the queue
   * did not take.
   */
  wakeNow(work: Wake, options?: { delayMs?: number }): Promise<void>;
  add(queue: QueueName, payload: JobPayload): Promise<void>;
  /** Makes sure that `payload` is put on the queue by the clock. True when it had to be set up, as after a wipe. */
  keepRepeating(queue: QueueName, payload: JobPayload, schedule: Repetition): Promise<boolean>;
  consume(queue: QueueName, concurrency: number, work: (payload: unknown) => Promise<void>): Consuming;
  health(): Promise<QueueStoreHealth>;
  close(): Promise<void>;
}

export interface Repetition {
  /** cron, with seconds; UTC */
  pattern: string;
  /** A repetition that is this late has been lost, as when the store went away between two of them. */
  lostAfterMs: number;
}

const WAKE_PATIENCE_MS = 2_000;
/** For a thousand jobs at once. */
const HAND_OUT_PATIENCE_MS = 10_000;
const CLOSE_PATIENCE_MS = 2_000;
/** A consumer asks a store that has refused it again after this. */
const RETRY_PAUSE_MS = 1_000;
const queueNames: readonly QueueName[] = [...lanes, 'beat'];
/** A job that has ended tells nothing: what happened is in the rows. */
const jobOptions = { removeOnComplete: true, removeOnFail: true, attempts: 1 } as const;

/** The one place that knows which store the queues are on. */
export function openQueues(options: QueuesOptions): Queues {
  const { log } = options;
  const store = options.redisUrl ? openRedis(options.redisUrl, log) : openPostgres(options, log);
  const prefix = options.prefix ?? 'connector';
  const onError = (error: Error): void => log.warn({ reason: messageOf(error) }, 'queue store error');
  const queues = new Map(queueNames.map((name) => [name, store.queue(`${prefix}-${name}`)]));
  for (const queue of queues.values()) queue.on('error', onError);
  const queueOf = (name: QueueName): Queue => queues.get(name) ?? unknownQueue(name);

  return {
    store: store.name,
    connectionBudget: store.connectionBudget,
    async wake(work) {
      for (const lane of lanes) {
        const jobs = work.filter((wake) => wake.lane === lane).map(jobOf);
        if (jobs.length > 0) await within(queueOf(lane).addBulk(jobs), HAND_OUT_PATIENCE_MS, noAnswer);
      }
    },
    async wakeNow(work, { delayMs } = {}) {
      // Without an id of its own: while an earlier job for the row is still at work this one must not be left out.
      const added = queueOf(work.lane).add(work.kind, payloadOf(work), {
        ...jobOptions,
        ...(delayMs ? { delay: delayMs } : {}),
      });
      await within(added, WAKE_PATIENCE_MS, noAnswer).catch(onError);
    },
    async add(name, payload) {
      await queueOf(name).add(payload.kind, payload, jobOptions);
    },
    keepRepeating: (name, payload, schedule) => keepRepeating(queueOf(name), payload, schedule),
    consume: (name, concurrency, work) =>
      consumeAwake(queueOf(name), log, work, (takeOne) => {
        const consumer = store.consumer(`${prefix}-${name}`, takeOne, concurrency);
        consumer.on('error', onError);
        return consumer;
      }),
    health: () =>
      within(store.health(), WAKE_PATIENCE_MS, noAnswer).catch((error: unknown) =>
        unhealthy(store.name, error),
      ),
    async close() {
      const closed = Promise.all([...queues.values()].map((queue) => queue.close()));
      await within(closed, CLOSE_PATIENCE_MS, noAnswer).catch(onError);
      // A job that does not end may still hold a connection; closing does not wait for it.
      await within(store.close(), CLOSE_PATIENCE_MS, noAnswer).catch(onError);
    },
  };
}

/** Makes the tables of BullMQ's PostgreSQL store, in a schema of its own. Safe to repeat. */
export async function migrateQueueStore(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // A server that ends meanwhile is told by the statement that was under way.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await runMigrations(client);
  } finally {
    await client.end();
  }
}

/** What differs between the two stores. */
interface Store {
  name: 'redis' | 'postgres';
  connectionBudget: number;
  queue(name: string): Queue;
  consumer(name: string, work: (job: Job<unknown>) => Promise<void>, concurrency: number): Consumer;
  health(): Promise<QueueStoreHealth>;
  close(): Promise<void>;
}

function openRedis(url: string, log: Logger): Store {
  // BullMQ's consumers need commands that wait for the connection for as long as it takes.
  const connection = new Redis(url, { maxRetriesPerRequest: null });
  connection.on('error', (error: Error) => log.warn({ reason: messageOf(error) }, 'queue store error'));
  const connections = withDuplicates(connection);
  return {
    name: 'redis',
    connectionBudget: 0,
    queue: (name) => new Queue(name, { connection }),
    consumer: (name, work, concurrency) =>
      new Consumer(name, work, { connection, concurrency, runRetryDelay: RETRY_PAUSE_MS }),
    async health() {
      const [memory, persistence] = await Promise.all([
        connection.info('memory'),
        connection.info('persistence'),
      ]);
      return { store: 'redis', ok: true, problem: redisProblem(memory, persistence) };
    },
    async close() {
      for (const each of connections) each.disconnect();
    },
  };
}

/**
 * The connection and those that BullMQ makes of it, one per consumer. BullMQ itself never lets go of one that has lost its
 * server just when it is closed: it waits for an answer, and reconnects for ever.
 */
function withDuplicates(connection: Redis): Redis[] {
  const connections = [connection];
  const duplicate = connection.duplicate.bind(connection);
  connection.duplicate = (override) => {
    const made = duplicate(override);
    connections.push(made);
    return made;
  };
  return connections;
}

/** @param memory and `persistence` as Redis' INFO tells them; what it does not tell (a hosted one) is not judged */
function redisProblem(memory: string, persistence: string): string | null {
  const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1] ?? 'noeviction';
  const problems = [
    policy !== 'noeviction' &&
      `Redis may throw jobs away when its memory is full: set maxmemory-policy to noeviction (it is ${policy}).`,
    /aof_enabled:0/.test(persistence) && 'Redis forgets its jobs when it ends: set appendonly to yes.',
  ];
  return problems.filter((problem) => problem !== false).join(' ') || null;
}

const PRODUCER_CONNECTIONS = 2;
/** One for LISTEN per queue, the others for their statements. */
const CONSUMER_CONNECTIONS = queueNames.length + 4;
const CONNECT_PATIENCE_MS = 10_000;

function openPostgres({ databaseUrl, consumes }: QueuesOptions, log: Logger): Store {
  const connections = consumes ? CONSUMER_CONNECTIONS : PRODUCER_CONNECTIONS;
  const pool = openPool(
    {
      connectionString: databaseUrl,
      max: connections,
      application_name: 'tiktok-shop-connector-queue',
      options: '-c search_path=bullmq -c timezone=UTC',
      connectionTimeoutMillis: CONNECT_PATIENCE_MS,
    },
    (error) => log.warn({ reason: messageOf(error) }, 'queue store error'),
  );
  const backends = postgresBackends(pool) as never;
  // BullMQ's types ask for Redis's options here; the backends have got their pool already.
  const connection = {};
  return {
    name: 'postgres',
    connectionBudget: connections,
    queue: (name) => new Queue(name, { connection }, backends),
    consumer: (name, work, concurrency) =>
      new Consumer(name, work, { connection, concurrency, runRetryDelay: RETRY_PAUSE_MS }, backends),
    async health() {
      const { rows } = await pool.query("SELECT to_regnamespace('bullmq') IS NOT NULL AS migrated");
      const migrated = rows[0]?.migrated === true;
      return {
        store: 'postgres',
        ok: migrated,
        problem: migrated ? null : 'The queue has no tables: run migrate.',
      };
    },
    close: () => pool.end(),
  };
}

function jobOf(work: DueWork): { name: string; data: JobPayload; opts: object } {
  const jobId = `${work.kind}-${work.id}-${work.turn}`;
  return { name: work.kind, data: payloadOf(work), opts: { ...jobOptions, jobId } };
}

function payloadOf({ kind, id }: Wake): JobPayload {
  return { kind, id: id.toString() };
}

/**
 * Setting a schedule again would move a repetition that is just due to the next turn, so it is only done when the schedule
 * is missing, another one, or stuck.
 */
async function keepRepeating(
  queue: Queue,
  payload: JobPayload,
  { pattern, lostAfterMs }: Repetition,
): Promise<boolean> {
  const known = await queue.getJobScheduler(payload.kind);
  const late = known?.next !== undefined && known.next < Date.now() - lostAfterMs;
  if (known && known.pattern === pattern && !late) return false;
  await queue.upsertJobScheduler(
    payload.kind,
    { pattern, tz: 'UTC' },
    { name: payload.kind, data: payload, opts: jobOptions },
  );
  return true;
}

function unhealthy(store: 'redis' | 'postgres', error: unknown): QueueStoreHealth {
  return { store, ok: false, problem: `The queue store does not answer: ${messageOf(error)}` };
}

function noAnswer(): never {
  throw new Error('no answer in time');
}

function unknownQueue(name: string): never {
  throw new Error(`There is no queue ${name}.`);
}
