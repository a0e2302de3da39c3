import type { DocumentHead } from '../documents/document.js';
import { ORDER_RENDERER_VERSION, renderOrder } from '../logicbroker/map-order.js';
import { rewriteDocuments, type Renderer } from '../documents/rerender.js';
import type { Tx } from '../store/database.js';
import type { OrderRecord } from './order-record.js';
import { findOrdersByDocuments, lockOrdersByDocuments, readOrderRecords } from './order-store.js';

/** Exported orders by the keys of their documents. */
export const orderRenderer: Renderer<OrderRecord> = {
  type: 'order',
  version: ORDER_RENDERER_VERSION,
  lock: (tx, { companyId, keys }) => lockOrdersByDocuments(tx, { companyId, documentKeys: keys }),
  read: async (tx, { companyId, keys }) =>
    byDocument(await findOrdersByDocuments(tx, { companyId, documentKeys: keys })),
  text: renderRecord,
};

/** The same by our own ids; orders of other companies and without a document are left alone. */
export async function refreshOrderDocuments(
  tx: Tx,
  { companyId, orderIds }: { companyId: number; orderIds: readonly bigint[] },
): Promise<void> {
  const records = await readOrderRecords(tx, orderIds);
  await rewriteDocuments(tx, orderRenderer, companyId, byDocument(records));
}

/** Orders by the key of their document; those without one are left out. */
export function byDocument(records: readonly OrderRecord[]): Map<number, OrderRecord> {
  return new Map(
    records.flatMap((record) => (record.documentKey === null ? [] : [[record.documentKey, record] as const])),
  );
}

/** The columns of the document that its text repeats. */
export type OrderDocumentHead = Pick<
  DocumentHead,
  'key' | 'statusCode' | 'linkKey' | 'senderCompanyId' | 'receiverCompanyId' | 'documentDate'
>;

export function renderRecord(
  record: Pick<OrderRecord, 'order' | 'lines' | 'units' | 'constantAttributes' | 'cancelRequest'> &
    Partial<Pick<OrderRecord, 'together'>>,
  head: OrderDocumentHead,
): string {
  const { key, statusCode, linkKey, senderCompanyId, receiverCompanyId, documentDate } = head;
  const { order, lines, units, constantAttributes, cancelRequest, together = [] } = record;
  return renderOrder({
    key,
    statusCode,
    linkKey,
    senderCompanyId,
    receiverCompanyId,
    documentDate,
    order,
    lines,
    units,
    constantAttributes,
    cancelRequest,
    together,
  });
}
