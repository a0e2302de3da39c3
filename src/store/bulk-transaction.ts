import type { Writable } from 'node:stream';
import type { QueryResultRow } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Database } from './database.js';

/** A transaction on a connection of its own, for work on more rows than fit into statements: COPY and what follows it. */
export interface BulkTx {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Number of rows that a statement wrote. */
  execute(text: string, values?: unknown[]): Promise<number>;
  /** `COPY ... FROM STDIN`: write the rows in blocks of about 64 kB, each row alone is six times as slow. */
  copyFrom(text: string): Writable;
}

const WORK_LIMIT_MS = 15 * 60_000;

const TRIES = 3;
/** PostgreSQL: serialization_failure, deadlock_detected. */
const TRY_AGAIN = new Set(['40001', '40P01']);

/**
 * Runs `work` in one transaction of the pool's own connections; a deadlock is tried again, so `work` can be repeated.
 * Whatever goes wrong costs the connection, with all that it held: temporary tables, locks, a COPY that is half done.
 */
export async function bulkTransaction<T>(
  db: Pick<Database, 'pool'>,
  work: (tx: BulkTx) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await runOnce(db, work);
    } catch (error) {
      if (attempt === TRIES || !TRY_AGAIN.has(sqlStateOf(error))) throw error;
    }
  }
}

/** PostgreSQL's code of an error; empty for any other error. */
export function sqlStateOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

async function runOnce<T>({ pool }: Pick<Database, 'pool'>, work: (tx: BulkTx) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  const inTurn = oneAtATime();
  try {
    await client.query(`BEGIN; SET LOCAL statement_timeout = ${WORK_LIMIT_MS}`);
    const result = await work({
      query: async (text, values) => (await inTurn(() => client.query(text, values))).rows,
      execute: async (text, values) => (await inTurn(() => client.query(text, values))).rowCount ?? 0,
      copyFrom: (text) => client.query(copyFrom(text)),
    });
    await inTurn(() => client.query('COMMIT'));
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A connection takes one statement at a time: whoever asks for the next one before the last has ended stands in line. */
function oneAtATime(): <T>(statement: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (statement) => {
    const next = last.then(statement);
    last = next.catch(() => undefined);
    return next;
  };
}
