import type { ActiveConnection } from '../../connections/connection.js';
import { recordEvents } from '../../documents/document-store.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';
import type { FlowResult, FlowRun } from '../../sync/flows/flows.js';
import { checkProducts } from '../checks/check-products.js';
import { CROSS_BORDER } from '../specification/held-rules.js';
import { isLimitReached, type MissingPrerequisite } from '../specification/prerequisites.js';
import { readReviews, type ReviewDeps } from '../review/read-reviews.js';
import type { ProductPushDeps } from './product-push-deps.js';
import { tellStock, type InventoryOfProducts } from './tell-stock.js';
import { freeLost, nextPushLook, noticeMoved } from './product-push-store.js';
import { countQueued, hasWaiting, planLimited, queueProducts } from './queue-products.js';
import { nextShopDay, shopDay } from './listing-quota.js';
import { noteLimit, noteMissing, readQuota } from './quota-store.js';

export interface PushProductsDeps extends ProductPushDeps, ReviewDeps {
  /** Wakes workers for entries of the outbox; without it the next beat finds them. */
  wakeEntries?(ids: readonly bigint[]): Promise<void>;
  /** Takes what is said of stock and prices into the inventory (inventory/feed/tell-items.ts), and wakes its push. */
  inventory?: InventoryOfProducts;
}

/** So many effects are asked for ahead: few enough that a limit or a changed rule is learnt before the rest. */
const MOST_QUEUED = 200;
const QUEUE_LOOK_MS = 5 * SECOND_MS;
/** What a shop lacks is looked at again. */
const MISSING_LOOK_MS = HOUR_MS;

/**
 * The flow `push-products` of one connection: reads back what TikTok reviews, then asks for the effects of products that are to be
 * sent. What each of them sends is planned when it is sent (push-product-effect.ts).
 */
export async function pushProducts(deps: PushProductsDeps, run: FlowRun): Promise<FlowResult> {
  const { connection, api } = await deps.openShop(run.connectionId, run.flow.lane);
  const { db, clock } = deps;
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await freeLost(tx, connection.id, clock.now());
    await noticeMoved(tx, connection, clock.now());
  });
  const isStockTold = await tellStock(deps, connection);
  const { moved, more } = await readReviews({ deps, run, connection, api });
  const { queued, lookMs } = await queue(deps, run, connection);
  const look = await nextPushLook(db.prisma, connection.id);
  const waits = [
    ...(isStockTold ? [] : [MINUTE_MS]),
    ...(lookMs === null ? [] : [lookMs]),
    ...(look === null ? [] : [look.getTime() - clock.now().getTime()]),
  ];
  return {
    counts: { queued, reviewed: moved },
    more,
    ...(waits.length === 0 ? {} : { againAfterMs: Math.max(SECOND_MS, Math.min(...waits)) }),
  };
}

async function queue(
  deps: PushProductsDeps,
  run: FlowRun,
  connection: ActiveConnection,
): Promise<{ queued: number; lookMs: number | null }> {
  const { db, clock } = deps;
  const underWay = await countQueued(db.prisma, connection.id);
  if (!(await hasWaiting(db.prisma, connection.id, clock.now())))
    return { queued: 0, lookMs: underWay > 0 ? QUEUE_LOOK_MS : null };
  const missing =
    connection.sellerType === 'CROSS_BORDER' ? crossBorder : await deps.facts.missing(connection);
  if (missing === null) return { queued: 0, lookMs: MINUTE_MS };
  // The limit of the day keeps new products back, and no changes.
  if (isLimitReached(missing)) await learnLimit(deps, run, connection);
  const lacks = missing.filter((each) => !isLimitReached([each]));
  await tellMissing(deps, run, connection, lacks);
  if (lacks.length > 0) return { queued: 0, lookMs: MISSING_LOOK_MS };
  await checkProducts(deps, connection);
  const ids = await db.transaction(async (tx) => {
    await run.guard(tx);
    const now = clock.now();
    const { until, limit } = await readQuota(tx, connection.id);
    const isClosed = until !== null && until > now;
    if (isClosed) await planLimited(tx, connection, { now, until, limit });
    return queueProducts(tx, connection, { now, most: MOST_QUEUED - underWay, mayCreate: !isClosed });
  });
  if (ids.length > 0) await deps.wakeEntries?.(ids);
  return { queued: ids.length, lookMs: ids.length + underWay > 0 ? QUEUE_LOOK_MS : null };
}

/** TikTok says it before it refuses anything. */
async function learnLimit(
  { db, clock }: PushProductsDeps,
  run: FlowRun,
  { id, shopRegion }: ActiveConnection,
): Promise<void> {
  const now = clock.now();
  const limit = { until: nextShopDay(now, shopRegion), day: shopDay(now, shopRegion), now };
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await noteLimit(tx, id, limit);
  });
}

const crossBorder: MissingPrerequisite[] = [
  {
    item: 'LOCAL_SHOP',
    reasons: [CROSS_BORDER],
    next: 'List its products in TikTok Seller Center; their stock and prices are sent from here all the same.',
  },
];

/** One message for all of its products. */
async function tellMissing(
  { db }: PushProductsDeps,
  run: FlowRun,
  { id: connectionId, companyId }: ActiveConnection,
  missing: readonly MissingPrerequisite[],
): Promise<void> {
  await db.transaction(async (tx: Tx) => {
    await run.guard(tx);
    if (!(await noteMissing(tx, connectionId, missing)) || missing.length === 0) return;
    await recordEvents(tx, run.by, [
      {
        companyId,
        connectionId,
        event: 'products-not-sent',
        summary: 'No product is sent to TikTok: the shop lacks something first.',
        details: missing.map(({ item, reasons, next }) => [`${item}:`, ...reasons, next].join(' ')).join(' '),
      },
    ]);
  });
}
