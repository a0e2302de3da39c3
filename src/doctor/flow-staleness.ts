import type { Database } from '../store/database.js';

/**
 * Per kind of flow the seconds since the last success of the active connection that has waited longest for one. A flow that
 * never succeeded counts from when its connection was made.
 */
export async function readFlowStaleness(
  db: Pick<Database, 'pool'>,
  now: Date,
): Promise<{ flow: string; seconds: number }[]> {
  const { rows } = await db.pool.query<{ flow: string; seconds: number }>(
    `SELECT f.name AS flow,
            greatest(0, extract(epoch FROM $1::timestamptz - min(coalesce(f.last_success_at, c.created_at))))::float8 AS seconds
     FROM flows f JOIN connections c ON c.id = f.connection_id
     WHERE c.status = 'active' AND f.enabled GROUP BY f.name ORDER BY f.name`,
    [now],
  );
  return rows;
}
