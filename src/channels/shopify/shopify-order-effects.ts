import { setTimeout as sleep } from 'node:timers/promises';
import { ordersMoved } from '../../acknowledgements/accept-orders.js';
import type { Actor } from '../../companies/actor.js';
import { findShopifyOrders, saveShopifyOrder } from '../../deliveries/shopify/shopify-orders.js';
import { changeStatus, lockDocuments, recordEvents } from '../../documents/document-store.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, SECOND_MS } from '../../kernel/time.js';
import { StatusCode } from '../../logicbroker/statuses.js';
import { findOrderByDocument, lockOrdersByDocuments } from '../../orders/order-store.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { markHanded } from '../../orders/piece-store.js';
import type { Tx } from '../../store/database.js';
import type { EffectDefinition, EffectOutcome, TargetEntry } from '../../sync/effects/outbox.js';
import { storedReason } from '../../sync/effects/stored-reason.js';
import { findShopifyVariants, quoted, type CallStore } from './find-shopify-variants.js';
import { openShopify, type ShopifyDeps } from './open-shopify.js';
import {
  cancelOrder,
  createOrder,
  findOrdersBySource,
  readOrder,
  type ShopifyOrder,
  type ShopifyOrderHead,
} from './shopify-operations.js';
import { isSameAmount, shopifyOrderOf, storeSkuOf, wantedLines } from './shopify-order-map.js';
import { shopifySubject } from './shopify-subject.js';

/** The document key of the order that an effect is about. */
interface ShopifyOrderPayload {
  orderKey: number;
}

interface InStore {
  id: string;
  name: string;
  total: string;
  /** Where Shopify adds up to something else than TikTok. */
  difference: string | null;
}

type CreateEntry = TargetEntry<ShopifyOrderPayload>;

export const CREATE_EFFECT = 'create-shopify-order';
export const CANCEL_EFFECT = 'cancel-shopify-order';

/** What is done in Shopify stores. */
export function shopifyEffects(deps: ShopifyDeps): EffectDefinition[] {
  return [createEffect(deps), cancelEffect(deps)] as EffectDefinition[];
}

/**
 * An order in the store, once. Shopify takes repeats of orderCreate, so an order is looked for by its sourceIdentifier before
 * each call, and after one without an answer as long as Shopify could still carry it out.
 */
function createEffect(deps: ShopifyDeps): EffectDefinition<ShopifyOrderPayload, InStore> {
  return {
    name: CREATE_EFFECT,
    target: shopifySubject,
    lane: 'urgent',
    resendSafe: false,
    leavesByFence: true,
    async send({ entry, fence }) {
      const { store, call } = await openShopify(deps, entry.target.id, fence);
      const record = await recordOf(deps, entry);
      const known = await findBySource(call, record.order.tiktokOrderId);
      if (known) return inStore(known, record);
      const lines = wantedLines(record);
      if (record.order.status === 'CANCELLED' || lines.length === 0)
        throw new AppError('rule-violated', 'The order was cancelled before it came to Shopify.');
      const { variants, problems } = await findShopifyVariants(
        call,
        lines.map(({ line }) => storeSkuOf(line)),
      );
      if (problems.size > 0) throw new AppError('rule-violated', [...problems.values()].join(' '));
      const { input } = shopifyOrderOf(record, variants);
      const options = {
        inventoryBehaviour: store.inventoryBehaviour,
        sendReceipt: false,
        sendFulfillmentReceipt: false,
      };
      const { orderCreate } = await call(createOrder, { order: input, options });
      const errors = orderCreate?.userErrors ?? [];
      if (errors.length > 0)
        throw new AppError('rule-violated', `Shopify refuses the order: ${wordsOf(errors)}`);
      if (!orderCreate?.order)
        throw new AppError(
          'service-unavailable',
          'Shopify answered without the order that it was to create.',
        );
      return inStore(orderCreate.order, record);
    },
    async readBack({ entry }) {
      const { call } = await openShopify(deps, entry.target.id);
      const record = await recordOf(deps, entry);
      const found = await findBySource(call, record.order.tiktokOrderId);
      return found ? { state: 'done', result: inStore(found, record) } : { state: 'not-done' };
    },
    settle: (tx, entry: CreateEntry, outcome, by) => settleCreate(deps, tx, entry, outcome, by),
  };
}

async function recordOf({ db }: ShopifyDeps, { companyId, payload }: CreateEntry): Promise<OrderRecord> {
  const record = await findOrderByDocument(db, { companyId, documentKey: payload.orderKey });
  if (record && record.wipedAt === null) return record;
  throw new AppError('rule-violated', 'Nothing is kept any more of who has bought it.');
}

/** The search is by the beginning of words: only the same number is the order. A cancelled one is it too. */
async function findBySource(call: CallStore, tiktokOrderId: string): Promise<ShopifyOrderHead | null> {
  const { orders } = await call(findOrdersBySource, { query: `source_identifier:${quoted(tiktokOrderId)}` });
  return orders.nodes.find(({ sourceIdentifier }) => sourceIdentifier === tiktokOrderId) ?? null;
}

function inStore({ id, name, totalPriceSet }: ShopifyOrderHead, record: OrderRecord): InStore {
  const total = totalPriceSet.shopMoney.amount;
  return { id, name, total, difference: sumDifference(shopifyOrderOf(record, new Map()).total, total) };
}

function wordsOf(errors: readonly { field: string[] | null; message: string }[]): string {
  return errors
    .slice(0, 5)
    .map(({ field, message }) => `${field?.join('.') ?? 'order'}: ${message}`)
    .join('; ')
    .slice(0, 500);
}

/** In Shopify means taken: the order is acknowledged as one that was fetched, and counts as handed over. */
async function settleCreate(
  { clock }: ShopifyDeps,
  tx: Tx,
  { companyId, target, payload: { orderKey } }: CreateEntry,
  outcome: EffectOutcome<InStore>,
  by: Actor,
): Promise<void> {
  const now = clock.now();
  await lockOrdersByDocuments(tx, { companyId, documentKeys: [orderKey] });
  const [row] = await findShopifyOrders(tx, { storeId: target.id, documentKeys: [orderKey] });
  if (!row) return;
  if (outcome.state !== 'done') {
    const reason = outcome.state === 'refused' ? storedReason(outcome.error) : outcome.why;
    const isOpen = outcome.state === 'needs_person';
    const nextAt = isOpen ? null : new Date(now.getTime() + HOUR_MS);
    await saveShopifyOrder(tx, { ...row, state: isOpen ? 'sending' : 'waiting', reason, nextAt, now });
    if (row.reason === reason) return;
    await recordEvents(tx, by, [
      {
        companyId,
        documentKey: orderKey,
        event: 'order-not-in-shopify',
        summary: isOpen ? 'Nobody knows whether the order is in Shopify.' : 'The order is not in Shopify.',
        details: reason,
      },
    ]);
    return;
  }
  const { id: shopifyId, name: shopifyName, total, difference } = outcome.result;
  const state = 'delivered' as const;
  // What became of it before anybody here knew its number is read now.
  const found = { shopifyId, shopifyName, rereadAt: now };
  await saveShopifyOrder(tx, { ...row, state, reason: null, nextAt: null, ...found, now });
  const heads = await lockDocuments(tx, { companyId, keys: [orderKey] });
  const to = StatusCode.acknowledged;
  const keys = await changeStatus(tx, {
    companyId,
    keys: [orderKey],
    type: 'order',
    to,
    onlyIncrease: true,
    by,
  });
  if (keys.length > 0) await ordersMoved(tx, { heads, to, now, by });
  await markHanded(tx, { companyId, keys: [orderKey], now });
  await recordEvents(tx, by, [
    {
      companyId,
      documentKey: orderKey,
      event: 'order-in-shopify',
      summary: `The order is in Shopify as ${shopifyName}.`,
      additional: { shopifyId, shopifyName, total },
      ...(difference === null ? {} : { details: difference }),
    },
  ]);
}

/** What TikTok has cancelled is cancelled in the store, unless something of it is packed there. Repeats have no second effect. */
function cancelEffect(deps: ShopifyDeps): EffectDefinition<ShopifyOrderPayload, object> {
  const shown = async (entry: CreateEntry, call: CallStore): Promise<ShopifyOrder> => {
    const [row] = await findShopifyOrders(deps.db.prisma, {
      storeId: entry.target.id,
      documentKeys: [entry.payload.orderKey],
    });
    const { order } = await call(readOrder, { id: row?.shopifyId ?? '' });
    if (!order) throw new AppError('rule-violated', 'Shopify does not have the order any more.');
    return order;
  };
  return {
    name: CANCEL_EFFECT,
    target: shopifySubject,
    lane: 'urgent',
    resendSafe: true,
    leavesByFence: true,
    async send({ entry, fence }) {
      const { store, call } = await openShopify(deps, entry.target.id, fence);
      const order = await shown(entry, call);
      if (order.cancelledAt) return {};
      refuseIfPacked(order);
      const restock = store.inventoryBehaviour !== 'BYPASS';
      const note = 'Cancelled on TikTok Shop.';
      const { orderCancel } = await call(cancelOrder, { id: order.id, restock, note });
      const errors = orderCancel?.orderCancelUserErrors ?? [];
      if (errors.length > 0)
        throw new AppError('rule-violated', `Shopify refuses to cancel: ${wordsOf(errors)}`);
      // Shopify answers before it is done.
      for (const waitMs of [0, SECOND_MS, 2 * SECOND_MS]) {
        await sleep(waitMs);
        if ((await shown(entry, call)).cancelledAt) return {};
      }
      throw new AppError(
        'service-unavailable',
        'Shopify has taken the cancellation and does not show it yet.',
      );
    },
    async readBack({ entry }) {
      const { call } = await openShopify(deps, entry.target.id);
      const order = await shown(entry, call);
      return order.cancelledAt ? { state: 'done', result: {} } : { state: 'not-done' };
    },
    settle: (tx, entry: CreateEntry, outcome, by) => settleCancel(deps, tx, entry, outcome, by),
  };
}

function refuseIfPacked({ name, fulfillments }: ShopifyOrder): void {
  const packed = fulfillments.find(
    ({ status }) => status !== 'CANCELLED' && status !== 'ERROR' && status !== 'FAILURE',
  );
  if (packed)
    throw new AppError('rule-violated', `${name} is packed in Shopify already: stop the parcel by hand.`);
}

async function settleCancel(
  { clock }: ShopifyDeps,
  tx: Tx,
  { companyId, target, payload: { orderKey } }: CreateEntry,
  outcome: EffectOutcome<object>,
  by: Actor,
): Promise<void> {
  const [row] = await findShopifyOrders(tx, { storeId: target.id, documentKeys: [orderKey] });
  if (!row) return;
  const isDone = outcome.state === 'done';
  const reason = isDone ? null : outcome.state === 'refused' ? storedReason(outcome.error) : outcome.why;
  await saveShopifyOrder(tx, { ...row, state: isDone ? 'cancelled' : 'kept', reason, now: clock.now() });
  const name = row.shopifyName ?? 'The order';
  await recordEvents(tx, by, [
    {
      companyId,
      documentKey: orderKey,
      event: isDone ? 'order-cancelled-in-shopify' : 'order-not-cancelled-in-shopify',
      summary: isDone
        ? `${name} is cancelled in Shopify, as the order is on TikTok.`
        : `${name} is cancelled on TikTok and still open in Shopify.`,
      ...(reason === null ? {} : { details: reason }),
    },
  ]);
}

/** How Shopify's own sum differs from ours; null: it does not. */
function sumDifference(expected: string, total: string): string | null {
  return isSameAmount(expected, total) ? null : `TikTok says ${expected}, Shopify adds up ${total}.`;
}
