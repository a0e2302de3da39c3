import type { Product, ProductStatus } from '../state/product.js';
import { productsOf, type ProductBatch } from '../state/product-batch.js';
import { salesWarehouses } from '../state/stock.js';
import type { Shop, World } from '../state/world.js';

interface GenerateProductsInput {
  count: number;
  skusPerProduct?: number | undefined;
  /** Seller SKUs are `<skuPrefix>-000001` onwards. */
  skuPrefix?: string | undefined;
  firstNumber?: number | undefined;
  status?: ProductStatus | undefined;
  priceMinor?: number | undefined;
  /** Pieces of each SKU in each of its warehouses. */
  quantity?: number | undefined;
  /** Whether the SKUs lie in the default warehouse or in all that sell. */
  warehouses?: 'default' | 'all' | undefined;
  /** How long ago the newest product was created, and the time before that over which the others are spread. */
  createdMinutesAgo?: number | undefined;
  spreadMinutes?: number | undefined;
}

const DEFAULT_CREATED_MINUTES_AGO = 60;

/** Makes many like products at once; the same input in the same world makes the same ones. */
export function generateProducts(
  world: World,
  shop: Shop,
  input: GenerateProductsInput,
): { count: number; firstId: string; lastId: string; firstSellerSku: string; lastSellerSku: string } {
  const { count, skusPerProduct = 1 } = input;
  const warehouses = salesWarehouses(shop);
  const used = input.warehouses === 'all' ? warehouses : warehouses.slice(0, 1);
  const minutesAgo = input.createdMinutesAgo ?? DEFAULT_CREATED_MINUTES_AGO;
  const batch: ProductBatch = {
    count,
    skusPerProduct,
    skuPrefix: input.skuPrefix ?? 'ITEM',
    firstNumber: input.firstNumber ?? 1,
    status: input.status ?? 'ACTIVATE',
    priceMinor: input.priceMinor ?? shop.region.typicalPriceMinor,
    quantity: input.quantity ?? 100,
    warehouseIds: used.map(({ id }) => id),
    newestSec: Math.floor(world.clock.nowSec() - minutesAgo * 60),
    spreadSec: (input.spreadMinutes ?? 0) * 60,
    firstProduct: world.ids.reserve('product', count),
    firstSku: world.ids.reserve('sku', count * skusPerProduct),
  };
  shop.catalogue.batches.push(batch);
  let first: Product | undefined;
  let last: Product | undefined;
  for (const product of productsOf(batch)) {
    shop.catalogue.add(product);
    first ??= product;
    last = product;
  }
  world.changed();
  return {
    count,
    firstId: first?.id ?? '',
    lastId: last?.id ?? '',
    firstSellerSku: first?.skus[0]?.sellerSku ?? '',
    lastSellerSku: last?.skus.at(-1)?.sellerSku ?? '',
  };
}
