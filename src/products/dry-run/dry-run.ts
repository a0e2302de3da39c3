import type { Connection } from '../../connections/connection.js';
import { requireActive } from '../../connections/connection-store.js';
import type { OpenShop } from '../../connections/open-shop.js';
import type { Listing } from '../../domain/shop-listing.js';
import { AppError } from '../../kernel/errors.js';
import {
  beginChecks,
  checkBatch,
  type CheckDeps,
  type CheckRun,
  type CheckedBatchProduct,
} from '../checks/check-products.js';
import { planProduct } from '../plan/plan-product.js';
import type { PlannedChange, PlannedUpload, ProductPlan } from '../plan/push-plan-types.js';
import { knownMedia, type KnownMedia } from '../media/known-media.js';
import { placesOfMedia } from '../media/media-findings.js';
import { resolveContent } from '../plan/resolve-content.js';
import type { StoredProduct } from '../product-store.js';
import { withTemplates } from '../templates/product-template.js';
import { showImagesByHash } from './images-by-hash.js';
import { stockNotes } from './stock-notes.js';
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
  const run = await beginChecks(deps, connection);
  const checked = await checkBatch(deps, run, products);
  const found = await findListings(deps.db.prisma, connection, products);
  const urls = checked.flatMap(({ wanted }) => placesOfMedia(wanted).map(({ url }) => url));
  const media = await knownMedia(deps.db, connection, urls, { evenOld: true });
  const lines: DryRunLine[] = [];
  let shop: ReturnType<OpenShop> | null = null;
  const readListing = async (productId: string): Promise<Listing | null> => {
    shop ??= deps.openShop(requireActive(connection).id, 'urgent');
    return (await shop).api.readLatestListing(productId);
  };
  for (const one of checked) {
    const listing = found.get(one.product.productKey) ?? { kind: 'none' };
    lines.push(blockedByChecks(one, listing) ?? (await planned(one, { run, listing, readListing, media })));
  }
  return showImagesByHash(deps.db.prisma, lines, { companyId: connection.companyId, media });
}

function blockedByChecks(
  { product, findings }: CheckedBatchProduct,
  listing: FoundListing,
): DryRunLine | null {
  const [worst, ...others] = findings.filter(({ level }) => level === 'error');
  if (!worst) return null;
  const rest = others.length > 0 ? ` (and ${others.length} more)` : '';
  const reason = `${worst.field === null ? '' : `${worst.field}: `}${worst.message}${rest}`;
  return lineOf(product, { outcome: 'blocked', reason, next: worst.next, tiktokProductId: idOf(listing) });
}

interface Planning {
  run: CheckRun;
  listing: FoundListing;
  readListing: (productId: string) => Promise<Listing | null>;
  media: KnownMedia;
}

async function planned(
  one: CheckedBatchProduct,
  { run, listing, readListing, media }: Planning,
): Promise<DryRunLine> {
  const { product, wanted, context } = one;
  const { settings } = run.connection;
  if (listing.kind === 'several') {
    const said = {
      outcome: 'unclear',
      reason: `TikTok has ${listing.productIds.length} products with its seller SKUs`,
      next: 'Pick one with PUT Product/{partnerId}/TakeOver/{productId}',
      tiktokProductId: null,
    } as const;
    return { ...lineOf(product, said), candidates: listing.productIds };
  }
  const tiktokProductId = idOf(listing);
  let has: Listing | null;
  try {
    has = tiktokProductId === null ? null : await readListing(tiktokProductId);
  } catch (error) {
    // TikTok has it and does not show it, such as a frozen one: nobody can say what would change.
    if (!(error instanceof AppError && error.code === 'tiktok-refused')) throw error;
    const next = error.details[0]?.next ?? 'Look at the product in TikTok Seller Center';
    return lineOf(product, { outcome: 'blocked', reason: error.message, next, tiktokProductId });
  }
  const { content, action } = resolveContent({
    wanted,
    fields: withTemplates(product, run.templates),
    context,
    warehouses: run.warehouses,
    warehouseCodes: settings.warehouseCodes,
    uriOf: media.uriOf,
    readyOf: media.readyOf,
  });
  const knownProductId = listing.kind === 'known' ? listing.productId : null;
  const plan = planProduct({
    wanted: content,
    action,
    listing: has,
    knownProductId,
    idempotencyKey: 'dry-run',
  });
  const line = lineOfPlan(one, plan, { listing, updatesAll: settings.updateTakenOver });
  const told = has === null || settings.productFeedStock === 'never' ? [] : stockNotes(wanted, has);
  return { ...line, notes: [...line.notes, ...told] };
}

function lineOfPlan(
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

function lineOf(
  product: StoredProduct,
  said: Pick<DryRunLine, 'outcome' | 'reason' | 'next' | 'tiktokProductId'>,
): DryRunLine {
  return { product, ...said, candidates: [], changes: [], uploads: [], notes: [], calls: 0 };
}
