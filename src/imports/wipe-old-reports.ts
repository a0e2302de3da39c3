import type { Tx } from '../store/database.js';

/**
 * What was said of the rows of older files goes, and what the files were called: a cell may hold anybody's name. So do
 * headers that nobody has confirmed. The counts stay. Files that wait to be read or confirmed are left alone.
 * @returns how many files
 */
export async function wipeOldReports(
  tx: Tx,
  { companyId, before, limit }: { companyId: number; before: Date; limit: number },
): Promise<number> {
  const imports = await tx.$queryRaw<{ id: number }[]>`
    UPDATE imports SET file_name = NULL, warnings = '[]', groups = '[]',
      reason = CASE WHEN reason IS NOT NULL THEN 'Removed with the report.' END
    WHERE id IN (SELECT i.id FROM imports i
      WHERE i.company_id = ${companyId} AND i.finished_at < ${before}
        AND i.state NOT IN ('held', 'receiving', 'received')
        AND (i.file_name IS NOT NULL OR i.warnings <> '[]' OR i.groups <> '[]' OR i.reason <> 'Removed with the report.'
          OR EXISTS (SELECT FROM import_findings f WHERE f.import_id = i.id))
      ORDER BY i.id LIMIT ${limit}::int)
    RETURNING id`;
  // Of a file without a header the first row was taken for one: what nobody confirmed in all that time goes.
  await tx.importLayout.deleteMany({ where: { companyId, confirmedAt: null, seenAt: { lt: before } } });
  await tx.importFinding.deleteMany({ where: { importId: { in: imports.map(({ id }) => id) } } });
  return imports.length;
}
