import type { Actor } from '../companies/actor.js';
import { listConnections } from '../connections/connection-store.js';
import { allocateKeys, changeStatus, createDocuments, recordEvents } from '../documents/document-store.js';
import type { DocumentHead, NewDocument } from '../documents/document.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { ACKNOWLEDGEMENT_RENDERER_VERSION } from '../logicbroker/map-acknowledgement.js';
import { piecesPerUnit, unitLineOf } from '../domain/bundle.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrdersByDocuments, readOrderRecords } from '../orders/order-store.js';
import type { Tx } from '../store/database.js';
import {
  findAccepted,
  findOwnCancelsOf,
  insertAcknowledgements,
  type StoredAcknowledgement,
} from './acknowledgement-store.js';
import { ownReference } from './own-reference.js';
import { acknowledgementText } from './render-acknowledgement-document.js';

export interface Accepted {
  key: number;
  orderKey: number;
  kind: 'accept' | 'backorder';
}

/**
 * What accepting means: the document is complete at once, the order is Ready to Ship, and TikTok is told nothing, since
 * it has no place for it (the article: acceptances are not sent). A backorder leaves the order where it is.
 */
export async function completeAccepted(
  tx: Tx,
  { companyId, by }: { companyId: number; by: Actor },
  accepted: readonly Accepted[],
): Promise<void> {
  const keys = accepted.map(({ key }) => key);
  await changeStatus(tx, { companyId, keys, type: 'acknowledgement', to: StatusCode.complete, by });
  const orderKeys = accepted.filter(({ kind }) => kind === 'accept').map(({ orderKey }) => orderKey);
  const to = StatusCode.readyToShip;
  await changeStatus(tx, { companyId, keys: orderKeys, type: 'order', to, onlyIncrease: true, by });
  await recordEvents(
    tx,
    by,
    keys.map((documentKey) => ({
      companyId,
      documentKey,
      event: 'acknowledgement-accepted' as const,
      summary: 'Stored, and not sent to TikTok: its API knows no acceptances and no backorders.',
    })),
  );
}

interface Fetched {
  record: OrderRecord;
  head: DocumentHead;
}

/**
 * Accepts orders that the ERP has just fetched (200), where their connection wants it (setting autoAcknowledge): a few
 * statements whatever their number. Orders that are accepted already, or being cancelled, get no document. Part of the
 * transaction that moves them.
 */
export async function ordersMoved(
  tx: Tx,
  { heads, to, now, by }: { heads: readonly DocumentHead[]; to: number; now: Date; by: Actor },
): Promise<void> {
  const companyId = heads[0]?.companyId;
  if (companyId === undefined || to !== StatusCode.acknowledged) return;
  const fetched = await toAccept(tx, companyId, heads);
  const keys = await allocateKeys(tx, fetched.length);
  const made = fetched.flatMap((each, index) => {
    const key = keys[index];
    return key === undefined ? [] : [acceptanceOf(each, key, now)];
  });
  await createDocuments(
    tx,
    made.map(({ document }) => document),
  );
  await insertAcknowledgements(
    tx,
    made.map(({ stored }) => stored),
  );
  await completeAccepted(
    tx,
    { companyId, by },
    made.map(({ document }) => ({ key: document.key, orderKey: document.parentKey ?? 0, kind: 'accept' })),
  );
}

async function toAccept(tx: Tx, companyId: number, heads: readonly DocumentHead[]): Promise<Fetched[]> {
  const connections = await listConnections(tx, { companyId, includeClosed: true });
  const wanting = new Set(connections.filter(({ settings }) => settings.autoAcknowledge).map(({ id }) => id));
  const byKey = new Map(
    heads.filter(({ connectionId }) => wanting.has(connectionId)).map((head) => [head.key, head]),
  );
  if (byKey.size === 0) return [];
  const orderIds = await lockOrdersByDocuments(tx, { companyId, documentKeys: [...byKey.keys()] });
  const accepted = await findAccepted(tx, orderIds);
  const ownCancels = await findOwnCancelsOf(tx, { companyId, orderIds });
  const open = orderIds.filter((id) => !accepted.has(id) && !ownCancels.has(id));
  const records = await readOrderRecords(tx, open);
  return records.flatMap((record) => {
    const head = byKey.get(record.documentKey ?? 0);
    return head && record.units.some(({ cancelled }) => !cancelled) ? [{ record, head }] : [];
  });
}

function acceptanceOf(
  { record, head: orderHead }: Fetched,
  key: number,
  now: Date,
): { document: NewDocument; stored: StoredAcknowledgement } {
  const { companyId } = record;
  const lines = record.lines.flatMap((line) => {
    const { lineNumber, supplierSku, merchantSku } = line;
    const units = record.units.filter((unit) => unit.lineNumber === unitLineOf(line) && !unit.cancelled);
    const open = units.length * piecesPerUnit(line);
    const item = { SupplierSKU: supplierSku, PartnerSKU: merchantSku };
    return open > 0
      ? [{ lineNumber, document: { ItemIdentifier: item, LineNumber: lineNumber, Quantity: open } }]
      : [];
  });
  const input: JsonObject = {
    AcknowledgementNumber: `AUTO-${orderHead.key}`,
    AckLines: lines.map(({ document }) => document),
  };
  const stored: StoredAcknowledgement = {
    documentKey: key,
    orderId: record.id,
    companyId,
    kind: 'accept',
    state: 'done',
    cancelReason: null,
    cancelId: null,
    unitIds: [],
    input,
    lines: lines.map(({ lineNumber }, index) => ({ path: `AckLines[${index}]`, lineNumber, unitIds: [] })),
  };
  const document = {
    key,
    companyId,
    connectionId: record.connectionId,
    type: 'acknowledgement' as const,
    statusCode: StatusCode.new,
    linkKey: orderHead.linkKey,
    sourceKey: record.order.tiktokOrderId,
    partnerPo: orderHead.partnerPo,
    reference: ownReference('auto', orderHead.key),
    parentKey: orderHead.key,
    senderCompanyId: companyId,
    receiverCompanyId: orderHead.senderCompanyId,
    documentDate: now,
    contentHash: null,
  };
  const body = acknowledgementText(document, record, stored);
  return { document: { ...document, body, rendererVersion: ACKNOWLEDGEMENT_RENDERER_VERSION }, stored };
}
