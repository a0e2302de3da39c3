import type { Tx } from '../../store/database.js';

/** Orders of one shop by where they are. */
export interface CameIn {
  exported: number;
  waiting: number;
  notImported: number;
  /** When the next of those that wait is looked at again. */
  nextRelease: Date | null;
}

/** @returns `unsentSince`: the oldest change of stock that TikTok lacks */
export async function readShop(
  tx: Tx,
  connectionId: number,
): Promise<{ cameIn: CameIn; unsentSince: Date | null }> {
  const [[orders], [stock]] = await Promise.all([
    tx.$queryRaw<CameIn[]>`
      SELECT count(*) FILTER (WHERE state = 'exported')::int AS exported,
        count(*) FILTER (WHERE state = 'waiting')::int AS waiting,
        count(*) FILTER (WHERE state = 'not_imported')::int AS "notImported",
        min(release_at) FILTER (WHERE state = 'waiting') AS "nextRelease"
      FROM orders WHERE connection_id = ${connectionId}`,
    tx.$queryRaw<{ since: Date }[]>`
      SELECT unsent_since AS since FROM inventory_items
      WHERE connection_id = ${connectionId} AND unsent_since IS NOT NULL ORDER BY unsent_since LIMIT 1`,
  ]);
  return {
    cameIn: orders ?? { exported: 0, waiting: 0, notImported: 0, nextRelease: null },
    unsentSince: stock?.since ?? null,
  };
}
