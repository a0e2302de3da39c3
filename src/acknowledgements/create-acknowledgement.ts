import { getConnection } from '../connections/connection-store.js';
import { hashOfContent } from '../documents/content-hash.js';
import {
  allocateKeys,
  changeStatus,
  createDocuments,
  findChildByReference,
  lockDocuments,
  recordEvents,
} from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { statusName, StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { ACKNOWLEDGEMENT_RENDERER_VERSION } from '../logicbroker/map-acknowledgement.js';
import { readAcknowledgement } from '../logicbroker/read-acknowledgement.js';
import { findOrderKey } from '../orders/find-order.js';
import type { OrderRecord } from '../orders/order-record.js';
import { lockOrderByDocument } from '../orders/order-store.js';
import { markHanded } from '../orders/piece-store.js';
import type { Tx } from '../store/database.js';
import { completeAccepted } from './accept-orders.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import { insertAcknowledgements } from './acknowledgement-store.js';
import type { AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';
import { decideAcknowledgement } from './decide-acknowledgement.js';
import { enqueueCancel } from './enqueue-cancel.js';
import { checkForeignNumber } from './own-reference.js';
import { acknowledgementText } from './render-acknowledgement-document.js';

export interface NewAcknowledgement {
  companyId: number;
  /** A v3 Acknowledgement, parsed so that numbers keep their text. */
  document: JsonObject;
}

/** `created` is false when the same acknowledgement was sent before. */
export interface CreatedAcknowledgement {
  key: number;
  created: boolean;
}

/**
 * Takes an acknowledgement from the ERP. Accepting moves the order to Ready to Ship and is told to nobody else; a
 * cancellation is stored and on its way to TikTok, in one transaction. Sent again with the same number and content it is
 * the same acknowledgement, so a caller without an answer may simply repeat.
 *
 * What our own data can decide is refused here and leaves nothing behind; what TikTok decides shows on the document.
 * @throws AppError invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export async function createAcknowledgement(
  deps: AcknowledgementDeps,
  { companyId, document }: NewAcknowledgement,
): Promise<CreatedAcknowledgement> {
  const input = readAcknowledgement(document);
  checkForeignNumber(input.acknowledgementNumber);
  const orderKey = await findOrderKey(deps.db.prisma, { companyId, noun: 'acknowledgement' }, input.order);
  const { StatusCode: _status, ...content } = document;
  const wanted: Wanted = { companyId, orderKey, document, input, hash: await hashOfContent(content) };
  const { result, wake } = await deps.db.transaction((tx) => store(deps, tx, wanted));
  if (wake !== null) deps.wake?.(wake);
  return result;
}

interface Wanted {
  companyId: number;
  orderKey: number;
  document: JsonObject;
  input: AcknowledgementInput;
  hash: string;
}

async function store(
  deps: AcknowledgementDeps,
  tx: Tx,
  wanted: Wanted,
): Promise<{ result: CreatedAcknowledgement; wake: bigint | null }> {
  const { companyId, orderKey, input } = wanted;
  const record = await lockOrderByDocument(tx, { companyId, documentKey: orderKey });
  const [orderHead] = await lockDocuments(tx, { companyId, keys: [orderKey] });
  if (!record || !orderHead) throw new AppError('not-found', `There is no order ${orderKey}.`);
  await markHanded(tx, { companyId, keys: [orderKey], now: deps.clock.now() });
  const existing = await findSame(tx, wanted);
  if (existing !== null) return { result: { key: existing, created: false }, wake: null };
  const connection = await getConnection(tx, { id: record.connectionId });
  const { plan, cancelReason } = await decideAcknowledgement(tx, { record, orderHead, connection }, input);
  const head = await insert(deps, tx, wanted, { record, orderHead, plan, cancelReason });
  const result = { key: head.key, created: true };
  if (plan.kind === 'cancel') {
    const to = StatusCode.processing;
    await changeStatus(tx, { companyId, keys: [head.key], type: 'acknowledgement', to });
    return { result, wake: await enqueueCancel(tx, { head, record }) };
  }
  await completeAccepted(tx, companyId, [{ key: head.key, orderKey, kind: plan.kind }]);
  return { result, wake: null };
}

/**
 * Key of the acknowledgement that was sent before.
 * @throws AppError invalid-document when the number stands for another content
 */
async function findSame(tx: Tx, { companyId, orderKey, input, hash }: Wanted): Promise<number | null> {
  const reference = input.acknowledgementNumber;
  const search = { companyId, type: 'acknowledgement', parentKey: orderKey, reference } as const;
  const known = await findChildByReference(tx, search);
  if (!known) return null;
  if (known.contentHash === hash) return known.key;
  const status = statusName('acknowledgement', known.statusCode);
  throw new AppError('invalid-document', 'This acknowledgement already exists with another content.', {
    details: [
      {
        field: 'AcknowledgementNumber',
        message: `${reference} is acknowledgement ${known.key} of the order with link key ${known.linkKey} (${status}), with another content`,
        next: 'Use a new number.',
      },
    ],
  });
}

interface Decided {
  record: OrderRecord;
  orderHead: DocumentHead;
  plan: AcknowledgementPlan;
  cancelReason: string | null;
}

/** Document and row, still untouched by what the acknowledgement does. */
async function insert(
  deps: AcknowledgementDeps,
  tx: Tx,
  { companyId, document, input, hash }: Wanted,
  { record, orderHead, plan, cancelReason }: Decided,
): Promise<DocumentHead> {
  const [key] = await allocateKeys(tx, 1);
  if (key === undefined) throw new Error('The sequence of document keys gave none');
  const now = deps.clock.now();
  const head: DocumentHead = {
    key,
    companyId,
    connectionId: record.connectionId,
    type: 'acknowledgement',
    statusCode: StatusCode.new,
    version: 1,
    linkKey: orderHead.linkKey,
    sourceKey: input.order.sourceKey ?? record.order.tiktokOrderId,
    partnerPo: orderHead.partnerPo,
    reference: input.acknowledgementNumber,
    parentKey: orderHead.key,
    senderCompanyId: companyId,
    receiverCompanyId: orderHead.senderCompanyId,
    documentDate: now,
    errorMessage: null,
    contentHash: hash,
    updatedAt: now,
  };
  const row = {
    documentKey: key,
    orderId: record.id,
    companyId,
    kind: plan.kind,
    state: plan.kind === 'cancel' ? ('pending' as const) : ('done' as const),
    cancelReason,
    cancelId: null,
    unitIds: plan.unitIds,
    input: document,
    lines: plan.lines,
  };
  const { version: _version, errorMessage: _error, updatedAt: _updated, ...stored } = head;
  const body = acknowledgementText(head, record, row);
  await createDocuments(tx, [{ ...stored, body, rendererVersion: ACKNOWLEDGEMENT_RENDERER_VERSION }]);
  await insertAcknowledgements(tx, [row]);
  await recordEvents(tx, [
    {
      companyId,
      documentKey: key,
      event: 'acknowledgement-created',
      summary: `Acknowledgement ${input.acknowledgementNumber} received (${plan.kind}).`,
    },
  ]);
  return head;
}
