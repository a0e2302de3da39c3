import {
  findShopifyOrders,
  findToReread,
  noteReread,
  rereadRefused,
} from '../../deliveries/shopify/shopify-orders.js';
import { takesWebhooks, type ShopifyStore } from '../../deliveries/shopify/shopify-stores.js';
import { AppError } from '../../kernel/errors.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../kernel/time.js';
import type { FlowResult, SubjectRun } from '../../sync/flows/flows.js';
import type { CallStore } from './find-shopify-variants.js';
import { recheckStore } from './manage-shopify.js';
import { openShopify, stopShopify, type OpenedStore } from './open-shopify.js';
import { createSubscription, listChangedOrders, listSubscriptions, readOrder } from './shopify-operations.js';
import { takeShopifyOrder, type TakeShopifyDeps } from './take-shopify-order.js';

/** Where Shopify sends webhooks, below the address of this service. */
export const SHOPIFY_HOOK_PATH = '/webhooks/shopify';
const HOOK_TOPICS = [
  'FULFILLMENTS_CREATE',
  'FULFILLMENTS_UPDATE',
  'ORDERS_CANCELLED',
  'APP_UNINSTALLED',
] as const;

interface ReadDeps extends TakeShopifyDeps {
  /** Null: Shopify cannot reach this service. */
  publicUrl: string | null;
}

/** Shopify's search shows a change a little after it was made. */
const OVERLAP_MS = 5 * MINUTE_MS;
const AT_ONCE = 50;

/**
 * The flow `read-shopify` of one store. First the orders that webhooks have named, then all that have changed since, whatever no webhook
 * has told: in pages by their time of change, each with its progress.
 */
export async function readShopify(deps: ReadDeps, run: SubjectRun): Promise<FlowResult> {
  const opened = await openShopify(deps, run.subject.id, run.fence);
  const { store, call } = opened;
  await recheck(deps, run, opened);
  await keepSubscriptions(deps, run, store, call);
  const olderThan = new Date(run.now().getTime() - HOUR_MS);
  await rereadRefused(deps.db.prisma, { storeId: store.id, now: run.now(), olderThan });
  let changed = 0;
  for (let hinted = AT_ONCE; hinted === AT_ONCE && !run.signal.aborted;) {
    const hints = await findToReread(deps.db.prisma, { storeId: store.id, limit: AT_ONCE });
    hinted = hints.length;
    for (const { shopifyId, rereadAt } of hints) {
      changed += await takeOne(deps, run, store, call, shopifyId);
      await deps.db.transaction(async (tx) => {
        await run.guard(tx);
        await noteReread(tx, { storeId: store.id, shopifyId, rereadAt });
      });
    }
  }
  changed += await reconcile(deps, run, store, call);
  return { counts: changed > 0 ? { changed } : {} };
}

async function recheck(deps: ReadDeps, run: SubjectRun, opened: OpenedStore): Promise<void> {
  try {
    await recheckStore(deps, opened, run.now());
  } catch (error) {
    if (error instanceof AppError && error.code === 'needs-reauthorization')
      await stopShopify(deps, opened.store, error.message);
    throw error;
  }
}

async function reconcile(
  deps: ReadDeps,
  run: SubjectRun,
  store: ShopifyStore,
  call: CallStore,
): Promise<number> {
  const since = new Date((run.watermark ?? store.createdAt).getTime() - OVERLAP_MS);
  const query = `updated_at:>='${since.toISOString()}'`;
  let changed = 0;
  let after: string | null = null;
  while (!run.signal.aborted) {
    const { nodes, pageInfo } = await pageOf(call, query, after);
    const shopifyIds = nodes.map(({ id }) => id);
    const ours = await findShopifyOrders(deps.db.prisma, { storeId: store.id, shopifyIds });
    for (const { shopifyId } of ours)
      if (shopifyId !== null) changed += await takeOne(deps, run, store, call, shopifyId);
    const newest = nodes.at(-1)?.updatedAt;
    if (newest !== undefined)
      await deps.db.transaction(async (tx) => {
        await run.guard(tx);
        await run.saveProgress(tx, { watermark: new Date(newest) });
      });
    if (!pageInfo.hasNextPage) return changed;
    after = pageInfo.endCursor;
  }
  return changed;
}

async function pageOf(call: CallStore, query: string, after: string | null) {
  return (await call(listChangedOrders, { query, after })).orders;
}

/** The order is read whole: neither a webhook nor a page says what has changed. */
async function takeOne(
  deps: ReadDeps,
  run: SubjectRun,
  store: ShopifyStore,
  call: CallStore,
  shopifyId: string,
): Promise<number> {
  const { order } = await call(readOrder, { id: shopifyId });
  const [row] = await findShopifyOrders(deps.db.prisma, { storeId: store.id, shopifyIds: [shopifyId] });
  return order && row ? takeShopifyOrder(deps, { store, row, by: run.by }, order) : 0;
}

/** Shopify deletes a subscription that was not answered for hours: looked for once a day, and made again. */
async function keepSubscriptions(
  { db, publicUrl, log }: ReadDeps,
  run: SubjectRun,
  store: ShopifyStore,
  call: CallStore,
): Promise<void> {
  const { subscribedAt } = (run.cursor ?? {}) as { subscribedAt?: string };
  const isFresh = subscribedAt !== undefined && run.now().getTime() - Date.parse(subscribedAt) < DAY_MS;
  if (publicUrl === null || isFresh || !(await takesWebhooks(db.prisma, store.id))) return;
  const uri = publicUrl + SHOPIFY_HOOK_PATH;
  const { webhookSubscriptions } = await call(listSubscriptions, {});
  for (const topic of HOOK_TOPICS) {
    if (webhookSubscriptions.nodes.some((one) => one.topic === topic && one.uri === uri)) continue;
    const { webhookSubscriptionCreate } = await call(createSubscription, { topic, uri });
    const [refused] = webhookSubscriptionCreate?.userErrors ?? [];
    // Without webhooks everything is found by reading, a little later.
    if (refused) log.warn({ store: store.id, topic, reason: refused.message }, 'Shopify makes no webhook');
  }
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await run.saveProgress(tx, { cursor: { subscribedAt: run.now().toISOString() } });
  });
}
