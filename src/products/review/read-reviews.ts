import { releaseProduct } from '../../catalogue/product-holds.js';
import { refreshProducts } from '../../catalogue/refresh-products.js';
import { takeProducts } from '../../catalogue/take-products.js';
import type { ActiveConnection } from '../../connections/connection.js';
import { recordEvents } from '../../documents/document-store.js';
import type { ListingReview } from '../../domain/listing-review.js';
import type { Listing } from '../../domain/shop-listing.js';
import type { Tx } from '../../store/database.js';
import type { FlowRun } from '../../sync/flows/flows.js';
import { productConcernOf } from '../../tiktok/product-error-rules.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import { findProduct, type StoredProduct } from '../product-store.js';
import type { ProductsDeps } from '../products-deps.js';
import { forgetRemoved, linkSkus } from '../push/link-listing.js';
import { dueReviews, endFlight, findPush, saveReview, type ProductPush } from '../push/product-push-store.js';
import { movedEvents } from './product-events.js';
import { listingStateOf } from './listing-state.js';
import { nextReviewLook } from './review-times.js';

export interface ReviewDeps extends ProductsDeps {
  /** Products of the shop came on sale, or have SKUs that they did not have: stock and prices can be sent. */
  productsLive?(tx: Tx, connection: ActiveConnection): Promise<void>;
}

interface Reading {
  deps: ReviewDeps;
  run: FlowRun;
  connection: ActiveConnection;
  api: ShopApi;
}

const READ_AT_ONCE = 50;
const SAME = 'unchanged';

/** Asks TikTok about products whose turn has come. @returns how many have moved, and whether there are more */
export async function readReviews(reading: Reading): Promise<{ moved: number; more: boolean }> {
  const { deps, run, connection } = reading;
  const { clock, db } = deps;
  const due = await dueReviews(db.prisma, connection.id, { now: clock.now(), limit: READ_AT_ONCE });
  let moved = 0;
  for (const push of due) {
    if (run.signal.aborted) return { moved, more: true };
    const product = await findProduct(db.prisma, {
      connectionId: connection.id,
      productKey: push.productKey,
    });
    if ((await readOne(reading, push, product)) !== SAME) moved += 1;
  }
  return { moved, more: due.length === READ_AT_ONCE };
}

interface Seen {
  review: ListingReview;
  /** The newest version; null where there is nothing in flight, or TikTok does not show it. */
  latest: Listing | null;
}

async function readOne(reading: Reading, push: ProductPush, product: StoredProduct | null): Promise<string> {
  const { deps, run, connection } = reading;
  const { clock, db } = deps;
  const which = { connectionId: connection.id, productKey: push.productKey };
  const productId = product?.tiktokProductId ?? null;
  if (!product || productId === null) {
    await db.transaction(async (tx) => {
      await run.guard(tx);
      await saveReview(tx, which, { review: null, now: clock.now(), nextAt: null, isOver: true });
    });
    return SAME;
  }
  const seen = await look(reading, { productId, product, push });
  const now = clock.now();
  const { review, latest } = seen;
  const { isOpen } = listingStateOf(review);
  const isComplete = latest === null || hasAllSkus(latest, product);
  const isGone = review.status === 'DELETED' || review.status === 'FREEZE';
  const landed = push.inFlightSince !== null && (isComplete || isGone);
  const isOver = !isOpen && (push.inFlightSince === null || landed);
  const since = push.reviewSince ?? now;
  const nextAt = isOver
    ? null
    : nextReviewLook(since, now, { isInFlight: push.inFlightSince !== null && !landed });
  const wasLive = push.review?.status === 'ACTIVATE' && push.review.auditStatus !== 'AUDITING';
  const isLive = review.status === 'ACTIVATE' && !isOpen;
  await db.transaction(async (tx) => {
    await run.guard(tx);
    if (latest) await linkSkus(tx, which, latest.skus);
    const whose = { companyId: connection.companyId, ...which };
    await recordEvents(tx, run.by, movedEvents(whose, product, { before: push.review, now: review }));
    await saveReview(tx, which, { review, now, nextAt, isOver });
    // Another effect of it may have begun meanwhile: that one ends what it has begun.
    const held = await findPush(tx, which);
    if (landed && held?.state !== 'queued') {
      await endFlight(tx, which);
      await releaseProduct(tx, connection, productId);
    }
    if (latest && isLive && review.auditStatus === 'APPROVED') await forgetRemoved(tx, which, latest.skus);
    if ((isLive && !wasLive) || landed) await deps.productsLive?.(tx, connection);
  });
  const before = push.review && `${push.review.status} ${push.review.auditStatus}`;
  return before === `${review.status} ${review.auditStatus}` ? SAME : 'moved';
}

async function look(
  { deps, run, connection, api }: Reading,
  { productId, product, push }: { productId: string; product: StoredProduct; push: ProductPush },
): Promise<Seen> {
  const guard = (tx: Tx): Promise<void> => run.guard(tx);
  const hasRemoved = product.skus.some(({ isRemoved }) => isRemoved);
  try {
    const { review, product: shown } = await api.readReview(productId);
    await takeProducts({ ...deps, guard }, connection, [shown]);
    const isWanted = push.inFlightSince !== null || hasRemoved;
    return { review, latest: isWanted ? await api.readLatestListing(productId) : null };
  } catch (error) {
    if (!(error instanceof TikTokError) || error.reaction !== 'refused') throw error;
    const isGone = productConcernOf(error.tiktokCode) === 'product-gone';
    if (isGone) await refreshProducts({ ...deps, api, guard }, connection, [productId]);
    // TikTok does not show a frozen one: its search still says that it is.
    const shown = isGone ? [] : await api.findProductsBySku(product.skus.map(({ sku }) => sku));
    const own = shown.find((each) => each.productId === productId);
    if (own) await takeProducts({ ...deps, guard }, connection, [own]);
    const status = isGone ? 'DELETED' : (own?.status ?? push.review?.status ?? 'UNKNOWN');
    const review = { productId, status, auditStatus: null, reasons: [], waitsFor: [], hasDraft: false };
    return { review, latest: null };
  }
}

/** SKUs that are wanted are there, and those that are to be removed are not. */
function hasAllSkus({ skus }: Listing, product: StoredProduct): boolean {
  const has = new Set(skus.flatMap(({ sellerSku, skuId }) => [sellerSku, skuId]));
  return product.skus.every(
    ({ sku, tiktokSkuId, isRemoved }) =>
      (has.has(sku) || (tiktokSkuId !== null && has.has(tiktokSkuId))) !== isRemoved,
  );
}
