import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Connection } from '../../connections/connection.js';
import { findConnectionByPartner, listConnections } from '../../connections/connection-store.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import { writeJson } from '../../formats/json.js';
import type { Api, ApiVersion } from '../../http/api.js';
import { sendJson } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { lowerCaseFlags } from '../../http/query-names.js';
import { registerUploads } from '../../http/uploads.js';
import {
  InventoryAnswer,
  inventoryExamples,
  InventoryUpload,
  matchingExamples,
} from '../../logicbroker/inventory-schema.js';
import { ref } from '../../logicbroker/schema.js';
import { endArrivals, type Arrival } from './import-arrivals.js';
import type { ImportRecord, ImportState } from './import.js';
import { importFeed } from './import-feed.js';
import { importMatching } from '../matching/import-matching.js';
import { connectionOf, PartnerParams, toImport, type InventoryRouteDeps } from '../inventory-routes.js';
import { noteArrival, registerArrivals } from './arrival-routes.js';
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
    registerArrivals(scope);
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
      onRequest: noteArrival(deps.inventory, 'feed', ({ caller: { companyId } }) =>
        listConnections(deps.inventory.db.prisma, { companyId }),
      ),
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
      if (request.arrivals.length === 0) throw new AppError('not-found', 'You have no connected shop yet.');
      return sendTaken(reply, await broadcast(deps, request, request.query.dryrun ?? false));
    },
  );

  api.post(
    '/Inventory/:partnerId',
    {
      config: { filterPrefix: '', takesFiles: true, bodyExamples: inventoryExamples },
      onRequest: noteArrival(deps.inventory, 'feed', connectionIn(deps)),
      preValidation: lowerCaseFlags('dryrun', 'transform'),
      schema: {
        ...operation(version, 'postInventory', 'Inventory', 'Send a feed of quantities and prices', {
          description:
            'CSV (any of four separators) or XLSX with the columns of LBInventoryItem, of which SupplierSKU and Quantity or ' +
            'Cost are needed. Good values are taken, bad ones reported (GET Inventory/Imports/{ImportId}/Errors); a feed of ' +
            'which nothing can be taken is refused. Of two feeds that say the same cell the one whose first byte came later ' +
            'counts.',
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
      const taken = await takeFeed(
        deps,
        request,
        await arrivalOf(deps, request),
        request.query.dryrun ?? false,
      );
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
      onRequest: noteArrival(deps.inventory, 'matching', connectionIn(deps)),
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
      const arrival = await arrivalOf(deps, request);
      const source = sourceOf(request);
      const dryRun = request.query.dryrun ?? false;
      const record = await take(deps, arrival, () =>
        importMatching(deps.inventory, { arrival, source, dryRun }),
      );
      reply.header('location', `/api/${version}/Inventory/Imports/${record.id}`);
      return sendTaken(reply, [{ record, partnerId: arrival.connection.partnerId }]);
    },
  );
}

/** The connection that a path names; none for a path that is not valid or not the caller's, which is answered later. */
function connectionIn({ inventory }: InventoryRouteDeps) {
  return async ({ params, caller }: FastifyRequest): Promise<Connection[]> => {
    const { partnerId = '' } = params as { partnerId?: string };
    if (!/^\d{1,9}$/.test(partnerId)) return [];
    const connection = await findConnectionByPartner(inventory.db.prisma, {
      companyId: caller.companyId,
      partnerId: Number(partnerId),
    });
    return connection ? [connection] : [];
  };
}

/** @throws AppError not-found, also for another company's shop */
async function arrivalOf(
  deps: InventoryRouteDeps,
  request: { params: unknown; caller: { companyId: number }; arrivals: Arrival[] },
): Promise<Arrival> {
  const [arrival] = request.arrivals;
  if (arrival) return arrival;
  await connectionOf(deps, request);
  throw new AppError('conflict', 'The shop was connected just now. Send the file again.', {
    retryAfterMs: 1_000,
  });
}

/** From here on the import ends the record of its file, unless its turn never comes. */
async function take<T>(deps: InventoryRouteDeps, arrival: Arrival, work: () => Promise<T>): Promise<T> {
  arrival.isTaken = true;
  try {
    return await deps.takeTurn(work);
  } catch (error) {
    await endArrivals(deps.inventory, [{ ...arrival, isTaken: false }], null).catch(() => undefined);
    throw error;
  }
}

async function takeFeed(
  deps: InventoryRouteDeps,
  request: FastifyRequest,
  arrival: Arrival,
  dryRun: boolean,
): Promise<Taken> {
  const source = sourceOf(request);
  const { record, wouldSend } = await take(deps, arrival, () =>
    importFeed(deps.inventory, { arrival, source, dryRun }),
  );
  return { record, wouldSend, partnerId: arrival.connection.partnerId };
}

/** One shop after the other; a file that cannot be read at all is refused by the first. */
async function broadcast(
  deps: InventoryRouteDeps,
  request: FastifyRequest,
  dryRun: boolean,
): Promise<Taken[]> {
  const taken: Taken[] = [];
  const failed: string[] = [];
  for (const arrival of request.arrivals) {
    try {
      taken.push(await takeFeed(deps, request, arrival, dryRun));
    } catch (error) {
      if (taken.length === 0 || !(error instanceof AppError)) throw error;
      const { partnerId, name } = arrival.connection;
      failed.push(`${partnerId} (${name}): ${messageOf(error)}`);
    }
  }
  if (failed.length === 0) return taken;
  throw new AppError('conflict', `${taken.length} of ${request.arrivals.length} shops took the feed.`, {
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

const DONE: Record<ImportState, string> = {
  receiving: 'is on the way',
  applied: 'was taken in',
  held: 'is held',
  tried: 'was tried and changed nothing',
  replaced: 'was replaced',
  refused: 'was refused',
};

/** What was done with one file, for people. */
function sentenceOf({ id, kind, state, counts, warnings, reason }: ImportRecord): string {
  const { rows = 0, added = 0, changed = 0, unchanged = 0, errors = 0 } = counts;
  const { warned = 0, overridden = 0, superseded = 0 } = counts;
  const name = kind === 'feed' ? 'Inventory feed' : 'Matching file';
  if (rows > 0 && errors === rows) {
    return `${name} ${id}: nothing ${state === 'tried' ? 'would be' : 'was'} taken, all ${rows} rows are bad.`;
  }
  const facts = [
    `${rows} rows, ${added} new, ${changed} changed, ${unchanged} unchanged, ${errors} with errors`,
    ...(warned > 0 ? [`${warned} taken but for a value`] : []),
    ...(overridden > 0 ? [`${overridden} overridden by later rows`] : []),
    ...(superseded > 0 ? [`${superseded} superseded by what arrived later`] : []),
  ].join(', ');
  const remarks = rows === 0 || superseded > 0 ? warnings : [];
  return [`${name} ${id} ${DONE[state]}: ${facts}.`, ...remarks.map((text) => `${text}.`), reason ?? '']
    .join(' ')
    .trim();
}
