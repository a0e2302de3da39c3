import type { DocumentType } from '../logicbroker/document-types.js';
import type { Database, Tx } from '../store/database.js';
import { lockDocuments, replaceBodies } from './document-store.js';
import type { DocumentHead } from './document.js';

interface DocumentsOfCompany {
  companyId: number;
  keys: number[];
}

/** How the documents of one type get the text that this version of the program gives them. */
export interface Renderer<Facts = unknown> {
  type: DocumentType;
  /** Raised by whoever changes what `text` writes; stored documents of older versions are rendered again. */
  version: number;
  /** Locks what the texts are made from, which every writer locks before the documents. */
  lock(tx: Tx, which: DocumentsOfCompany): Promise<unknown>;
  /** What the texts are made from, by document key; a document without it is left out. */
  read(tx: Tx, which: DocumentsOfCompany): Promise<Map<number, Facts>>;
  text(facts: Facts, head: DocumentHead): string;
}

/**
 * Brings documents up to date after something they show has changed. The caller holds the locks of `Renderer.lock`.
 * Texts that come out the same leave version and ETag alone.
 */
export async function refreshDocuments<Facts>(
  tx: Tx,
  renderer: Renderer<Facts>,
  which: DocumentsOfCompany,
): Promise<void> {
  if (which.keys.length === 0) return;
  await rewriteDocuments(tx, renderer, which.companyId, await renderer.read(tx, which));
}

/**
 * The same with facts that the caller has read.
 * @returns heads of the company's documents among them, locked
 */
export async function rewriteDocuments<Facts>(
  tx: Tx,
  renderer: Renderer<Facts>,
  companyId: number,
  facts: ReadonlyMap<number, Facts>,
): Promise<DocumentHead[]> {
  const heads = await lockDocuments(tx, { companyId, keys: [...facts.keys()] });
  const changes = heads.flatMap((head) => {
    const own = facts.get(head.key);
    if (own === undefined) return [];
    return [{ key: head.key, body: renderer.text(own, head), rendererVersion: renderer.version }];
  });
  await replaceBodies(tx, changes);
  return heads;
}

const BATCH = 200;

/**
 * Renders documents again whose text was made by an older version, in small transactions. Safe to stop and to repeat;
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
        await db.transaction(async (tx) => {
          await renderer.lock(tx, { companyId, keys });
          await refreshDocuments(tx, renderer, { companyId, keys });
        });
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
