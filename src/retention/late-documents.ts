import type { Tx } from '../store/database.js';
import { wipeReasons } from '../cancellations/wipe-reasons.js';
import { lockOrders, wipeAll, type WipeContext } from './wipe-orders.js';

interface LateDocument {
  key: number;
  type: string;
  parentKey: number | null;
}

/**
 * Documents that came to an order whose buyer was forgotten before, such as a return, and returns of orders that are not
 * here: they have an end of their own. Long unchanged, nothing on its way, and no request that anybody has to answer.
 */
export async function findLateDocuments(
  tx: Tx,
  which: { companyId: number; before: Date; after?: number; keys?: readonly number[]; limit: number },
): Promise<LateDocument[]> {
  const { companyId, before, after = 0, keys, limit } = which;
  return tx.$queryRaw<LateDocument[]>`
    SELECT d.key, d.type, d.parent_key AS "parentKey" FROM documents d
    LEFT JOIN documents p ON p.key = d.parent_key
    LEFT JOIN returns r ON r.document_key = d.key
    WHERE d.company_id = ${companyId} AND d.wiped_at IS NULL AND d.type <> 'order' AND d.updated_at < ${before}
      AND d.key > ${after} AND (${keys === undefined}::boolean OR d.key = ANY(${[...(keys ?? [])]}::int[]))
      AND (p.wiped_at IS NOT NULL OR d.parent_key IS NULL)
      AND (d.type <> 'return' OR r.stage IN ('refunding', 'completed', 'closed'))
      AND NOT EXISTS (SELECT FROM outbox x WHERE x.document_key = d.key
        AND x.state IN ('pending', 'sending', 'in_doubt', 'needs_person'))
    ORDER BY d.key LIMIT ${limit}::int`;
}

/** The same look once more under the locks, then what is left of them is wiped. */
export async function wipeLate(
  context: WipeContext,
  late: readonly LateDocument[],
  { before }: { before: Date },
): Promise<number> {
  const { tx, companyId } = context;
  const parents = [...new Set(late.flatMap(({ parentKey }) => parentKey ?? []))];
  await lockOrders(
    context,
    parents.map((key) => ({ key })),
  );
  const keys = late.map(({ key }) => key);
  const still = await findLateDocuments(tx, { companyId, before, keys, limit: keys.length });
  await wipeAll(context, still);
  const orders = await tx.order.findMany({
    where: { companyId, documentKey: { in: parents } },
    select: { tiktokOrderId: true },
  });
  await wipeReasons(tx, { companyId, tiktokOrderIds: orders.map(({ tiktokOrderId }) => tiktokOrderId) });
  return still.length;
}
