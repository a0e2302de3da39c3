import {
  allocateKeys,
  createDocuments,
  findChildByReference,
  lockDocuments,
  recordEvents,
} from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { statusName, StatusCode } from '../logicbroker/statuses.js';
import { AppError } from '../kernel/errors.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { SHIPMENT_RENDERER_VERSION } from '../logicbroker/map-shipment.js';
import { readShipment } from '../logicbroker/read-shipment.js';
import type { OrderRecord } from '../orders/order-record.js';
import { findOrderByDocument, lockOrderByDocument } from '../orders/order-store.js';
import { markHanded } from '../orders/piece-store.js';
import type { Tx } from '../store/database.js';
import { tryChooseProviders } from './choose-providers.js';
import { contentHash } from './shipment-hash.js';
import { findOrderKey } from '../orders/find-order.js';
import type { Provider } from './match-provider.js';
import { shipmentText } from './render-shipment-document.js';
import { sendShipment } from './send-shipment.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { insertShipment } from './shipment-store.js';
import type { ShipmentInput } from '../domain/shipment.js';
import { decideShipment, readShippingFacts } from './shipping-facts.js';

export interface NewShipment {
  companyId: number;
  /** The order in the path; without it the document names its order. */
  orderKey?: number | undefined;
  /** A v3 Shipment, parsed so that numbers keep their text. */
  document: JsonObject;
}

/** `created` is false when the same shipment was sent before. */
export interface CreatedShipment {
  key: number;
  created: boolean;
}

/**
 * Takes a shipment from the ERP: stored, and on its way to TikTok, in one transaction; a draft is only stored. Sent again
 * with the same number and content it is the same shipment, so a caller without an answer may simply repeat.
 *
 * What our own data can decide is refused here and leaves nothing behind; what TikTok decides shows on the document.
 * @throws AppError not-found, invalid-document (with field paths) or rule-violated (the gate that refuses)
 */
export async function createShipment(deps: ShipmentDeps, request: NewShipment): Promise<CreatedShipment> {
  const { companyId, document } = request;
  const input = readShipment(document);
  const orderKey = await findOrderKey(deps.db.prisma, { ...request, noun: 'shipment' }, input.order);
  const wanted: Wanted = { companyId, orderKey, document, input, hash: await contentHash(document) };
  // Decided once without a lock, so that TikTok's list of carriers is not waited for while holding one.
  const early = await decideEarly(deps, wanted);
  if (early.existing) return { key: early.existing, created: false };
  const { result, wake } = await deps.db.transaction((tx) => store(deps, tx, wanted, early.providers));
  for (const id of wake) deps.wake?.(id);
  return result;
}

interface Wanted {
  companyId: number;
  orderKey: number;
  document: JsonObject;
  input: ShipmentInput;
  hash: string;
}

async function decideEarly(
  deps: ShipmentDeps,
  wanted: Wanted,
): Promise<{ existing: number | null; providers: Map<number, Provider> | null }> {
  const tx = deps.db.prisma;
  const { companyId, orderKey, input } = wanted;
  // The order before the look for a twin: a twin that is stored in between then either left the pieces free in what was
  // read, or is found. The other way round it would be refused for the pieces that it has itself.
  const record = await findOrderByDocument(deps.db, { companyId, documentKey: orderKey });
  const existing = await findSame(tx, wanted);
  if (existing !== null || input.isDraft) return { existing, providers: null };
  if (!record) throw orderIsGone(orderKey);
  const { facts, connection } = await readShippingFacts(deps, tx, record, null);
  const plan = decideShipment(facts, connection, input.lines);
  const source = { connectionId: connection.id, deliveryOptionId: record.order.deliveryOptionId };
  return { existing, providers: await tryChooseProviders(providerDeps(deps), source, plan.packages) };
}

async function store(
  deps: ShipmentDeps,
  tx: Tx,
  wanted: Wanted,
  providers: Map<number, Provider> | null,
): Promise<{ result: CreatedShipment; wake: bigint[] }> {
  const { companyId, orderKey, input } = wanted;
  const record = await lockOrderByDocument(tx, { companyId, documentKey: orderKey });
  const [orderHead] = await lockDocuments(tx, { companyId, keys: [orderKey] });
  if (!record || !orderHead) throw orderIsGone(orderKey);
  await markHanded(tx, { companyId, keys: [orderKey], now: deps.clock.now() });
  const existing = await findSame(tx, wanted);
  if (existing !== null) return { result: { key: existing, created: false }, wake: [] };
  const head = await insertDraft(deps, tx, wanted, record, orderHead);
  const draft = { documentKey: head.key, companyId, orderId: record.id, input: wanted.document, parts: [] };
  const wake = input.isDraft
    ? []
    : await sendShipment(deps, tx, {
        head,
        orderHead,
        record,
        shipment: draft,
        lines: input.lines,
        providers,
      });
  return { result: { key: head.key, created: true }, wake };
}

/**
 * Key of the shipment that was sent before.
 * @throws AppError invalid-document when the number stands for another content
 */
async function findSame(tx: Tx, { companyId, orderKey, input, hash }: Wanted): Promise<number | null> {
  const search = {
    companyId,
    type: 'shipment',
    parentKey: orderKey,
    reference: input.shipmentNumber,
  } as const;
  const known = await findChildByReference(tx, search);
  if (!known) return null;
  if (known.contentHash === hash) return known.key;
  throw numberIsTaken(input.shipmentNumber, known);
}

/**
 * One number, one shipment: the text names the one that has it, so that a client can look it up. Logicbroker's own
 * NetSuite connector searches it for "This shipment already exists" and for the word after "link key".
 */
function numberIsTaken(
  shipmentNumber: string,
  known: Pick<DocumentHead, 'key' | 'linkKey' | 'statusCode'>,
): AppError {
  const status = statusName('shipment', known.statusCode);
  const message = `ShipmentNumber ${shipmentNumber} is shipment ${known.key} of the order with link key ${known.linkKey} (${status}), with another content`;
  return new AppError('invalid-document', 'This shipment already exists with another content.', {
    details: [
      {
        field: 'ShipmentNumber',
        message,
        next: 'Use a new number, or edit the shipment while it is a draft.',
      },
    ],
  });
}

/** Document and row as a draft has them; a shipment that is sent at once goes on from there. */
async function insertDraft(
  deps: ShipmentDeps,
  tx: Tx,
  { companyId, document, input, hash }: Wanted,
  record: OrderRecord,
  orderHead: DocumentHead,
): Promise<DocumentHead> {
  const [key] = await allocateKeys(tx, 1);
  if (key === undefined) throw new Error('The sequence of document keys gave none');
  const now = deps.clock.now();
  const head: DocumentHead = {
    key,
    companyId,
    connectionId: record.connectionId,
    type: 'shipment',
    statusCode: input.isDraft ? StatusCode.draft : StatusCode.new,
    version: 1,
    linkKey: orderHead.linkKey,
    sourceKey: input.order.sourceKey ?? record.order.tiktokOrderId,
    partnerPo: orderHead.partnerPo,
    reference: input.shipmentNumber,
    parentKey: orderHead.key,
    senderCompanyId: companyId,
    receiverCompanyId: orderHead.senderCompanyId,
    documentDate: now,
    errorMessage: null,
    contentHash: hash,
    updatedAt: now,
  };
  const { version: _version, errorMessage: _error, updatedAt: _updated, ...stored } = head;
  const body = shipmentText(head, record, { input: document, parts: [] }, []);
  await createDocuments(tx, [{ ...stored, body, rendererVersion: SHIPMENT_RENDERER_VERSION }]);
  await insertShipment(tx, {
    documentKey: key,
    orderId: record.id,
    companyId,
    input: document,
    parts: [],
  });
  await recordEvents(tx, [
    {
      companyId,
      documentKey: key,
      event: 'shipment-created',
      summary: `Shipment ${input.shipmentNumber} received${input.isDraft ? ' as a draft' : ''}.`,
    },
  ]);
  return head;
}

function orderIsGone(orderKey: number): AppError {
  return new AppError('not-found', `There is no order ${orderKey}.`);
}
