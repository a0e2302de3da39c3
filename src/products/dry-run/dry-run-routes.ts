import { Type } from 'typebox';
import { readKey } from '../../documents/document.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { asksForCsv } from '../../http/file-answer.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { AppError } from '../../kernel/errors.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import { ProductDryRunMessage } from '../../logicbroker/product-schema.js';
import type { ProductRouteDeps } from '../product-route-deps.js';
import { keyInPath } from '../key-in-path.js';
import { findProduct, listProducts } from '../product-store.js';
import { dryRun, type DryRunDeps } from './dry-run.js';
import { dryRunCsv, renderDryRun } from './render-dry-run.js';
import { takeOver } from './take-over.js';

const TAG = 'Product';
/** Each listing that TikTok has is read for it. */
const PAGE_SIZE = 50;

/** What sending would change. Logicbroker has no such calls: they stand in v3 only. */
export function dryRunRoutes(
  api: Api,
  version: ApiVersion,
  deps: DryRunDeps & Pick<ProductRouteDeps, 'asked'>,
): void {
  if (version !== 'v3') return;
  const { db, clock } = deps;
  api.get(
    '/Product/:partnerId/DryRun',
    {
      config: { filterPrefix: '', alsoAnswers: ['text/csv'] },
      schema: operation(version, 'dryRunProducts', TAG, 'What sending your products would change', {
        description:
          'Product by product, by what TikTok has now: from and to of every column, pictures to upload, what blocks it and what ' +
          'to do. Nothing is sent. With `Accept: text/csv` as a file.',
        params: PartnerParams,
        querystring: Type.Object({
          feed: Type.Optional(
            Type.String({ description: 'Number of a feed: only products that it was the last to name.' }),
          ),
          page: Type.Optional(Type.Integer({ format: 'int32', minimum: 0, maximum: 1_000_000 })),
          pagesize: Type.Optional(
            Type.Integer({ format: 'int32', minimum: 1, maximum: PAGE_SIZE, wireName: 'pageSize' }),
          ),
        }),
        ok: ProductDryRunMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { feed, page = 0, pagesize: pageSize = PAGE_SIZE } = request.query;
      const filter = {
        connectionId: connection.id,
        ...(feed === undefined ? {} : { feed: readKey(feed) ?? 0 }),
      };
      const products = await listProducts(db.prisma, filter, { page, pageSize });
      const lines = await dryRun(deps, connection, products);
      if (asksForCsv(request)) return reply.type('text/csv; charset=utf-8').send(dryRunCsv(lines));
      return sendMessage(reply, {
        ...renderDryRun(lines, clock.now()),
        Missing: (await deps.facts.missing(connection))?.map(({ item, next }) => ({
          Item: item,
          Next: next,
        })),
      });
    },
  );
  api.put(
    '/Product/:partnerId/TakeOver/:productId',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'takeOverProduct', TAG, 'Confirm that a listing is changed from here', {
        description:
          'For a product that TikTok had before: nothing of it changes before its difference (DryRun) was confirmed once.',
        params: Type.Object({
          ...PartnerParams.properties,
          productId: Type.String({ description: 'Parent SKU, or the SKU of a product that has one.' }),
        }),
        querystring: Type.Object({
          tiktokproductid: Type.Optional(
            Type.String({
              maxLength: 30,
              pattern: '^[0-9]+$',
              wireName: 'tikTokProductId',
              description: 'The listing, where several could be it.',
            }),
          ),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { productId } = request.params;
      const productKey = keyInPath(connection, productId);
      const product =
        productKey && (await findProduct(db.prisma, { connectionId: connection.id, productKey }));
      if (!product)
        throw new AppError('not-found', 'There is no such product.', {
          details: [{ field: 'productId', message: 'is not known in this shop' }],
        });
      const id = await takeOver(deps, connection, {
        product,
        picked: request.query.tiktokproductid,
        by: request.caller,
      });
      await deps.asked?.(connection, request.caller);
      return sendMessage(reply, `${product.name} is the listing ${id} from now on.`);
    },
  );
}
