import { parseJson, writeJson } from '../formats/json.js';
import { object } from '../logicbroker/json-reading.js';
import { withoutPeople } from '../logicbroker/without-people.js';
import type { Tx } from '../store/database.js';
import { replaceBodies } from './document-store.js';
import { eventTypes } from './event-types.js';

/** Stands where a text was. */
export const REMOVED = 'Removed with what was known of the buyer.';

/** Summaries that are this program's own words and name nobody; all others go. */
const PLAIN_SUMMARIES = [
  eventTypes['order-created'].id,
  eventTypes['order-address-changed'].id,
  eventTypes['status-changed'].id,
  eventTypes['document-fetched'].id,
  eventTypes['shipment-created'].id,
  eventTypes['shipment-sent'].id,
  eventTypes['acknowledgement-created'].id,
  eventTypes['acknowledgement-accepted'].id,
  eventTypes['acknowledgement-sent'].id,
  eventTypes['return-created'].id,
  eventTypes['return-answered'].id,
  eventTypes['return-approved'].id,
  eventTypes['invoice-created'].id,
  eventTypes['buyer-forgotten'].id,
];

/** Texts of events that belong to no document and may repeat what an ERP or TikTok has said. */
const TOLD_BY_OTHERS = [
  eventTypes['reported-by-erp'].id,
  eventTypes['flow-failed'].id,
  eventTypes['return-unreadable'].id,
  eventTypes['cancellation-unreadable'].id,
  eventTypes['order-refused'].id,
  eventTypes['return-not-imported'].id,
];

/**
 * Notes that nothing personal is kept of documents any more, and takes the texts of their histories away: what happened
 * when stays. Their bodies are rendered anew by whoever calls.
 */
export async function wipeDocuments(
  tx: Tx,
  { companyId, keys, now }: { companyId: number; keys: readonly number[]; now: Date },
): Promise<void> {
  const own = [...keys];
  await tx.$executeRaw`
    UPDATE documents SET wiped_at = ${now},
      error_message = CASE WHEN error_message IS NOT NULL THEN ${REMOVED} END
    WHERE company_id = ${companyId} AND key = ANY(${own}::int[])`;
  await tx.$executeRaw`
    UPDATE events SET details = NULL, additional = NULL,
      summary = CASE WHEN type_id = ANY(${PLAIN_SUMMARIES}::int[]) THEN summary ELSE ${REMOVED} END
    WHERE company_id = ${companyId} AND document_key = ANY(${own}::int[])`;
}

/** Texts without a renderer keep what withoutPeople leaves. */
export async function wipeBodies(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: readonly number[] },
): Promise<void> {
  const documents = await tx.document.findMany({
    where: { companyId, key: { in: [...keys] } },
    select: { key: true, body: true, rendererVersion: true },
  });
  await replaceBodies(
    tx,
    documents.map(({ key, body, rendererVersion }) => {
      const { StatusCode, ...rest } = withoutPeople(object(parseJson(body)));
      return { key, rendererVersion, body: writeJson({ StatusCode, ...rest }) };
    }),
  );
}

/**
 * Texts of a company's older events that belong to no document, or that an ERP has added to a document that is wiped.
 * @returns how many
 */
export async function wipeOldEvents(
  tx: Tx,
  { companyId, before, limit }: { companyId: number; before: Date; limit: number },
): Promise<number> {
  return tx.$executeRaw`
    UPDATE events SET details = NULL, additional = NULL, summary = ${REMOVED}
    WHERE (id, created_at) IN (
      SELECT e.id, e.created_at FROM events e
      WHERE e.company_id = ${companyId} AND e.created_at < ${before} AND e.type_id = ANY(${TOLD_BY_OTHERS}::int[])
        AND e.summary <> ${REMOVED}
        AND (e.document_key IS NULL OR EXISTS (
          SELECT FROM documents d WHERE d.key = e.document_key AND d.wiped_at IS NOT NULL))
      LIMIT ${limit}::int)`;
}
