import type { Sku } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import type { Product } from '../state/product.js';
import type { Shop } from '../state/world.js';

type Wire = Record<string, unknown>;

/** TikTok: a product in the answer of Search Products; with its draft's title when drafts were searched. */
export function renderProduct(shop: Shop, product: Product, isDraftWanted = false): Wire {
  return {
    id: product.id,
    title: isDraftWanted ? (product.draft?.title ?? product.title) : product.title,
    status: product.status,
    skus: product.skus.map((sku) => renderSku(shop, sku)),
    sales_regions: [shop.region.code],
    create_time: product.createdSec,
    update_time: product.updatedSec,
    is_not_for_sale: product.isNotForSale ?? false,
    ...listingQuality(shop),
    audit: renderAudit(product),
    has_draft: product.draft !== undefined,
    product_tags: [],
    recommended_categories: [],
  };
}

/** As the versions before 202502 answer it. Seen live in July 2026: audit, draft and state of the SKUs are in 202309 too. */
export function withoutNewer(product: Wire): Wire {
  const { listing_quality_tier: _tier, ...older } = product;
  const skus = Array.isArray(older['skus']) ? (older['skus'] as Wire[]) : [];
  return {
    ...older,
    skus: skus.map(({ list_price: _list, external_list_prices: _external, ...sku }) => sku),
  };
}

export function renderAudit(product: Product): Wire {
  const waits = product.audit === 'PRE_APPROVED';
  const reasons = product.preApprovedReasons ?? ['KYC_PENDING'];
  return { status: product.audit, pre_approved_reasons: waits ? reasons : [] };
}

/** TikTok: quality tiers exist in the US only. */
export function listingQuality(shop: Shop): Wire {
  return shop.region.code === 'US' ? { listing_quality_tier: 'GOOD' } : {};
}

/** TikTok: prices are written as `amount` and read as `sale_price`. */
export function renderSku(shop: Shop, sku: Sku): Wire {
  const { currency } = shop.region;
  const wire: Wire = {
    id: sku.id,
    seller_sku: sku.sellerSku,
    price: {
      currency,
      // Local sellers name one price, the one that buyers see.
      tax_exclusive_price: formatMinor(sku.preTaxMinor ?? sku.priceMinor, currency),
      sale_price: formatMinor(sku.priceMinor, currency),
    },
    inventory: sku.stock.map(({ warehouseId, available, backorder, handlingDays }) => ({
      warehouse_id: warehouseId,
      quantity: available,
      ...(backorder === undefined ? {} : { backorder_quantity: backorder }),
      ...(handlingDays === undefined ? {} : { handling_time: handlingDays }),
    })),
    status_info:
      sku.deactivatedBy === undefined
        ? { status: 'NORMAL' }
        : { status: 'DEACTIVATED', deactivation_source: sku.deactivatedBy },
  };
  if (sku.listPriceMinor !== undefined) {
    wire['list_price'] = { amount: formatMinor(sku.listPriceMinor, currency), currency };
  }
  if (sku.externalListPriceMinor !== undefined) {
    const amount = formatMinor(sku.externalListPriceMinor, currency);
    wire['external_list_prices'] = [{ source: 'SHOPIFY_COMPARE_AT_PRICE', amount, currency }];
  }
  return wire;
}
