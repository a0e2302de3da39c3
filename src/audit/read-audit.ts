import { Prisma, type Tx } from '../store/database.js';
import { chainColumns, type ChainRow } from './audit-chain.js';
import type { AuditValues } from './audit.js';

/** A row as it is stored, with its link. */
export interface AuditRow extends ChainRow, AuditValues {
  salt: string | null;
  mac: string | null;
}

export interface AuditFilter {
  companyId?: number | undefined;
  /** From this time on. */
  since?: Date | undefined;
  /** Before this time. */
  until?: Date | undefined;
  /** A position: only what comes after it. */
  after?: string | undefined;
}

const PAGE_SIZE = 1_000;

/** Rows that have a position, in its order, page by page. */
export async function* readAudit(tx: Tx, filter: AuditFilter = {}): AsyncGenerator<AuditRow[]> {
  let after = filter.after ?? '-1';
  for (;;) {
    const page = await readAuditPage(tx, { ...filter, after }, PAGE_SIZE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < PAGE_SIZE) return;
    after = last.position;
  }
}

/** One page of them. */
async function readAuditPage(tx: Tx, filter: AuditFilter, size: number): Promise<AuditRow[]> {
  const { companyId, since, until, after = '0' } = filter;
  return tx.$queryRaw<AuditRow[]>`
    SELECT ${chainColumns}, actor_name AS "actorName", actor_from AS "actorFrom", before, after, salt, mac
    FROM audit_entries WHERE position > ${after}::bigint
      ${companyId === undefined ? Prisma.empty : Prisma.sql`AND company_id = ${companyId}`}
      ${since === undefined ? Prisma.empty : Prisma.sql`AND created_at >= ${since}`}
      ${until === undefined ? Prisma.empty : Prisma.sql`AND created_at < ${until}`}
    ORDER BY audit_entries.position LIMIT ${size}`;
}
