import type { DocumentHead } from '../documents/document.js';
import type { Renderer } from '../documents/rerender.js';
import { writeJson } from '../formats/json.js';
import {
  ACKNOWLEDGEMENT_RENDERER_VERSION,
  renderAcknowledgement,
} from '../logicbroker/map-acknowledgement.js';
import { readAcknowledgement } from '../logicbroker/read-acknowledgement.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrdersOf, readRecordsOf } from '../orders/lock-with-order.js';
import { findAcknowledgements, type StoredAcknowledgement } from './acknowledgement-store.js';
import { typeOf } from './plan-acknowledgement.js';

/** The head's columns that the text repeats. */
type AcknowledgementHead = Pick<
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

/** An acknowledgement with the order that it belongs to. */
interface WithOrder {
  stored: StoredAcknowledgement;
  record: OrderRecord;
}

export const acknowledgementRenderer: Renderer<WithOrder> = {
  type: 'acknowledgement',
  version: ACKNOWLEDGEMENT_RENDERER_VERSION,
  lock: lockOrdersOf,
  async read(tx, { companyId, keys }) {
    const found = await findAcknowledgements(tx, { companyId, documentKeys: keys });
    const records = await readRecordsOf(tx, found);
    return new Map(
      found.flatMap((stored) => {
        const record = records.get(stored.orderId);
        return record ? [[stored.documentKey, { stored, record }]] : [];
      }),
    );
  },
  text: ({ stored, record }, head) => acknowledgementText(head, record, stored),
};
