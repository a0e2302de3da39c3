import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { listConnections } from '../connections/connection-store.js';
import { AppError, messageOf } from '../errors.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendJson } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { registerUploads } from '../http/uploads.js';
import {
  InventoryAnswer,
  inventoryExamples,
  InventoryUpload,
  matchingExamples,
} from '../logicbroker/inventory.js';
import { ref } from '../logicbroker/schema.js';
import type { ImportRecord } from './import.js';
import { importFeed } from './import-feed.js';
import { importMatching } from './import-matching.js';
import { connectionOf, PartnerParams, toImport, type InventoryRouteDeps } from './inventory-routes.js';
import { itemsOfBody, sourceOfFile, sourceOfItems, type TableSource } from './table-source.js';

const UploadQuery = Type.Object({
  transform: Type.Optional(Type.Boolean({ description: 'Has no effect.' })),
  dryrun: Type.Optional(
    Type.Boolean({
      wireName: 'dryRun',
      description: 'Reports what would change and what would be sent, and changes nothing. An addition.',
    }),
  ),
});

interface Taken {
  record: ImportRecord;
  partnerId: number;
  wouldSend?: Record<string, number> | null;
}

const takes = { consumes: ['multipart/form-data', 'application/json'] };

/** The calls that take a file: in a scope of their own, since no other call does. */
export function uploadRoutes(parent: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  void parent.register(async (scope) => {
    await registerUploads(scope, { limitBytes: deps.uploadLimitBytes });
    const api = scope as Api;
    feedRoutes(api, version, deps);
    matchingRoute(api, version, deps);
  });
}

function feedRoutes(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  api.post(
    '/Inventory/Broadcast',
    {
      config: { filterPrefix: '', takesFiles: true, bodyExamples: inventoryExamples },
      preValidation: lowerCaseFlags('dryrun', 'transform'),
      schema: {
        ...operation(version, 'broadcastInventory', 'Inventory', 'Send a feed to all your shops', {
          description: 'As POST Inventory/{partnerId}, for every shop that is not closed.',
          querystring: UploadQuery,
          body: ref(InventoryUpload),
          ok: InventoryAnswer,
          takesFiles: true,
        }),
        ...takes,
      },
    },
    async (request, reply) => {
      const connections = await listConnections(deps.inventory.db.prisma, {
        companyId: request.caller.companyId,
      });
      if (connections.length === 0) throw new AppError('not-found', 'You have no connected shop yet.');
      return sendTaken(reply, await broadcast(deps, request, connections, request.query.dryrun ?? false));
    },
  );

  api.post(
    '/Inventory/:partnerId',
    {
      config: { filterPrefix: '', takesFiles: true, bodyExamples: inventoryExamples },
      preValidation: lowerCaseFlags('dryrun', 'transform'),
      schema: {
        ...operation(version, 'postInventory', 'Inventory', 'Send a feed of quantities and prices', {
          description:
            'CSV (any of four separators) or XLSX with the columns of LBInventoryItem, of which SupplierSKU and Quantity or ' +
            'Cost are needed. Good rows are taken, bad ones reported (GET Inventory/Imports/{ImportId}/Errors).',
          params: PartnerParams,
          querystring: UploadQuery,
          body: ref(InventoryUpload),
          ok: InventoryAnswer,
          takesFiles: true,
        }),
        ...takes,
      },
    },
    async (request, reply) => {
      const connection = await connectionOf(deps, request);
      const taken = await takeFeed(deps, request, connection, request.query.dryrun ?? false);
      reply.header('location', `/api/${version}/Inventory/Imports/${taken.record.id}`);
      return sendTaken(reply, [taken]);
    },
  );
}

function matchingRoute(api: Api, version: ApiVersion, deps: InventoryRouteDeps): void {
  api.post(
    '/Inventory/:partnerId/Matching',
    {
      config: { filterPrefix: '', takesFiles: true, bodyExamples: matchingExamples },
      preValidation: lowerCaseFlags('dryrun', 'transform'),
      schema: {
        ...operation(version, 'postMatching', 'Inventory', 'Send a matching file', {
          description:
            'SupplierSKU and MerchantSKU: which SKU in TikTok yours is. Matches that the file does not name stay.',
          params: PartnerParams,
          querystring: UploadQuery,
          body: ref(InventoryUpload),
          ok: InventoryAnswer,
          takesFiles: true,
        }),
        ...takes,
      },
    },
    async (request, reply) => {
      const connection = await connectionOf(deps, request);
      const receivedAt = deps.inventory.clock.now();
      const source = sourceOf(request);
      const dryRun = request.query.dryrun ?? false;
      const record = await deps.takeTurn(() =>
        importMatching(deps.inventory, { connection, source, dryRun, receivedAt }),
      );
      reply.header('location', `/api/${version}/Inventory/Imports/${record.id}`);
      return sendTaken(reply, [{ record, partnerId: connection.partnerId }]);
    },
  );
}

async function takeFeed(
  deps: InventoryRouteDeps,
  request: FastifyRequest,
  connection: Connection,
  dryRun: boolean,
): Promise<Taken> {
  const receivedAt = deps.inventory.clock.now();
  const source = sourceOf(request);
  const { record, wouldSend } = await deps.takeTurn(() =>
    importFeed(deps.inventory, { connection, source, dryRun, receivedAt }),
  );
  return { record, wouldSend, partnerId: connection.partnerId };
}

/** One shop after the other; a file that cannot be read at all is refused by the first. */
async function broadcast(
  deps: InventoryRouteDeps,
  request: FastifyRequest,
  connections: readonly Connection[],
  dryRun: boolean,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  const failed: string[] = [];
  for (const connection of connections) {
    try {
      taken.push(await takeFeed(deps, request, connection, dryRun));
    } catch (error) {
      if (taken.length === 0 || !(error instanceof AppError)) throw error;
      failed.push(`${connection.partnerId} (${connection.name}): ${messageOf(error)}`);
    }
  }
  if (failed.length === 0) return taken;
  throw new AppError('conflict', `${taken.length} of ${connections.length} shops took the feed.`, {
    details: failed.map((message) => ({
      message,
      next: 'Send the feed again: what is known already changes nothing',
    })),
    retryAfterMs: 10_000,
  });
}

function sourceOf(request: FastifyRequest): TableSource {
  if (request.upload) return sourceOfFile(request.upload);
  const { kept, text } = request.received ?? { kept: undefined, text: '' };
  return sourceOfItems(itemsOfBody(kept), Buffer.byteLength(text));
}

function sendTaken(reply: FastifyReply, taken: Taken[]): FastifyReply {
  const answer = {
    Code: '200',
    Message: 'OK',
    Body: taken.map(({ record }) => sentenceOf(record)).join(' '),
    Imports: taken.map(({ record, partnerId, wouldSend }) => ({
      ...toImport(record, partnerId),
      WouldSend: wouldSend ?? undefined,
    })),
  };
  return sendJson(reply, writeJson(answer));
}

/** What was done with one file, for people. */
function sentenceOf({ id, kind, state, counts, reason }: ImportRecord): string {
  const { rows = 0, added = 0, changed = 0, unchanged = 0, errors = 0 } = counts;
  const done = {
    applied: 'was taken in',
    held: 'is held and changes nothing yet',
    tried: 'was tried and changed nothing',
    replaced: 'was replaced',
    refused: 'was refused',
  }[state];
  const facts = `${rows} rows, ${added} new, ${changed} changed, ${unchanged} unchanged, ${errors} with errors`;
  const name = kind === 'feed' ? 'Inventory feed' : 'Matching file';
  return `${name} ${id} ${done}: ${facts}.${reason === null ? '' : ` ${reason}`}`;
}
