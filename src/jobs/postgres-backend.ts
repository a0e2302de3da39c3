import { setTimeout as sleep } from 'node:timers/promises';
import {
  assertSchemaCompatibility,
  PostgresConnection,
  PostgresQueueBackend,
  type createPostgresBackend,
} from 'bullmq';
import type pg from 'pg';
import { isStoreUnavailable } from '../store/database.js';
import { SECOND_MS } from '../kernel/time.js';

type BackendOptions = Parameters<typeof createPostgresBackend>[1];

/** Between two questions of one of BullMQ's loops while PostgreSQL is away. */
const AWAY_PAUSE_MS = SECOND_MS;

/**
 * BullMQ's PostgreSQL store over a pool of ours, for a PostgreSQL that may be away when we start and at any time later:
 * BullMQ itself keeps the failure of its first question for ever, and after most of the others asks again at once.
 */
export function postgresBackends(pool: pg.Pool): typeof createPostgresBackend {
  const slowPool = slowToFail(pool);
  return (name, opts) => new ForgivingBackend(new ForgivingConnection(slowPool as never), name, opts);
}

class ForgivingBackend extends PostgresQueueBackend {
  readonly #connection: PostgresConnection;

  constructor(connection: PostgresConnection, ...more: [name: string, opts: BackendOptions]) {
    super(connection, ...more);
    this.#connection = connection;
  }

  /** Asked before a job is put down as done; must not remember a failure either. */
  override waitUntilReady(): Promise<void> {
    return this.#connection.waitUntilReady();
  }
}

class ForgivingConnection extends PostgresConnection {
  #checked: Promise<unknown> | null = null;

  /** Every statement of BullMQ's waits for this first. Only the answer that all is well is remembered. */
  override async waitUntilReady(): Promise<void> {
    const checked = (this.#checked ??= assertSchemaCompatibility(this.pool, this.schema));
    try {
      await checked;
    } catch (error) {
      if (this.#checked === checked) this.#checked = null;
      throw error;
    }
  }
}

/** What BullMQ uses of a pool that is not its own. */
interface QueuePool {
  options: pg.PoolOptions;
  connect(): Promise<pg.PoolClient>;
  query(text: string, values?: unknown[]): Promise<pg.QueryResult>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  end(): Promise<void>;
}

function slowToFail(pool: pg.Pool): QueuePool {
  return {
    options: pool.options,
    connect: () => slowly(pool.connect()),
    query: (text, values) => slowly(pool.query(text, values)),
    on: (event, listener) => pool.on(event, listener),
    end: () => pool.end(),
  };
}

async function slowly<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && isStoreUnavailable(error)) await sleep(AWAY_PAUSE_MS);
    throw error;
  }
}
