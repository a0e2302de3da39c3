import { Type } from 'typebox';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import { readKey } from '../documents/document.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { keyInPath } from './key-in-path.js';
import type { ProductRouteDeps } from './product-route-deps.js';
import { sendProducts, sentWords } from './send-products.js';

/** Sends products without a feed of v1. Logicbroker has no such call: it stands in v3 only. */
export function sendRoutes(api: Api, version: ApiVersion, deps: ProductRouteDeps): void {
  if (version !== 'v3') return;
  const { db } = deps.products;
  api.put(
    '/Product/:partnerId/Send',
    {
      config: { filterPrefix: '' },
      schema: operation(version, 'sendProducts', 'Product', 'Send your products to TikTok', {
        description:
          'Those that pass all checks: all of them, or those of a feed, or one. The others stay drafts: their findings say why. What stood ' +
          'still is tried again; what TikTok has already is not sent.',
        params: PartnerParams,
        querystring: Type.Object({
          feed: Type.Optional(
            Type.String({ description: 'Number of a feed: those that it was the last to name.' }),
          ),
          productid: Type.Optional(
            Type.String({
              wireName: 'productId',
              description: 'Parent SKU, or the SKU of a product that has one.',
            }),
          ),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(db, request);
      const { feed, productid: productId } = request.query;
      const sent = await sendProducts(
        deps,
        { connection, by: request.caller },
        {
          ...(feed !== undefined && { feed: readKey(feed) ?? 0 }),
          ...(productId !== undefined && {
            product: { key: keyInPath(connection, productId) ?? '', name: productId },
          }),
        },
      );
      return sendMessage(reply, sentWords(sent));
    },
  );
}
