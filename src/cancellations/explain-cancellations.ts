import { findConnection } from '../connections/connection-store.js';
import { readSettings } from '../connections/settings.js';
import type { ExplainedCancellation } from '../orders/order-explanation.js';
import { findOrdersByTiktokId } from '../orders/order-store.js';
import type { Database } from '../store/database.js';
import { factsOf, standingsOf } from './cancellation-facts.js';
import { explainCancellation } from './cancellation-gates.js';
import { listCancellations } from './cancellation-store.js';

/** TikTok's cancellations of one order, whether that order ever came in or not, each with the rules that decide. */
export async function explainCancellations(
  { db }: { db: Database },
  order: { companyId: number; tiktokOrderId: string },
): Promise<ExplainedCancellation[]> {
  const rows = await listCancellations(db.prisma, order);
  if (rows.length === 0) return [];
  const { companyId } = order;
  const records = await findOrdersByTiktokId(db, order);
  const standings = await standingsOf(db.prisma, { companyId, records });
  return Promise.all(
    rows.map(async (row) => {
      const record = records.find(({ id }) => id === row.orderId) ?? records[0] ?? null;
      const connection = await findConnection(db.prisma, { id: row.connectionId, companyId });
      const settings = connection?.settings ?? readSettings({});
      const { cancelId, statusText: status, reason, reasonText, unitIds, requestedAt, answerBy } = row;
      return {
        cancelId,
        by: row.role === 'other' ? row.roleText : row.role,
        status,
        reason,
        reasonText,
        unitIds,
        requestedAt,
        answerBy,
        outcome: row.outcome,
        acknowledgementKey: row.acknowledgementKey,
        gates: explainCancellation(factsOf({ companyId, settings }, row, record, standings)),
      };
    }),
  );
}
