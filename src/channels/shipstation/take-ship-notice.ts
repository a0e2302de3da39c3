import { createHash } from 'node:crypto';
import type { Connection } from '../../connections/connection.js';
import { forgetRefusal, noteRefusal } from '../../deliveries/channel-offer-store.js';
import { changeOneStatusByHand } from '../../documents/change-status-by-hand.js';
import type { DocumentKind } from '../../documents/document-kind.js';
import { findChildren, findDocument, recordEvents } from '../../documents/document-store.js';
import type { DocumentHead } from '../../documents/document.js';
import { findOrderKeys, type OrderName } from '../../documents/find-order-keys.js';
import type { Waking } from '../../documents/wake-effects.js';
import { AppError } from '../../kernel/errors.js';
import { toIsoSeconds, type Clock } from '../../kernel/time.js';
import type { JsonObject } from '../../logicbroker/json-reading.js';
import { readTracking } from '../../logicbroker/read-tracking.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { findOrdersByDocuments } from '../../orders/order-store.js';
import { listPackagesOf, type StoredPackage } from '../../shipments/shipment-store.js';
import { sameTracking } from '../../shipments/tracking-number.js';
import type { Database } from '../../store/database.js';
import {
  areSame,
  fits,
  freePieces,
  nothingLeft,
  piecesOf,
  piecesWanted,
  type Pieces,
} from './pieces-of-notice.js';
import type { ShipNotice } from './read-ship-notice.js';
import { errorSentences } from './say-error.js';
import { CHANNEL, NOTICE_PREFIX, type ShipStationActor } from './shipstation-actor.js';

interface NoticeDeps extends Waking {
  db: Database;
  clock: Clock;
  /** Of shipments. */
  shipments: DocumentKind;
}

/** A shipment that ShipStation has told us of before. */
interface OwnShipment {
  head: DocumentHead;
  packages: StoredPackage[];
  pieces: Pieces;
}

type NamedOrder = OrderRecord & { documentKey: number };

/**
 * Takes a label of ShipStation's as a shipment. Told again it is the same one. A label for pieces that another one of
 * ShipStation's has shipped takes the place of that one: it was voided, of which ShipStation tells nobody (UNCONFIRMED).
 * @returns what became of it, for ShipStation to show
 * @throws AppError that says what to do; what is refused stands in the history of the order as well
 */
export async function takeShipNotice(
  deps: NoticeDeps,
  connection: Connection,
  by: ShipStationActor,
  notice: ShipNotice,
): Promise<string> {
  const record = await orderOf(deps, connection, notice);
  try {
    const said = await takeFor(deps, by, record, notice);
    await forgetRefusal(deps.db.prisma, placeOf(record));
    return said;
  } catch (error) {
    if (error instanceof AppError && error.retry === 'never')
      await noteRefused(deps, by, record, notice, error);
    throw error;
  }
}

async function takeFor(
  deps: NoticeDeps,
  by: ShipStationActor,
  record: NamedOrder,
  notice: ShipNotice,
): Promise<string> {
  const tracking = trackingOf(notice);
  const own = await ownShipments(deps, record);
  const free = freePieces(record, tracking);
  const named = own.find(({ head }) => sameTracking(numberOf(head), tracking));
  const wanted = piecesWanted(record, notice, free);
  if (named && !isOver(named.head)) return knownAlready(named, wanted, notice);
  const corrected = own.find(({ packages }) => packages.some((pack) => bears(pack, tracking)));
  if (corrected && corrected !== named && !isOver(corrected.head)) return known(corrected.head);
  if (fits(wanted, free)) return takeNew(deps, by, { record, notice, tracking, wanted });
  const replaced = labelsFor(own, wanted, record);
  const [only] = replaced;
  if (only && replaced.length === 1)
    return correct(deps, by, { record, notice, tracking, wanted: only.pieces }, only);
  if (replaced.length > 1) throw severalLabels(replaced, tracking);
  throw nothingLeft(record, wanted, free);
}

/** @throws AppError not-found, also for an order of another shop */
async function orderOf(
  { db }: NoticeDeps,
  { id: connectionId, companyId }: Connection,
  { orderNumber, orderId }: ShipNotice,
): Promise<NamedOrder> {
  const byId: OrderName[] = orderId !== null && /^\d{1,9}$/.test(orderId) ? [{ key: Number(orderId) }] : [];
  const names: OrderName[] = [...(orderNumber === '' ? [] : [{ partnerPo: orderNumber }]), ...byId];
  const keysOf = await findOrderKeys(db.prisma, companyId, names);
  for (const name of names) {
    const records = await findOrdersByDocuments(db.prisma, { companyId, documentKeys: keysOf(name) });
    const found = records.find((record) => record.connectionId === connectionId);
    if (found?.documentKey != null) return { ...found, documentKey: found.documentKey };
  }
  throw new AppError('not-found', `There is no order ${orderNumber || orderId} in this shop.`, {
    details: [
      {
        message: 'the number of the order is not known',
        next: "Check that the store in ShipStation has this shop's log-in and that the order number was not changed there, then send the notice again.",
      },
    ],
  });
}

/** @throws AppError invalid-document without a number that can be one */
function trackingOf({ trackingNumber: given }: ShipNotice): string {
  const { trackingNumber, trackingProblem } = readTracking(given);
  if (trackingNumber !== null && trackingProblem === null) return trackingNumber;
  throw new AppError('invalid-document', 'The notice has no tracking number that TikTok takes.', {
    details: [
      {
        field: 'TrackingNumber',
        message: trackingProblem ?? 'is missing',
        next: 'Enter the tracking number in ShipStation (Mark as Shipped), then send the notice again.',
      },
    ],
  });
}

async function ownShipments({ db }: NoticeDeps, record: NamedOrder): Promise<OwnShipment[]> {
  const { companyId, documentKey: parentKey } = record;
  const children = await findChildren(db, { companyId, parentKey });
  const heads = children.filter(
    ({ type, reference }) => type === 'shipment' && reference.startsWith(NOTICE_PREFIX),
  );
  const packages = await listPackagesOf(
    db.prisma,
    heads.map(({ key }) => key),
  );
  return heads.map((head) => {
    const held = packages.filter(({ shipmentKey }) => shipmentKey === head.key);
    const units = new Set(held.flatMap(({ unitIds }) => unitIds));
    return { head, packages: held, pieces: piecesOf(record, units) };
  });
}

function knownAlready(named: OwnShipment, wanted: Pieces, { items }: ShipNotice): string {
  if (items.length === 0 || areSame(wanted, named.pieces)) return known(named.head);
  throw new AppError(
    'rule-violated',
    `The label ${numberOf(named.head)} was told before, with other items.`,
    {
      details: [
        {
          field: 'Items',
          message: `shipment ${named.head.key} has it`,
          next: 'A parcel keeps its items. Ship what is missing with a label of its own.',
        },
      ],
    },
  );
}

function known({ key, errorMessage }: DocumentHead): string {
  return `Received before: shipment ${key}.${errorMessage ? ` ${errorMessage}` : ''}`;
}

interface Told {
  record: NamedOrder;
  notice: ShipNotice;
  tracking: string;
  wanted: Pieces;
}

async function takeNew(deps: NoticeDeps, by: ShipStationActor, told: Told): Promise<string> {
  const { post } = deps.shipments;
  if (!post) throw new Error('Shipments cannot be posted');
  const document = documentOf(told, NOTICE_PREFIX + told.tracking);
  const { companyId, documentKey: orderKey } = told.record;
  const { key, remarks = [] } = await post.take({ companyId, by, orderKey, document, kept: document });
  const order = `Shipment ${key} of order ${told.record.order.tiktokOrderId}`;
  if (await tryAgain(deps, by, key)) return `${order} is tried again.`;
  return [`${order} was taken.`, ...remarks].join(' ');
}

/** A notice that is sent again after its shipment has failed means: try again. */
async function tryAgain(deps: NoticeDeps, by: ShipStationActor, key: number): Promise<boolean> {
  const { companyId } = by;
  const row = await findDocument(deps.db, { companyId, type: 'shipment', key });
  if (row?.statusCode !== StatusCode.failed) return false;
  await changeOneStatusByHand(deps, deps.shipments, { by, key, to: StatusCode.submitted }, () => undefined);
  return true;
}

/** The new number for the shipment that had another one. */
async function correct(
  deps: NoticeDeps,
  by: ShipStationActor,
  told: Told,
  { head }: OwnShipment,
): Promise<string> {
  const { edit } = deps.shipments;
  if (!edit) throw new Error('Shipments cannot be corrected');
  const { companyId, key } = head;
  const document = documentOf(told, head.reference);
  await edit.change({ companyId, by, key, document, kept: document, check: () => undefined });
  return `The number of shipment ${key} becomes ${told.tracking}.`;
}

function documentOf({ record, notice, tracking, wanted }: Told, shipmentNumber: string): JsonObject {
  const { carrier, service, shippedAt } = notice;
  return {
    ShipmentNumber: shipmentNumber,
    PartnerPO: record.order.tiktokOrderId,
    ...(shippedAt && { ShipmentDate: toIsoSeconds(shippedAt) }),
    ShipmentLines: record.lines.flatMap(({ lineNumber, supplierSku }) => {
      const pieces = wanted.get(lineNumber);
      if (pieces === undefined) return [];
      return [
        {
          LineNumber: lineNumber,
          ItemIdentifier: { SupplierSKU: supplierSku },
          Quantity: pieces,
          ShipmentInfos: [
            {
              TrackingNumber: tracking,
              ...(carrier !== null && { CarrierCode: carrier }),
              ...(service !== null && { ClassCode: service }),
              Qty: pieces,
            },
          ],
        },
      ];
    }),
  };
}

/** Shipments of ShipStation's with exactly these pieces; with all that the order has, where the notice names none. */
function labelsFor(own: readonly OwnShipment[], wanted: Pieces, record: OrderRecord): OwnShipment[] {
  const kept = new Set(record.units.filter(({ cancelled }) => !cancelled).map(({ unitId }) => unitId));
  const asked = wanted.size === 0 ? piecesOf(record, kept) : wanted;
  return own.filter(({ head, pieces }) => !isOver(head) && pieces.size > 0 && areSame(pieces, asked));
}

function severalLabels(labels: readonly OwnShipment[], tracking: string): AppError {
  const named = labels.map(({ head }) => `${numberOf(head)} (shipment ${head.key})`).join(', ');
  return new AppError('rule-violated', `The items of the label ${tracking} were shipped before.`, {
    details: [
      {
        field: 'TrackingNumber',
        message: `they may be those of ${named}: which label was voided is not said`,
        next: 'Correct the number of the one that was voided: PUT Shipments/{LogicbrokerKey}.',
      },
    ],
  });
}

/** Nothing of it counts any more. */
function isOver({ statusCode }: DocumentHead): boolean {
  return statusCode === StatusCode.failed || statusCode === StatusCode.ignored;
}

function numberOf({ reference }: DocumentHead): string {
  return reference.slice(NOTICE_PREFIX.length);
}

/** Whether a package has this number, or had or is to get it. */
function bears(
  { trackingNumber, correction, tiktokTrackingNumber }: StoredPackage,
  tracking: string,
): boolean {
  const next =
    correction && correction.state !== 'refused' ? [correction.trackingNumber, correction.from] : [];
  return [trackingNumber, tiktokTrackingNumber, ...next].some((number) => sameTracking(number, tracking));
}

function placeOf({ connectionId, documentKey }: NamedOrder) {
  return { connectionId, channel: CHANNEL, documentKey };
}

/** Told on the order once, however often ShipStation tries. */
async function noteRefused(
  { db, clock }: NoticeDeps,
  by: ShipStationActor,
  record: NamedOrder,
  { trackingNumber }: ShipNotice,
  error: AppError,
): Promise<void> {
  const { companyId, documentKey } = record;
  const hash = createHash('sha256')
    .update(`${trackingNumber} ${error.message} ${errorSentences(error)}`)
    .digest('hex');
  await db.transaction(async (tx) => {
    if (!(await noteRefusal(tx, { ...placeOf(record), hash, now: clock.now() }))) return;
    const what = trackingNumber === null ? 'a label' : `the label ${trackingNumber}`;
    const summary = `ShipStation has shipped with ${what}, which was not taken: ${error.message}`;
    await recordEvents(tx, by, [
      { companyId, documentKey, event: 'notice-refused', summary, details: errorSentences(error) },
    ]);
  });
}
