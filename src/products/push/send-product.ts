import { createHash } from 'node:crypto';
import { holdProduct } from '../../catalogue/product-holds.js';
import type { Database } from '../../store/database.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import type { WrittenListing } from '../../tiktok/listing-write-calls.js';
import type { PlannedCall } from '../plan/push-plan-types.js';
import { LIMIT_REACHED, nextShopDay } from './listing-quota.js';
import { createCarriesStock } from './told-stock-store.js';
import { beginFlight, forgetCreateKey, keepCreateKey, type Verdict } from './product-push-store.js';
import type { Preparing } from './prepare-push.js';

/** What came of the calls of a plan. */
export type Sent =
  | {
      kind: 'sent';
      written: WrittenListing;
      isCreated: boolean;
      /** The answer may be of an earlier call with the same key, and of what was wanted then. */
      isRepeat: boolean;
    }
  | LimitReached;

/** TikTok takes no more new listings of the shop today. */
interface LimitReached {
  kind: 'limit';
  until: Date;
  verdict: Verdict;
}

/** Makes the calls in their order. @throws AppError as TikTok answers */
export async function sendPlan(given: Preparing, calls: readonly PlannedCall[]): Promise<Sent> {
  let sent: Sent | null = null;
  for (const call of calls) {
    if (sent !== null && call.call === 'activate' && !(await isStillOff(given, call.productIds[0]))) continue;
    const next = await send(given, call);
    if (next.kind === 'limit') return next;
    sent ??= next;
  }
  if (!sent) throw new Error('A plan without calls was sent');
  return sent;
}

/** UNCONFIRMED: an edit may put a product to review that was switched off, and then there is nothing to activate. */
async function isStillOff({ api }: Preparing, productId: string): Promise<boolean> {
  return (await api.readReview(productId)).review.status === 'SELLER_DEACTIVATED';
}

async function send(given: Preparing, call: PlannedCall): Promise<Sent> {
  const { api, deps, connection, product } = given;
  const { db, clock } = deps;
  const which = { connectionId: connection.id, productKey: product.productKey };
  switch (call.call) {
    case 'create':
      return create(given, call.body);
    case 'edit':
    case 'partial-edit': {
      const { productId, body } = call;
      await beginChange(db, { ...which, shop: connection, productId, now: clock.now() });
      const written = await (call.call === 'edit'
        ? api.editProduct(productId, body)
        : api.partialEditProduct(productId, body));
      return { kind: 'sent', written, isCreated: false, isRepeat: false };
    }
    default: {
      const [productId] = call.productIds;
      await api.changeListing(call.call, productId);
      const written = { productId, skus: [], warnings: [], requestId: null };
      return { kind: 'sent', written, isCreated: false, isRepeat: false };
    }
  }
}

async function beginChange(
  db: Database,
  given: {
    connectionId: number;
    productKey: string;
    shop: Preparing['connection'];
    productId: string;
    now: Date;
  },
): Promise<void> {
  const { shop, productId, now } = given;
  await db.transaction(async (tx) => {
    await holdProduct(tx, shop, { productId, now });
    await beginFlight(tx, given, now);
  });
}

/** The key is the same for every repeat until it is known what became of the create, whatever is wanted by then. */
async function create(given: Preparing, body: object): Promise<Sent> {
  const { api, deps, connection, product, now } = given;
  const which = { connectionId: connection.id, productKey: product.productKey };
  const key = await deps.db.transaction(async (tx) => {
    await beginFlight(tx, which, now);
    // A repeat may be answered with what an earlier call has made.
    if (given.push.createKey === null) await createCarriesStock(tx, which, product.version);
    return keepCreateKey(tx, which, freshKey(given));
  });
  try {
    const written = await api.createProduct({ ...body, idempotency_key: key });
    return { kind: 'sent', written, isCreated: true, isRepeat: given.push.createKey !== null };
  } catch (error) {
    if (!(error instanceof TikTokError)) throw error;
    // Nothing of ours is there, so that what somebody else makes meanwhile is not taken for it, and TikTok may remember the answer.
    if (error.reaction === 'refused' && given.push.createKey === null)
      await forgetCreateKey(deps.db.prisma, which);
    if (error.tiktokCode !== LIMIT_REACHED) throw error;
    const until = nextShopDay(now, connection.shopRegion);
    return { kind: 'limit', until, verdict: ofLimit(until, error) };
  }
}

/** Unique among all creates of the shop; TikTok: at most 128 characters. */
function freshKey({ connection, product, push }: Preparing): string {
  const hash = createHash('sha256').update(product.productKey).digest('base64url').slice(0, 22);
  return `create-${connection.id}-${hash}-${push.entryId ?? 0}`;
}

export function ofLimit(until: Date, error: TikTokError | null = null): Verdict {
  return {
    state: 'waiting',
    gate: 'daily-limit',
    reason: 'TikTok takes no more new products of the shop today',
    next: 'Nothing to do: it is sent on the next day. A higher tier in Seller Center raises the limit',
    tiktokCode: error?.tiktokCode ?? LIMIT_REACHED,
    dueAt: until,
  };
}
