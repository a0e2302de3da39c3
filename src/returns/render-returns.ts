import type { DocumentHead } from '../documents/document.js';
import type { Renderer } from '../documents/rerender.js';
import { renderReturn, RETURN_RENDERER_VERSION } from '../logicbroker/map-return.js';
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

export const returnRenderer: Renderer<ReturnRecord> = {
  type: 'return',
  version: RETURN_RENDERER_VERSION,
  lock: lockReturnsByDocuments,
  async read(tx, which) {
    const records = await findReturnsByDocuments(tx, which);
    return new Map(
      records.flatMap((record) => (record.documentKey === null ? [] : [[record.documentKey, record]])),
    );
  },
  text: returnText,
};
