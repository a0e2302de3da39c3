import { ApiError } from '../gateway/api-error.js';
import { checkerOf, parseBody } from '../gateway/parameters.js';
import { latestContent } from '../listing/content-of.js';
import { editListing } from '../listing/edit-product.js';
import { EditBody, type BodySku, type ListingBody } from '../listing/listing-body.js';
import { skuAsWritten } from '../listing/sku-as-written.js';
import { standardise } from '../listing/standardise.js';
import { endAudit, submitForAudit } from '../state/audit-machine.js';
import type { AuditReason } from '../state/content.js';
import type { AuditOutcome, Product, ProductStatus } from '../state/product.js';
import { setProductStatus, type ChangeSource } from '../state/product-machine.js';
import type { Shop, World } from '../state/world.js';
import { ControlError } from './control-error.js';
import type { ProductAct } from './product-act-spec.js';

const byHand: ChangeSource = { via: 'seller_center', requestId: '' };
const platform: ChangeSource = { via: 'platform', requestId: '' };
const otherApp: ChangeSource = { via: 'api', requestId: 'another-app' };

/** Does the act now. Throws a ControlError when the product's state or TikTok's checks do not allow it. */
export function performProductAct(world: World, shop: Shop, product: Product, act: ProductAct): void {
  switch (act.type) {
    case 'audit_approves':
      return audit(world, shop, product, { kind: 'approve' });
    case 'audit_refuses':
      return audit(world, shop, product, { kind: 'refuse', reasons: act.reasons.map(wholeReason) });
    case 'audit_pre_approves':
      return audit(world, shop, product, { kind: 'pre_approve', reasons: [act.reason] });
    case 'platform_deactivates':
      becomes(world, shop, product, 'PLATFORM_DEACTIVATED', platform, ['ACTIVATE', 'SELLER_DEACTIVATED']);
      if (act.reasons !== undefined) {
        product.audit = 'FAILED';
        product.auditReasons = act.reasons.map(wholeReason);
      }
      return;
    case 'platform_freezes':
      return becomes(world, shop, product, 'FREEZE', platform);
    case 'platform_unfreezes':
      return becomes(world, shop, product, 'PLATFORM_DEACTIVATED', platform, ['FREEZE']);
    case 'platform_standardises':
      return standardise(world, shop, product, act);
    case 'seller_edits':
      return edit(world, shop, product, act.fields, byHand);
    case 'seller_drafts':
      return edit(world, shop, product, { ...act.fields, save_mode: 'AS_DRAFT' }, byHand);
    case 'seller_adds_sku':
      return edit(world, shop, product, { skus: [...written(world, shop, product), act.sku] }, byHand);
    case 'seller_removes_sku': {
      const kept = written(world, shop, product).filter(({ id }) => id !== act.skuId);
      return edit(world, shop, product, { skus: kept }, byHand);
    }
    case 'seller_deactivates':
      return becomes(world, shop, product, 'SELLER_DEACTIVATED', byHand, ['ACTIVATE']);
    case 'seller_activates':
      mustBe(product, ['SELLER_DEACTIVATED', 'PLATFORM_DEACTIVATED'], 'activate');
      return submitForAudit(world, shop, product, byHand);
    case 'seller_deletes':
      return becomes(world, shop, product, 'DELETED', byHand);
    case 'app_edits':
      return edit(world, shop, product, act.body, otherApp, act.call);
  }
}

export function wholeReason(given: {
  position: string;
  reasons: string[];
  suggestions?: string[];
  listingPlatform?: string;
}): AuditReason {
  return { suggestions: [], listingPlatform: 'TIKTOK_SHOP', ...given };
}

function audit(world: World, shop: Shop, product: Product, outcome: AuditOutcome): void {
  const isRunning = product.pendingAudit !== undefined || product.review !== undefined;
  if (!isRunning && product.status !== 'PENDING')
    throw new ControlError(409, `product ${product.id} is not under review`);
  endAudit(world, shop, product, outcome, world.clock.nowSec());
}

function becomes(
  world: World,
  shop: Shop,
  product: Product,
  status: ProductStatus,
  source: ChangeSource,
  from?: readonly ProductStatus[],
): void {
  if (from !== undefined) mustBe(product, from, status);
  setProductStatus(world, shop, product, status, source);
}

function mustBe(product: Product, from: readonly ProductStatus[], what: string): void {
  if (!from.includes(product.status))
    throw new ControlError(409, `product ${product.id} is ${product.status}: ${what} is not possible`);
}

const checker = checkerOf(EditBody);

function edit(
  world: World,
  shop: Shop,
  product: Product,
  given: object,
  source: ChangeSource,
  call: 'edit' | 'partial_edit' = 'partial_edit',
): void {
  try {
    const { save_mode: saveMode, ...body }: ListingBody & { save_mode?: string } = parseBody(
      EditBody,
      checker,
      given,
    );
    editListing({ world, shop, call, body, isDraft: saveMode === 'AS_DRAFT', product }, source);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new ControlError(error.code > 36_000_000 ? 400 : 409, `${error.code} ${error.message}`);
  }
}

/** The SKUs of the newest version, as a call would have to send them so that all stay. */
function written(world: World, shop: Shop, product: Product): BodySku[] {
  return latestContent(world, shop, product).skus.map(skuAsWritten);
}
