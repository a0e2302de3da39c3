import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import { AppError } from '../kernel/errors.js';
import { CatalogProduct, CatalogProductArrayResponse } from '../logicbroker/product-schema.js';
import { ref } from '../logicbroker/schema.js';
import { changeProducts } from './change-products.js';
import { keyInPath } from './key-in-path.js';
import { removeSku } from './remove-sku.js';
import type { ProductRouteDeps } from './product-route-deps.js';
import { findProductOfSku, findProductsByKey, listSkus, type SkuFilter } from './product-store.js';
import { renderSku } from './render-product.js';
import { rowOfCatalogProduct } from './row-values-of-body.js';

const TAG = 'Product';
const PAGE_SIZE = 100;
const SkuParams = Type.Object({
  ...PartnerParams.properties,
  id: Type.String({ description: 'The seller SKU.' }),
});
const ListQuery = Type.Object({
  page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
  pagesize: Type.Optional(
    Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
  ),
  syncstatus: Type.Optional(
    Type.String({ wireName: 'syncStatus', description: 'Synced: in TikTok. NotSynced: a draft.' }),
  ),
  approvalstatus: Type.Optional(
    Type.String({
      wireName: 'approvalStatus',
      description: 'Approved: passes all checks. Rejected: does not, or was not checked yet.',
    }),
  ),
  parentsku: Type.Optional(Type.String({ wireName: 'parentSku', description: 'SKUs of one product.' })),
});

/** Logicbroker's catalogue of a supplier (v3): one record for each SKU. */
export function supplierProductRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  listRoutes(api, version, deps);
  skuRoutes(api, version, deps);
}

const PATH = '/Product/:partnerId/SupplierProducts';

function listRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  const { db } = deps.products;
  api.get(
    PATH,
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'getSupplierProducts', TAG, 'Your SKUs as TikTok is to have them', {
        description: 'In the order of the SKUs.',
        params: PartnerParams,
        querystring: ListQuery,
        ok: CatalogProductArrayResponse,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      await deps.checkProducts(connection);
      const { page = 0, pagesize: pageSize = PAGE_SIZE, ...filters } = request.query;
      const filter = filterOf(connection, filters);
      const { rows, total } = await listSkus(db.prisma, filter, { page, pageSize });
      const keys = [...new Set(rows.map(({ productKey }) => productKey))];
      const products = await findProductsByKey(db.prisma, connection.id, keys);
      const texts = rows.flatMap(({ skuKey, productKey }) => {
        const product = products.get(productKey);
        const sku = product?.skus.find((each) => each.skuKey === skuKey);
        return product && sku ? [writeJson(renderSku(product, sku))] : [];
      });
      return sendJson(reply, listText('v3', 'Products', texts, { page, pageSize, totalRecords: total }));
    },
  );
  api.post(
    PATH,
    {
      schema: operation(version, 'createSupplierProduct', TAG, 'Say what TikTok is to have of a SKU', {
        description: 'Adds it, or changes the columns that the body names. It is a draft until it is sent.',
        params: PartnerParams,
        body: ref(CatalogProduct),
        ok: CatalogProduct,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const row = rowOfCatalogProduct(request.received?.kept);
      await changeProducts(deps.products, { connection, by: request.caller }, [row]);
      await deps.checkProducts(connection);
      return sendJson(reply, await bodyOf(deps, connection, row['Merchant SKU'] ?? ''));
    },
  );
}

function skuRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  const { db } = deps.products;
  const path = `${PATH}/:id`;
  api.get(
    path,
    {
      schema: operation(version, 'getSupplierProduct', TAG, 'One SKU as TikTok is to have it', {
        params: SkuParams,
        ok: CatalogProduct,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      await deps.checkProducts(connection);
      return sendJson(reply, await bodyOf(deps, connection, request.params.id));
    },
  );
  api.put(
    path,
    {
      schema: operation(version, 'changeSupplierProduct', TAG, 'Change what TikTok is to have of a SKU', {
        description: 'Columns that the body does not name stay; null clears one.',
        params: SkuParams,
        body: ref(CatalogProduct),
        ok: CatalogProduct,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { id } = request.params;
      await bodyOf(deps, connection, id);
      const row = rowOfCatalogProduct(request.received?.kept, id);
      await changeProducts(deps.products, { connection, by: request.caller }, [row]);
      await deps.checkProducts(connection);
      return sendJson(reply, await bodyOf(deps, connection, id));
    },
  );
  api.delete(
    path,
    {
      schema: operation(version, 'deleteSupplierProduct', TAG, 'Take a SKU back', {
        description:
          'A draft is forgotten. A SKU that is in TikTok is marked to be removed, and is gone there once that was sent.',
        params: SkuParams,
        ok: 'It was taken back.',
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const skuKey = keyOf(connection, request.params.id);
      const isKnown = await removeSku(deps.products, { connection, by: request.caller }, skuKey);
      if (!isKnown) throw noSuchSku();
      await deps.checkProducts(connection);
      await deps.asked?.(connection, request.caller);
      return reply.code(204).send();
    },
  );
}

type Shop = Pick<Connection, 'id' | 'settings'>;

function keyOf(shop: Shop, sku: string): string {
  const key = keyInPath(shop, sku);
  if (key === null) throw noSuchSku();
  return key;
}

/** @throws AppError not-found */
async function bodyOf({ products }: ProductRouteDeps, shop: Shop, id: string): Promise<string> {
  const skuKey = keyOf(shop, id);
  const product = await findProductOfSku(products.db.prisma, { connectionId: shop.id, skuKey });
  const sku = product?.skus.find((each) => each.skuKey === skuKey);
  if (!product || !sku) throw noSuchSku();
  return writeJson(renderSku(product, sku));
}

function filterOf(
  shop: Shop,
  {
    syncstatus,
    approvalstatus,
    parentsku,
  }: { syncstatus?: string; approvalstatus?: string; parentsku?: string },
): SkuFilter {
  return {
    connectionId: shop.id,
    ...(parentsku === undefined ? {} : { parentKey: keyOf(shop, parentsku) }),
    ...(syncstatus === undefined
      ? {}
      : { isListed: oneOf('syncStatus', syncstatus, ['NotSynced', 'Synced']) }),
    ...(approvalstatus === undefined
      ? {}
      : { isCompliant: oneOf('approvalStatus', approvalstatus, ['Rejected', 'Approved']) }),
  };
}

/** Whether the second word is meant. UNCONFIRMED: Logicbroker's words. */
function oneOf(field: string, given: string, [no, yes]: [no: string, yes: string]): boolean {
  const word = given.trim().toLowerCase();
  if (word === yes.toLowerCase()) return true;
  if (word === no.toLowerCase()) return false;
  throw new AppError('invalid-request', 'The request is not valid', {
    details: [{ field, message: `must be ${yes} or ${no}` }],
  });
}

function noSuchSku(): AppError {
  return new AppError('not-found', 'There is no such product.', {
    details: [{ field: 'id', message: 'is no SKU that is known in this shop' }],
  });
}
