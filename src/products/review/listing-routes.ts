import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import type { Connection } from '../../connections/connection.js';
import { eventsOfLink } from '../../documents/event-store.js';
import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { listText, sendJson, sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { AppError } from '../../kernel/errors.js';
import { ListingExplanationMessage, ProductListingArrayResponse } from '../../logicbroker/listing-schema.js';
import { connectionOf as targetOf } from '../../sync/subjects/connection-subject.js';
import { entriesOfOrderingKey } from '../../sync/effects/outbox-decisions.js';
import { keyInPath } from '../key-in-path.js';
import type { ProductRouteDeps } from '../product-route-deps.js';
import { findProduct, findProductOfSku, type StoredProduct } from '../product-store.js';
import { orderingKeyOf } from '../push/push-payload.js';
import { findPush } from '../push/product-push-store.js';
import { readQuota } from '../push/quota-store.js';
import { linkKeyOf } from './product-events.js';
import { listListings, type Needs } from './list-listings.js';
import { renderExplanation, renderListing } from './render-listing.js';

const TAG = 'Product';
const PAGE_SIZE = 100;

/** How products stand with TikTok. Logicbroker has no such calls: they stand in v3 only. */
export function listingRoutes(
  api: Api,
  version: ApiVersion,
  { products, checkProducts }: ProductRouteDeps,
): void {
  if (version !== 'v3') return;
  const { db } = products;
  api.get(
    '/Product/:partnerId/Listings',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getProductListings', TAG, 'How your products stand with TikTok', {
        description:
          'Products that were asked for, with what TikTok says of them in words, and who has to act. `needs=you`: those that wait ' +
          'for a person.',
        params: PartnerParams,
        querystring: Type.Object({
          needs: Type.Optional(
            Type.String({ description: 'Who has to act: you, tiktok or nobody. All when left out.' }),
          ),
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
          pagesize: Type.Optional(
            Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
          ),
        }),
        ok: ProductListingArrayResponse,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { needs, page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const filter = { connectionId: connection.id, needs: needsOf(needs) };
      const { listings, total } = await listListings(db.prisma, filter, { page, pageSize });
      const texts = listings.map((listing) => writeJson(renderListing(listing)));
      return sendJson(reply, listText('v3', 'Listings', texts, { page, pageSize, totalRecords: total }));
    },
  );
  api.get(
    '/Product/:partnerId/Listings/:productId',
    {
      schema: operation(
        version,
        'explainProductListing',
        TAG,
        'Why a product is, or is not, on sale as it is wanted',
        {
          description: 'Every rule with its outcome, every call that was made, every SKU.',
          params: Type.Object({
            ...PartnerParams.properties,
            productId: Type.String({ description: 'Parent SKU, or any SKU of the product.' }),
          }),
          ok: ListingExplanationMessage,
        },
      ),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      await checkProducts(connection);
      const product = await productOf(products, connection, request.params.productId);
      const { productKey } = product;
      const which = { connectionId: connection.id, productKey };
      const push = await findPush(db.prisma, which);
      const { missing } = await readQuota(db.prisma, connection.id);
      const target = targetOf(connection.id);
      const entries = await entriesOfOrderingKey(db.prisma, target, orderingKeyOf(productKey));
      const events = await eventsOfLink(db.prisma, {
        companyId: connection.companyId,
        linkKey: linkKeyOf(which),
      });
      return sendMessage(reply, renderExplanation({ product, push, missing }, { entries, events }));
    },
  );
}

async function productOf(
  { db }: ProductRouteDeps['products'],
  connection: Connection,
  text: string,
): Promise<StoredProduct> {
  const key = keyInPath(connection, text);
  const connectionId = connection.id;
  const product =
    key === null
      ? null
      : ((await findProduct(db.prisma, { connectionId, productKey: key })) ??
        (await findProductOfSku(db.prisma, { connectionId, skuKey: key })));
  if (product) return product;
  throw new AppError('not-found', 'There is no such product.', {
    details: [{ field: 'productId', message: 'is not known in this shop' }],
  });
}

const NEEDS: readonly Needs[] = ['you', 'tiktok', 'nobody'];

function needsOf(text: string | undefined): Needs | undefined {
  if (text === undefined) return undefined;
  const found = NEEDS.find((each) => each === text.trim().toLowerCase());
  if (found) return found;
  throw new AppError('invalid-request', 'The request is not valid', {
    details: [{ field: 'needs', message: 'must be you, tiktok or nobody' }],
  });
}
