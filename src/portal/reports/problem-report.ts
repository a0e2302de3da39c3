import { DAY_MS } from '../../kernel/time.js';
import type { DocumentType } from '../../logicbroker/document-types.js';
import type { Tx } from '../../store/database.js';

/** Documents of one kind and shop that failed for the same reason. */
export interface FailedGroup {
  type: DocumentType;
  connectionId: number;
  /** TikTok's code where it gave one, else the text: what failed documents are grouped by. */
  reason: string;
  /** The newest text. */
  message: string;
  count: number;
  /** The last change of the document that failed first, and of the one that failed last. */
  first: Date;
  last: Date;
  /** One of them, to go to where there is only one. */
  key: number;
}

const MOST_GROUPS = 100;

/** Failed documents, grouped; the ones that failed last first. */
export async function failedGroups(tx: Tx, companyIds: readonly number[]): Promise<FailedGroup[]> {
  return tx.$queryRaw<FailedGroup[]>`
    SELECT type, connection_id AS "connectionId",
      COALESCE(substring(error_message from '[(]code ([0-9]+)[)]'), left(error_message, 200), '') AS reason,
      (array_agg(COALESCE(error_message, '') ORDER BY updated_at DESC))[1] AS message,
      count(*)::int AS count, min(updated_at) AS first, max(updated_at) AS last, max(key) AS key
    FROM documents
    WHERE company_id = ANY(${[...companyIds]}::int[]) AND status_code = 1200
      AND type IN ('order', 'acknowledgement', 'shipment', 'return', 'invoice')
    GROUP BY 1, 2, 3 ORDER BY max(updated_at) DESC LIMIT ${MOST_GROUPS}::int`;
}

export interface FailedDocument {
  key: number;
  type: DocumentType;
  companyId: number;
  connectionId: number;
  reference: string;
  partnerPo: string | null;
  parentKey: number | null;
  message: string | null;
  updatedAt: Date;
  attempts: number;
  nextAttemptAt: Date | null;
}

/** The documents of one group, oldest key first; `after` is the last key of the page before. */
export async function failedDocuments(
  tx: Tx,
  companyIds: readonly number[],
  group: { type: string; connectionId: number; reason: string; after: number; limit: number },
): Promise<FailedDocument[]> {
  return tx.$queryRaw<FailedDocument[]>`
    SELECT d.key, d.type, d.company_id AS "companyId", d.connection_id AS "connectionId", d.reference,
      d.partner_po AS "partnerPo", d.parent_key AS "parentKey", d.error_message AS message, d.updated_at AS "updatedAt",
      COALESCE(sum(o.attempts), 0)::int AS attempts,
      min(o.next_attempt_at) FILTER (WHERE o.state IN ('pending', 'in_doubt')) AS "nextAttemptAt"
    FROM documents d LEFT JOIN outbox o ON o.document_key = d.key
    WHERE d.company_id = ANY(${[...companyIds]}::int[]) AND d.status_code = 1200 AND d.type = ${group.type}
      AND d.connection_id = ${group.connectionId} AND d.key > ${group.after}
      AND COALESCE(substring(d.error_message from '[(]code ([0-9]+)[)]'), left(d.error_message, 200), '') = ${group.reason}
    GROUP BY d.key ORDER BY d.key LIMIT ${group.limit}::int`;
}

/** Decisions that wait for a person, by shop. */
interface WaitingGroup {
  connectionId: number;
  count: number;
  since: Date;
}

export async function waitingGroups(tx: Tx, companyIds: readonly number[]): Promise<WaitingGroup[]> {
  return tx.$queryRaw<WaitingGroup[]>`
    SELECT connection_id AS "connectionId", count(*)::int AS count, min(updated_at) AS since FROM outbox
    WHERE state = 'needs_person' AND company_id = ANY(${[...companyIds]}::int[]) AND connection_id IS NOT NULL
    GROUP BY 1 ORDER BY 3`;
}

/** Requests of buyers that wait for an answer, by shop and kind. */
export interface RequestGroup {
  kind: 'cancellation-request' | 'return-answer' | 'refund-request';
  connectionId: number;
  count: number;
  dueAt: Date;
}

export async function requestGroups(tx: Tx, companyIds: readonly number[]): Promise<RequestGroup[]> {
  return tx.$queryRaw<RequestGroup[]>`
    SELECT kind, connection_id AS "connectionId", count(*)::int AS count, min(due_at) AS "dueAt" FROM open_deadlines
    WHERE company_id = ANY(${[...companyIds]}::int[]) AND kind <> 'order-ship' AND NOT under_way
    GROUP BY 1, 2 ORDER BY 4`;
}

/** SKUs without a match, by shop. */
export async function unmatchedGroups(
  tx: Tx,
  connectionIds: readonly number[],
): Promise<{ connectionId: number; count: number }[]> {
  return tx.$queryRaw`
    SELECT c.id AS "connectionId", bare.count FROM unnest(${[...connectionIds]}::int[]) AS c (id)
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (SELECT 1 FROM inventory_items i
        WHERE i.connection_id = c.id AND i.merchant_sku IS NULL LIMIT 10000) few
    ) bare WHERE bare.count > 0`;
}

interface TroubledFile {
  id: number;
  connectionId: number;
  state: string;
  fileName: string | null;
  errors: number;
  rows: number;
  reason: string | null;
  finishedAt: Date;
}

const TROUBLES_MS = 7 * DAY_MS;

/** Files of a week that are held, were refused, or have rows that were not taken; the newest of each shop and kind only counts. */
export async function troubledFiles(
  tx: Tx,
  connectionIds: readonly number[],
  now: Date,
): Promise<TroubledFile[]> {
  const since = new Date(now.getTime() - TROUBLES_MS);
  return tx.$queryRaw<TroubledFile[]>`
    SELECT * FROM (
      SELECT DISTINCT ON (connection_id, kind) id, connection_id AS "connectionId", state, file_name AS "fileName",
        COALESCE((counts->>'errors')::int, 0) AS errors, COALESCE((counts->>'rows')::int, 0) AS rows, reason,
        finished_at AS "finishedAt"
      FROM imports WHERE connection_id = ANY(${[...connectionIds]}::int[]) AND NOT dry_run
        AND state NOT IN ('receiving', 'received') AND received_at > ${since}::timestamptz
      ORDER BY connection_id, kind, id DESC
    ) newest WHERE state IN ('held', 'refused') OR errors > 0 ORDER BY "finishedAt" DESC LIMIT 20`;
}
