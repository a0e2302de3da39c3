import { generateProducts } from '../seeds/generate-products.js';
import type { Sku, Warehouse } from '../state/model.js';
import { parseMinor } from '../state/money.js';
import type { Product } from '../state/product.js';
import type { ProductEffect, ProductEffectCounts, ProductEffectFilter } from '../state/product-effects.js';
import { addWarehouse, findWarehouse } from '../state/warehouses.js';
import type { Shop, World } from '../state/world.js';
import { createProduct, patchProduct, patchSku, patchWarehouse } from './change-products.js';
import { checked, found } from './control-error.js';
import type {
  CarrierChange,
  GenerateProducts,
  NewProduct,
  NewWarehouse,
  Product as ProductView,
  ProductPatch,
  SkuPatch,
  StockRow,
  WarehousePatch,
} from './product-schema.js';
import { listProducts, listStock, viewProduct, viewSku, type ProductFilter } from './product-views.js';

/** The part of the control that is about catalogue, stock and warehouses. */
export function createProductControl(world: () => World) {
  const shopBy = (id: string): Shop => found(world().shops.get(id), `shop ${id}`);
  const shopWith = (has: (shop: Shop) => boolean, name: string): Shop =>
    found([...world().shops.values()].find(has), name);
  const productBy = (id: string): { shop: Shop; product: Product } => {
    const shop = shopWith(({ catalogue }) => catalogue.product(id) !== undefined, `product ${id}`);
    return { shop, product: found(shop.catalogue.product(id), `product ${id}`) };
  };
  const skuBy = (id: string): { shop: Shop; sku: Sku } => {
    const shop = shopWith(({ catalogue }) => catalogue.sku(id) !== undefined, `SKU ${id}`);
    return { shop, sku: found(shop.catalogue.sku(id), `SKU ${id}`) };
  };

  return {
    products: (shopId: string, filter: ProductFilter = {}): ProductView[] =>
      listProducts(shopBy(shopId), filter),
    product: (id: string): ProductView => {
      const { shop, product } = productBy(id);
      return viewProduct(shop, product);
    },
    addProduct: (shopId: string, input: NewProduct): ProductView => {
      const shop = shopBy(shopId);
      return viewProduct(
        shop,
        checked(() => createProduct(world(), shop, input)),
      );
    },
    generateProducts: (shopId: string, input: GenerateProducts) => {
      const shop = shopBy(shopId);
      const { price, ...rest } = input;
      const priceMinor =
        price === undefined ? undefined : checked(() => parseMinor(price, shop.region.currency));
      return generateProducts(world(), shop, { ...rest, priceMinor });
    },
    patchProduct: (id: string, patch: ProductPatch): ProductView => {
      const { shop, product } = productBy(id);
      return viewProduct(shop, patchProduct(world(), shop, product, patch));
    },
    patchSku: (id: string, patch: SkuPatch): ProductView['skus'][number] => {
      const { shop, sku } = skuBy(id);
      checked(() => patchSku(world(), shop, sku, patch));
      return viewSku(shop, sku);
    },
    /** All SKUs of the shop with their stock, or those of one seller SKU. */
    stock: (shopId: string, sellerSku?: string): StockRow[] => listStock(shopBy(shopId), sellerSku),

    warehouses: (shopId: string): Warehouse[] => shopBy(shopId).warehouses,
    addWarehouse: (shopId: string, input: NewWarehouse): Warehouse =>
      addWarehouse(world(), shopBy(shopId), input),
    patchWarehouse: (shopId: string, id: string, patch: WarehousePatch): Warehouse => {
      const shop = shopBy(shopId);
      return patchWarehouse(world(), shop, found(findWarehouse(shop, id), `warehouse ${id}`), patch);
    },

    /** TikTok changes which carriers the shop may name. */
    changeCarriers: (shopId: string, { withdrawn, renumbered }: CarrierChange): void => {
      for (const option of shopBy(shopId).deliveryOptions) {
        if (withdrawn !== undefined) option.withdrawn = [...withdrawn];
        if (renumbered === true) option.edition = (option.edition ?? 0) + 1;
      }
      world().changed();
    },

    productEffects: (
      filter: ProductEffectFilter = {},
    ): { counts: ProductEffectCounts; effects: ProductEffect[] } => {
      const { productEffects } = world();
      return { counts: { ...productEffects.counts }, effects: productEffects.list(filter) };
    },
    clearProductEffects: (): void => {
      world().productEffects.clear();
      world().changed();
    },
  };
}
