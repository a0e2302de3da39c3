import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { readKey } from '../documents/document.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { findImport } from '../imports/find-imports.js';
import type { ImportRecord } from '../imports/import.js';
import { nextImportId } from '../imports/import-store.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import { AppError } from '../kernel/errors.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import {
  ProductFeedItemArrayResponse,
  ProductFeedItemBody,
  ProductFeedItemMessage,
  ProductFeedStatusMessage,
} from '../logicbroker/product-schema.js';
import { ref } from '../logicbroker/schema.js';
import { changeProducts } from './change-products.js';
import { keyInPath } from './key-in-path.js';
import { productTrail } from './product-trail.js';
import { PRODUCT_FEED } from './feed/product-feed.js';
import { feedStatus } from './feed-status.js';
import {
  countProducts,
  deleteDraft,
  findProduct,
  listProducts,
  type StoredProduct,
} from './product-store.js';
import type { ProductRouteDeps } from './product-route-deps.js';
import { renderItem } from './render-product.js';
import { rowsOfItem } from './row-values-of-body.js';
import { sendProducts, sentWords } from './send-products.js';
import { takeBackFeed } from './take-back-feed.js';

const TAG = 'Product';
const FeedParams = Type.Object({
  ...PartnerParams.properties,
  feedId: Type.String({ description: 'Number of the feed (POST Product/{partnerId}).' }),
});
const ItemParams = Type.Object({
  ...FeedParams.properties,
  productId: Type.String({ description: 'Parent SKU, or the SKU of a product that has one.' }),
});
const PAGE_SIZE = 100;

/** Logicbroker's product feeds of v1: status, send, delete, and the products of a feed one by one. */
export function productFeedRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  if (version === 'v3') return;
  feedRoutes(api, version, deps);
  itemRoutes(api, version, deps);
}

interface FeedRequest {
  params: unknown;
  caller: { companyId: number };
}

function feedRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  const { products } = deps;
  const { db } = products;
  const path = '/Product/:partnerId/:feedId';
  api.get(
    path,
    {
      schema: operation(version, 'getProductFeed', TAG, 'What became of a product feed', {
        description: 'With what the checks say of its products, findings of one kind in one line.',
        params: FeedParams,
        ok: ProductFeedStatusMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      await deps.checkProducts(connection);
      return sendMessage(reply, await feedStatus(db.prisma, record, connection.partnerId));
    },
  );
  api.put(
    path,
    {
      schema: operation(version, 'sendProductFeed', TAG, 'Send the products of a feed to TikTok', {
        description:
          'Those that pass all checks and that no later feed has named. The others stay drafts: their findings say why.',
        params: FeedParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      const sent = await sendProducts(deps, { connection, by: request.caller }, { feed: record.id });
      return sendMessage(reply, sentWords(sent, record.id));
    },
  );
  api.delete(
    path,
    {
      schema: operation(version, 'deleteProductFeed', TAG, 'Take the drafts of a feed back', {
        description: 'Products that are in TikTok stay: an Action in a feed deactivates or deletes those.',
        params: FeedParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      const { deleted, kept } = await takeBackFeed(
        deps.products,
        { connection, by: request.caller },
        record.id,
      );
      return sendMessage(
        reply,
        `${deleted} drafts of feed ${record.id} were taken back${kept > 0 ? `; ${kept} products are in TikTok and stay` : ''}.`,
      );
    },
  );
}

function itemRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  const { db } = deps.products;
  const path = '/Product/:partnerId/:feedId/Items';
  api.get(
    path,
    {
      config: { filterPrefix: '' },
      preValidation: lowerCaseFlags('iscompliant'),
      schema: operation(version, 'getProductFeedItems', TAG, 'The products of a feed', {
        description: 'Those that no later feed has named, in the order of their SKUs.',
        params: FeedParams,
        querystring: Type.Object({
          iscompliant: Type.Optional(
            Type.Boolean({
              wireName: 'isCompliant',
              description: 'Only products that pass all checks, or only the others.',
            }),
          ),
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
          pagesize: Type.Optional(
            Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
          ),
        }),
        ok: ProductFeedItemArrayResponse,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      await deps.checkProducts(connection);
      const { iscompliant, page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const filter = {
        connectionId: connection.id,
        feed: record.id,
        ...(iscompliant === undefined ? {} : { isCompliant: iscompliant }),
      };
      const items = await listProducts(db.prisma, filter, { page, pageSize });
      const totalRecords = await countProducts(db.prisma, filter);
      const texts = items.map((item) => writeJson(renderItem(item)));
      return sendJson(reply, listText(version, 'Items', texts, { page, pageSize, totalRecords }));
    },
  );
  api.get(
    `${path}/:productId`,
    {
      schema: operation(version, 'getProductFeedItem', TAG, 'One product of a feed', {
        params: ItemParams,
        ok: ProductFeedItemMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      await deps.checkProducts(connection);
      return sendMessage(reply, renderItem(await itemOf(deps, connection, record, request.params.productId)));
    },
  );
  api.put(
    `${path}/:productId`,
    {
      schema: operation(version, 'changeProductFeedItem', TAG, 'Change a product of a feed', {
        description: 'Columns that the body does not name stay; null clears one.',
        params: ItemParams,
        body: ref(ProductFeedItemBody),
        ok: ProductFeedItemMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      const { name, productKey } = await itemOf(deps, connection, record, request.params.productId);
      const rows = rowsOfItem(request.received?.kept, name);
      await changeProducts(deps.products, { connection, by: request.caller }, rows);
      await deps.checkProducts(connection);
      const changed = await findProduct(db.prisma, { connectionId: connection.id, productKey });
      if (!changed) throw noSuchItem();
      return sendMessage(reply, renderItem(changed));
    },
  );
  api.delete(
    `${path}/:productId`,
    {
      schema: operation(version, 'deleteProductFeedItem', TAG, 'Take a draft back', {
        description: 'A product that is in TikTok stays: the Action Delete in a feed deletes it there.',
        params: ItemParams,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { connection, record } = await feedOf(deps, request);
      const { name, productKey } = await itemOf(deps, connection, record, request.params.productId);
      const isDeleted = await db.transaction(async (tx) => {
        const wanted = { connectionId: connection.id, productKey, importId: await nextImportId(tx) };
        const isGone = await deleteDraft(tx, wanted);
        const change = { action: 'product.removed', subject: `product ${name}` } as const;
        if (isGone) await productTrail(tx, request.caller, connection, change);
        return isGone;
      });
      if (!isDeleted)
        throw new AppError('rule-violated', `${name} is in TikTok.`, {
          details: [{ field: 'productId', message: 'is no draft', next: 'Send it with the Action Delete' }],
        });
      return sendMessage(reply, `${name} was taken back.`);
    },
  );
}

/** @throws AppError not-found, also for another company's and for a file of another kind */
async function feedOf(
  { products }: ProductRouteDeps,
  request: FeedRequest,
): Promise<{ connection: Connection; record: ImportRecord }> {
  const { prisma } = products.db;
  const connection = await connectionOf(products.db, request);
  const { feedId } = request.params as { feedId: string };
  const { companyId } = request.caller;
  const record = await findImport(prisma, { companyId, id: readKey(feedId) ?? 0 });
  if (record?.kind === PRODUCT_FEED && record.connectionId === connection.id) return { connection, record };
  throw new AppError('not-found', 'There is no such product feed.', {
    details: [{ field: 'feedId', message: 'is not known in this shop' }],
  });
}

async function itemOf(
  { products }: ProductRouteDeps,
  connection: Connection,
  { id: feed }: ImportRecord,
  productId: string,
): Promise<StoredProduct> {
  const productKey = keyInPath(connection, productId);
  if (productKey === null) throw noSuchItem();
  const product = await findProduct(products.db.prisma, { connectionId: connection.id, productKey });
  if (product && product.lastFeed === feed) return product;
  throw noSuchItem();
}

function noSuchItem(): AppError {
  return new AppError('not-found', 'The feed has no such product.', {
    details: [{ field: 'productId', message: 'is not known, or a later feed has named it' }],
  });
}
