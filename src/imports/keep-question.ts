import type { FeedKind } from './feed-kind.js';
import type { ImportDeps } from './import-deps.js';
import type { LayoutQuestion } from './layout-question.js';
import { keepProposal } from './layout-store.js';

/** Keeps what a file has to ask its sender, so that the answer can name it. */
export async function keepQuestion(
  { db, clock }: Pick<ImportDeps, 'db' | 'clock'>,
  { code }: Pick<FeedKind, 'code'>,
  { id: importId, companyId }: { id: number; companyId: number },
  { fingerprint, columns, mapping }: LayoutQuestion,
): Promise<void> {
  const layout = { companyId, feedKind: code, fingerprint, columns, mapping, importId, seenAt: clock.now() };
  await db.transaction((tx) => keepProposal(tx, layout));
}
