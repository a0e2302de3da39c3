import type { Listing } from '../../domain/shop-listing.js';
import { createBody, distinct } from './create-body.js';
import { editBodyOf } from './edit-body.js';
import { matchSkusOfListing } from './match-skus-of-listing.js';
import type { PlannedAction, PlannedContent } from './planned-content.js';
import { productChanges } from './product-changes.js';
import type { PlannedChange, ProductPlan } from './push-plan-types.js';
import { skuChanges } from './sku-changes.js';

interface PlanInput {
  wanted: PlannedContent;
  action: PlannedAction;
  /** TikTok's latest version: the one under review, where there is one; null for a product that TikTok does not have. */
  listing: Listing | null;
  /** The listing that the product is known to be, also where TikTok does not have it any more. */
  knownProductId?: string | null;
  /** The same whenever the same product is created again. */
  idempotencyKey: string;
}

/**
 * What brings TikTok from what it has to what is wanted: nothing, or the calls in their order. A product is edited by named
 * parts that carry whole objects; SKUs go along only where one of them changes, and then all of them; another category takes
 * an edit of the whole. Pure.
 */
export function planProduct(input: PlanInput): ProductPlan {
  const { wanted, action, listing, knownProductId = null, idempotencyKey } = input;
  if (listing === null && knownProductId !== null) return planGone(knownProductId, action);
  if (listing === null) return planNew(wanted, action, idempotencyKey);
  if (listing.status === 'DELETED') return planGone(listing.productId, action);
  if (listing.status === 'FREEZE')
    return {
      kind: 'blocked',
      gate: 'frozen',
      reason: 'TikTok has frozen the product',
      next: 'Appeal in Seller Center; nothing can be changed before',
      changes: [],
    };
  const { productId, status } = listing;
  if (action === 'Delete')
    return calls([{ call: 'delete', productIds: [productId] }], [change('Action', status, 'DELETED')]);
  if (action === 'Deactivate') {
    if (status !== 'ACTIVATE') return nothing('The product is not for sale.');
    return calls(
      [{ call: 'deactivate', productIds: [productId] }],
      [change('Action', status, 'SELLER_DEACTIVATED')],
    );
  }
  return planEdit(input, listing);
}

/** What somebody has deleted is not made anew by the next file: that takes a word. */
function planGone(productId: string, action: PlannedAction): ProductPlan {
  if (action === 'Delete' || action === 'Deactivate')
    return nothing('TikTok does not have the product any more.');
  if (action === 'Recover')
    return calls(
      [{ call: 'recover', productIds: [productId] }],
      [change('Action', 'DELETED', 'SELLER_DEACTIVATED')],
    );
  return {
    kind: 'blocked',
    gate: 'deleted',
    reason: 'The product was deleted in TikTok, and no feed brings it back by itself',
    next: 'Send it with the Action Recover, or under another Parent SKU',
    changes: [],
  };
}

function planNew(wanted: PlannedContent, action: PlannedAction, idempotencyKey: string): ProductPlan {
  if (action !== 'Upsert' && action !== 'Activate') return nothing('TikTok does not have the product.');
  const { body, uploads } = createBody(wanted);
  const skus = wanted.skus.filter(({ isRemoved }) => !isRemoved);
  if (skus.length === 0)
    return {
      kind: 'blocked',
      gate: 'variants',
      reason: 'The product has no SKU',
      next: 'Send at least one',
      changes: [],
    };
  return {
    kind: 'calls',
    calls: [{ call: 'create', body: { ...body, idempotency_key: idempotencyKey }, idempotencyKey }],
    uploads,
    changes: [
      change('Title', null, wanted.title ?? null),
      ...skus.map(({ sku }) => ({ field: 'Merchant SKU', sku, from: null, to: sku })),
    ],
    notes: [],
  };
}

function planEdit({ wanted, action }: PlanInput, listing: Listing): ProductPlan {
  const { productId, status, auditStatus } = listing;
  const product = productChanges(listing, wanted);
  const matched = matchSkusOfListing(listing, wanted);
  const skus = skuChanges(listing, matched);
  const changes = [...product.changes, ...skus.changes];
  if (skus.blocked) return { kind: 'blocked', gate: 'variants', ...skus.blocked, changes };
  if (action === 'Recover') return nothing('The product is not deleted.', skus.notes);
  const isOff = status === 'SELLER_DEACTIVATED';
  if (isOff && action !== 'Activate') {
    if (changes.length === 0)
      return nothing('TikTok has the product as it is wanted; it is switched off.', skus.notes);
    return {
      kind: 'blocked',
      gate: 'switched-off',
      reason: 'Somebody has switched the product off in TikTok, and no feed puts it on sale again by itself',
      next: 'Send it with the Action Activate, or activate it in Seller Center',
      changes,
    };
  }
  // UNCONFIRMED: whether a product in its first review can be edited.
  if (status === 'PENDING' && changes.length > 0)
    return {
      kind: 'wait',
      gate: 'review',
      reason:
        auditStatus === 'PRE_APPROVED'
          ? 'TikTok has not admitted the shop yet'
          : 'TikTok reviews the product',
      changes,
    };
  const activate = isOff ? [{ call: 'activate' as const, productIds: [productId] as [string] }] : [];
  if (changes.length === 0) {
    if (!isOff) return nothing('TikTok has the product as it is wanted.', skus.notes);
    return calls(activate, [change('Action', status, 'ACTIVATE')], skus.notes);
  }
  const sendsSkus = skus.changes.length > 0 || product.isCategoryChanged;
  const lost = sendsSkus ? lostIds(listing, skus.skus, matched) : [];
  if (lost.length > 0)
    return {
      kind: 'blocked',
      gate: 'variants',
      reason: `The edit would delete the SKUs ${lost.join(', ')}, which nobody has removed`,
      next: 'Report this: it must not happen',
      changes,
    };
  if (sendsSkus && skus.skus.length === 0)
    return {
      kind: 'blocked',
      gate: 'variants',
      reason: 'The product would be left without a SKU',
      next: 'Send at least one',
      changes,
    };
  return {
    kind: 'calls',
    calls: [editCall(listing, wanted, { product, skus }), ...activate],
    uploads: distinct([...product.uploads, ...skus.uploads]),
    changes,
    notes: skus.notes,
  };
}

/** The last look at what leaves: ids that TikTok has, that the list lacks, and that the feed has not removed. */
function lostIds(
  { skus: had }: Listing,
  skus: readonly Record<string, unknown>[],
  { listed }: ReturnType<typeof matchSkusOfListing>,
): string[] {
  const sent = new Set(skus.map(({ id }) => id));
  const removed = new Set(
    listed.filter(({ wanted }) => wanted?.isRemoved).map(({ listed: own }) => own.skuId),
  );
  return had.map(({ skuId }) => skuId).filter((skuId) => !sent.has(skuId) && !removed.has(skuId));
}

function editCall(
  listing: Listing,
  wanted: PlannedContent,
  { product, skus }: { product: ReturnType<typeof productChanges>; skus: ReturnType<typeof skuChanges> },
) {
  const { productId } = listing;
  if (product.isCategoryChanged) {
    const { product_attributes: _, certifications: __, ...kept } = editBodyOf(listing);
    const own = createBody({ ...wanted, skus: [] }).body;
    const ofCategory = {
      ...(own['product_attributes'] === undefined ? {} : { product_attributes: own['product_attributes'] }),
      ...(own['certifications'] === undefined ? {} : { certifications: own['certifications'] }),
      ...(wanted.categoryVersion === undefined ? {} : { category_version: wanted.categoryVersion }),
    };
    return {
      call: 'edit' as const,
      productId,
      body: { save_mode: 'LISTING', ...kept, ...product.body, ...ofCategory, skus: skus.skus },
    };
  }
  return {
    call: 'partial-edit' as const,
    productId,
    body: { save_mode: 'LISTING', ...product.body, ...(skus.changes.length > 0 ? { skus: skus.skus } : {}) },
  };
}

function change(field: string, from: string | null, to: string | null): PlannedChange {
  return { field, sku: null, from, to };
}

function nothing(reason: string, notes: string[] = []): ProductPlan {
  return { kind: 'nothing', reason, notes };
}

function calls(
  planned: Extract<ProductPlan, { kind: 'calls' }>['calls'],
  changes: PlannedChange[],
  notes: string[] = [],
): ProductPlan {
  return { kind: 'calls', calls: planned, uploads: [], changes, notes };
}
