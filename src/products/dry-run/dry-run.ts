import type { Connection } from '../../connections/connection.js';
import { requireActive } from '../../connections/connection-store.js';
import type { OpenShop } from '../../connections/open-shop.js';
import { listShopWarehouses } from '../../catalogue/catalogue-store.js';
import type { Listing } from '../../domain/shop-listing.js';
import { AppError } from '../../kernel/errors.js';
import {
  beginChecks,
  checkBatch,
  type CheckDeps,
  type CheckedBatchProduct,
} from '../checks/check-products.js';
import { planProduct } from '../plan/plan-product.js';
import type { PlannedChange, PlannedUpload, ProductPlan } from '../plan/push-plan-types.js';
import { resolveContent } from '../plan/resolve-content.js';
import type { StoredProduct } from '../product-store.js';
import { withTemplates } from '../templates/product-template.js';
import { findListings, type FoundListing } from './find-listing.js';

export interface DryRunDeps extends CheckDeps {
  openShop: OpenShop;
}

/**
 * `created`, `changed`, `untouched`, `ended` (switched off or deleted), `blocked` (by checks, TikTok's state or the rules of edits),
 * `waits` (TikTok decides first), `unconfirmed` (was in TikTok before; nothing changes before somebody has confirmed this
 * difference), `unclear` (a person picks the listing).
 */
export type DryRunOutcome =
  'created' | 'changed' | 'untouched' | 'ended' | 'blocked' | 'waits' | 'unconfirmed' | 'unclear';

export interface DryRunLine {
  product: StoredProduct;
  outcome: DryRunOutcome;
  reason: string | null;
  next: string | null;
  tiktokProductId: string | null;
  /** Where several could be it. */
  candidates: readonly string[];
  changes: readonly PlannedChange[];
  uploads: readonly PlannedUpload[];
  notes: readonly string[];
  /** Calls that change something, pictures apart. */
  calls: number;
}

/** What sending these products would change, by what TikTok has now. Nothing leaves but questions. */
export async function dryRun(
  deps: DryRunDeps,
  connection: Connection,
  products: readonly StoredProduct[],
): Promise<DryRunLine[]> {
  const { prisma } = deps.db;
  const run = await beginChecks(deps, connection);
  const checked = await checkBatch(deps, run, products);
  const found = await findListings(prisma, connection, products);
  const { environment, shopId, settings } = connection;
  const warehouses = shopId === null ? [] : await listShopWarehouses(prisma, { environment, shopId });
  const lines: DryRunLine[] = [];
  for (const one of checked) {
    const { product } = one;
    const listing = found.get(product.productKey) ?? { kind: 'none' };
    const errors = one.findings.filter(({ level }) => level === 'error');
    const [worst] = errors;
    if (worst) {
      const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
      const reason = `${worst.field === null ? '' : `${worst.field}: `}${worst.message}${rest}`;
      lines.push(
        lineOf(product, { outcome: 'blocked', reason, next: worst.next, tiktokProductId: idOf(listing) }),
      );
    } else if (listing.kind === 'several') {
      lines.push({
        ...lineOf(product, {
          outcome: 'unclear',
          reason: `TikTok has ${listing.productIds.length} products with its seller SKUs`,
          next: 'Pick one with PUT Product/{partnerId}/TakeOver/{productId}',
          tiktokProductId: null,
        }),
        candidates: listing.productIds,
      });
    } else {
      const has = await readListing(deps, connection, listing);
      const fields = withTemplates(product, run.templates);
      const { content, action } = resolveContent({
        wanted: one.wanted,
        fields,
        context: one.context,
        warehouses,
        warehouseCodes: settings.warehouseCodes,
        uriOf: () => null,
      });
      const plan = planProduct({ wanted: content, action, listing: has, idempotencyKey: 'dry-run' });
      lines.push(planned(one, plan, { listing, updatesAll: settings.updateTakenOver }));
    }
  }
  return lines;
}

function planned(
  { product }: CheckedBatchProduct,
  plan: ProductPlan,
  { listing, updatesAll }: { listing: FoundListing; updatesAll: boolean },
): DryRunLine {
  const tiktokProductId = idOf(listing);
  switch (plan.kind) {
    case 'nothing':
      return {
        ...lineOf(product, { outcome: 'untouched', reason: plan.reason, next: null, tiktokProductId }),
        notes: plan.notes,
      };
    case 'blocked':
      return {
        ...lineOf(product, { outcome: 'blocked', reason: plan.reason, next: plan.next, tiktokProductId }),
        changes: plan.changes,
      };
    case 'wait':
      return {
        ...lineOf(product, {
          outcome: 'waits',
          reason: plan.reason,
          next: 'It is sent once TikTok has decided',
          tiktokProductId,
        }),
        changes: plan.changes,
      };
    default: {
      const { calls, changes, uploads, notes } = plan;
      const line = {
        ...lineOf(product, { outcome: outcomeOf(plan), reason: null, next: null, tiktokProductId }),
        changes,
        uploads,
        notes,
        calls: calls.length,
      };
      const isTakenOver = listing.kind === 'matched' || product.link === 'taken';
      if (!isTakenOver || product.confirmedAt !== null || updatesAll) return line;
      return {
        ...line,
        outcome: 'unconfirmed',
        reason: 'TikTok had the product before it was sent from here',
        next: 'Look at the difference, then confirm it with PUT Product/{partnerId}/TakeOver/{productId}',
      };
    }
  }
}

function outcomeOf({ calls }: Extract<ProductPlan, { kind: 'calls' }>): DryRunOutcome {
  if (calls.some(({ call }) => call === 'create')) return 'created';
  return calls.every(({ call }) => call === 'deactivate' || call === 'delete') ? 'ended' : 'changed';
}

function idOf(listing: FoundListing): string | null {
  return listing.kind === 'known' || listing.kind === 'matched' ? listing.productId : null;
}

/** Null for a product that TikTok does not have; one that was deleted there is answered like an unknown one. */
async function readListing(
  { openShop }: DryRunDeps,
  connection: Connection,
  listing: FoundListing,
): Promise<Listing | null> {
  const productId = idOf(listing);
  if (productId === null) return null;
  const { api } = await openShop(requireActive(connection).id, 'urgent');
  try {
    return await api.readLatestListing(productId);
  } catch (error) {
    if (error instanceof AppError && error.code === 'tiktok-refused') return null;
    throw error;
  }
}

function lineOf(
  product: StoredProduct,
  said: Pick<DryRunLine, 'outcome' | 'reason' | 'next' | 'tiktokProductId'>,
): DryRunLine {
  return { product, ...said, candidates: [], changes: [], uploads: [], notes: [], calls: 0 };
}
