import type { DocumentHead } from '../documents/document.js';
import { lockDocuments, replaceBodies } from '../documents/document-store.js';
import type { Renderer } from '../documents/rerender.js';
import { renderReturn, RETURN_RENDERER_VERSION } from '../logicbroker/map-return.js';
import type { Tx } from '../store/database.js';
import { openAction } from './return-life-cycle.js';
import type { ReturnRecord } from './return-record.js';
import { findReturnsByDocuments, lockReturnsByDocuments } from './return-store.js';

/** The columns of the document that its text repeats. */
export type ReturnDocumentHead = Pick<
  DocumentHead,
  'key' | 'statusCode' | 'linkKey' | 'senderCompanyId' | 'receiverCompanyId' | 'documentDate'
>;

export function returnText(
  record: Pick<ReturnRecord, 'shown' | 'lines' | 'words' | 'orderedAt' | 'answers'>,
  head: ReturnDocumentHead,
): string {
  const { key, statusCode, linkKey, senderCompanyId, receiverCompanyId, documentDate } = head;
  const { shown, lines, words, orderedAt } = record;
  return renderReturn({
    key,
    statusCode,
    linkKey,
    senderCompanyId,
    receiverCompanyId,
    documentDate,
    shown,
    lines,
    words,
    orderedAt,
    nextAction: openAction(record),
  });
}

/**
 * Brings documents up to date after something they show has changed. The caller holds the requests' locks. Texts that
 * come out the same leave version and ETag alone.
 */
export async function refreshReturnDocuments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: number[] },
): Promise<void> {
  if (keys.length === 0) return;
  const records = await findReturnsByDocuments(tx, { companyId, keys });
  const heads = new Map((await lockDocuments(tx, { companyId, keys })).map((head) => [head.key, head]));
  const changes = records.flatMap((record) => {
    const head = record.documentKey === null ? undefined : heads.get(record.documentKey);
    if (!head) return [];
    return [{ key: head.key, body: returnText(record, head), rendererVersion: RETURN_RENDERER_VERSION }];
  });
  await replaceBodies(tx, changes);
}

/** The same for the sweep over documents of older versions. */
export const returnRenderer: Renderer = {
  type: 'return',
  version: RETURN_RENDERER_VERSION,
  async refresh(tx, which) {
    await lockReturnsByDocuments(tx, which);
    await refreshReturnDocuments(tx, which);
  },
};
