import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { parseDateTime } from '../../formats/date-time.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { readFileType, readFileWish, sendFile } from '../../http/file-answer.js';
import { operation } from '../../http/operation.js';
import { lowerCaseFlags } from '../../http/query-names.js';
import { StringMessage } from '../../logicbroker/envelopes.js';
import { InventoryExportRequest } from '../../logicbroker/inventory-schema.js';
import { ref } from '../../logicbroker/schema.js';
import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
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
        fileType: readFileType(filetype),
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

function sendItems(
  { inventory }: InventoryRouteDeps,
  request: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
  connectionIds: number[],
  options: ExportOptions,
): FastifyReply {
  const pieces = exportItems(inventory.db.prisma, connectionIds, options);
  return sendFile(request, reply, { fileType: options.fileType, pieces });
}

function exportOptionsOf(body: {
  Delimiter?: string;
  FileType?: string;
  Filter?: object;
  IncludeNullQuantity?: boolean;
  Mapped?: boolean;
  ModifiedAfter?: string;
}): ExportOptions {
  return {
    ...readFileWish(body, 'Use Mapped, ModifiedAfter and IncludeNullQuantity'),
    ...(body.ModifiedAfter === undefined ? {} : { modifiedAfter: parseDateTime(body.ModifiedAfter)! }),
    ...(body.Mapped === undefined ? {} : { mapped: body.Mapped }),
    includeNullQuantity: body.IncludeNullQuantity ?? false,
  };
}
