import { parseJson, writeJson } from '../formats/json.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { Tx } from '../store/database.js';
import { jsonTexts } from '../store/json-list.js';
import type { AcknowledgementKind, AcknowledgementState, PlannedAckLine } from '../domain/acknowledgement.js';

export interface StoredAcknowledgement {
  documentKey: number;
  orderId: bigint;
  companyId: number;
  kind: AcknowledgementKind;
  state: AcknowledgementState;
  /** TikTok's reason key; null where the buyer's own request is approved, or nothing is cancelled. */
  cancelReason: string | null;
  /** TikTok's id of the cancellation, once there is one. */
  cancelId: string | null;
  /** The pieces that are cancelled. */
  unitIds: string[];
  /** The v3 document that it was made from. */
  input: JsonObject;
  lines: PlannedAckLine[];
}

/** Stores new acknowledgements in one statement. Inputs go in as text: a JavaScript number would lose digits. */
export async function insertAcknowledgements(
  tx: Tx,
  acknowledgements: readonly StoredAcknowledgement[],
): Promise<void> {
  if (acknowledgements.length === 0) return;
  const rows = acknowledgements.map(({ input: _input, ...row }, index) => ({
    ...row,
    orderId: String(row.orderId),
    nth: index + 1,
  }));
  const inputs = jsonTexts(acknowledgements.map(({ input }) => writeJson(input)));
  await tx.$executeRaw`
    INSERT INTO acknowledgements (document_key, order_id, company_id, kind, state, cancel_reason, cancel_id, unit_ids,
      input, lines)
    SELECT "documentKey", "orderId", "companyId", kind, state, "cancelReason", "cancelId",
      ARRAY(SELECT json_array_elements_text("unitIds")), input::json, lines
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given (nth int, "documentKey" int, "orderId" bigint,
      "companyId" int, kind text, state text, "cancelReason" text, "cancelId" text, "unitIds" json, lines jsonb)
    JOIN unnest(${inputs}) WITH ORDINALITY AS texts (input, nth) USING (nth)`;
}

interface AcknowledgementChange {
  state?: AcknowledgementState;
  cancelId?: string | null;
  unitIds?: string[];
}

/** The caller holds the order's lock. */
export async function updateAcknowledgement(
  tx: Tx,
  documentKey: number,
  change: AcknowledgementChange,
): Promise<void> {
  await tx.acknowledgement.update({ where: { documentKey }, data: change });
}

/** Gives an acknowledgement another content. The caller holds the order's lock. */
export async function replaceAcknowledgement(
  tx: Tx,
  { documentKey, kind, state, cancelReason, cancelId, unitIds, input, lines }: StoredAcknowledgement,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE acknowledgements SET kind = ${kind}, state = ${state}, cancel_reason = ${cancelReason},
      cancel_id = ${cancelId}, unit_ids = ${unitIds}::text[], input = ${writeJson(input)}::json,
      lines = ${JSON.stringify(lines)}::jsonb
    WHERE document_key = ${documentKey}`;
}

export async function findAcknowledgement(
  tx: Tx,
  { companyId, documentKey }: { companyId: number; documentKey: number },
): Promise<StoredAcknowledgement | null> {
  const [found] = await findAcknowledgements(tx, { companyId, documentKeys: [documentKey] });
  return found ?? null;
}

interface SelectedAcknowledgement extends Omit<StoredAcknowledgement, 'input'> {
  input: string;
}

/** By key, ascending. */
export async function findAcknowledgements(
  tx: Tx,
  { companyId, documentKeys }: { companyId: number; documentKeys: readonly number[] },
): Promise<StoredAcknowledgement[]> {
  const rows = await tx.$queryRaw<SelectedAcknowledgement[]>`
    SELECT document_key AS "documentKey", order_id AS "orderId", company_id AS "companyId", kind, state,
      cancel_reason AS "cancelReason", cancel_id AS "cancelId", unit_ids AS "unitIds", input::text AS input, lines
    FROM acknowledgements
    WHERE company_id = ${companyId} AND document_key = ANY(${documentKeys}::int[]) ORDER BY document_key`;
  return rows.map(({ input, ...row }) => ({ ...row, input: parseJson(input) as JsonObject }));
}

/** An acknowledgement of the ERP's that cancels its order. */
export type OwnCancel = Pick<
  StoredAcknowledgement,
  'documentKey' | 'orderId' | 'state' | 'cancelId' | 'unitIds'
>;

/**
 * The acknowledgement by which the ERP cancels an order or has cancelled it, so that the pull does not tell the ERP of
 * it once more. One that TikTok has refused does not count.
 */
export async function findOwnCancelOf(
  tx: Tx,
  { companyId, orderId }: { companyId: number; orderId: bigint },
): Promise<OwnCancel | null> {
  const found = await findOwnCancelsOf(tx, { companyId, orderIds: [orderId] });
  return found.get(orderId) ?? null;
}

/** The same for many orders, by our order id; of several the one that is under way, else the newest. */
export async function findOwnCancelsOf(
  tx: Tx,
  { companyId, orderIds }: { companyId: number; orderIds: readonly bigint[] },
): Promise<Map<bigint, OwnCancel>> {
  const rows = await tx.$queryRaw<OwnCancel[]>`
    SELECT document_key AS "documentKey", order_id AS "orderId", state, cancel_id AS "cancelId", unit_ids AS "unitIds"
    FROM acknowledgements
    WHERE company_id = ${companyId} AND order_id = ANY(${orderIds.map(String)}::bigint[]) AND kind = 'cancel'
      AND state <> 'refused'
    ORDER BY state = 'done' DESC, document_key`;
  return new Map(rows.map((row) => [row.orderId, row]));
}

/** Whether another document tells the ERP that some of these pieces are cancelled. */
export async function isToldByAnother(
  tx: Tx,
  { documentKey, orderId, unitIds }: Pick<StoredAcknowledgement, 'documentKey' | 'orderId' | 'unitIds'>,
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ told: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM acknowledgements WHERE order_id = ${orderId} AND document_key <> ${documentKey}
        AND unit_ids && ${unitIds}::text[] AND (kind = 'pulled' OR kind = 'cancel' AND state = 'done')) AS told`;
  return row?.told ?? false;
}

/**
 * Keys of the acknowledgements by which the ERP is cancelling orders just now, by our order id: TikTok has not decided about
 * them.
 */
export async function findCancelling(
  tx: Tx,
  orders: { companyId: number; orderIds: readonly bigint[] },
): Promise<Map<bigint, number>> {
  const own = [...(await findOwnCancelsOf(tx, orders)).values()];
  return new Map(
    own.flatMap(({ orderId, state, documentKey }) => (state === 'done' ? [] : [[orderId, documentKey]])),
  );
}

/** Keys of the documents that accept these orders, by our order id. */
export async function findAccepted(tx: Tx, orderIds: readonly bigint[]): Promise<Map<bigint, number>> {
  const rows = await tx.$queryRaw<{ orderId: bigint; documentKey: number }[]>`
    SELECT order_id AS "orderId", min(document_key) AS "documentKey" FROM acknowledgements
    WHERE order_id = ANY(${orderIds.map(String)}::bigint[]) AND kind = 'accept' GROUP BY order_id`;
  return new Map(rows.map(({ orderId, documentKey }) => [orderId, documentKey]));
}

/** Keys of the documents that tell the ERP of cancellations in TikTok, by the cancellation's id. */
export async function findPulled(tx: Tx, orderIds: readonly bigint[]): Promise<Map<string, number>> {
  const rows = await tx.$queryRaw<{ cancelId: string; documentKey: number }[]>`
    SELECT cancel_id AS "cancelId", document_key AS "documentKey" FROM acknowledgements
    WHERE order_id = ANY(${orderIds.map(String)}::bigint[]) AND kind = 'pulled'`;
  return new Map(rows.map(({ cancelId, documentKey }) => [cancelId, documentKey]));
}
