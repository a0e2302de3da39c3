import type { Tx } from '../../store/database.js';

/** Takes away what TikTok said to a company's older runs; that they failed stays. @returns how many */
export async function wipeOldErrors(
  tx: Tx,
  { companyId, before, limit }: { companyId: number; before: Date; limit: number },
): Promise<number> {
  const runs = await tx.$executeRaw`
    UPDATE runs SET error = NULL WHERE (id, started_at) IN (
      SELECT id, started_at FROM runs
      WHERE company_id = ${companyId} AND started_at < ${before} AND error IS NOT NULL LIMIT ${limit}::int)`;
  await tx.$executeRaw`
    UPDATE flows f SET last_error = NULL FROM connections c
    WHERE c.id = f.connection_id AND c.company_id = ${companyId} AND f.last_finished_at < ${before}
      AND f.last_error IS NOT NULL`;
  return runs;
}
