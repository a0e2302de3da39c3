import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { findConnectionByPartner, listConnections } from '../connections/connection-store.js';
import { readKey } from '../documents/document.js';
import { AppError } from '../errors.js';
import type { Delimiter } from '../formats/csv-reader.js';
import { parseDateTime } from '../formats/date-time.js';
import type { Api, ApiVersion } from '../http/api.js';
import { messageText, sendJson, sendMessage } from '../http/envelope.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { operation } from '../http/operation.js';
import { StringMessage } from '../logicbroker/envelopes.js';
import {
  InventoryExportRequest,
  InventoryItemArrayResponse,
  InventoryItemMessage,
} from '../logicbroker/inventory.js';
import { renderItem } from '../logicbroker/map-inventory.js';
import { ref } from '../logicbroker/schema.js';
import { toIsoSeconds } from '../time.js';
import { deleteItems, deleteMatches, resendAll, zeroOut } from './change-items.js';
import type { ImportRecord } from './import.js';
import type { TakeTurn } from './import-turns.js';
import type { InventoryDeps } from './inventory-deps.js';
import { exportItems, type ExportOptions } from './item-export.js';
import { findItem, findItemsByMerchantSku } from './item-store.js';

export interface InventoryRouteDeps {
  inventory: InventoryDeps;
  takeTurn: TakeTurn;
  /** Largest file that is taken. */
  uploadLimitBytes: number;
}

export const PartnerParams = Type.Object({
  partnerId: Type.Integer({
    format: 'int32',
    description: 'Company number of the TikTok shop (GET Partners).',
  }),
});
const SkuParams = Type.Object({ ...PartnerParams.properties, sku: Type.String() });

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

/** Reading what is there, and the buttons that concern all of it. */
export function inventoryRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  itemRoutes(api, version, deps);
  listRoutes(api, version, deps);
  buttonRoutes(api, version, deps);
}

function itemRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  const { db } = deps.inventory;
  api.get(
    '/Inventory/:partnerId/Item/:sku',
    {
      schema: operation(version, 'getInventoryItem', 'Inventory', 'One item by your SKU', {
        params: SkuParams,
        ok: InventoryItemMessage,
      }),
    },
    async (request, reply) => {
      const { id: connectionId } = await connectionOf(deps, request);
      const item = await findItem(db.prisma, { connectionId, supplierSku: skuOf(request.params.sku) });
      if (!item) throw noSuchItem();
      return sendJson(reply, messageText(renderItem(item)));
    },
  );

  api.get(
    '/Inventory/:partnerId/Match/:sku',
    {
      schema: operation(version, 'getInventoryMatch', 'Inventory', 'One item by its seller SKU in TikTok', {
        params: SkuParams,
        ok: InventoryItemMessage,
      }),
    },
    async (request, reply) => {
      const { id } = await connectionOf(deps, request);
      const merchantSku = skuOf(request.params.sku);
      const [item] = await findItemsByMerchantSku(db.prisma, { connectionIds: [id], merchantSku });
      if (!item) throw noSuchItem();
      return sendJson(reply, messageText(renderItem(item)));
    },
  );

  api.get(
    '/Inventory/Availability/:sku',
    {
      schema: operation(version, 'getAvailability', 'Inventory', 'One SKU of TikTok in all your shops', {
        params: Type.Object({ sku: Type.String({ description: 'The seller SKU in TikTok.' }) }),
        ok: InventoryItemArrayResponse,
      }),
    },
    async (request, reply) => {
      const connectionIds = await idsOf(deps, request);
      const merchantSku = skuOf(request.params.sku);
      const items = await findItemsByMerchantSku(db.prisma, { connectionIds, merchantSku });
      const records = items.map((item) => renderItem(item)).join(',');
      const totals = `"TotalPages":${items.length > 0 ? 1 : 0},"CurrentPage":0,"TotalRecords":${items.length}`;
      return sendJson(reply, `{"Records":[${records}],${totals}}`);
    },
  );
}

function listRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
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
      const { id } = await connectionOf(deps, request);
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
      const { id } = await connectionOf(deps, request);
      return sendItems(deps, request, reply, [id], exportOptionsOf(request.body));
    },
  );
}

function buttonRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  const { inventory } = deps;
  const button = (
    method: 'PUT' | 'DELETE',
    path: string,
    name: string,
    words: { summary: string; description: string },
    press: (connection: Connection) => Promise<string>,
  ): void => {
    api.route({
      method,
      url: path,
      schema: operation(version, name, 'Inventory', words.summary, {
        description: words.description,
        params: PartnerParams,
        ok: StringMessage,
      }),
      handler: async (request, reply) =>
        sendMessage(reply, await press(await connectionOf(deps, request as PartnerRequest))),
    });
  };

  button(
    'PUT',
    '/Inventory/:partnerId/ZeroOut',
    'zeroOutInventory',
    {
      summary: 'Set every quantity to 0, now',
      description: 'The panic button: all quantities in all warehouses, sent at once, without the brake.',
    },
    async (connection) =>
      `${await zeroOut(inventory, connection)} quantities were set to 0 and are being sent.`,
  );
  button(
    'PUT',
    '/Inventory/:partnerId/Resend',
    'resendInventory',
    { summary: 'Send everything again', description: 'Whatever TikTok was sent before; with the next push.' },
    async (connection) =>
      `${await resendAll(inventory, connection)} items are sent again with the next push.`,
  );
  button(
    'DELETE',
    '/Inventory/:partnerId',
    'deleteInventory',
    {
      summary: 'Remove all items',
      description: 'Matches stay. Nothing is sent: TikTok keeps the quantities that it has.',
    },
    async (connection) => `${await deleteItems(inventory, connection)} items were removed; nothing is sent.`,
  );
  button(
    'DELETE',
    '/Inventory/:partnerId/Matching',
    'deleteMatching',
    {
      summary: 'Drop all matches',
      description: 'Items stay, and are not sent until they are matched again.',
    },
    async (connection) => `${await deleteMatches(inventory, connection)} matches were dropped.`,
  );
}

type PartnerRequest = FastifyRequest<{ Params: { partnerId: number } }>;

/** @throws AppError not-found, also for another company's shop */
export async function connectionOf(
  { inventory }: InventoryRouteDeps,
  request: { params: unknown; caller: { companyId: number } },
): Promise<Connection> {
  const { partnerId } = request.params as { partnerId: number };
  const { companyId } = request.caller;
  const connection = await findConnectionByPartner(inventory.db.prisma, { companyId, partnerId });
  if (connection) return connection;
  throw new AppError('not-found', `You have no shop with the company number ${partnerId}.`, {
    details: [{ field: 'partnerId', message: 'is not known', next: 'GET Partners lists your shops' }],
  });
}

async function idsOf({ inventory }: InventoryRouteDeps, { caller }: FastifyRequest): Promise<number[]> {
  const connections = await listConnections(inventory.db.prisma, { companyId: caller.companyId });
  return connections.map(({ id }) => id);
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

/** No item has such a name, and no column could be asked for it. */
function skuOf(text: string): string {
  if (/[\0\p{Surrogate}]/u.test(text)) throw noSuchItem();
  return text.trim();
}

function noSuchItem(): AppError {
  return new AppError('not-found', 'There is no such item.', {
    details: [{ field: 'sku', message: 'is not known in this shop' }],
  });
}

export function importIdOf(text: string): number {
  return readKey(text) ?? 0;
}

/** The record of one file, as the API shows it. */
export function toImport(record: ImportRecord, partnerId: number): object {
  const { counts } = record;
  return {
    ImportId: record.id,
    PartnerId: partnerId,
    Kind: record.kind,
    State: record.state,
    Reason: record.reason ?? undefined,
    Format: record.format ?? undefined,
    FileName: record.fileName ?? undefined,
    Sha256: record.sha256 ?? undefined,
    Bytes: record.bytes,
    DryRun: record.dryRun,
    Counts: {
      Rows: counts.rows,
      Errors: counts.errors,
      Added: counts.added,
      Changed: counts.changed,
      Unchanged: counts.unchanged,
      Zeroed: counts.zeroed,
      Multiplied: counts.multiplied,
      Ignored: counts.ignored,
      Unmatched: counts.unmatched,
    },
    Warnings: record.warnings,
    ReceivedAt: toIsoSeconds(record.receivedAt),
    FinishedAt: toIsoSeconds(record.finishedAt),
  };
}
