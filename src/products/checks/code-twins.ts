import type { Tx } from '../../store/database.js';

const SKUS_SHOWN = 5;

/** Codes that several SKUs of the shop's drafts have, with the first of these SKUs. */
export async function codeTwinsOf(
  tx: Tx,
  connectionId: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await tx.$queryRaw<{ code: string; skus: string[] }[]>`
    SELECT fields->>'GTIN' AS code, (array_agg(sku ORDER BY sku_key))[1:${SKUS_SHOWN}] AS skus FROM wanted_skus
    WHERE connection_id = ${connectionId} AND fields->>'GTIN' <> '' AND NOT is_removed
    GROUP BY 1 HAVING count(*) > 1`;
  return new Map(rows.map(({ code, skus }) => [code, skus]));
}
