import type { X12Controls } from '../formats/x12-writer.js';
import type { Tx } from '../store/database.js';

const HIGHEST = 999_999_999;

/**
 * The next numbers for an interchange and its group, in the transaction that stores the file: where that does not commit, nobody
 * has taken them. Behind the highest one they begin again.
 */
export async function takeControls(
  tx: Tx,
  { companyId, partner }: { companyId: number; partner: string },
): Promise<X12Controls> {
  const rows = await tx.$queryRaw<{ name: string; last: number }[]>`
    INSERT INTO x12_counters AS c (company_id, partner, name, last)
    SELECT ${companyId}::int, ${partner}::text, name, 1 FROM unnest(ARRAY['group', 'interchange']) AS name
    ON CONFLICT (company_id, partner, name)
      DO UPDATE SET last = CASE WHEN c.last >= ${HIGHEST}::int THEN 1 ELSE c.last + 1 END
    RETURNING name, last`;
  const numberOf = (name: string): number => rows.find((row) => row.name === name)!.last;
  return { interchange: numberOf('interchange'), group: numberOf('group') };
}
