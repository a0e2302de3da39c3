import type { DocumentType } from '../../logicbroker/document-types.js';
import { Prisma, type Tx } from '../../store/database.js';

/** A line of a list of documents of one kind; nothing of it says who the buyer is. */
export interface DocumentRow {
  key: number;
  connectionId: number;
  reference: string;
  partnerPo: string | null;
  parentKey: number | null;
  statusCode: number;
  errorMessage: string | null;
  documentDate: Date;
  /** Whether the seller has sent it. */
  isOwn: boolean;
  attempts: number;
  nextAttemptAt: Date | null;
  /** Of shipments. */
  tracking: string | null;
  /** Of returns: what TikTok asks of the seller, and until when. */
  nextAction: string | null;
  answerBy: Date | null;
  /** Of acknowledgements: `accept`, `backorder`, `cancel` or `pulled`. */
  ackKind: string | null;
}

export interface DocumentFilter {
  companyIds: readonly number[];
  type: DocumentType;
  statusCodes?: readonly number[] | undefined;
  connectionId?: number | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
  /** Only returns that wait for an answer. */
  isOpen?: boolean;
  after: number | null;
  limit: number;
}

/** One page of documents of a kind, the newest first. Each company gives as many as could be on the page, by an index. */
export async function documentRows(tx: Tx, filter: DocumentFilter): Promise<DocumentRow[]> {
  const parts = [Prisma.sql`d.company_id = company.id AND d.type = ${filter.type}`];
  if (filter.statusCodes) parts.push(Prisma.sql`d.status_code = ANY(${[...filter.statusCodes]}::int[])`);
  if (filter.connectionId !== undefined) parts.push(Prisma.sql`d.connection_id = ${filter.connectionId}`);
  if (filter.from) parts.push(Prisma.sql`d.document_date >= ${filter.from}::timestamptz`);
  if (filter.to) parts.push(Prisma.sql`d.document_date <= ${filter.to}::timestamptz`);
  if (filter.after !== null) parts.push(Prisma.sql`d.key < ${filter.after}`);
  if (filter.isOpen) parts.push(Prisma.sql`r.next_action IS NOT NULL`);
  return tx.$queryRaw<DocumentRow[]>`
    SELECT page.*, calls.attempts, calls."nextAttemptAt", packs.tracking FROM (
      SELECT own.* FROM unnest(${[...filter.companyIds]}::int[]) AS company (id) CROSS JOIN LATERAL (
      SELECT d.key, d.connection_id AS "connectionId", d.reference, d.partner_po AS "partnerPo",
        d.parent_key AS "parentKey", d.status_code AS "statusCode", d.error_message AS "errorMessage",
        d.document_date AS "documentDate", d.sender_company_id = d.company_id AS "isOwn",
        r.next_action AS "nextAction", r.answer_by AS "answerBy", a.kind AS "ackKind"
      FROM documents d LEFT JOIN returns r ON r.document_key = d.key LEFT JOIN acknowledgements a ON a.document_key = d.key
      WHERE ${Prisma.join(parts, ' AND ')} ORDER BY d.key DESC LIMIT ${filter.limit}::int
      ) own ORDER BY own.key DESC LIMIT ${filter.limit}::int
    ) page LEFT JOIN LATERAL (
      SELECT COALESCE(sum(o.attempts), 0)::int AS attempts,
        min(o.next_attempt_at) FILTER (WHERE o.state IN ('pending', 'in_doubt')) AS "nextAttemptAt"
      FROM outbox o WHERE o.document_key = page.key
    ) calls ON true LEFT JOIN LATERAL (
      SELECT string_agg(p.tracking_number, ', ' ORDER BY p.position) AS tracking FROM shipment_packages p
      WHERE p.shipment_key = page.key
    ) packs ON true ORDER BY page.key DESC`;
}

/** Whose a document is. Null: there is none of this kind. */
export async function ownerOf(
  tx: Tx,
  which: { type: DocumentType; key: number },
): Promise<{ companyId: number; connectionId: number } | null> {
  const row = await tx.document.findFirst({ where: which, select: { companyId: true, connectionId: true } });
  return row;
}
