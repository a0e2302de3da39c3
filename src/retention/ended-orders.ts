import { eventTypes } from '../documents/event-types.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { Prisma, type Tx } from '../store/database.js';
import { DAY_MS } from '../kernel/time.js';

/** An order whose buyer nobody needs to know any more. */
export interface EndedOrder {
  id: bigint;
  /** Of its document. */
  key: number;
  tiktokOrderId: string;
}

/**
 * So long after its end no return is possible any more, although TikTok was not seen to close the order: the shop is not
 * connected any more. UNCONFIRMED: TikTok's longest after-sales period is 30 days after the delivery.
 */
const RETURNS_END_MS = 90 * DAY_MS;
/** An ERP that has not fetched an order half a year after its end does not need it. */
const FETCH_ENDS_MS = 180 * DAY_MS;

const OVER_IN_TIKTOK = Prisma.sql`('COMPLETED', 'CANCELLED')`;

/** What is known of an order's end, and what stands in the way of forgetting its buyer. */
const facts = Prisma.sql`
  SELECT o.id, o.document_key AS key, o.tiktok_order_id AS "tiktokOrderId", o.wiped_at AS "wipedAt",
    d.status_code IN (${StatusCode.complete}, ${StatusCode.cancelled})
      OR d.status_code IN (${StatusCode.failed}, ${StatusCode.ignored}) AND o.tiktok_status IN ${OVER_IN_TIKTOK} AS "isEnded",
    pieces.handed_at IS NOT NULL AS "isFetched",
    o.tiktok_status IN ${OVER_IN_TIKTOK} AS "isOver",
    coalesce(asked.is_open, false) AS "isReturning",
    EXISTS (SELECT FROM outbox x WHERE x.document_key IN (
      SELECT d.key UNION ALL SELECT c.key FROM documents c WHERE c.parent_key = d.key)
      AND x.state IN ('pending', 'sending', 'in_doubt', 'needs_person')) AS "isBusy",
    greatest(o.tiktok_updated_at, pieces.handed_at, asked.changed_at, (SELECT max(e.created_at) FROM events e
      WHERE e.document_key = d.key AND e.type_id = ${eventTypes['status-changed'].id})) AS since
  FROM orders o JOIN documents d ON d.key = o.document_key
  CROSS JOIN LATERAL (SELECT max(p.handed_at) AS handed_at FROM stock_pieces p WHERE p.order_id = o.id) pieces
  CROSS JOIN LATERAL (SELECT max(r.tiktok_updated_at) AS changed_at,
      bool_or(r.stage NOT IN ('refunding', 'completed', 'closed')) AS is_open
    FROM returns r WHERE r.company_id = o.company_id AND r.tiktok_order_id = o.tiktok_order_id
      AND r.environment = o.environment AND r.shop_id = o.shop_id) asked`;

/**
 * Orders of a company whose buyers are to be forgotten by now, by our id, from `after` on: Complete or Cancelled, fetched by
 * the ERP, no return possible, nothing on its way to TikTok, and all that for as long as the company says. `ids`: only these.
 */
export async function findEndedOrders(
  tx: Tx,
  which: {
    companyId: number;
    /** What ended before then. */
    before: Date;
    after?: bigint;
    ids?: readonly bigint[];
    limit: number;
  },
): Promise<EndedOrder[]> {
  const { companyId, before, after = 0n, ids, limit } = which;
  const noReturnBefore = new Date(before.getTime() - RETURNS_END_MS);
  const unfetchedBefore = new Date(before.getTime() - FETCH_ENDS_MS);
  return tx.$queryRaw<EndedOrder[]>`
    SELECT id, key, "tiktokOrderId" FROM (${facts}
      WHERE o.company_id = ${companyId} AND o.wiped_at IS NULL AND o.state = 'exported'
        AND o.tiktok_updated_at < ${before} AND o.id > ${after}
        AND (${ids === undefined}::boolean OR o.id = ANY(${(ids ?? []).map(String)}::bigint[]))) AS known
    WHERE "isEnded" AND NOT "isBusy" AND since < ${before}
      AND (since < ${noReturnBefore} OR "isOver" AND NOT "isReturning")
      AND (since < ${unfetchedBefore} OR "isFetched")
    ORDER BY id LIMIT ${limit}::int`;
}

/** An order by its document, for somebody who wants its buyer forgotten now. */
export interface OrderStanding extends EndedOrder {
  wipedAt: Date | null;
  isEnded: boolean;
  isBusy: boolean;
  isReturning: boolean;
}

export async function findStanding(
  tx: Tx,
  { companyId, key }: { companyId: number; key: number },
): Promise<OrderStanding | null> {
  const [row] = await tx.$queryRaw<OrderStanding[]>`
    ${facts} WHERE o.company_id = ${companyId} AND o.document_key = ${key}`;
  return row ?? null;
}
