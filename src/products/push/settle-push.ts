import { releaseProduct } from '../../catalogue/product-holds.js';
import { getConnection } from '../../connections/connection-store.js';
import type { AppError } from '../../kernel/errors.js';
import { HOUR_MS, SECOND_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';
import type { EffectOutcome, OutboxEntry } from '../../sync/effects/outbox.js';
import { describeError } from '../../sync/effects/tiktok-refusal.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import { findProduct } from '../product-store.js';
import { forgetAction, linkListing, linkSkus } from './link-listing.js';
import { shopDay } from './listing-quota.js';
import { findPush, settlePush, type Verdict } from './product-push-store.js';
import type { PushPayload } from './push-payload.js';
import { noteLimit, noteListed } from './quota-store.js';
import { findingOfRefusal, isOfShop } from './refusal-finding.js';

/** What came of an effect that was not refused; kept with its entry. */
export type PushResult =
  | { kind: 'superseded' }
  /** Nothing was sent, and nothing may be. */
  | { kind: 'stands'; verdict: Verdict; productId: string | null; limitUntil?: string }
  /** TikTok had it already. */
  | { kind: 'same'; productId: string | null; acted: number; notes: string[] }
  | {
      kind: 'sent';
      productId: string;
      skus: { skuId: string; sellerSku: string }[];
      isCreated: boolean;
      isRepeat: boolean;
      acted: number;
      warnings: string[];
      requestId: string | null;
    };

/** TikTok has made it, and its list may not show it yet. */
const READ_BACK_MS = 10 * SECOND_MS;

/** Writes what came of an effect to the product, in the transaction that settles it. */
export async function settleProduct(
  tx: Tx,
  { id: entryId, connectionId, payload }: OutboxEntry<PushPayload>,
  { outcome, now }: { outcome: EffectOutcome<PushResult>; now: Date },
): Promise<void> {
  const { productKey } = payload;
  const version = BigInt(payload.version);
  const which = { connectionId, productKey };
  const push = await findPush(tx, which);
  const isInFlight = push?.inFlightSince != null;
  const base = { ...which, entryId };
  if (outcome.state !== 'done') {
    const verdict = outcome.state === 'refused' ? ofRefusal(outcome.error, now) : ofPerson(outcome.why);
    const isSure = outcome.state === 'refused';
    await settlePush(tx, base, { verdict, now, endsFlight: isSure });
    if (isSure) await release(tx, which);
    return;
  }
  const { result } = outcome;
  switch (result.kind) {
    case 'superseded': {
      const verdict = ofNewer();
      // What an earlier call has done is read in any case.
      const sent = isInFlight ? { version: push.sentVersion ?? 0n, isReviewed: true } : undefined;
      return settlePush(tx, base, { verdict, now, sent });
    }
    case 'stands':
      if (result.limitUntil !== undefined)
        await noteLimit(tx, connectionId, { until: new Date(result.limitUntil), now });
      // A create that met the limit has made nothing; what an earlier call has done is read in any case.
      await settlePush(tx, base, {
        verdict: result.verdict,
        now,
        endsFlight: result.limitUntil !== undefined,
        sent:
          isInFlight && result.limitUntil === undefined
            ? { version: push.sentVersion ?? 0n, isReviewed: true }
            : undefined,
      });
      return;
    case 'same': {
      if (result.productId !== null)
        await linkListing(tx, which, { productId: result.productId, link: 'taken', now });
      const sent = { version, isReviewed: isInFlight || push?.review == null };
      const isGone = result.productId === null;
      await settlePush(tx, base, {
        verdict: { state: 'done', gate: 'sent', reason: 'TikTok has it as it is wanted', next: null },
        now,
        sent: isGone ? { version, isReviewed: false } : sent,
        acted: result.acted,
        endsCreate: true,
      });
      return forgetAction(tx, which, result.acted);
    }
    default: {
      const link = result.isCreated ? 'own' : 'taken';
      await linkListing(tx, which, { productId: result.productId, link, now });
      await linkSkus(tx, which, result.skus);
      if (result.isCreated) await noteListed(tx, connectionId, await dayOf(tx, connectionId, now));
      const { isRepeat, acted } = result;
      const verdict: Verdict = isRepeat
        ? {
            state: 'waiting',
            gate: 'read-back',
            reason: 'TikTok has made it; whether it is as wanted is looked at',
            next: null,
            dueAt: new Date(now.getTime() + READ_BACK_MS),
          }
        : { state: 'done', gate: 'sent', reason: 'It was sent to TikTok', next: null };
      await settlePush(tx, base, {
        verdict,
        now,
        sent: { version: isRepeat ? (push?.sentVersion ?? 0n) : version, isReviewed: true },
        acted,
        endsCreate: true,
      });
      return forgetAction(tx, which, acted);
    }
  }
}

async function dayOf(tx: Tx, connectionId: number, now: Date): Promise<string> {
  const { shopRegion } = await getConnection(tx, { id: connectionId });
  return shopDay(now, shopRegion);
}

/** TikTok has said no: nothing of it is under way. */
async function release(tx: Tx, which: { connectionId: number; productKey: string }): Promise<void> {
  const product = await findProduct(tx, which);
  if (!product?.tiktokProductId) return;
  const { environment, shopId } = await getConnection(tx, { id: which.connectionId });
  if (shopId !== null) await releaseProduct(tx, { environment, shopId }, product.tiktokProductId);
}

/** What TikTok has against the whole shop passes without a word about any product. */
const SHOP_WAIT_MS = HOUR_MS;

function ofRefusal(error: AppError, now: Date): Verdict {
  const code = error instanceof TikTokError ? error.tiktokCode : null;
  const finding = findingOfRefusal(error, null);
  if (isOfShop(error))
    return {
      state: 'waiting',
      gate: 'shop',
      reason: finding.message,
      next: error.next,
      tiktokCode: code,
      dueAt: new Date(now.getTime() + SHOP_WAIT_MS),
    };
  return {
    state: 'refused',
    gate: 'tiktok',
    reason: error instanceof TikTokError ? finding.message : describeError(error),
    next: finding.next,
    tiktokCode: code,
  };
}

function ofPerson(why: string): Verdict {
  return {
    state: 'needs_person',
    gate: 'in-doubt',
    reason: why,
    next: 'Look at the product in TikTok Seller Center, then decide in the portal',
  };
}

function ofNewer(): Verdict {
  return {
    state: 'blocked',
    gate: 'asked',
    reason: 'Something newer is wanted of it since it was asked for',
    next: 'Send the newer feed: PUT Product/{partnerId}/{feedId}',
  };
}
