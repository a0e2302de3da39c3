import type { Api, ApiVersion } from '../http/api.js';
import { readFileWish, sendFile } from '../http/file-answer.js';
import { operation } from '../http/operation.js';
import { connectionOf, PartnerParams } from '../connections/shop-in-path.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import { ProductExportRequest } from '../logicbroker/product-schema.js';
import { ref } from '../logicbroker/schema.js';
import { exportProducts } from './product-export.js';
import type { ProductRouteDeps } from './product-route-deps.js';

/** All SKUs of a shop as a file. */
export function productExportRoutes(api: Api, version: ApiVersion, { products }: ProductRouteDeps): void {
  api.post(
    '/Product/:partnerId/Exports/SupplierProducts',
    {
      config: { alsoAnswers: ['text/csv'] },
      schema: operation(version, 'exportSupplierProducts', 'Product', 'All your SKUs as a file', {
        description: 'The text of a file, in Body; with `Accept: text/csv` the file itself.',
        params: PartnerParams,
        body: ref(ProductExportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(products.db, request);
      const wish = readFileWish(request.body, 'Leave it out, and filter the file');
      const pieces = exportProducts(products.db.prisma, id, wish);
      return sendFile(request, reply, { fileType: wish.fileType, pieces });
    },
  );
}
