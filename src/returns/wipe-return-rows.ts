import type { Tx } from '../store/database.js';

/** Forgets for good what the buyers wrote and showed; what TikTok shows later is stored without. The caller has locked them. */
export async function wipeReturnRows(
  tx: Tx,
  { companyId, keys, now }: { companyId: number; keys: readonly number[]; now: Date },
): Promise<void> {
  const rows = await tx.$queryRaw<{ id: bigint }[]>`
    UPDATE returns SET personal = NULL, wiped_at = coalesce(wiped_at, ${now}),
      data = jsonb_set(data, '{reasonText}', 'null')
    WHERE company_id = ${companyId} AND document_key = ANY(${[...keys]}::int[]) RETURNING id`;
  await wipeAnswers(tx, rows);
}

/** Requests that never became documents, by the orders that they are about. */
export async function wipeKeptReturns(
  tx: Tx,
  { companyId, tiktokOrderIds, now }: { companyId: number; tiktokOrderIds: readonly string[]; now: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE returns SET personal = NULL, wiped_at = ${now}, data = jsonb_set(data, '{reasonText}', 'null')
    WHERE company_id = ${companyId} AND tiktok_order_id = ANY(${[...tiktokOrderIds]}::text[])
      AND document_key IS NULL AND wiped_at IS NULL`;
}

/** The same by their age: nobody here has anything to do with them any more. @returns how many */
export async function wipeOldKeptReturns(
  tx: Tx,
  { companyId, before, now, limit }: { companyId: number; before: Date; now: Date; limit: number },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE returns SET personal = NULL, wiped_at = ${now}, data = jsonb_set(data, '{reasonText}', 'null')
    WHERE id IN (SELECT id FROM returns WHERE company_id = ${companyId} AND document_key IS NULL AND wiped_at IS NULL
      AND tiktok_updated_at < ${before} ORDER BY id LIMIT ${limit}::int FOR UPDATE SKIP LOCKED)`;
}

async function wipeAnswers(tx: Tx, returns: readonly { id: bigint }[]): Promise<void> {
  await tx.returnAnswer.updateMany({
    where: { returnKey: { in: returns.map(({ id }) => id) }, reason: { not: null } },
    data: { reason: null },
  });
}
