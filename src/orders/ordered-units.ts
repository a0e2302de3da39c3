import type { Reader } from '../store/bulk-reader.js';

/**
 * Pieces per SKU that the seller's count of a given time cannot know: ordered since, or ordered before and handed to the
 * ERP only afterwards (the hold). Cancelled pieces do not count, nor orders that the seller does not fulfil.
 */
export async function countUnitsOrderedSince(
  db: Reader,
  connectionId: number,
  asked: readonly { skuId: string; since: Date }[],
): Promise<Map<string, number>> {
  if (asked.length === 0) return new Map();
  const oldest = new Date(Math.min(...asked.map(({ since }) => since.getTime())));
  const rows = await db.$queryRaw<{ skuId: string; count: number }[]>`
    WITH asked AS (
      SELECT * FROM json_to_recordset(${JSON.stringify(asked)}::json) AS g ("skuId" text, since timestamptz)
    ), pieces AS (
      SELECT u.sku_id, o.exported_at FROM orders o JOIN order_units u ON u.order_id = o.id AND NOT u.cancelled
      WHERE o.connection_id = ${connectionId} AND o.exported_at > ${oldest}
      UNION ALL
      SELECT unit->>'skuId', NULL FROM orders o, jsonb_array_elements((o.data->'units')::jsonb) AS unit
      WHERE o.connection_id = ${connectionId} AND o.state = 'waiting' AND NOT (unit->>'cancelled')::boolean
    )
    SELECT a."skuId", count(*)::int AS count
    FROM asked a JOIN pieces p ON p.sku_id = a."skuId" AND (p.exported_at IS NULL OR p.exported_at > a.since)
    GROUP BY a."skuId"`;
  return new Map(rows.map(({ skuId, count }) => [skuId, count]));
}
