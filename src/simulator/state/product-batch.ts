import { idAt } from './identifiers.js';
import type { Sku } from './model.js';
import { auditOf, type Product, type ProductStatus } from './product.js';

/**
 * Many like products as one value: the same batch makes the same products again, so a saved state holds these few
 * numbers in place of a hundred thousand products.
 */
export interface ProductBatch {
  count: number;
  skusPerProduct: number;
  /** Seller SKUs are `<skuPrefix>-000001` onwards. */
  skuPrefix: string;
  firstNumber: number;
  status: ProductStatus;
  priceMinor: number;
  quantity: number;
  warehouseIds: string[];
  newestSec: number;
  spreadSec: number;
  /** Places of the first ids among the products and SKUs. */
  firstProduct: number;
  firstSku: number;
}

const NUMBER_DIGITS = 6;

/** Created evenly over the batch's time, the first one first. */
export function* productsOf(batch: ProductBatch): Generator<Product> {
  const stepSec = batch.count > 1 ? batch.spreadSec / (batch.count - 1) : 0;
  for (let index = 0; index < batch.count; index++) {
    const seq = batch.firstProduct + index;
    const id = idAt('product', seq);
    const title = `Generated article ${batch.firstNumber + index}`;
    const createdSec = Math.floor(batch.newestSec - stepSec * (batch.count - 1 - index));
    yield {
      id,
      seq,
      title,
      status: batch.status,
      audit: auditOf(batch.status),
      createdSec,
      updatedSec: createdSec,
      skus: Array.from({ length: batch.skusPerProduct }, (_, place) =>
        skuOf(batch, { id, title }, index * batch.skusPerProduct + place),
      ),
      pristine: true,
    };
  }
}

function skuOf(batch: ProductBatch, product: { id: string; title: string }, index: number): Sku {
  const id = idAt('sku', batch.firstSku + index);
  const number = String(batch.firstNumber + index).padStart(NUMBER_DIGITS, '0');
  return {
    id,
    productId: product.id,
    productName: product.title,
    name: batch.skusPerProduct === 1 ? 'Default' : `Variant ${(index % batch.skusPerProduct) + 1}`,
    sellerSku: `${batch.skuPrefix}-${number}`,
    priceMinor: batch.priceMinor,
    stock: batch.warehouseIds.map((warehouseId) => ({
      warehouseId,
      available: batch.quantity,
      committed: 0,
    })),
  };
}
