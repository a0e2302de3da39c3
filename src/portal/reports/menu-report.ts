import { HOUR_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';
import type { MenuCounts } from '../parts/menu.js';
import { MOST_COUNTED } from '../parts/list-parts.js';

/** Counts stop behind it: nobody acts otherwise on more. */
const MOST = MOST_COUNTED + 1;

/** What calls for attention in these companies, in one statement. */
export async function countForMenu(tx: Tx, companyIds: readonly number[], now: Date): Promise<MenuCounts> {
  const ids = [...companyIds];
  const soon = new Date(now.getTime() + 4 * HOUR_MS);
  const [row] = await tx.$queryRaw<MenuCounts[]>`
    SELECT (
        (SELECT count(*) FROM (SELECT 1 FROM documents WHERE company_id = ANY(${ids}::int[]) AND status_code = 1200
          AND type IN ('order', 'acknowledgement', 'shipment', 'return', 'invoice') LIMIT ${MOST}::int) failed)
        + (SELECT count(*) FROM connections WHERE company_id = ANY(${ids}::int[]) AND status = 'needs_reauthorization')
        + (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state = 'needs_person' AND company_id = ANY(${ids}::int[])
          LIMIT ${MOST}::int) waiting)
        + (SELECT count(*) FROM imports i JOIN connections c ON c.id = i.connection_id
          WHERE c.company_id = ANY(${ids}::int[]) AND i.state = 'held' AND c.status <> 'closed')
      )::int AS problems,
      near.overdue, near."dueSoon",
      (SELECT count(*)::int FROM open_return_deadlines WHERE company_id = ANY(${ids}::int[]) AND NOT under_way) AS returns,
      (SELECT count(*)::int FROM (SELECT 1 FROM inventory_items i JOIN connections c ON c.id = i.connection_id
        WHERE c.company_id = ANY(${ids}::int[]) AND c.status <> 'closed' AND i.merchant_sku IS NULL
        LIMIT ${MOST}::int) bare) AS unmatched
    FROM (
      SELECT count(*) FILTER (WHERE due_at <= ${now}::timestamptz)::int AS overdue,
        count(*) FILTER (WHERE due_at > ${now}::timestamptz)::int AS "dueSoon"
      FROM open_deadlines WHERE company_id = ANY(${ids}::int[]) AND due_at <= ${soon}::timestamptz
    ) near`;
  return row ?? { problems: 0, overdue: 0, dueSoon: 0, returns: 0, unmatched: 0 };
}
