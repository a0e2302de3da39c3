import type { Database, Tx } from '../store/database.js';
import type { DocumentType } from '../logicbroker/document-types.js';

/** How the documents of one type get the text that this version of the program gives them. */
export interface Renderer {
  type: DocumentType;
  version: number;
  /** Locks what the texts are made from, then brings the documents up to date. */
  refresh(tx: Tx, which: { companyId: number; keys: number[] }): Promise<void>;
}

const BATCH = 200;

/**
 * Renders documents anew whose text was made by an older version, in small transactions. Safe to stop and to repeat;
 * versions and ETags rise only where the text differs.
 * @returns how many were looked at
 */
export async function rerenderOldDocuments(db: Database, renderers: readonly Renderer[]): Promise<number> {
  let count = 0;
  for (const renderer of renderers) {
    for (let after = 0; ;) {
      const batch = await findOld(db.prisma, renderer, after);
      const last = batch.at(-1);
      if (!last) break;
      for (const [companyId, keys] of byCompany(batch)) {
        await db.transaction((tx) => renderer.refresh(tx, { companyId, keys }));
      }
      count += batch.length;
      after = last.key;
    }
  }
  return count;
}

function findOld(
  tx: Tx,
  { type, version }: Renderer,
  after: number,
): Promise<{ key: number; companyId: number }[]> {
  return tx.document.findMany({
    where: { type, rendererVersion: { lt: version }, key: { gt: after } },
    select: { key: true, companyId: true },
    orderBy: { key: 'asc' },
    take: BATCH,
  });
}

function byCompany(batch: { key: number; companyId: number }[]): Map<number, number[]> {
  const companies = new Map<number, number[]>();
  for (const { key, companyId } of batch) {
    companies.set(companyId, [...(companies.get(companyId) ?? []), key]);
  }
  return companies;
}
