import type { Actor } from '../companies/actor.js';
import { allocateKeys, createDocuments, lockDocuments, recordEvents } from '../documents/document-store.js';
import type { DocumentHead, NewDocument } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import {
  ACKNOWLEDGEMENT_RENDERER_VERSION,
  pulledAcknowledgement,
} from '../logicbroker/map-acknowledgement.js';
import { piecesPerUnit } from '../domain/bundle.js';
import type { OrderRecord } from '../orders/order-record.js';
import { readOrderRecords } from '../orders/order-store.js';
import { markCancelReady } from '../orders/piece-store.js';
import type { Tx } from '../store/database.js';
import { findPulled, insertAcknowledgements, type StoredAcknowledgement } from './acknowledgement-store.js';
import { ownReference } from './own-reference.js';
import { acknowledgementText } from './render-acknowledgement-document.js';

/** A cancellation that happened in TikTok, of an order that the ERP has. */
export interface PulledCancellation {
  companyId: number;
  connectionId: number;
  orderId: bigint;
  /** TikTok's id of the cancellation: AcknowledgementNumber. */
  cancelId: string;
  /** The pieces that it cancels. */
  unitIds: readonly string[];
  /** What the ERP reads as ChangeReason. */
  changeReason: string;
  /** TikTok's key and words for what the customer gave as the reason. */
  customerReason: { key: string | null; text: string | null };
  /** TikTok's word: BUYER, SELLER, SYSTEM, OPERATOR. */
  role: string;
  /** When it was cancelled: AcknowledgementDate. */
  at: Date;
}

interface Made {
  head: NewDocument;
  stored: StoredAcknowledgement;
}

/**
 * Tells the ERP of cancelled pieces: one acknowledgement per cancellation, addressed to the seller, at Submitted. The
 * caller holds the orders' locks. A cancellation that was told already keeps its document; one without a piece on any
 * line of the document (cancelled before the ERP got the order) needs none and is left out of the answer.
 * @returns document keys by cancellation id
 */
export async function createPulledAcknowledgements(
  tx: Tx,
  items: readonly PulledCancellation[],
  { by, now }: { by: Actor; now: Date },
): Promise<Map<string, number>> {
  if (items.length === 0) return new Map();
  const orderIds = [...new Set(items.map(({ orderId }) => orderId))];
  const known = await findPulled(tx, orderIds);
  const records = new Map((await readOrderRecords(tx, orderIds)).map((record) => [record.id, record]));
  const heads = await orderHeads(tx, items, [...records.values()]);
  const news = items.filter(({ cancelId }) => !known.has(cancelId));
  const keys = await allocateKeys(tx, news.length);
  const made = news.flatMap((item, index): Made[] => {
    const record = records.get(item.orderId);
    const orderHead = heads.get(record?.documentKey ?? 0);
    const key = keys[index];
    const one =
      record && orderHead && key !== undefined ? makeOne(item, record, orderHead, { key, now }) : null;
    return one ? [one] : [];
  });
  await createDocuments(
    tx,
    made.map(({ head }) => head),
  );
  await insertAcknowledgements(
    tx,
    made.map(({ stored }) => stored),
  );
  // From here on the ERP may count what it knows as given back.
  await markCancelReady(
    tx,
    made.map(({ stored }) => stored),
    now,
  );
  await recordEvents(
    tx,
    by,
    made.map(({ head, stored }) => ({
      companyId: head.companyId,
      documentKey: head.key,
      event: 'acknowledgement-pulled' as const,
      summary: `TikTok has cancelled ${stored.unitIds.length} pieces of the order (cancellation ${stored.cancelId}).`,
    })),
  );
  return new Map([
    ...known,
    ...made.map(({ stored }) => [stored.cancelId ?? '', stored.documentKey] as const),
  ]);
}

async function orderHeads(
  tx: Tx,
  items: readonly PulledCancellation[],
  records: readonly OrderRecord[],
): Promise<Map<number, DocumentHead>> {
  const keys = records.flatMap(({ documentKey }) => documentKey ?? []);
  const companyIds = [...new Set(items.map(({ companyId }) => companyId))];
  const heads: DocumentHead[] = [];
  for (const companyId of companyIds) heads.push(...(await lockDocuments(tx, { companyId, keys })));
  return new Map(heads.map((head) => [head.key, head]));
}

/** Null when the ERP knows none of the pieces. */
function makeOne(
  item: PulledCancellation,
  record: OrderRecord,
  orderHead: DocumentHead,
  { key, now }: { key: number; now: Date },
): Made | null {
  const lines = record.lines.flatMap((line) => {
    const unitIds = line.unitIds.filter((unitId) => item.unitIds.includes(unitId));
    return unitIds.length > 0 ? [{ ...line, unitIds, pieces: unitIds.length * piecesPerUnit(line) }] : [];
  });
  if (lines.length === 0) return null;
  const input = pulledAcknowledgement({
    acknowledgementNumber: item.cancelId,
    changeReason: item.changeReason,
    customerReason: item.customerReason,
    role: item.role,
    cancelledAt: item.at,
    isWhole: record.units.every(({ unitId, cancelled }) => cancelled || item.unitIds.includes(unitId)),
    lines,
  });
  const stored: StoredAcknowledgement = {
    documentKey: key,
    orderId: record.id,
    companyId: record.companyId,
    kind: 'pulled',
    state: 'done',
    cancelReason: item.customerReason.key,
    cancelId: item.cancelId,
    unitIds: [...new Set(lines.flatMap(({ unitIds }) => unitIds))],
    input,
    lines: lines.map(({ lineNumber, unitIds }, index) => ({
      path: `AckLines[${index}]`,
      lineNumber,
      unitIds,
    })),
  };
  const head = {
    key,
    companyId: record.companyId,
    connectionId: item.connectionId,
    type: 'acknowledgement' as const,
    statusCode: StatusCode.submitted,
    linkKey: orderHead.linkKey,
    sourceKey: record.order.tiktokOrderId,
    partnerPo: orderHead.partnerPo,
    // An ERP that answers a request may have given its own acknowledgement the request's number.
    reference: ownReference('tiktok', item.cancelId),
    parentKey: orderHead.key,
    senderCompanyId: orderHead.senderCompanyId,
    receiverCompanyId: orderHead.receiverCompanyId,
    documentDate: now,
    contentHash: null,
  };
  const body = acknowledgementText(head, record, stored);
  return { head: { ...head, body, rendererVersion: ACKNOWLEDGEMENT_RENDERER_VERSION }, stored };
}
