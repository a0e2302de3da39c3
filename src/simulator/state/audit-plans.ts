import type { Content } from './content.js';
import type { AuditOutcome, AuditPlan, Product } from './product.js';
import type { Shop, World } from './world.js';

/** What will become of this submission, and when: the first plan that fits has the word. */
export function outcomeFor(
  world: World,
  shop: Shop,
  product: Product,
  content: Content | undefined,
  isFirst: boolean,
): { outcome: AuditOutcome; afterSec: number | undefined } {
  const plan = shop.auditPlans?.find((one) => one.times !== 0 && fits(one, product, content, isFirst));
  const waits = world.behaviour.productAuditSec;
  if (plan !== undefined) {
    if (plan.times !== undefined) plan.times--;
    const afterSec = plan.afterSec === null ? undefined : (plan.afterSec ?? waits);
    return { outcome: plan.outcome, afterSec };
  }
  if (shop.kycPending === true) {
    return { outcome: { kind: 'pre_approve', reasons: ['KYC_PENDING'] }, afterSec: waits };
  }
  if (content?.isRestricted === true) {
    return { outcome: { kind: 'pre_approve', reasons: ['RESTRICTED_CATEGORY_PENDING'] }, afterSec: waits };
  }
  return { outcome: { kind: 'approve' }, afterSec: waits };
}

function fits(plan: AuditPlan, product: Product, content: Content | undefined, isFirst: boolean): boolean {
  const { productId, sellerSku, title, version } = plan;
  const skus = content?.skus ?? product.skus;
  return (
    (productId === undefined || productId === product.id) &&
    (sellerSku === undefined || skus.some((sku) => sku.sellerSku === sellerSku)) &&
    (title === undefined || (content?.title ?? product.title).includes(title)) &&
    (version === undefined || (version === 'first') === isFirst)
  );
}
