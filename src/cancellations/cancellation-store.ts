import type { KnownCancellation } from '../orders/ingest-context.js';
import type { Shop } from '../orders/order-store.js';
import type { SqlTx, Tx } from '../store/database.js';
import type { Cancellation as CancellationRow } from '../store/generated/client.js';
import type { CancellationRole, CancellationStatus } from '../domain/cancellation.js';
import type { CancellationOutcome } from './cancellation-gates.js';

/** A cancellation as we hold it. */
export interface StoredCancellation {
  companyId: number;
  connectionId: number;
  cancelId: string;
  tiktokOrderId: string;
  /** Null while no pull has seen the order. */
  orderId: bigint | null;
  /** TikTok's own word, as are roleText and statusText. */
  type: string;
  role: CancellationRole;
  roleText: string;
  status: CancellationStatus;
  statusText: string;
  reason: string | null;
  reasonText: string | null;
  unitIds: string[];
  requestedAt: Date | null;
  answerBy: Date | null;
  tiktokUpdatedAt: Date;
  /** TikTok's time at which the newest version that we hold was read. */
  readAt: Date;
  outcome: CancellationOutcome;
  gate: string | null;
  gateReason: string | null;
  /** The document that tells the ERP, or by which the ERP asked for it. */
  acknowledgementKey: number | null;
}

/** Outcomes by which an acknowledgement tells of the pieces. */
const TOLD = ['acknowledged', 'ours'];

export async function findCancellations(
  tx: Tx,
  { environment, shopId }: Shop,
  cancelIds: readonly string[],
): Promise<Map<string, StoredCancellation>> {
  const rows = await tx.cancellation.findMany({
    where: { environment, shopId, cancelId: { in: [...cancelIds] } },
  });
  return new Map(rows.map((row) => [row.cancelId, toStored(row)]));
}

/** A company's cancellations of one order, oldest first. */
export async function listCancellations(
  tx: Tx,
  filter: { companyId: number; tiktokOrderId: string },
): Promise<StoredCancellation[]> {
  const rows = await tx.cancellation.findMany({ where: filter, orderBy: { id: 'asc' } });
  return rows.map(toStored);
}

/** Writes cancellations as they are now, new or known, in one statement. */
export async function saveCancellations(
  tx: Tx,
  { environment, shopId }: Shop,
  cancellations: readonly StoredCancellation[],
): Promise<void> {
  if (cancellations.length === 0) return;
  const rows = cancellations.map((row) => ({ ...row, orderId: row.orderId && String(row.orderId) }));
  await tx.$executeRaw`
    INSERT INTO cancellations (environment, shop_id, company_id, connection_id, cancel_id, tiktok_order_id, order_id,
      type, role, role_text, status, status_text, reason, reason_text, unit_ids, requested_at, answer_by,
      tiktok_updated_at, read_at, outcome, gate, gate_reason, acknowledgement_key)
    SELECT ${environment}, ${shopId}, "companyId", "connectionId", "cancelId", "tiktokOrderId", "orderId",
      type, role, "roleText", status, "statusText", reason, "reasonText",
      ARRAY(SELECT json_array_elements_text("unitIds")), "requestedAt", "answerBy",
      "tiktokUpdatedAt", "readAt", outcome, gate, "gateReason", "acknowledgementKey"
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given ("companyId" int, "connectionId" int,
      "cancelId" text, "tiktokOrderId" text, "orderId" bigint, type text, role text, "roleText" text, status text,
      "statusText" text, reason text, "reasonText" text, "unitIds" json, "requestedAt" timestamptz,
      "answerBy" timestamptz, "tiktokUpdatedAt" timestamptz, "readAt" timestamptz, outcome text, gate text,
      "gateReason" text, "acknowledgementKey" int)
    ON CONFLICT (environment, shop_id, cancel_id) DO UPDATE SET
      company_id = excluded.company_id, connection_id = excluded.connection_id, order_id = excluded.order_id,
      type = excluded.type, role = excluded.role, role_text = excluded.role_text, status = excluded.status,
      status_text = excluded.status_text, reason = excluded.reason, 
      reason_text = CASE WHEN EXISTS (SELECT FROM orders o WHERE o.id = excluded.order_id AND o.wiped_at IS NOT NULL)
        THEN NULL ELSE excluded.reason_text END,
      unit_ids = excluded.unit_ids, requested_at = excluded.requested_at, answer_by = excluded.answer_by,
      tiktok_updated_at = excluded.tiktok_updated_at, read_at = excluded.read_at, outcome = excluded.outcome,
      gate = excluded.gate, gate_reason = excluded.gate_reason,
      acknowledgement_key = excluded.acknowledgement_key, updated_at = now()`;
}

/** Pieces that acknowledgements tell of, by our order id, each with the cancellation that it was told for. */
export async function findToldUnits(
  tx: Tx,
  orderIds: readonly bigint[],
): Promise<{ orderId: bigint; cancelId: string; unitIds: string[] }[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.cancellation.findMany({
    where: { orderId: { in: [...orderIds] }, outcome: { in: TOLD } },
    select: { orderId: true, cancelId: true, unitIds: true },
  });
  return rows.flatMap(({ orderId, ...row }) => (orderId === null ? [] : [{ orderId, ...row }]));
}

/** What carried-out cancellations say of orders, whether any pull has seen these or not: see orders/ingest-context.ts. */
export async function findKnownCancellations(
  tx: SqlTx,
  { environment, shopId }: Shop,
  tiktokOrderIds: readonly string[],
): Promise<Map<string, KnownCancellation>> {
  const rows = await tx.$queryRaw<
    { tiktokOrderId: string; unitIds: string[]; cancelId: string; role: CancellationRole; at: Date }[]
  >`
    SELECT tiktok_order_id AS "tiktokOrderId", unit_ids AS "unitIds", cancel_id AS "cancelId", role,
      CASE WHEN type = 'CANCEL' THEN coalesce(requested_at, tiktok_updated_at) ELSE tiktok_updated_at END AS at
    FROM cancellations
    WHERE environment = ${environment} AND shop_id = ${shopId} AND tiktok_order_id = ANY(${tiktokOrderIds}::text[])
      AND status = 'executed'
    ORDER BY id`;
  const known = new Map<string, KnownCancellation>();
  for (const { tiktokOrderId, unitIds, cancelId, role, at } of rows) {
    const before = known.get(tiktokOrderId);
    const pieces = unitIds.map((unitId) => [unitId, { at, by: role }] as const);
    known.set(tiktokOrderId, {
      unitIds: new Set([...(before?.unitIds ?? []), ...unitIds]),
      // The first one to name a piece is the one that has cancelled it.
      pieces: new Map([...pieces, ...(before?.pieces ?? [])]),
      note: `cancellation ${cancelId} by ${role === 'other' ? 'TikTok' : `the ${role}`}`,
    });
  }
  return known;
}

/**
 * Ids of what is to be asked for again, whether its list shows a change or not: requests whose deadline is over, and
 * what waits to be decided. Oldest first.
 */
export async function findOverdue(
  tx: Tx,
  { connectionId, now, limit }: { connectionId: number; now: Date; limit: number },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ cancelId: string }[]>`
    SELECT cancel_id AS "cancelId" FROM cancellations
    WHERE connection_id = ${connectionId} AND outcome IN ('pending', 'waiting')
      AND (outcome = 'waiting' OR answer_by <= ${now})
    ORDER BY id LIMIT ${limit}`;
  return rows.map(({ cancelId }) => cancelId);
}

/**
 * Orders of the ERP that TikTok shows as cancelled although no cancellation of them has come yet, newest first: the list
 * may have shown it late. By TikTok's order id.
 */
export async function findUnexplained(
  tx: Tx,
  { connectionId, limit }: { connectionId: number; limit: number },
): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT o.tiktok_order_id AS id FROM orders o
    WHERE o.connection_id = ${connectionId} AND o.state = 'exported' AND o.tiktok_status = 'CANCELLED'
      AND NOT o.cancellation_acknowledged
      AND NOT EXISTS (SELECT FROM cancellations c WHERE c.order_id = o.id AND c.status = 'executed')
    ORDER BY o.id DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** When the oldest order of the shop was placed that a cancellation can still matter for; null: there is none. */
export async function oldestOpenOrderAt(tx: Tx, { environment, shopId }: Shop): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(o.tiktok_created_at) AS at FROM orders o LEFT JOIN documents d ON d.key = o.document_key
    WHERE o.environment = ${environment} AND o.shop_id = ${shopId}
      AND (o.state = 'waiting' OR (o.state = 'exported' AND d.status_code < 1000))`;
  return row?.at ?? null;
}

/** Cancellations of an order that wait for the ERP's own to end. */
export async function findWaitingOfOrder(tx: Tx, orderId: bigint): Promise<StoredCancellation[]> {
  const rows = await tx.cancellation.findMany({ where: { orderId, outcome: 'waiting', status: 'executed' } });
  return rows.map(toStored);
}

function toStored(row: CancellationRow): StoredCancellation {
  const { id: _i, environment: _e, shopId: _s, createdAt: _c, updatedAt: _u, ...stored } = row;
  return stored as StoredCancellation;
}
