import { Prisma, type Tx } from '../../store/database.js';

/** A line of the list of orders; nothing of it says who the buyer is. */
export interface OrderRow {
  /** Where the list goes on behind it. */
  cursor: string;
  tiktokOrderId: string;
  connectionId: number;
  orderedAt: Date;
  state: string;
  gateReason: string | null;
  releaseAt: Date | null;
  tiktokStatus: string;
  total: string | null;
  currency: string;
  shipBy: Date | null;
  documentKey: number | null;
  statusCode: number | null;
  errorMessage: string | null;
  /** Pieces that are not cancelled, and those of them that no shipment has. */
  pieces: number;
  open: number;
}

export const orderViews = ['all', 'new', 'to-ship', 'on-hold', 'not-imported', 'problems'] as const;
export type OrderView = (typeof orderViews)[number];

export interface OrderFilter {
  companyIds: readonly number[];
  view: OrderView;
  connectionId?: number | undefined;
  /** Of documents. */
  statusCodes?: readonly number[] | undefined;
  /** When the buyer ordered; both ends included. */
  from?: Date | undefined;
  to?: Date | undefined;
  after: string;
  limit: number;
}

const statusesOfView: Partial<Record<OrderView, readonly number[]>> = {
  new: [0, 100, 150],
  'to-ship': [0, 100, 150, 200, 400, 500],
  problems: [1200],
};

const statesOfView: Partial<Record<OrderView, string>> = {
  'on-hold': 'waiting',
  'not-imported': 'not_imported',
};

/**
 * One page, the newest first. By status it goes along the documents, else along the orders; each company gives as many as could be on the
 * page, so that an index has the order, and what stands beside is read for the page only.
 */
export async function orderRows(tx: Tx, filter: OrderFilter): Promise<OrderRow[]> {
  const statusCodes = filter.statusCodes ?? statusesOfView[filter.view];
  const byDocument = statusCodes !== undefined;
  const after = /^\d{1,18}$/.test(filter.after) ? BigInt(filter.after) : null;
  const cursor = byDocument ? Prisma.sql`d.key` : Prisma.sql`o.id`;
  const state = statesOfView[filter.view];
  const parts = [
    byDocument
      ? Prisma.sql`d.company_id = company.id AND d.type = 'order' AND d.status_code = ANY(${[...statusCodes]}::int[])`
      : Prisma.sql`o.company_id = company.id`,
  ];
  if (state !== undefined) parts.push(Prisma.sql`o.state = ${state}`);
  if (filter.connectionId !== undefined) parts.push(Prisma.sql`o.connection_id = ${filter.connectionId}`);
  if (filter.from) parts.push(Prisma.sql`o.tiktok_created_at >= ${filter.from}::timestamptz`);
  if (filter.to) parts.push(Prisma.sql`o.tiktok_created_at <= ${filter.to}::timestamptz`);
  if (after !== null) parts.push(Prisma.sql`${cursor} < ${after}`);
  if (filter.view === 'to-ship')
    parts.push(Prisma.sql`EXISTS (SELECT 1 FROM order_units u WHERE u.order_id = o.id AND NOT u.cancelled
      AND u.shipped_at IS NULL AND u.shipment_key IS NULL)`);
  const tables = byDocument
    ? Prisma.sql`documents d JOIN orders o ON o.document_key = d.key`
    : Prisma.sql`orders o`;
  return tx.$queryRaw<OrderRow[]>`
    SELECT page.*, d.status_code AS "statusCode", d.error_message AS "errorMessage", units.pieces, units.open FROM (
      SELECT own.* FROM unnest(${[...filter.companyIds]}::int[]) AS company (id) CROSS JOIN LATERAL (
        SELECT ${cursor} AS place, ${cursor}::text AS cursor, o.id, o.tiktok_order_id AS "tiktokOrderId",
          o.connection_id AS "connectionId", o.tiktok_created_at AS "orderedAt", o.state, o.gate_reason AS "gateReason",
          o.release_at AS "releaseAt", o.tiktok_status AS "tiktokStatus", o.total::text AS total, o.currency,
          o.ship_by AS "shipBy", o.document_key AS "documentKey"
        FROM ${tables} WHERE ${Prisma.join(parts, ' AND ')} ORDER BY ${cursor} DESC LIMIT ${filter.limit}::int
      ) own ORDER BY own.place DESC LIMIT ${filter.limit}::int
    ) page LEFT JOIN documents d ON d.key = page."documentKey" LEFT JOIN LATERAL (
      SELECT count(*) FILTER (WHERE NOT u.cancelled)::int AS pieces,
        count(*) FILTER (WHERE NOT u.cancelled AND u.shipped_at IS NULL AND u.shipment_key IS NULL)::int AS open
      FROM order_units u WHERE u.order_id = page.id
    ) units ON true ORDER BY page.place DESC`;
}

/** Where an order of these companies is. Null: no pull has seen it. */
export async function placeOfOrder(
  tx: Tx,
  companyIds: readonly number[],
  tiktokOrderId: string,
): Promise<{ companyId: number; documentKey: number | null } | null> {
  const [row] = await tx.$queryRaw<{ companyId: number; documentKey: number | null }[]>`
    SELECT company_id AS "companyId", document_key AS "documentKey" FROM orders
    WHERE company_id = ANY(${[...companyIds]}::int[]) AND tiktok_order_id = ${tiktokOrderId}
    ORDER BY id DESC LIMIT 1`;
  return row ?? null;
}
