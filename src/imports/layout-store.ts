import type { BulkTx } from '../store/bulk-transaction.js';
import type { Tx } from '../store/database.js';
import type { Layout, LayoutMapping } from './file-layout.js';

/** Proposals of a company that nobody has confirmed; older ones go. */
const MOST_PROPOSED = 100;

interface LayoutKey {
  companyId: number;
  feedKind: string;
  fingerprint: string;
}

/** The confirmed layouts of a company and kind, by the fingerprint of the header. */
export async function readLayouts(
  tx: BulkTx,
  { companyId, feedKind }: Omit<LayoutKey, 'fingerprint'>,
): Promise<ReadonlyMap<string, LayoutMapping>> {
  const rows = await tx.query<{ fingerprint: string; mapping: LayoutMapping }>(
    `SELECT fingerprint, mapping FROM import_layouts
     WHERE company_id = $1 AND feed_kind = $2 AND confirmed_at IS NOT NULL`,
    [companyId, feedKind],
  );
  return new Map(rows.map(({ fingerprint, mapping }) => [fingerprint, mapping]));
}

/** Keeps what a file has to ask; what is confirmed stays as it is, and the oldest of too many proposals go. */
export async function keepProposal(
  tx: Tx,
  {
    companyId,
    feedKind,
    fingerprint,
    columns,
    mapping,
    importId,
    seenAt,
  }: Omit<Layout, 'confirmedAt' | 'confirmedBy'>,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO import_layouts AS l (company_id, feed_kind, fingerprint, columns, mapping, import_id, seen_at)
    VALUES (${companyId}, ${feedKind}, ${fingerprint}, ${JSON.stringify(columns)}::jsonb, ${JSON.stringify(mapping)}::jsonb,
      ${importId}, ${seenAt})
    ON CONFLICT (company_id, feed_kind, fingerprint) DO UPDATE SET
      columns = excluded.columns, mapping = excluded.mapping, import_id = excluded.import_id, seen_at = excluded.seen_at
    WHERE l.confirmed_at IS NULL`;
  await tx.$executeRaw`
    DELETE FROM import_layouts WHERE company_id = ${companyId} AND confirmed_at IS NULL AND (feed_kind, fingerprint) IN (
      SELECT feed_kind, fingerprint FROM import_layouts WHERE company_id = ${companyId} AND confirmed_at IS NULL
      ORDER BY seen_at DESC OFFSET ${MOST_PROPOSED})`;
}

/** Last seen first. */
export async function listLayouts(tx: Tx, companyId: number): Promise<Layout[]> {
  const rows = await tx.importLayout.findMany({ where: { companyId }, orderBy: { seenAt: 'desc' } });
  return rows.map((row) => toLayout(row));
}

/** Locked for the rest of the transaction; null when the company has none such. */
export async function lockLayout(
  tx: Tx,
  { companyId, feedKind, fingerprint }: LayoutKey,
): Promise<Layout | null> {
  const [row] = await tx.$queryRaw<Record<string, unknown>[]>`
    SELECT company_id AS "companyId", feed_kind AS "feedKind", fingerprint, columns, mapping, import_id AS "importId",
      seen_at AS "seenAt", confirmed_at AS "confirmedAt", confirmed_by AS "confirmedBy"
    FROM import_layouts WHERE company_id = ${companyId} AND feed_kind = ${feedKind} AND fingerprint = ${fingerprint}
    FOR UPDATE`;
  return row ? toLayout(row as unknown as StoredLayout) : null;
}

export async function countConfirmed(tx: Tx, companyId: number): Promise<number> {
  return tx.importLayout.count({ where: { companyId, confirmedAt: { not: null } } });
}

export async function writeConfirmed(
  tx: Tx,
  { companyId, feedKind, fingerprint, mapping, confirmedAt, confirmedBy }: Layout,
): Promise<void> {
  await tx.importLayout.update({
    where: { companyId_feedKind_fingerprint: { companyId, feedKind, fingerprint } },
    data: { mapping: { ...mapping }, confirmedAt, confirmedBy },
  });
}

export async function deleteLayout(tx: Tx, { companyId, feedKind, fingerprint }: LayoutKey): Promise<void> {
  await tx.importLayout.delete({
    where: { companyId_feedKind_fingerprint: { companyId, feedKind, fingerprint } },
  });
}

interface StoredLayout extends Omit<Layout, 'columns' | 'mapping'> {
  columns: unknown;
  mapping: unknown;
}

function toLayout({ columns, mapping, ...rest }: StoredLayout): Layout {
  return { ...rest, columns: columns as string[], mapping: mapping as LayoutMapping };
}
