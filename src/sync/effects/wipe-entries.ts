import type { Tx } from '../../store/database.js';

/** Takes away what was answered to the effects of these documents, and to each call for them. All of them are settled. */
export async function wipeEntries(tx: Tx, documentKeys: readonly number[]): Promise<void> {
  const keys = [...documentKeys];
  await tx.$executeRaw`
    UPDATE outbox_attempts a SET message = NULL FROM outbox o
    WHERE o.document_key = ANY(${keys}::int[]) AND a.outbox_id = o.id AND a.message IS NOT NULL`;
  await tx.$executeRaw`
    UPDATE outbox SET last_error = NULL, result = NULL
    WHERE document_key = ANY(${keys}::int[]) AND (last_error IS NOT NULL OR result IS NOT NULL)`;
}
