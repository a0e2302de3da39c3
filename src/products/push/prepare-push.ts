import { setTimeout as sleep } from 'node:timers/promises';
import type { ActiveConnection } from '../../connections/connection.js';
import type { Listing } from '../../domain/shop-listing.js';
import { AppError } from '../../kernel/errors.js';
import type { ShopApi } from '../../tiktok/shop-api.js';
import {
  beginChecks,
  checkBatch,
  type CheckedBatchProduct,
  type CheckRun,
} from '../checks/check-products.js';
import type { ProductFinding } from '../checks/product-finding.js';
import { uploadKey } from '../media/ensure-uploads.js';
import { placesOfMedia } from '../media/media-findings.js';
import { findListings } from '../dry-run/find-listing.js';
import { createBody } from '../plan/create-body.js';
import { planProduct } from '../plan/plan-product.js';
import type { ProductPlan } from '../plan/push-plan-types.js';
import { resolveContent } from '../plan/resolve-content.js';
import type { ReadyOf } from '../plan/resolve-media.js';
import { noteChecked, type StoredProduct } from '../product-store.js';
import { inOrder, withTemplates } from '../templates/product-template.js';
import { listTemplates } from '../templates/template-store.js';
import type { ProductPush, Verdict } from './product-push-store.js';
import type { ProductPushDeps } from './product-push-deps.js';

export interface Preparing {
  deps: ProductPushDeps;
  connection: ActiveConnection;
  api: ShopApi;
  product: StoredProduct;
  push: ProductPush;
  now: Date;
}

/** What is to be done about a product now. */
export type Prepared =
  | { kind: 'stands'; verdict: Verdict; productId: string | null }
  | {
      kind: 'planned';
      plan: Extract<ProductPlan, { kind: 'nothing' | 'calls' }>;
      /** Null: TikTok does not have it. */
      productId: string | null;
      run: CheckRun;
      /** Of its pictures and documents, as TikTok has given them. */
      uris: readonly string[];
    };

/** Checks of one moment share what they have asked for. */
const RUN_MS = 5_000;
const MOST_RUNS = 50;
const MOST_LOOKS = 20;
const LOOK_AGAIN_MS = 100;
const runs = new Map<number, { run: Promise<CheckRun>; at: number }>();

/** With the templates as they are now. @param isFresh what was asked for before is old */
export async function checkRunOf(
  deps: ProductPushDeps,
  connection: ActiveConnection,
  { isFresh = false }: { isFresh?: boolean } = {},
): Promise<CheckRun> {
  const run = await sharedRunOf(deps, connection, isFresh);
  return { ...run, templates: inOrder(await listTemplates(deps.db.prisma, connection.id)) };
}

function sharedRunOf(
  deps: ProductPushDeps,
  connection: ActiveConnection,
  isFresh: boolean,
): Promise<CheckRun> {
  const known = runs.get(connection.id);
  if (known && !isFresh && performance.now() - known.at < RUN_MS) return known.run;
  // As many shops as send at one moment; of others nothing has to be kept.
  if (runs.size >= MOST_RUNS) runs.clear();
  const run = beginChecks(deps, connection);
  runs.set(connection.id, { run, at: performance.now() });
  run.catch(() => runs.delete(connection.id));
  return run;
}

/** Checks the product once more, sees to its pictures, and plans by what TikTok has at this moment. */
export async function preparePush(given: Preparing): Promise<Prepared> {
  const { deps, connection, product } = given;
  const run = await checkRunOf(deps, connection);
  const [checked] = await checkBatch(deps, run, [product]);
  if (!checked) throw new Error('A check has answered nothing');
  if (checked.isUnread)
    throw new AppError(
      'tiktok-unavailable',
      'The rules of the category cannot be read from TikTok just now.',
    );
  const worst = checked.findings.find(({ level }) => level === 'error');
  if (worst) {
    await noteFindings(given, checked.findings, false);
    return { kind: 'stands', verdict: ofFinding('checks', worst), productId: product.tiktokProductId };
  }
  const target = await findTarget(given);
  if ('verdict' in target) return { kind: 'stands', ...target };
  return planNow(given, { run, checked, ...target });
}

/** What checks and TikTok have said of it stands with the product. */
export async function noteFindings(
  { deps, connection, product: { productKey, version }, now }: Preparing,
  findings: readonly ProductFinding[],
  isCompliant: boolean,
): Promise<void> {
  const noted = [{ productKey, version, findings, isCompliant }];
  // A feed that is taken in just now may have locked it for a moment; what it changes is checked anew in any case.
  for (let look = 0; look < MOST_LOOKS; look++) {
    if ((await noteChecked(deps.db.prisma, connection.id, noted, now)) > 0) return;
    await sleep(LOOK_AGAIN_MS);
  }
}

function ofFinding(gate: string, { field, message, next, code }: ProductFinding): Verdict {
  const reason = `${field === null ? '' : `${field}: `}${message}`;
  return { state: 'blocked', gate, reason, next, tiktokCode: code };
}

type Target = { productId: string | null; isKnown: boolean };

/** Which listing of TikTok's it is, by what we know and, before one is made, by TikTok's own search. */
async function findTarget({
  deps,
  connection,
  api,
  product,
  push,
}: Preparing): Promise<Target | { verdict: Verdict; productId: string | null }> {
  const found = (await findListings(deps.db.prisma, connection, [product])).get(product.productKey);
  if (found?.kind === 'known') return { productId: found.productId, isKnown: true };
  if (found?.kind === 'several') return { verdict: unclear(found.productIds), productId: null };
  let id = found?.kind === 'matched' ? found.productId : null;
  if (id === null) {
    // The mirror is as old as the last pull, and a second listing of the same SKUs is for good.
    const shown = await api.findProductsBySku(product.skus.map(({ sku }) => sku));
    const own = new Set(product.skus.map(({ sku }) => sku));
    const ids = shown
      .filter(({ skus }) => skus.some(({ sellerSku }) => own.has(sellerSku)))
      .map(({ productId }) => productId);
    if (ids.length > 1) return { verdict: unclear(ids), productId: null };
    id = ids[0] ?? null;
  }
  if (id === null) return { productId: null, isKnown: false };
  // What we have begun to make, and TikTok has now, is ours.
  if (push.createKey !== null || connection.settings.updateTakenOver)
    return { productId: id, isKnown: false };
  return {
    verdict: {
      state: 'blocked',
      gate: 'confirmed',
      reason: `TikTok had the product ${id} before it was sent from here`,
      next: 'Look at the difference (DryRun), then confirm it with PUT Product/{partnerId}/TakeOver/{productId}',
    },
    productId: id,
  };
}

function unclear(ids: readonly string[]): Verdict {
  return {
    state: 'blocked',
    gate: 'one-listing',
    reason: `TikTok has ${ids.length} products with its seller SKUs: ${ids.slice(0, 5).join(', ')}`,
    next: 'Pick one with PUT Product/{partnerId}/TakeOver/{productId}',
  };
}

async function planNow(
  given: Preparing,
  { run, checked, productId, isKnown }: Target & { run: CheckRun; checked: CheckedBatchProduct },
): Promise<Prepared> {
  const { deps, connection, product, push } = given;
  const { wanted, context } = checked;
  const fields = withTemplates(product, run.templates);
  const { warehouses } = run;
  const { warehouseCodes } = connection.settings;
  const resolve = (readyOf: ReadyOf) =>
    resolveContent({
      wanted,
      fields,
      context,
      warehouses,
      warehouseCodes,
      uriOf: (url, useCase) => readyOf(url, useCase)?.uri ?? null,
      readyOf,
    });
  const bare = resolve(() => null);
  // A word that was carried out once counts no more.
  const action = product.actionImport > push.actedImport ? bare.action : 'Upsert';
  let content = bare.content;
  const uris: string[] = [];
  if (action === 'Upsert' || action === 'Activate') {
    const uploads = await deps.ensureUploads(connection, createBody(bare.content).uploads);
    for (const [key, result] of uploads) {
      if ('uri' in result) uris.push(result.uri);
      if ('refused' in result) {
        const place = placesOfMedia(wanted).find((each) => uploadKey(each) === key);
        const row = product.skus.find(({ sku }) => sku === place?.sku)?.position ?? product.rowNumber;
        const { field = result.refused.field, sku = null } = place ?? {};
        const finding = { ...result.refused, field, sku, row };
        await noteFindings(given, [finding, ...checked.findings], true);
        return { kind: 'stands', verdict: ofFinding('images', finding), productId };
      }
      if ('later' in result)
        throw new AppError('tiktok-unavailable', `A picture is not to be had yet: ${result.later.reason}`, {
          retryAfterMs: result.later.afterMs,
        });
    }
    content = resolve((url, useCase) => {
      const result = uploads.get(uploadKey({ url, useCase }));
      return result && 'uri' in result ? result : null;
    }).content;
  }
  // The last thing before the call: nothing that somebody has changed meanwhile is to be lost.
  const listing = await readTarget(given, productId);
  if (listing && 'verdict' in listing) return { kind: 'stands', productId, verdict: listing.verdict };
  const plan = planProduct({
    wanted: content,
    action,
    listing,
    knownProductId: isKnown ? productId : null,
    idempotencyKey: '',
  });
  if (plan.kind === 'blocked' || plan.kind === 'wait') {
    const { gate, reason } = plan;
    const verdict: Verdict =
      plan.kind === 'blocked'
        ? { state: 'blocked', gate, reason, next: plan.next }
        : { state: 'waiting', gate, reason, next: 'It is sent once TikTok has decided' };
    return { kind: 'stands', verdict, productId };
  }
  return { kind: 'planned', plan, productId, run, uris };
}

async function readTarget(
  { api, product }: Preparing,
  productId: string | null,
): Promise<Listing | null | { verdict: Verdict }> {
  if (productId === null) return null;
  try {
    return await api.readLatestListing(productId);
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'tiktok-refused')) throw error;
    // TikTok has it and does not show it: its search still says why.
    const shown = await api.findProductsBySku(product.skus.map(({ sku }) => sku));
    const status = shown.find((each) => each.productId === productId)?.status;
    const isFrozen = status === 'FREEZE';
    return {
      verdict: {
        state: 'blocked',
        gate: isFrozen ? 'frozen' : 'shown',
        reason: isFrozen ? 'TikTok has frozen the product' : error.message,
        next: isFrozen
          ? 'Appeal in Seller Center; nothing can be changed before'
          : (error.details[0]?.next ?? 'Look at the product in TikTok Seller Center'),
      },
    };
  }
}
