import { endpoints } from './endpoints.js';
import { errorOfRefusal } from './classify.js';
import type { TikTokAnswer } from './answer-envelope.js';
import { mapProduct } from './map/product-mapping.js';
import { mapReview } from './map/review-mapping.js';
import type { ShopProduct } from '../domain/product.js';
import type { ListingReview } from '../domain/listing-review.js';
import { readData, readList, type ShopCall } from './shop-call.js';
import { asRecord, listOf, requiredText, textOf, textOrNull } from './wire/read.js';

/** What TikTok answers to a listing that it has made or changed. */
export interface WrittenListing {
  productId: string;
  skus: { skuId: string; sellerSku: string }[];
  /** What TikTok has left out of what was sent, in its words. */
  warnings: string[];
  requestId: string | null;
}

/** Calls that make, change and end listings, and what is read to know whether they did. */
export interface ListingWriteCalls {
  /** The body's `idempotency_key` makes a repeat harmless. */
  createProduct(body: object): Promise<WrittenListing>;
  /** Replaces the whole; what is left out is blank afterwards, SKUs that are left out are deleted. */
  editProduct(productId: string, body: object): Promise<WrittenListing>;
  /** Replaces what is named; SKUs are deleted where `skus` is named without them. */
  partialEditProduct(productId: string, body: object): Promise<WrittenListing>;
  /** @throws TikTokError refused, also where TikTok tells it in an answer that says success */
  changeListing(what: ListingChange, productId: string): Promise<void>;
  /** Products in any status but deleted that have one of these seller SKUs; up to 10 of them are asked for. */
  findProductsBySku(sellerSkus: readonly string[]): Promise<ShopProduct[]>;
  /**
   * How a product stands with TikTok's review, and what is on sale of it.
   * @throws TikTokError refused for one that TikTok does not show
   */
  readReview(productId: string): Promise<{ review: ListingReview; product: ShopProduct }>;
}

type ListingChange = 'activate' | 'deactivate' | 'recover' | 'delete';

const changes = {
  activate: endpoints.activateProducts,
  deactivate: endpoints.deactivateProducts,
  recover: endpoints.recoverProducts,
  delete: endpoints.deleteProducts,
} as const;

/** TikTok: Search Products. */
const SKUS_PER_SEARCH = 10;
const PAGE_SIZE = 50;
const LONGEST_CODE = 20;

export function createListingWriteCalls(call: ShopCall): ListingWriteCalls {
  return {
    async createProduct(body) {
      return writtenOf(await call({ endpoint: endpoints.createProduct, body }), null);
    },

    async editProduct(productId, body) {
      const ids = { product_id: productId };
      return writtenOf(await call({ endpoint: endpoints.editProduct, ids, body }), productId);
    },

    async partialEditProduct(productId, body) {
      const ids = { product_id: productId };
      return writtenOf(await call({ endpoint: endpoints.partialEditProduct, ids, body }), productId);
    },

    async changeListing(what, productId) {
      const answer = await call({ endpoint: changes[what], body: { product_ids: [productId] } });
      throwItemError(answer);
    },

    async findProductsBySku(sellerSkus) {
      if (sellerSkus.length === 0) return [];
      const { data } = await call({
        endpoint: endpoints.searchProducts,
        query: { page_size: PAGE_SIZE },
        body: { status: 'ALL', seller_skus: sellerSkus.slice(0, SKUS_PER_SEARCH) },
      });
      const found = readList(data['products'], mapProduct);
      return found.filter(({ status }) => status !== 'DELETED');
    },

    async readReview(productId) {
      const answer = await call({ endpoint: endpoints.getProduct, ids: { product_id: productId } });
      return readData(answer, 'read', (data) => ({ review: mapReview(data), product: mapProduct(data) }));
    },
  };
}

function writtenOf(answer: TikTokAnswer, known: string | null): WrittenListing {
  const { requestId } = answer;
  return readData(answer, 'write', (data) => ({
    productId: known ?? requiredText(data['product_id'], 'product_id'),
    skus: listOf(data['skus']).flatMap((each) => {
      const skuId = textOrNull(asRecord(each)?.['id']);
      return skuId === null ? [] : [{ skuId, sellerSku: textOf(asRecord(each)?.['seller_sku']) }];
    }),
    warnings: listOf(data['warnings']).flatMap((each) => textOrNull(asRecord(each)?.['message']) ?? []),
    requestId,
  }));
}

/** These calls take several products: what is wrong with one of them stands in `errors`, in Activate one level deeper. */
function throwItemError({ data, requestId }: TikTokAnswer): void {
  const [first] = listOf(data['errors']);
  if (first === undefined) return;
  const wire = asRecord(first) ?? {};
  const inner = asRecord(listOf(asRecord(wire['detail'])?.['extra_errors'])[0]) ?? wire;
  throw errorOfRefusal(
    {
      tiktokCode: (textOf(inner['code']) || textOf(wire['code'])).slice(0, LONGEST_CODE),
      message: textOf(inner['message']) || textOf(wire['message']),
      httpStatus: 200,
      requestId,
      retryAfterMs: null,
    },
    'write',
  );
}
