import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { Delimiter } from '../formats/csv-reader.js';
import type { Api, ApiVersion } from '../http/api.js';
import { operation } from '../http/operation.js';
import { connectionOf, PartnerParams } from '../imports/shop-in-path.js';
import { AppError } from '../kernel/errors.js';
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
      const { Delimiter: delimiter, FileType: type, Filter: filter } = request.body;
      if (filter && Object.keys(filter).length > 0)
        throw invalid('Filter', 'conditions are not possible here');
      const fileType = fileTypeOf(type);
      const pieces = exportProducts(products.db.prisma, id, { fileType, delimiter: delimiterOf(delimiter) });
      if (fileType === 'csv' && /^\s*text\/csv\b/i.test(request.headers.accept ?? ''))
        return reply.type('text/csv; charset=utf-8').send(Readable.from(pieces));
      return sendEnveloped(reply, pieces);
    },
  );
}

/** In Logicbroker's envelope the file is a text in Body, written while it is read from the store. */
function sendEnveloped(reply: FastifyReply, pieces: AsyncIterable<string>): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped(pieces)));
}

async function* enveloped(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  yield '{"Code":"200","Message":"OK","Body":"';
  for await (const piece of pieces) yield JSON.stringify(piece).slice(1, -1);
  yield '"}';
}

function fileTypeOf(text: string | undefined): 'csv' | 'json' {
  const fileType = (text ?? '').trim().replace(/^\./, '').toLowerCase() || 'csv';
  if (fileType === 'csv' || fileType === 'json') return fileType;
  throw invalid('FileType', 'must be csv or json');
}

function delimiterOf(text: string | undefined): Delimiter {
  const delimiter = text === undefined || text === '' ? ',' : text === '\\t' ? '\t' : text;
  if (delimiter === ',' || delimiter === ';' || delimiter === '\t' || delimiter === '|') return delimiter;
  throw invalid('Delimiter', 'must be a comma, a semicolon, a tab or a bar');
}

function invalid(field: string, message: string): AppError {
  return new AppError('invalid-request', 'The request is not valid', { details: [{ field, message }] });
}
