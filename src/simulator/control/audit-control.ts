import { contentOf } from '../listing/content-of.js';
import type { Content } from '../state/content.js';
import type { AuditPlan, Product } from '../state/product.js';
import type { UploadedImage } from '../state/uploads.js';
import type { Shop, World } from '../state/world.js';
import { found } from './control-error.js';
import type { NewAuditPlan, ProductAct } from './product-act-spec.js';
import { performProductAct, wholeReason } from './product-acts.js';
import type { Product as ProductView } from './product-schema.js';
import { viewProduct } from './product-views.js';

/** The part of the control that is about audits, versions and what others do to products. */
export function createAuditControl(world: () => World) {
  const shopBy = (id: string): Shop => found(world().shops.get(id), `shop ${id}`);
  const productBy = (id: string): { shop: Shop; product: Product } => {
    const shops = [...world().shops.values()];
    const shop = found(
      shops.find(({ catalogue }) => catalogue.product(id) !== undefined),
      `product ${id}`,
    );
    return { shop, product: found(shop.catalogue.product(id), `product ${id}`) };
  };
  return {
    productAct: (id: string, act: ProductAct): ProductView => {
      const { shop, product } = productBy(id);
      performProductAct(world(), shop, product, act);
      world().changed();
      return viewProduct(shop, product);
    },
    versions: (id: string): { live: Content; review?: Content; draft?: Content } => {
      const { shop, product } = productBy(id);
      return {
        live: contentOf(world(), shop, product),
        ...(product.review === undefined ? {} : { review: product.review }),
        ...(product.draft === undefined ? {} : { draft: product.draft }),
      };
    },
    /** How audits end that are still to come. */
    auditPlans: (shopId: string): AuditPlan[] => shopBy(shopId).auditPlans ?? [],
    planAudit: (shopId: string, input: NewAuditPlan): AuditPlan => {
      const shop = shopBy(shopId);
      const { outcome, reasons, preApprovedReasons = ['KYC_PENDING'], afterSeconds, ...match } = input;
      const plan: AuditPlan = {
        ...match,
        id: (shop.auditPlans?.at(-1)?.id ?? 0) + 1,
        outcome:
          outcome === 'refuse'
            ? { kind: outcome, reasons: (reasons ?? [plainReason]).map(wholeReason) }
            : outcome === 'pre_approve'
              ? { kind: outcome, reasons: preApprovedReasons }
              : { kind: outcome },
        ...(afterSeconds === undefined ? {} : { afterSec: afterSeconds }),
      };
      shop.auditPlans = [...(shop.auditPlans ?? []), plan];
      world().changed();
      return plan;
    },
    clearAuditPlans: (shopId: string): void => {
      delete shopBy(shopId).auditPlans;
      world().changed();
    },
    /** Every image that an app has uploaded, oldest first. */
    uploads: (): UploadedImage[] => [...world().uploads.images.values()],
    /** UNCONFIRMED: how long an image lives that no product names. What products name already stays there. @returns how many */
    forgetUploads: (): number => {
      const count = world().uploads.forget();
      world().changed();
      return count;
    },
  };
}

const plainReason = {
  position: 'Product Name',
  reasons: ['Insufficient or Incomplete Product Information'],
  suggestions: ['Complete title and description.'],
};
