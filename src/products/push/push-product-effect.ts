import { releaseProduct } from '../../catalogue/product-holds.js';
import { getConnection } from '../../connections/connection-store.js';
import { AppError } from '../../kernel/errors.js';
import { HOUR_MS, SECOND_MS } from '../../kernel/time.js';
import type { Tx } from '../../store/database.js';
import type {
  EffectContext,
  EffectDefinition,
  EffectOutcome,
  OutboxEntry,
  ReadBack,
} from '../../sync/effects/outbox.js';
import { asRefusal, describeError } from '../../sync/effects/tiktok-refusal.js';
import { TikTokError } from '../../tiktok/tiktok-errors.js';
import { findProduct, forgetChecksOfAsked, type StoredProduct } from '../product-store.js';
import { checkBatch } from '../checks/check-products.js';
import { forgetAction, linkListing, linkSkus } from './link-listing.js';
import { shopDay } from './listing-quota.js';
import { checkRunOf, noteFindings, preparePush, type Prepared, type Preparing } from './prepare-push.js';
import type { ProductPushDeps } from './product-push-deps.js';
import { findPush, settlePush, type Verdict } from './product-push-store.js';
import { PUSH_PRODUCT, type PushPayload } from './push-payload.js';
import { noteLimit, noteListed, readQuota } from './quota-store.js';
import { findingOfRefusal, isOfShop, saysRulesChanged } from './refusal-finding.js';
import { ofLimit, sendPlan } from './send-product.js';

/** What came of an effect that was not refused; kept with its entry. */
type PushResult =
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

type Context = EffectContext<PushPayload>;
type Entry = OutboxEntry<PushPayload>;

/** TikTok has made it, and its list may not show it yet. */
const READ_BACK_MS = 10 * SECOND_MS;

/**
 * TikTok: Create Product, Edit Product, Partial Edit Product, and what puts a product on sale or ends it. Planned from what TikTok
 * has a moment before; what was sent without an answer is looked for before anything is sent again, a create by the seller SKUs,
 * and then under its own key.
 */
export function productEffects(deps: ProductPushDeps): EffectDefinition[] {
  return [pushProductEffect(deps)] as EffectDefinition[];
}

function pushProductEffect(deps: ProductPushDeps): EffectDefinition<PushPayload, PushResult> {
  return {
    name: PUSH_PRODUCT,
    lane: 'background',
    leavesByFence: true,
    // A create has a key, and an edit is planned anew from what TikTok has by then.
    resendSafe: true,

    async send(context) {
      const given = await open(deps, context);
      if (given === null) return { kind: 'superseded' };
      const quota = await readQuota(deps.db.prisma, given.connection.id);
      const isClosed = quota.until !== null && quota.until > given.now;
      if (isClosed && given.product.tiktokProductId === null && given.push.createKey === null)
        return { kind: 'stands', verdict: ofLimit(quota.until ?? given.now), productId: null };
      try {
        return await sendNow(given);
      } catch (error) {
        throw asRefusal(await learnFrom(given, error));
      }
    },

    async readBack(context): Promise<ReadBack<PushResult>> {
      const given = await open(deps, context);
      // Something else is wanted by now: its own effect looks at what TikTok has.
      if (given === null) return { state: 'not-done' };
      const prepared = await preparePush(given);
      const made = madeBefore(given, prepared);
      if (made) return { state: 'done', result: made };
      const isThere = prepared.kind === 'planned' && prepared.plan.kind === 'nothing';
      if (!isThere || prepared.productId === null) return { state: 'not-done' };
      return { state: 'done', result: sentBefore(given, prepared.productId) };
    },

    settle: (tx, entry, outcome) => settle(deps, tx, entry, outcome),
  };
}

/** Null: this version is not wanted any more. */
async function open(deps: ProductPushDeps, { entry, fence, now }: Context): Promise<Preparing | null> {
  const { connectionId, payload, lane } = entry;
  const which = { connectionId, productKey: payload.productKey };
  const product = await findProduct(deps.db.prisma, which);
  const push = await findPush(deps.db.prisma, which);
  if (!product || !push || !isWanted(product, payload)) return null;
  const { connection, api } = await deps.openShop(connectionId, lane, fence);
  return { deps, connection, api, product, push, now: now() };
}

function isWanted({ version, askedVersion }: StoredProduct, payload: PushPayload): boolean {
  return String(version) === payload.version && askedVersion === version;
}

async function sendNow(given: Preparing): Promise<PushResult> {
  const prepared = await preparePush(given);
  const { productId } = prepared;
  const made = madeBefore(given, prepared);
  if (made) return made;
  if (prepared.kind === 'stands') return { kind: 'stands', verdict: prepared.verdict, productId };
  const { plan } = prepared;
  const acted = given.product.actionImport;
  if (plan.kind === 'nothing') return { kind: 'same', productId, acted, notes: plan.notes };
  const sent = await sendPlan(given, plan.calls);
  if (sent.kind === 'limit') {
    const limitUntil = sent.until.toISOString();
    return { kind: 'stands', verdict: sent.verdict, productId: null, limitUntil };
  }
  const { written, isCreated, isRepeat } = sent;
  const warnings = [...plan.notes, ...written.warnings];
  const { skus, requestId } = written;
  return {
    kind: 'sent',
    productId: written.productId,
    skus,
    isCreated,
    isRepeat,
    acted,
    warnings,
    requestId,
  };
}

/** A create of ours had no answer, and TikTok has what it has made: whether that is as wanted by now is looked at next. */
function madeBefore(given: Preparing, { productId, ...prepared }: Prepared): PushResult | null {
  if (given.push.createKey === null || productId === null) return null;
  const isSame = prepared.kind === 'planned' && prepared.plan.kind === 'nothing';
  return { ...sentBefore(given, productId), isCreated: true, isRepeat: !isSame };
}

function sentBefore({ product }: Preparing, productId: string): Extract<PushResult, { kind: 'sent' }> {
  return {
    kind: 'sent',
    productId,
    skus: [],
    isCreated: false,
    isRepeat: false,
    acted: product.actionImport,
    warnings: [],
    requestId: null,
  };
}

/** Says with the product what TikTok has refused; where it was for a rule, the rules are read anew, and all that wait are checked by them. */
async function learnFrom(given: Preparing, error: unknown): Promise<unknown> {
  if (!(error instanceof TikTokError) || error.reaction !== 'refused') return error;
  const { deps, connection, product } = given;
  let run = await checkRunOf(deps, connection);
  let [checked] = await checkBatch(deps, run, [product]);
  if (saysRulesChanged(error) && checked?.context.category.kind === 'rules') {
    await deps.rereadRules(connection, checked.context.category.rules.categoryId);
    run = await checkRunOf(deps, connection, { isFresh: true });
    [checked] = await checkBatch(deps, run, [product]);
    await forgetChecksOfAsked(deps.db.prisma, connection.id);
  }
  const known = checked?.findings ?? [];
  const found = known.filter(({ level }) => level === 'error');
  // What the new rules say names attribute and column, and TikTok's code often does not.
  const own = findingOfRefusal(error, product.rowNumber);
  await noteFindings(given, [own, ...known], found.length === 0);
  return error;
}

async function settle(
  { clock }: ProductPushDeps,
  tx: Tx,
  { id: entryId, connectionId, payload }: Entry,
  outcome: EffectOutcome<PushResult>,
): Promise<void> {
  const { productKey } = payload;
  const version = BigInt(payload.version);
  const which = { connectionId, productKey };
  const now = clock.now();
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
