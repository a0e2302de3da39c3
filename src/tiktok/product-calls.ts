import type { ShopProduct, WarehouseStock } from '../domain/product.js';
import type { DecimalString } from '../kernel/money.js';
import { toUnixSeconds } from '../kernel/time.js';
import { errorOfRefusal } from './classify.js';
import { endpoints } from './endpoints.js';
import type { TikTokAnswer } from './answer-envelope.js';
import { mapProduct, mapStock, type SkuStock } from './map/product-mapping.js';
import { pageOf, type Page } from './paging.js';
import { readData, readList, type ShopCall } from './shop-call.js';
import type { TikTokError } from './tiktok-errors.js';
import type { WireExtraError, WireItemError, WireItemErrorDetail } from './wire/product-wire.js';
import { asRecord, listOf, textOf, textOrNull } from './wire/read.js';

/** Both ends of a time are inclusive here, unlike in TikTok's other searches. The order of the hits is TikTok's own. */
export interface ProductSearch {
  updatedFrom?: Date;
  updatedTo?: Date;
  createdFrom?: Date;
  createdTo?: Date;
  /** 1 to 100. */
  pageSize: number;
  pageToken?: string | null;
}

export interface ProductPage extends Page {
  products: ShopProduct[];
  /** Entries that could not be read. */
  unreadable: number;
}

export interface StockUpdate {
  skuId: string;
  /** Of every warehouse in which the SKU is stocked. */
  stock: WarehouseStock[];
  /** Takes back-ordered pieces off too, which TikTok would put on sale by itself once nothing is left. */
  endsBackorders?: boolean;
}

interface PriceUpdate {
  skuId: string;
  amount: DecimalString;
  currency: string;
}

/** What became of an update that TikTok took as a whole. */
interface UpdateAnswer {
  /** By SKU id: TikTok did not do these, and did the others. */
  refused: Map<string, TikTokError>;
  /** Refusals that name no SKU of the update: nobody knows which one is meant. */
  unnamed: TikTokError[];
}

/** SKUs in one update; as many as a product has in the markets where it may have fewest. */
export const SKUS_PER_UPDATE = 100;
/** TikTok: Inventory Search. */
export const SKUS_PER_STOCK_SEARCH = 600;

export interface ProductCalls {
  /** Products in any status. Refused with code 12052180 when there are over 10,000 hits. */
  searchProducts(search: ProductSearch): Promise<ProductPage>;
  getProduct(productId: string): Promise<ShopProduct>;
  /** What is available now; up to 600 SKUs. SKUs that TikTok does not know are missing from the answer. */
  searchStock(skuIds: readonly string[]): Promise<SkuStock[]>;
  /** Sets absolute quantities, so that a repeat does no harm. */
  updateStock(productId: string, skus: readonly StockUpdate[]): Promise<UpdateAnswer>;
  /** Sets prices; all or none. `crossBorder`: the price of such sellers includes tax. */
  updatePrices(
    productId: string,
    skus: readonly PriceUpdate[],
    options: { crossBorder: boolean },
  ): Promise<void>;
}

export function createProductCalls(call: ShopCall): ProductCalls {
  return {
    async searchProducts({ pageSize, pageToken, ...times }) {
      const { data, serverTime } = await call({
        endpoint: endpoints.searchProducts,
        query: { page_size: pageSize, page_token: pageToken },
        body: { status: 'ALL', ...timesOf(times) },
      });
      const products = readList(data['products'], mapProduct);
      const unreadable = listOf(data['products']).length - products.length;
      return { products, unreadable, ...pageOf(data, serverTime) };
    },

    async getProduct(productId) {
      const answer = await call({ endpoint: endpoints.getProduct, ids: { product_id: productId } });
      return readData(answer, 'read', mapProduct);
    },

    async searchStock(skuIds) {
      const { data } = await call({ endpoint: endpoints.searchInventory, body: { sku_ids: skuIds } });
      return listOf(data['inventory']).flatMap((product) => readList(asRecord(product)?.['skus'], mapStock));
    },

    async updateStock(productId, skus) {
      const answer = await call({
        endpoint: endpoints.updateInventory,
        ids: { product_id: productId },
        body: {
          skus: skus.map(({ skuId, stock, endsBackorders }) => ({
            id: skuId,
            inventory: stock.map(({ warehouseId, quantity }) => ({
              warehouse_id: warehouseId,
              quantity,
              // Left out, they stay as they are.
              ...(endsBackorders ? { backorder_quantity: 0 } : {}),
            })),
          })),
        },
      });
      return updateAnswerOf(answer);
    },

    async updatePrices(productId, skus, { crossBorder }) {
      await call({
        endpoint: endpoints.updatePrices,
        ids: { product_id: productId },
        body: {
          skus: skus.map(({ skuId, amount, currency }) => ({
            id: skuId,
            price: crossBorder ? { sale_price: amount, currency } : { amount, currency },
          })),
        },
      });
    },
  };
}

function timesOf(times: Omit<ProductSearch, 'pageSize' | 'pageToken'>): Record<string, number | undefined> {
  const { updatedFrom, updatedTo, createdFrom, createdTo } = times;
  return {
    update_time_ge: updatedFrom && toUnixSeconds(updatedFrom),
    update_time_le: updatedTo && toUnixSeconds(updatedTo),
    create_time_ge: createdFrom && toUnixSeconds(createdFrom),
    create_time_le: createdTo && toUnixSeconds(createdTo),
  };
}

const LONGEST_CODE = 20;

/** TikTok answers with success and names what it did not do in `data.errors`. */
function updateAnswerOf({ data, requestId }: TikTokAnswer): UpdateAnswer {
  const answer: UpdateAnswer = { refused: new Map(), unnamed: [] };
  for (const entry of listOf(data['errors'])) {
    const wire: WireItemError = asRecord(entry) ?? {};
    const detail: WireItemErrorDetail = asRecord(wire.detail) ?? {};
    // 12052990 only says that a check failed; which one stands in the first extra error.
    const extra: WireExtraError = asRecord(listOf(detail.extra_errors)[0]) ?? wire;
    const error = errorOfRefusal(
      {
        tiktokCode: (textOf(extra.code) || textOf(wire.code)).slice(0, LONGEST_CODE),
        message: textOf(extra.message) || textOf(wire.message),
        httpStatus: 200,
        requestId,
        retryAfterMs: null,
      },
      'write',
    );
    const skuId = textOrNull(detail.sku_id);
    if (skuId === null) answer.unnamed.push(error);
    else answer.refused.set(skuId, error);
  }
  return answer;
}
