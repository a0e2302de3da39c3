import type { Actor } from '../companies/actor.js';
import { lockDocuments, recordEvents, type NewEvent } from '../documents/document-store.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Tx } from '../store/database.js';
import { MATCH_GATE } from './order-gates.js';
import { lockOrdersByDocuments } from './order-store.js';
import { refreshOrderDocuments } from './render-orders.js';

const ENDED = [StatusCode.complete, StatusCode.cancelled];

/** A line that went to the ERP with the seller SKU in both fields. */
interface UnmatchedLine {
  orderId: bigint;
  documentKey: number;
  lineNumber: number;
  merchantSku: string;
}

/**
 * Such lines, ascending by order. What is complete or cancelled needs no name any more; what is failed or ignored may be
 * handed out once more.
 */
export async function findUnmatchedLines(
  tx: Tx,
  { connectionId, after, limit }: { connectionId: number; after: bigint; limit: number },
): Promise<UnmatchedLine[]> {
  return tx.$queryRaw<UnmatchedLine[]>`
    SELECT o.id AS "orderId", o.document_key AS "documentKey", l.line_number AS "lineNumber",
      l.merchant_sku AS "merchantSku"
    FROM orders o JOIN documents d ON d.key = o.document_key JOIN order_lines l ON l.order_id = o.id
    WHERE o.id IN (
        SELECT w.id FROM orders w JOIN documents x ON x.key = w.document_key
        WHERE w.connection_id = ${connectionId} AND w.id > ${after} AND x.status_code <> ALL(${ENDED}::int[])
          AND EXISTS (SELECT FROM order_lines y WHERE y.order_id = w.id AND y.supplier_sku = y.merchant_sku)
        ORDER BY w.id LIMIT ${limit})
      AND l.supplier_sku = l.merchant_sku
    ORDER BY o.id, l.line_number`;
}

/**
 * Names lines by matches that came after the export: documents that the ERP has not fetched yet are completed, of others
 * it is told, and what it sends back is understood with the new SKU too. Repeating it changes nothing.
 * @returns how many lines
 */
export async function nameLines(
  tx: Tx,
  { companyId, connectionId, by }: { companyId: number; connectionId: number; by: Actor },
  names: readonly (UnmatchedLine & { supplierSku: string })[],
): Promise<number> {
  const keys = [...new Set(names.map(({ documentKey }) => documentKey))];
  const orderIds = await lockOrdersByDocuments(tx, { companyId, documentKeys: keys });
  const heads = await lockDocuments(tx, { companyId, keys });
  const fetched = new Set(
    heads.filter(({ statusCode }) => statusCode >= StatusCode.acknowledged).map(({ key }) => key),
  );
  const rows = names.map(({ orderId, lineNumber, supplierSku, documentKey }) => ({
    orderId: String(orderId),
    lineNumber,
    supplierSku,
    isLate: fetched.has(documentKey),
  }));
  const named = await tx.$queryRaw<{ orderId: bigint; lineNumber: number }[]>`
    UPDATE order_lines l SET
      supplier_sku = CASE WHEN g."isLate" THEN l.supplier_sku ELSE g."supplierSku" END,
      late_sku = CASE WHEN g."isLate" THEN g."supplierSku" ELSE l.late_sku END
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS g ("orderId" bigint, "lineNumber" int,
      "supplierSku" text, "isLate" boolean)
    WHERE l.order_id = g."orderId" AND l.line_number = g."lineNumber" AND l.supplier_sku = l.merchant_sku
      AND (CASE WHEN g."isLate" THEN l.late_sku ELSE l.supplier_sku END) IS DISTINCT FROM g."supplierSku"
    RETURNING l.order_id AS "orderId", l.line_number AS "lineNumber"`;
  await refreshOrderDocuments(tx, { companyId, orderIds });
  const isNamed = new Set(named.map(({ orderId, lineNumber }) => `${orderId} ${lineNumber}`));
  const events = names
    .filter(({ orderId, lineNumber }) => isNamed.has(`${orderId} ${lineNumber}`))
    .map((line) => eventOf({ companyId, connectionId }, line, fetched.has(line.documentKey)));
  await recordEvents(tx, by, events);
  return named.length;
}

/**
 * For orders whose documents are handed out once more: what the ERP has yet to fetch shows the SKUs that came after it had
 * fetched them the first time. The caller holds the orders' locks.
 */
export async function showLateNames(
  tx: Tx,
  { companyId, documentKeys, by }: { companyId: number; documentKeys: readonly number[]; by: Actor },
): Promise<void> {
  const named = await tx.$queryRaw<(UnmatchedLine & { connectionId: number; supplierSku: string })[]>`
    UPDATE order_lines l SET supplier_sku = l.late_sku, late_sku = NULL
    FROM orders o
    WHERE o.document_key = ANY(${documentKeys}::int[]) AND o.company_id = ${companyId} AND l.order_id = o.id
      AND l.late_sku IS NOT NULL
    RETURNING o.id AS "orderId", o.document_key AS "documentKey", o.connection_id AS "connectionId",
      l.line_number AS "lineNumber", l.merchant_sku AS "merchantSku", l.supplier_sku AS "supplierSku"`;
  if (named.length === 0) return;
  const orderIds = [...new Set(named.map(({ orderId }) => orderId))];
  await refreshOrderDocuments(tx, { companyId, orderIds });
  await recordEvents(
    tx,
    by,
    named.map(({ connectionId, ...line }) => eventOf({ companyId, connectionId }, line, false)),
  );
}

function eventOf(
  subject: { companyId: number; connectionId: number },
  { documentKey, lineNumber, merchantSku, supplierSku }: UnmatchedLine & { supplierSku: string },
  isLate: boolean,
): NewEvent {
  return {
    ...subject,
    documentKey,
    event: 'sku-matched',
    summary: `Line ${lineNumber} is matched now: ${merchantSku} is ${supplierSku}`,
    details: isLate
      ? 'The document was fetched already and stays as it is; either SKU is understood in what you send back.'
      : 'The document has the SKU now.',
  };
}

/**
 * Orders that wait for a match are decided anew by the next pull: they are due at a time of TikTok's, whose clock is not
 * ours.
 * @returns how many wait
 */
export async function releaseParked(tx: Tx, { connectionId }: { connectionId: number }): Promise<number> {
  return tx.$executeRaw`
    UPDATE orders SET release_at = read_at, updated_at = now()
    WHERE connection_id = ${connectionId} AND state = 'waiting' AND gate = ${MATCH_GATE}`;
}
