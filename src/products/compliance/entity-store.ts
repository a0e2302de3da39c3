import { createHash } from 'node:crypto';
import type { ComplianceContent } from '../../domain/listing.js';
import type { Tx } from '../../store/database.js';

/** One manufacturer or responsible person of a shop, by its content: TikTok has it once. */
export interface ComplianceEntity {
  id: number;
  connectionId: number;
  companyId: number;
  content: ComplianceContent;
  /** `pending` (to be made), `made`, `refused`, `needs_person` */
  state: string;
  /** TikTok's id, once it is made. */
  tiktokId: string | null;
  reason: string | null;
  askedAt: Date;
}

type Row = NonNullable<Awaited<ReturnType<Tx['complianceEntity']['findFirst']>>>;

function entityFrom({ content, ...row }: Row): ComplianceEntity {
  const { id, connectionId, companyId, state, tiktokId, reason, askedAt } = row;
  // Written by `keepEntity` only.
  return {
    id,
    connectionId,
    companyId,
    state,
    tiktokId,
    reason,
    askedAt,
    content: content as unknown as ComplianceContent,
  };
}

/** The same whatever the order of its members; blanks at the ends are not content. */
export function contentHash(content: ComplianceContent): string {
  const text = JSON.stringify(sorted(content));
  return createHash('sha256').update(text).digest('base64url');
}

function sorted(value: unknown): unknown {
  if (typeof value === 'string') return value.trim();
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]: [string, unknown]) => [name, sorted(inner)]);
}

/** The row of this content, made where there is none; who makes it first counts. */
export async function keepEntity(
  tx: Tx,
  which: { connectionId: number; companyId: number; content: ComplianceContent; now: Date },
): Promise<ComplianceEntity> {
  const { connectionId, companyId, content, now } = which;
  const hash = contentHash(content);
  await tx.$executeRaw`
    INSERT INTO compliance_entities (connection_id, company_id, kind, content_hash, content, asked_at)
    VALUES (${connectionId}, ${companyId}, ${content.kind}, ${hash}, ${JSON.stringify(content)}::jsonb, ${now})
    ON CONFLICT (connection_id, content_hash) DO NOTHING`;
  const where = { connectionId_contentHash: { connectionId, contentHash: hash } };
  return entityFrom(await tx.complianceEntity.findUniqueOrThrow({ where }));
}

export async function findEntity(tx: Tx, id: number): Promise<ComplianceEntity | null> {
  const row = await tx.complianceEntity.findUnique({ where: { id } });
  return row && entityFrom(row);
}

export async function listEntities(tx: Tx, connectionId: number): Promise<ComplianceEntity[]> {
  const rows = await tx.complianceEntity.findMany({ where: { connectionId }, orderBy: { id: 'asc' } });
  return rows.map(entityFrom);
}

export async function pageOfEntities(
  tx: Tx,
  connectionId: number,
  { page, pageSize }: { page: number; pageSize: number },
): Promise<{ entities: ComplianceEntity[]; total: number }> {
  const where = { connectionId };
  const rows = await tx.complianceEntity.findMany({
    where,
    orderBy: { id: 'asc' },
    skip: page * pageSize,
    take: pageSize,
  });
  return { entities: rows.map(entityFrom), total: await tx.complianceEntity.count({ where }) };
}

export async function settleEntity(
  tx: Tx,
  id: number,
  outcome: Pick<ComplianceEntity, 'state' | 'tiktokId' | 'reason'>,
): Promise<void> {
  const { state, tiktokId, reason } = outcome;
  await tx.complianceEntity.update({ where: { id }, data: { state, tiktokId, reason } });
}
