import {
  findOrdersToCancel,
  findShopifyOrders,
  findUndeliveredOrders,
  saveShopifyOrder,
} from '../../deliveries/shopify/shopify-orders.js';
import type { ShopifyStore } from '../../deliveries/shopify/shopify-stores.js';
import { recordEvents } from '../../documents/document-store.js';
import { wakeAll, type Waking } from '../../documents/wake-effects.js';
import { MINUTE_MS } from '../../kernel/time.js';
import { findOrdersByDocuments } from '../../orders/order-store.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { enqueueEffect } from '../../sync/effects/outbox.js';
import type { FlowResult, SubjectRun } from '../../sync/flows/flows.js';
import { findShopifyVariants, type FoundVariants } from './find-shopify-variants.js';
import { openShopify, type ShopifyDeps } from './open-shopify.js';
import { CANCEL_EFFECT, CREATE_EFFECT } from './shopify-order-effects.js';
import { storeSkuOf, wantedLines } from './shopify-order-map.js';
import { shopifyOf } from './shopify-subject.js';

const AT_ONCE = 50;
/** A missing SKU appears when somebody adds it: looked for again soon, and not with every beat. */
const TRY_AGAIN_MS = 10 * MINUTE_MS;

/**
 * The flow `deliver-shopify` of one store: every order that may be shipped and that nobody has taken yet is asked for there, in the
 * transaction that notes it. One that lacks a SKU waits with the reason, and keeps no other out.
 */
export async function deliverToShopify(deps: ShopifyDeps & Waking, run: SubjectRun): Promise<FlowResult> {
  const { store, call } = await openShopify(deps, run.subject.id);
  const counts: Record<string, number> = {};
  const add = (name: string, count: number): void => {
    if (count > 0) counts[name] = (counts[name] ?? 0) + count;
  };
  while (!run.signal.aborted) {
    const { id: storeId, companyId, connectionId } = store;
    const which = { storeId, companyId, connectionId, now: run.now(), limit: AT_ONCE };
    const documentKeys = await findUndeliveredOrders(deps.db.prisma, which);
    if (documentKeys.length === 0) break;
    const records = await findOrdersByDocuments(deps.db.prisma, { companyId, documentKeys });
    const skus = records.flatMap((record) => wantedLines(record).map(({ line }) => storeSkuOf(line)));
    const found = await findShopifyVariants(call, skus);
    const { asked, waiting } = await askForOrders(deps, run, store, records, found);
    add('asked', asked);
    add('waiting', waiting);
    if (documentKeys.length < AT_ONCE) break;
  }
  add('cancelled', await askForCancellations(deps, run, store));
  return { counts };
}

async function askForOrders(
  deps: ShopifyDeps & Waking,
  run: SubjectRun,
  store: ShopifyStore,
  records: readonly OrderRecord[],
  found: FoundVariants,
): Promise<{ asked: number; waiting: number }> {
  const now = run.now();
  let waiting = 0;
  const wake = await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    const documentKeys = records.flatMap(({ documentKey }) => documentKey ?? []);
    const rows = await findShopifyOrders(tx, { storeId: store.id, documentKeys });
    const entries: bigint[] = [];
    for (const record of records) {
      const { documentKey, companyId, order } = record;
      if (documentKey === null) continue;
      const before = rows.find((row) => row.documentKey === documentKey);
      const { tiktokOrderId } = order;
      const tries = before?.tries ?? 0;
      const row = { storeId: store.id, documentKey, tiktokOrderId, now };
      // What is in the store already needs nothing more than to be found there.
      const reason = before?.shopifyId ? null : whyNot(record, store, found);
      if (reason !== null) {
        waiting++;
        const nextAt = new Date(now.getTime() + TRY_AGAIN_MS);
        await saveShopifyOrder(tx, { ...row, state: 'waiting', reason, tries, nextAt });
        // Told once, however often it is looked at.
        if (before?.reason !== reason)
          await recordEvents(tx, run.by, [
            {
              companyId,
              documentKey,
              event: 'order-not-in-shopify',
              summary: `The order cannot go to ${store.domain} yet.`,
              details: `${reason} It is tried again every ten minutes.`,
            },
          ]);
        continue;
      }
      const reasonBefore = before?.reason ?? null;
      await saveShopifyOrder(tx, {
        ...row,
        state: 'sending',
        reason: reasonBefore,
        tries: tries + 1,
        nextAt: null,
      });
      const { id } = await enqueueEffect(tx, {
        companyId,
        target: shopifyOf(store.id),
        effect: CREATE_EFFECT,
        naturalKey: `${tiktokOrderId}:${tries + 1}`,
        orderingKey: `shopify:${documentKey}`,
        documentKey,
        payload: { orderKey: documentKey },
        lane: 'urgent',
      });
      entries.push(id);
    }
    return entries;
  });
  wakeAll(deps, wake);
  return { asked: wake.length, waiting };
}

/** Why an order cannot go to the store now; null when it can. Everything that is wrong with it, not only the first thing. */
function whyNot(record: OrderRecord, { currency }: ShopifyStore, { problems }: FoundVariants): string | null {
  if (record.wipedAt !== null) return 'Nothing is kept any more of who has bought it.';
  if (record.order.currency !== currency)
    return `The order is in ${record.order.currency}, and the store keeps ${currency}.`;
  const lines = wantedLines(record);
  if (lines.length === 0) return 'Nothing of it is left to ship.';
  const missing = [...new Set(lines.map(({ line }) => storeSkuOf(line)))].flatMap(
    (sku) => problems.get(sku) ?? [],
  );
  return missing.length === 0 ? null : missing.join(' ');
}

/** An order that TikTok has cancelled is stopped in the store before it is packed. */
async function askForCancellations(
  deps: ShopifyDeps & Waking,
  run: SubjectRun,
  { id: storeId, companyId }: ShopifyStore,
): Promise<number> {
  const wake = await deps.db.transaction(async (tx) => {
    await run.guard(tx);
    const entries: bigint[] = [];
    for (const row of await findOrdersToCancel(tx, { storeId, limit: AT_ONCE })) {
      const { documentKey } = row;
      await saveShopifyOrder(tx, { ...row, state: 'cancelling', now: run.now() });
      const { id } = await enqueueEffect(tx, {
        companyId,
        target: shopifyOf(storeId),
        effect: CANCEL_EFFECT,
        naturalKey: row.tiktokOrderId,
        orderingKey: `shopify:${documentKey}`,
        documentKey,
        payload: { orderKey: documentKey },
        lane: 'urgent',
      });
      entries.push(id);
    }
    return entries;
  });
  wakeAll(deps, wake);
  return wake.length;
}
