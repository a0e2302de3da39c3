import { lockDocuments, orderKeysOf, replaceBodies, type BodyChange } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import type { Renderer } from '../documents/rerender.js';
import { writeJson } from '../formats/json.js';
import {
  ACKNOWLEDGEMENT_RENDERER_VERSION,
  renderAcknowledgement,
} from '../logicbroker/map-acknowledgement.js';
import { readAcknowledgement } from '../logicbroker/read-acknowledgement.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrdersByDocuments, readOrderRecords } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import { findAcknowledgements, type StoredAcknowledgement } from './acknowledgement-store.js';
import { typeOf } from './plan-acknowledgement.js';

/** The head's columns that the text repeats. */
export type AcknowledgementHead = Pick<
  DocumentHead,
  'key' | 'senderCompanyId' | 'receiverCompanyId' | 'statusCode' | 'linkKey' | 'documentDate'
>;

/** The document's text; see `renderAcknowledgement`. */
export function acknowledgementText(
  head: AcknowledgementHead,
  record: Pick<OrderRecord, 'order' | 'lines' | 'units'>,
  stored: Pick<StoredAcknowledgement, 'input' | 'lines' | 'cancelId'>,
): string {
  const { order, lines } = record;
  return writeJson(
    renderAcknowledgement({
      key: head.key,
      senderId: head.senderCompanyId,
      receiverId: head.receiverCompanyId,
      statusCode: head.statusCode,
      documentDate: head.documentDate,
      order: {
        linkKey: head.linkKey,
        tiktokOrderId: order.tiktokOrderId,
        createdAt: order.createdAt,
        lines,
      },
      input: stored.input,
      lines: stored.lines,
      type: typeOf(readAcknowledgement(stored.input), lines),
      cancelId: stored.cancelId,
    }),
  );
}

/**
 * Brings acknowledgements' documents up to date after something they show has changed. The caller holds the orders'
 * locks. Texts that come out the same leave version and ETag alone.
 */
export async function refreshAcknowledgementDocuments(
  tx: Tx,
  { companyId, keys }: { companyId: number; keys: number[] },
): Promise<void> {
  const heads = new Map((await lockDocuments(tx, { companyId, keys })).map((head) => [head.key, head]));
  const found = await findAcknowledgements(tx, { companyId, documentKeys: keys });
  const orderIds = [...new Set(found.map(({ orderId }) => orderId))];
  const records = new Map((await readOrderRecords(tx, orderIds)).map((record) => [record.id, record]));
  const changes = found.flatMap((stored): BodyChange[] => {
    const head = heads.get(stored.documentKey);
    const record = records.get(stored.orderId);
    if (!head || !record) return [];
    const body = acknowledgementText(head, record, stored);
    return [{ key: head.key, body, rendererVersion: ACKNOWLEDGEMENT_RENDERER_VERSION }];
  });
  await replaceBodies(tx, changes);
}

/** The same for the sweep over documents of older versions. Locks the orders first. */
export const acknowledgementRenderer: Renderer = {
  type: 'acknowledgement',
  version: ACKNOWLEDGEMENT_RENDERER_VERSION,
  async refresh(tx, { companyId, keys }) {
    const documentKeys = await orderKeysOf(tx, { companyId, keys });
    await lockOrdersByDocuments(tx, { companyId, documentKeys });
    await refreshAcknowledgementDocuments(tx, { companyId, keys });
  },
};
