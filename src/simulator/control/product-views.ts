import type { Sku } from '../state/model.js';
import { formatMinor } from '../state/money.js';
import type { Product, ProductStatus } from '../state/product.js';
import { availableOf, committedOf } from '../state/stock.js';
import type { Shop } from '../state/world.js';
import type { Product as ProductView, StockRow } from './product-schema.js';

export interface ProductFilter {
  status?: ProductStatus | undefined;
  sellerSku?: string | undefined;
  limit?: number | undefined;
}

const PRODUCTS_LISTED = 100;

export function viewProduct(shop: Shop, product: Product): ProductView {
  const { id, title, status, audit, createdSec, updatedSec } = product;
  return {
    id,
    shopId: shop.id,
    title,
    status,
    audit,
    createTime: createdSec,
    updateTime: updatedSec,
    skus: product.skus.map((sku) => viewSku(shop, sku)),
  };
}

export function viewSku(shop: Shop, sku: Sku): ProductView['skus'][number] {
  const amount = (minor: number): string => formatMinor(minor, shop.region.currency);
  const { id, sellerSku, name, priceMinor, listPriceMinor, deactivatedBy, promotion, stockLock } = sku;
  return {
    id,
    sellerSku,
    name,
    price: amount(priceMinor),
    stock: viewStock(sku),
    ...(listPriceMinor === undefined ? {} : { listPrice: amount(listPriceMinor) }),
    ...(deactivatedBy === undefined ? {} : { deactivatedBy }),
    ...(promotion === undefined ? {} : { promotion: { ...promotion } }),
    ...(stockLock === undefined ? {} : { stockLock }),
  };
}

function viewStock(sku: Sku): StockRow['warehouses'] {
  return sku.stock.map(({ warehouseId, available, committed, backorder }) => ({
    warehouseId,
    available,
    committed,
    ...(backorder === undefined ? {} : { backorder }),
  }));
}

/** In the order of their creation. */
export function listProducts(shop: Shop, filter: ProductFilter): ProductView[] {
  const { status, sellerSku, limit = PRODUCTS_LISTED } = filter;
  const listed: ProductView[] = [];
  for (const product of candidates(shop, sellerSku)) {
    if (status !== undefined && product.status !== status) continue;
    if (listed.length >= limit) break;
    listed.push(viewProduct(shop, product));
  }
  return listed;
}

function candidates(shop: Shop, sellerSku: string | undefined): Iterable<Product> {
  if (sellerSku === undefined) return shop.catalogue.all();
  const ids = new Set(shop.catalogue.skusOf(sellerSku).map(({ productId }) => productId));
  return [...ids].flatMap((id) => shop.catalogue.product(id) ?? []);
}

/** Every SKU of the shop with its stock, as one flat list to compare with. */
export function listStock(shop: Shop, sellerSku?: string): StockRow[] {
  const rows: StockRow[] = [];
  for (const product of candidates(shop, sellerSku)) {
    for (const sku of product.skus) {
      if (sellerSku === undefined || sku.sellerSku === sellerSku) rows.push(stockRow(shop, product, sku));
    }
  }
  return rows;
}

function stockRow(shop: Shop, product: Product, sku: Sku): StockRow {
  return {
    productId: product.id,
    skuId: sku.id,
    sellerSku: sku.sellerSku,
    status: product.status,
    price: formatMinor(sku.priceMinor, shop.region.currency),
    currency: shop.region.currency,
    available: availableOf(sku),
    committed: committedOf(sku),
    warehouses: viewStock(sku),
  };
}
