import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { AppError } from '../../kernel/errors.js';
import type { Delimiter } from '../../formats/csv-reader.js';
import { parseDateTime } from '../../formats/date-time.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { operation } from '../../http/operation.js';
import { lowerCaseFlags } from '../../http/query-names.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import { InventoryExportRequest } from '../../logicbroker/inventory-schema.js';
import { ref } from '../../logicbroker/schema.js';
import { connectionOf, PartnerParams } from '../../imports/shop-in-path.js';
import { idsOf, type InventoryRouteDeps } from '../inventory-routes.js';
import { exportItems, type ExportOptions } from './item-export.js';

const ItemsQuery = Type.Object({
  modifiedafter: Type.Optional(
    Type.String({
      format: 'date-time',
      wireName: 'modifiedAfter',
      description: 'Only items that changed after this time; without a zone UTC.',
    }),
  ),
  mapped: Type.Optional(
    Type.Boolean({ description: 'Only items with a match in TikTok, or only those without.' }),
  ),
  transform: Type.Optional(Type.Boolean({ description: 'Has no effect.' })),
  includenullquantity: Type.Optional(
    Type.Boolean({
      wireName: 'includeNullQuantity',
      description: 'Items of which only a price is known, too.',
    }),
  ),
  filetype: Type.Optional(Type.String({ wireName: 'fileType', description: 'csv (the default) or json.' })),
});

/** All items of a shop, or of all shops, as a file. */
export function exportRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  api.get(
    '/Inventory/:partnerId',
    {
      config: { filterPrefix: '', alsoAnswers: ['text/csv'] },
      preValidation: lowerCaseFlags('mapped', 'includenullquantity', 'transform'),
      schema: operation(version, 'getInventory', 'Inventory', 'All items', {
        description:
          'The text of a file, in Body; with `Accept: text/csv` the file itself. mapped=false is the list of items that ' +
          'wait for the matching file.',
        params: PartnerParams,
        querystring: ItemsQuery,
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps.inventory.db, request);
      const { modifiedafter, mapped, includenullquantity, filetype } = request.query;
      return sendItems(deps, request, reply, [id], {
        ...(modifiedafter === undefined ? {} : { modifiedAfter: parseDateTime(modifiedafter)! }),
        ...(mapped === undefined ? {} : { mapped }),
        includeNullQuantity: includenullquantity ?? false,
        fileType: fileTypeOf(filetype),
        delimiter: ',',
      });
    },
  );

  api.post(
    '/Inventory/All/Export',
    {
      config: { alsoAnswers: ['text/csv'] },
      schema: operation(version, 'exportAllInventory', 'Inventory', 'All items of all your shops', {
        body: ref(InventoryExportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) =>
      sendItems(deps, request, reply, await idsOf(deps, request), exportOptionsOf(request.body)),
  );

  api.post(
    '/Inventory/:partnerId/Export',
    {
      config: { alsoAnswers: ['text/csv'] },
      schema: operation(version, 'exportInventory', 'Inventory', 'All items, as the body asks for them', {
        params: PartnerParams,
        body: ref(InventoryExportRequest),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps.inventory.db, request);
      return sendItems(deps, request, reply, [id], exportOptionsOf(request.body));
    },
  );
}

/** In Logicbroker's envelope the file is a text in Body, written while it is read from the store. */
function sendItems(
  { inventory }: InventoryRouteDeps,
  request: { headers: FastifyRequest['headers'] },
  reply: FastifyReply,
  connectionIds: number[],
  options: ExportOptions,
): FastifyReply {
  const pieces = exportItems(inventory.db.prisma, connectionIds, options);
  if (options.fileType === 'csv' && /^\s*text\/csv\b/i.test(request.headers.accept ?? '')) {
    return reply.type('text/csv; charset=utf-8').send(Readable.from(pieces));
  }
  return reply.type('application/json; charset=utf-8').send(Readable.from(enveloped(pieces)));
}

async function* enveloped(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  yield '{"Code":"200","Message":"OK","Body":"';
  for await (const piece of pieces) yield JSON.stringify(piece).slice(1, -1);
  yield '"}';
}

function exportOptionsOf(body: {
  Delimiter?: string;
  FileType?: string;
  Filter?: object;
  IncludeNullQuantity?: boolean;
  Mapped?: boolean;
  ModifiedAfter?: string;
}): ExportOptions {
  if (body.Filter && Object.keys(body.Filter).length > 0) {
    throw invalid(
      'Filter',
      'conditions are not possible here',
      'Use Mapped, ModifiedAfter and IncludeNullQuantity',
    );
  }
  return {
    ...(body.ModifiedAfter === undefined ? {} : { modifiedAfter: parseDateTime(body.ModifiedAfter)! }),
    ...(body.Mapped === undefined ? {} : { mapped: body.Mapped }),
    includeNullQuantity: body.IncludeNullQuantity ?? false,
    fileType: fileTypeOf(body.FileType),
    delimiter: delimiterOf(body.Delimiter),
  };
}

function fileTypeOf(text: string | undefined): 'csv' | 'json' {
  const fileType = (text ?? '').trim().replace(/^\./, '').toLowerCase() || 'csv';
  if (fileType === 'csv' || fileType === 'json') return fileType;
  throw invalid('fileType', 'must be csv or json', 'Leave it out for csv');
}

function delimiterOf(text: string | undefined): Delimiter {
  const delimiter = text === undefined || text === '' ? ',' : text === '\\t' ? '\t' : text;
  if (delimiter === ',' || delimiter === ';' || delimiter === '\t' || delimiter === '|') return delimiter;
  throw invalid('Delimiter', 'must be a comma, a semicolon, a tab or a bar', 'Leave it out for a comma');
}

function invalid(field: string, message: string, next: string): AppError {
  return new AppError('invalid-request', 'The request is not valid', { details: [{ field, message, next }] });
}
