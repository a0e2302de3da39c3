import { applyContent } from './apply-content.js';
import { outcomeFor } from './audit-plans.js';
import type { AuditReason, Content } from './content.js';
import type { AuditOutcome, Product, ProductStatus } from './product.js';
import { recordProduct, setProductStatus, type ChangeSource } from './product-machine.js';
import type { Shop, World } from './world.js';

const platform: ChangeSource = { via: 'platform', requestId: '' };

/** Statuses in which buyers do not see the product, but have seen it or could have. */
const deactivated: readonly ProductStatus[] = ['SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'];

/**
 * Sends a content to the audit. Of a live product the old version sells on until the audit has passed; any other product has one
 * version only, which the new content replaces at once.
 */
export function submitContent(
  world: World,
  shop: Shop,
  product: Product,
  content: Content,
  source: ChangeSource,
): void {
  delete product.draft;
  delete product.auditReasons;
  delete product.preApprovedReasons;
  const isFirst = !isLive(product);
  if (product.status === 'ACTIVATE') {
    product.review = content;
    product.audit = 'AUDITING';
    startAudit(world, shop, product, content, undefined, isFirst);
    return;
  }
  applyContent(world, shop, product, content);
  if (deactivated.includes(product.status) && world.behaviour.editOfDeactivated === 'stays_off') {
    product.audit = 'AUDITING';
    startAudit(world, shop, product, content, product.status, isFirst);
    return;
  }
  submitForAudit(world, shop, product, source);
}

/** Sends the product as it is to the audit. It is on sale once that has passed. */
export function submitForAudit(world: World, shop: Shop, product: Product, source: ChangeSource): void {
  product.statusBefore ??= product.status;
  setProductStatus(world, shop, product, 'PENDING', source);
  startAudit(world, shop, product, product.content, 'ACTIVATE', !isLive(product));
}

function isLive(product: Product): boolean {
  return product.status === 'ACTIVATE' || product.statusBefore !== undefined;
}

function startAudit(
  world: World,
  shop: Shop,
  product: Product,
  content: Content | undefined,
  becomes: ProductStatus | undefined,
  isFirst: boolean,
): void {
  const nowSec = world.clock.nowSec();
  const { outcome, afterSec } = outcomeFor(world, shop, product, content, isFirst);
  product.pendingAudit = { outcome, ...(becomes === undefined ? {} : { becomes }) };
  shop.catalogue.touch(product, nowSec);
  world.changed();
  if (afterSec === undefined) return;
  if (afterSec === 0) {
    endAudit(world, shop, product, outcome, nowSec);
    return;
  }
  const dueSec = nowSec + afterSec;
  product.pendingAudit.dueSec = dueSec;
  world.due.add({ dueSec, kind: 'audit_ends', shopId: shop.id, productId: product.id });
}

/** The audit's time has come; nothing happens where a newer one has taken its place. */
export function settleAudit(world: World, shop: Shop, productId: string, atSec: number): void {
  const product = shop.catalogue.product(productId);
  if (product === undefined) return;
  const { pendingAudit: pending } = product;
  if (pending?.dueSec === atSec) endAudit(world, shop, product, pending.outcome, atSec);
  // A state that was saved before audits could end otherwise.
  else if (pending === undefined && product.audit === 'AUDITING' && product.status === 'PENDING')
    endAudit(world, shop, product, { kind: 'approve' }, atSec);
}

/** Ends the audit that runs, whatever had been planned for it. */
export function endAudit(
  world: World,
  shop: Shop,
  product: Product,
  outcome: AuditOutcome,
  atSec: number,
): void {
  const becomes = product.pendingAudit?.becomes;
  delete product.pendingAudit;
  if (outcome.kind === 'approve') approve(world, shop, product, becomes, atSec);
  else if (outcome.kind === 'refuse') refuse(world, shop, product, outcome.reasons, atSec);
  else preApprove(world, shop, product, outcome.reasons, atSec);
  recordProduct(world, shop, product, platform, { kind: 'product_audited', audit: product.audit }, atSec);
}

function approve(
  world: World,
  shop: Shop,
  product: Product,
  becomes: ProductStatus | undefined,
  atSec: number,
): void {
  const { review } = product;
  delete product.review;
  if (review !== undefined) applyContent(world, shop, product, review);
  delete product.auditReasons;
  delete product.preApprovedReasons;
  const status = becomes ?? (product.status === 'PENDING' ? 'ACTIVATE' : product.status);
  if (status !== product.status) setProductStatus(world, shop, product, status, platform, atSec);
  if (status === 'ACTIVATE') delete product.statusBefore;
  product.audit = 'APPROVED';
  shop.catalogue.touch(product, atSec);
}

/** What was live stays live; UNCONFIRMED: the refused version cannot be read any more. */
function refuse(world: World, shop: Shop, product: Product, reasons: AuditReason[], atSec: number): void {
  delete product.review;
  if (product.status === 'PENDING') setProductStatus(world, shop, product, 'FAILED', platform, atSec);
  product.audit = 'FAILED';
  product.auditReasons = reasons;
  shop.catalogue.touch(product, atSec);
}

/** TikTok: the content is fine, but the product is not sold before the seller has done something. */
function preApprove(world: World, shop: Shop, product: Product, reasons: string[], atSec: number): void {
  const { review } = product;
  delete product.review;
  if (review !== undefined) applyContent(world, shop, product, review);
  if (product.status === 'ACTIVATE') {
    product.statusBefore = product.status;
    setProductStatus(world, shop, product, 'PENDING', platform, atSec);
  }
  product.audit = 'PRE_APPROVED';
  product.preApprovedReasons = reasons;
  shop.catalogue.touch(product, atSec);
}
