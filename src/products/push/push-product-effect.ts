import type { EffectContext, EffectDefinition, ReadBack } from '../../sync/effects/outbox.js';
import { asRefusal } from '../../sync/effects/tiktok-refusal.js';
import { AppError } from '../../kernel/errors.js';
import { SECOND_MS } from '../../kernel/time.js';
import { forgetUploads } from '../media/media-store.js';
import { findProduct, type StoredProduct } from '../product-store.js';
import { learnFrom } from './learn-from-refusal.js';
import { preparePush, type Prepared, type Preparing } from './prepare-push.js';
import type { ProductPushDeps } from './product-push-deps.js';
import { findPush } from './product-push-store.js';
import { PUSH_PRODUCT, type PushPayload } from './push-payload.js';
import { readQuota } from './quota-store.js';
import { ofLimit, sendPlan } from './send-product.js';
import { isOfMissingUpload } from './refusal-finding.js';
import { settleProduct, type PushResult } from './settle-push.js';

type Context = EffectContext<PushPayload>;

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
        await learnFrom(given, error);
        throw asRefusal(error);
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

    settle: (tx, entry, outcome, by) => settleProduct(tx, entry, { outcome, now: deps.clock.now(), by }),
  };
}

/** Null: this version is not wanted any more. */
async function open(deps: ProductPushDeps, context: Context): Promise<Preparing | null> {
  const { entry, fence } = context;
  const { connectionId, payload, lane } = entry;
  const which = { connectionId, productKey: payload.productKey };
  const product = await findProduct(deps.db.prisma, which);
  const push = await findPush(deps.db.prisma, which);
  if (!product || !push || !isWanted(product, payload)) return null;
  const { connection, api } = await deps.openShop(connectionId, lane, fence);
  return { deps, connection, api, product, push, now: context.now() };
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
  const sent = await sendPlan(given, plan.calls).catch((error: unknown) =>
    uploadAgain(given, prepared.uris, error),
  );
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

/** TikTok may have forgotten pictures that it had: with others in their place the product is sent once more. @throws */
async function uploadAgain(
  { deps, connection }: Preparing,
  uris: readonly string[],
  error: unknown,
): Promise<never> {
  if (!isOfMissingUpload(error)) throw error;
  const forgotten = await forgetUploads(deps.db.prisma, connection.companyId, uris);
  if (forgotten === 0) throw error;
  throw new AppError('tiktok-unavailable', 'TikTok does not have a picture any more: it is uploaded again', {
    retryAfterMs: SECOND_MS,
    cause: error,
  });
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
