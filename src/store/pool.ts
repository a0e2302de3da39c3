import pg from 'pg';
import { SECOND_MS } from '../kernel/time.js';
import { columnTypes } from './timestamps.js';

/** A quiet connection is asked after this whether its other end still lives; the system's own default is two hours. */
const QUIET_MS = 30 * SECOND_MS;

/**
 * A pool of which no connection can end the process. The driver tells of a broken one by an event, and pg-pool takes its
 * listener off as it hands a connection out: its user adds another some ticks later. PostgreSQL's last words may
 * arrive in between, in one packet with the answer that made the connection free. Nothing is lost by not listening: the
 * next statement on it fails, and so does the one that is under way.
 * @param onBroken is told of connections that break while they are not in use; the pool replaces them
 */
export function openPool(options: pg.PoolConfig, onBroken: (error: Error) => void = ignore): pg.Pool {
  const pool = new pg.Pool({
    ...options,
    types: columnTypes,
    keepAlive: true,
    keepAliveInitialDelayMillis: QUIET_MS,
  });
  pool.on('connect', (client) => client.on('error', ignore));
  pool.on('error', onBroken);
  return pool;
}

function ignore(): void {}
