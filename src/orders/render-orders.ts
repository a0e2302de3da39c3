import { lockDocuments, replaceBodies } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { ORDER_RENDERER_VERSION, renderOrder } from '../logicbroker/map-order.js';
import type { Renderer } from '../documents/rerender.js';
import type { Tx } from '../store/database.js';
import type { OrderRecord } from './order-record.js';
import { lockOrdersByDocuments, readOrderRecords } from './order-store.js';

/**
 * Brings the documents of exported orders up to date after something they show has changed. The caller holds the
 * orders' locks. Texts that come out the same leave version and ETag alone.
 */
export async function refreshOrderDocuments(
  tx: Tx,
  { companyId, orderIds }: { companyId: number; orderIds: readonly bigint[] },
): Promise<void> {
  const bodies = await renderOrders(tx, { companyId, orderIds });
  await replaceBodies(
    tx,
    [...bodies.values()].map((body) => ({ ...body, rendererVersion: ORDER_RENDERER_VERSION })),
  );
}

/** The same by document key, for the sweep over documents of older versions. Locks the orders first. */
export const orderRenderer: Renderer = {
  type: 'order',
  version: ORDER_RENDERER_VERSION,
  async refresh(tx, { companyId, keys }) {
    const orderIds = await lockOrdersByDocuments(tx, { companyId, documentKeys: keys });
    await refreshOrderDocuments(tx, { companyId, orderIds });
  },
};

/** Texts of exported orders of one company by our order id; others are left out. Locks the documents. */
export async function renderOrders(
  tx: Tx,
  { companyId, orderIds }: { companyId: number; orderIds: readonly bigint[] },
): Promise<Map<bigint, { key: number; body: string }>> {
  const records = (await readOrderRecords(tx, orderIds)).filter((record) => record.companyId === companyId);
  const keys = records.map(({ documentKey }) => documentKey).filter((key) => key !== null);
  const heads = new Map((await lockDocuments(tx, { companyId, keys })).map((head) => [head.key, head]));
  const bodies = new Map<bigint, { key: number; body: string }>();
  for (const record of records) {
    const head = record.documentKey === null ? undefined : heads.get(record.documentKey);
    if (head) bodies.set(record.id, { key: head.key, body: renderRecord(record, head) });
  }
  return bodies;
}

/** The columns of the document that its text repeats. */
export type OrderDocumentHead = Pick<
  DocumentHead,
  'key' | 'statusCode' | 'linkKey' | 'senderCompanyId' | 'receiverCompanyId' | 'documentDate'
>;

export function renderRecord(
  record: Pick<OrderRecord, 'order' | 'lines' | 'units' | 'constantAttributes' | 'cancelRequest'>,
  head: OrderDocumentHead,
): string {
  const { key, statusCode, linkKey, senderCompanyId, receiverCompanyId, documentDate } = head;
  const { order, lines, units, constantAttributes, cancelRequest } = record;
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
  });
}
