import type { Sku } from '../state/model.js';
import { auditOf, type AuditStatus, type Product, type ProductStatus } from '../state/product.js';
import { defaultWarehouse } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';

interface NewSku {
  sellerSku: string;
  name?: string;
  priceMinor?: number;
  listPriceMinor?: number;
  /** Pieces by warehouse; a number lies in the default warehouse. Plenty when left out. */
  stock?: number | Readonly<Record<string, number>>;
  deactivatedBy?: 'SELLER' | 'PLATFORM';
}

export interface NewProduct {
  title: string;
  skus: readonly NewSku[];
  status?: ProductStatus;
  /** What the status means for the audit, when left out. */
  audit?: AuditStatus;
  /** Seconds; now when left out. */
  createdSec?: number;
  isNotForSale?: boolean;
}

/** So many that no test of orders runs out of them by accident. */
const PLENTY = 10_000;

export function addProduct(world: World, shop: Shop, input: NewProduct): Product {
  const { title, skus, status = 'ACTIVATE', createdSec = world.clock.nowSec(), ...extras } = input;
  const id = world.ids.next('product');
  const product: Product = {
    id,
    seq: world.ids.counters.product,
    title,
    status,
    audit: auditOf(status),
    createdSec,
    updatedSec: createdSec,
    skus: skus.map((sku) => newSku(world, shop, { id, title }, sku)),
    pristine: false,
    ...extras,
  };
  shop.catalogue.add(product);
  world.changed();
  return product;
}

function newSku(world: World, shop: Shop, product: { id: string; title: string }, input: NewSku): Sku {
  const { sellerSku, name = 'Default', priceMinor = shop.region.typicalPriceMinor, stock, ...extras } = input;
  const id = world.ids.next('sku');
  return {
    id,
    productId: product.id,
    productName: product.title,
    name,
    sellerSku,
    priceMinor,
    stock: Object.entries(quantities(shop, stock)).map(([warehouseId, available]) => ({
      warehouseId,
      available,
      committed: 0,
    })),
    ...extras,
  };
}

function quantities(shop: Shop, stock: NewSku['stock']): Readonly<Record<string, number>> {
  if (typeof stock === 'object') return stock;
  const warehouse = defaultWarehouse(shop);
  return warehouse === undefined ? {} : { [warehouse.id]: stock ?? PLENTY };
}

interface SkuInput extends NewSku {
  productName: string;
}

/** A live product with a single SKU. */
export function addSku(world: World, shop: Shop, { productName, ...sku }: SkuInput): Sku {
  const [made] = addProduct(world, shop, { title: productName, skus: [sku] }).skus;
  if (made === undefined) throw new Error('a product without SKU');
  return made;
}
