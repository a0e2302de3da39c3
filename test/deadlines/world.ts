import type { Database } from '../../src/store/database.js';
import type { Seller } from '../support/builders.js';

export interface GivenDeadlines {
  kind?: 'order-ship' | 'cancellation-request' | 'return-answer';
  dueAt: Date;
  /** Minutes between two of them; 0 when left out. */
  stepMinutes?: number;
  count?: number;
  /** Pieces of each order. */
  pieces?: number;
}

let rounds = 0;

/**
 * Stores orders that the ERP has (for the other kinds with a request each) in a few statements, as the pulls leave them
 * behind. Answers the keys of the documents that must be acted on, in the order of their deadlines.
 */
export async function given(db: Database, seller: Seller, deadlines: GivenDeadlines): Promise<number[]> {
  const { kind = 'order-ship', dueAt, stepMinutes = 0, count = 1, pieces = 1 } = deadlines;
  const { companyId, connectionId, partnerId } = seller;
  const prefix = `57${String(++rounds).padStart(6, '0')}`;
  const isReturn = kind === 'return-answer';
  const due = `$1::timestamptz + n * $2::int * interval '1 minute'`;
  const { rows: orders } = await db.pool.query<{ id: string; key: number }>(
    `WITH given AS (
      SELECT n, nextval('document_key_seq')::int AS key, $6 || lpad(n::text, 10, '0') AS po
      FROM generate_series(0, $3::int - 1) AS n
    ), documents AS (
      INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, source_key, partner_po,
        reference, sender_company_id, receiver_company_id, document_date, body, renderer_version, updated_at)
      SELECT key, $4, $5, 'order', 100, 'L-' || key, po, po, po, $7, $4, now(), '{"StatusCode":100,"OrderLines":[]}', 1,
        now() FROM given
    )
    INSERT INTO orders (company_id, connection_id, environment, shop_id, tiktok_order_id, tiktok_status,
      tiktok_updated_at, read_at, state, document_key, exported_at, tiktok_created_at, ship_by, currency, data, updated_at)
    SELECT $4, $5, 'simulator', 'shop-' || $5::int, po, 'AWAITING_SHIPMENT', now(), now(), 'exported', key, now(), now(),
      CASE WHEN $8::boolean THEN ${due} END, 'USD', '{}', now()
    FROM given ORDER BY n RETURNING id, document_key AS key`,
    [dueAt, stepMinutes, count, companyId, connectionId, prefix, partnerId, kind === 'order-ship'],
  );
  const ids = orders.map(({ id }) => id);
  await db.pool.query(
    `INSERT INTO order_units (order_id, unit_id, line_number, sku_id, display_status)
    SELECT id, id || '-' || piece, 1, '1', 'AWAITING_SHIPMENT'
    FROM unnest($1::bigint[]) AS id, generate_series(1, $2::int) AS piece`,
    [ids, pieces],
  );
  if (kind === 'cancellation-request') {
    await db.pool.query(
      `INSERT INTO cancellations (company_id, connection_id, environment, shop_id, cancel_id, tiktok_order_id, order_id,
        type, role, role_text, status, status_text, unit_ids, answer_by, tiktok_updated_at, read_at, outcome)
      SELECT $4, $5, 'simulator', 'shop-' || $5::int, $6 || n, $6, id, 'BUYER_CANCEL', 'buyer', 'BUYER', 'pending',
        'CANCELLATION_REQUEST_PENDING', '{}', ${due}, now(), now(), 'pending'
      FROM unnest($3::bigint[]) WITH ORDINALITY AS o (id, nth), LATERAL (SELECT (nth - 1)::int AS n) AS numbered`,
      [dueAt, stepMinutes, ids, companyId, connectionId, prefix],
    );
  }
  if (!isReturn) return orders.map(({ key }) => key);
  const { rows: returns } = await db.pool.query<{ key: number }>(
    `WITH given AS (
      SELECT (nth - 1)::int AS n, parent, nextval('document_key_seq')::int AS key
      FROM unnest($3::int[]) WITH ORDINALITY AS p (parent, nth)
    ), documents AS (
      INSERT INTO documents (key, company_id, connection_id, type, status_code, link_key, partner_po, reference,
        parent_key, sender_company_id, receiver_company_id, document_date, body, renderer_version, updated_at)
      SELECT key, $4, $5, 'return', 150, 'L-' || parent, $6, $6 || 'R' || n, parent, $7, $4, now(),
        '{"StatusCode":150,"ReturnLines":[]}', 1, now() FROM given
    )
    INSERT INTO returns (company_id, connection_id, environment, shop_id, return_id, tiktok_order_id, type, stage,
      tiktok_created_at, tiktok_updated_at, read_at, state, document_key, next_action, answer_by, data)
    SELECT $4, $5, 'simulator', 'shop-' || $5::int, $6 || 'R' || n, $6, 'return-and-refund', 'requested', now(), now(),
      now(), 'imported', key, 'SELLER_RESPOND_RETURN', ${due}, '{}'
    FROM given ORDER BY n RETURNING document_key AS key`,
    [dueAt, stepMinutes, orders.map(({ key }) => key), companyId, connectionId, prefix, partnerId],
  );
  return returns.map(({ key }) => key);
}
