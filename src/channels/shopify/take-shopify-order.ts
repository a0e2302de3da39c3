import type { Actor } from '../../companies/actor.js';
import {
  findParcels,
  saveParcel,
  saveShopifyOrder,
  type ShopifyOrderRow,
  type ShopifyParcel,
} from '../../deliveries/shopify/shopify-orders.js';
import type { ShopifyStore } from '../../deliveries/shopify/shopify-stores.js';
import { changeOneStatusByHand } from '../../documents/change-status-by-hand.js';
import { recordEvents } from '../../documents/document-store.js';
import type { DocumentKind } from '../../documents/document-kind.js';
import type { EventTypeName } from '../../documents/event-types.js';
import { takeFile, type TakeFileDeps } from '../../documents/take-file.js';
import type { Waking } from '../../documents/wake-effects.js';
import { AppError } from '../../kernel/errors.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import { findOrderByDocument } from '../../orders/order-store.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { parseJson } from '../../formats/json.js';
import type { JsonObject } from '../../logicbroker/json-reading.js';
import type { ShopifyDeps } from './open-shopify.js';
import { cancellationOf, parcelHash, shipmentOf } from './shopify-document-map.js';
import type { ShopifyFulfillment, ShopifyOrder } from './shopify-operations.js';

export type TakeShopifyDeps = ShopifyDeps & TakeFileDeps & Waking;

interface Taking {
  store: ShopifyStore;
  row: ShopifyOrderRow;
  record: OrderRecord;
  by: Actor;
}

/** What a fulfilment became. */
type Outcome = Pick<ShopifyParcel, 'shipmentKey' | 'state' | 'reason'>;

/**
 * Takes what a store shows of an order: each fulfilment becomes a shipment under a number of its own, so that the same one again
 * is the same shipment; a new tracking number corrects it. An order that was cancelled there is cancelled on TikTok.
 * @returns how many things have changed
 */
export async function takeShopifyOrder(
  deps: TakeShopifyDeps,
  { store, row, by }: Pick<Taking, 'store' | 'row' | 'by'>,
  shown: ShopifyOrder,
): Promise<number> {
  const { companyId } = store;
  const { documentKey } = row;
  const record = await findOrderByDocument(deps.db, { companyId, documentKey });
  if (!record) return 0;
  const taking: Taking = { store, row, record, by };
  const known = await findParcels(deps.db.prisma, store.id, documentKey);
  let count = 0;
  for (const fulfillment of shown.fulfillments) {
    const before = known.find(({ fulfillmentId }) => fulfillmentId === fulfillment.id) ?? null;
    if (await takeFulfillment(deps, taking, fulfillment, before)) count++;
  }
  if (shown.cancelledAt && row.state === 'delivered') {
    await takeCancellation(deps, taking, shown);
    count++;
  }
  return count;
}

async function takeFulfillment(
  deps: TakeShopifyDeps,
  taking: Taking,
  fulfillment: ShopifyFulfillment,
  before: ShopifyParcel | null,
): Promise<boolean> {
  const hash = parcelHash(fulfillment);
  if (before?.hash === hash && before.state !== 'refused') return false;
  const outcome = await outcomeOf(deps, taking, fulfillment, before);
  if (!outcome) return false;
  const { row, store, record, by } = taking;
  const isNews = outcome.reason !== null && outcome.reason !== before?.reason && outcome.state !== 'waiting';
  await deps.db.transaction(async (tx) => {
    await saveParcel(tx, {
      storeId: store.id,
      fulfillmentId: fulfillment.id,
      documentKey: row.documentKey,
      hash,
      now: deps.clock.now(),
      ...outcome,
    });
    if (!isNews) return;
    const told: Record<string, EventTypeName> = {
      refused: 'shopify-parcel-refused',
      cancelled: 'shopify-parcel-cancelled',
      taken: 'document-remarked',
    };
    const summary = {
      refused: `A parcel of ${row.shopifyName ?? 'the order'} cannot be told to TikTok.`,
      cancelled: `A parcel of ${row.shopifyName ?? 'the order'} was cancelled in Shopify.`,
      taken: 'Taken from Shopify with a remark.',
    }[outcome.state as 'refused' | 'cancelled' | 'taken'];
    await recordEvents(tx, by, [
      {
        companyId: record.companyId,
        documentKey: outcome.shipmentKey ?? row.documentKey,
        event: told[outcome.state]!,
        summary,
        details: outcome.reason ?? '',
      },
    ]);
  });
  return true;
}

/** Null: nothing to note of it. */
async function outcomeOf(
  deps: TakeShopifyDeps,
  taking: Taking,
  fulfillment: ShopifyFulfillment,
  before: ShopifyParcel | null,
): Promise<Outcome | null> {
  const { record } = taking;
  const shipmentKey = before?.shipmentKey ?? null;
  if (['CANCELLED', 'ERROR', 'FAILURE'].includes(fulfillment.status)) {
    if (shipmentKey === null) return { shipmentKey, state: 'cancelled', reason: null };
    return { shipmentKey, state: 'cancelled', reason: await giveUp(deps, taking, shipmentKey) };
  }
  const parcel = shipmentOf(record, fulfillment);
  if (!parcel) return { shipmentKey, state: 'waiting', reason: 'It has no tracking number yet.' };
  const document = parseJson(JSON.stringify(parcel.document)) as JsonObject;
  const remarks = parcel.remarks.join(' ') || null;
  try {
    const key = shipmentKey === null ? await create(deps, taking, document) : shipmentKey;
    if (shipmentKey !== null) await correct(deps, taking, shipmentKey, document);
    return { shipmentKey: key, state: 'taken', reason: remarks };
  } catch (error) {
    if (!(error instanceof AppError) || !isRefusal(error)) throw error;
    return { shipmentKey, state: 'refused', reason: wordsOf(error) };
  }
}

async function create(
  deps: TakeShopifyDeps,
  { record: { companyId }, row, by }: Taking,
  document: JsonObject,
): Promise<number> {
  const read = { kind: 'shipment' as const, document, problems: [], placed: <T>(detail: T): T => detail };
  const [taken] = await takeFile(deps, { companyId, by, orderKey: row.documentKey }, [read]);
  if (!taken) throw new Error('A parcel was neither taken nor refused');
  if ('error' in taken.result) throw taken.result.error;
  return taken.result.key;
}

/** A draft or a failed shipment takes the new content, of one that TikTok has the tracking number is corrected. */
async function correct(
  deps: TakeShopifyDeps,
  { record: { companyId }, by }: Taking,
  key: number,
  document: JsonObject,
): Promise<void> {
  const { edit } = shipmentKindOf(deps);
  await edit?.change({ companyId, by, key, document, kept: document, check: () => undefined });
}

/** What TikTok does not have yet is given up. @returns what the seller should know */
async function giveUp(
  deps: TakeShopifyDeps,
  { record: { companyId }, by }: Taking,
  key: number,
): Promise<string> {
  try {
    const to = StatusCode.ignored;
    await changeOneStatusByHand(
      deps,
      shipmentKindOf(deps),
      { by: { ...by, companyId }, key, to },
      () => undefined,
    );
    return `Shipment ${key} was given up with it.`;
  } catch (error) {
    if (!(error instanceof AppError) || !isRefusal(error)) throw error;
    return `TikTok has shipment ${key}, and takes no parcel back: put its tracking number right, or call the buyer.`;
  }
}

function shipmentKindOf({ kinds }: TakeFileDeps): DocumentKind {
  return kinds.find(({ type }) => type === 'shipment')!;
}

/** A cancellation in Shopify's admin is the seller's. Whether TikTok takes it shows on the acknowledgement. */
async function takeCancellation(deps: TakeShopifyDeps, taking: Taking, shown: ShopifyOrder): Promise<void> {
  const { record, row, by } = taking;
  const { companyId } = record;
  const now = deps.clock.now();
  if (record.order.status === 'CANCELLED') {
    await saveShopifyOrder(deps.db.prisma, { ...row, state: 'cancelled', reason: null, now });
    return;
  }
  const document = parseJson(JSON.stringify(cancellationOf(record, shown))) as JsonObject;
  const read = {
    kind: 'acknowledgement' as const,
    document,
    problems: [],
    placed: <T>(detail: T): T => detail,
  };
  const [taken] = await takeFile(deps, { companyId, by, orderKey: row.documentKey }, [read]);
  const error = taken && 'error' in taken.result ? taken.result.error : null;
  if (error && !isRefusal(error)) throw error;
  const reason = error && `It was cancelled in Shopify, and TikTok was not told: ${wordsOf(error)}`;
  await deps.db.transaction(async (tx) => {
    await saveShopifyOrder(tx, { ...row, state: error ? 'kept' : 'cancelled', reason, now });
    if (reason === null) return;
    await recordEvents(tx, by, [
      {
        companyId,
        documentKey: row.documentKey,
        event: 'shopify-cancellation-refused',
        summary: `${row.shopifyName ?? 'The order'} is cancelled in Shopify and still open on TikTok.`,
        details: reason,
      },
    ]);
  });
}

/** Whether trying again brings nothing unless somebody changes something. */
function isRefusal({ code }: AppError): boolean {
  return [
    'invalid-document',
    'invalid-request',
    'rule-violated',
    'not-found',
    'conflict',
    'precondition-failed',
  ].includes(code);
}

function wordsOf({ message, details }: AppError): string {
  const [first] = details;
  if (!first) return message;
  return [message, first.message === message ? '' : first.message, first.next ?? '']
    .filter(Boolean)
    .join(' ');
}
