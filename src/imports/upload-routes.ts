import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Type } from 'typebox';
import type { Connection } from '../connections/connection.js';
import { findConnectionByPartner, listConnections } from '../connections/connection-store.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { encodingNamed, type TextEncoding } from '../formats/encoding-names.js';
import { writeJson } from '../formats/json.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendJson } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { lowerCaseFlags } from '../http/query-names.js';
import { registerUploads } from '../http/uploads.js';
import { InventoryAnswer, InventoryUpload } from '../logicbroker/inventory-schema.js';
import { ref } from '../logicbroker/schema.js';
import { noteArrival, registerArrivals } from './arrival-routes.js';
import type { FeedDoor, FeedKind } from './feed-kind.js';
import { endArrivals, type Arrival } from './import-arrivals.js';
import type { ImportRouteDeps } from './import-routes.js';
import { readImport, type ImportResult } from './read-import.js';
import { keepReceived } from './receive.js';
import { renderImport, sentenceOfImport } from './render-import.js';
import { connectionOf, PartnerParams } from './shop-in-path.js';
import { storeFile, type StoredFile } from './store-file.js';
import { itemsOfBody } from './table-source.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The file of a call that brings one; null when the body was of another kind. */
    storedFile: StoredFile | null;
  }
}

const UploadQuery = Type.Object({
  transform: Type.Optional(Type.Boolean({ description: 'Has no effect.' })),
  dryrun: Type.Optional(
    Type.Boolean({
      wireName: 'dryRun',
      description: 'Reports what would change and what would be sent, and changes nothing. An addition.',
    }),
  ),
  encoding: Type.Optional(
    Type.String({
      maxLength: 40,
      description:
        'Of a text that does not tell itself, such as windows-1251, gb18030, shift_jis or macintosh. An addition.',
    }),
  ),
});

/** @throws AppError invalid-request for an encoding that is not known */
function encodingOf(text: string | undefined): TextEncoding | null {
  if (text === undefined || text.trim() === '') return null;
  const encoding = encodingNamed(text);
  if (encoding) return encoding;
  throw new AppError('invalid-request', 'The request is not valid', {
    details: [
      {
        field: 'encoding',
        message: 'is not known',
        next: 'Give a name such as utf-8, windows-1252, windows-1251, gb18030, shift_jis or macintosh',
      },
    ],
  });
}

const CompleteQuery = Type.Object({
  ...UploadQuery.properties,
  complete: Type.Optional(
    Type.Boolean({
      description:
        'The file says all that there is: what it leaves out is 0. Left out: as the setting completeFeeds says. An addition.',
    }),
  ),
});

/** What became of one file in one shop. */
interface Taken extends ImportResult {
  partnerId: number;
}

/** The calls that take a file: in a scope of their own, since no other call does. */
export function uploadRoutes(parent: Api, version: ApiVersion, deps: ImportRouteDeps): void {
  void parent.register(async (scope) => {
    registerArrivals(scope);
    scope.decorateRequest('storedFile', null);
    await registerUploads(scope, {
      limitBytes: deps.uploadLimitBytes,
      async take(request, content, name) {
        const { companyId } = request.caller;
        const fileLimitBytes = deps.uploadLimitBytes;
        request.storedFile = await storeFile({ ...deps.imports, fileLimitBytes }, content, {
          companyId,
          name,
        });
        return request.storedFile.blob;
      },
    });
    for (const kind of deps.imports.feedKinds) {
      const { door } = kind;
      if (door && (door.versions ?? [version]).includes(version))
        kindRoutes(scope, version, { deps, kind, door });
    }
  });
}

interface KindRoutes {
  deps: ImportRouteDeps;
  kind: FeedKind;
  door: FeedDoor;
}

function kindRoutes(api: Api, version: ApiVersion, { deps, kind, door }: KindRoutes): void {
  const { imports } = deps;
  const { broadcast, bodyExamples = {}, tag = 'Inventory', placeOf } = door;
  const config = { filterPrefix: '', takesFiles: true, bodyExamples } as const;
  const common = {
    querystring: kind.canBeComplete ? CompleteQuery : UploadQuery,
    body: ref(InventoryUpload),
    ok: InventoryAnswer,
    takesFiles: true,
  };
  const takes = { consumes: ['multipart/form-data', 'application/json'] };
  if (broadcast) {
    api.post(
      broadcast.path,
      {
        config,
        onRequest: noteArrival(imports, kind.code, ({ caller: { companyId } }) =>
          listConnections(imports.db.prisma, { companyId }),
        ),
        preValidation: lowerCaseFlags('dryrun', 'transform', 'complete'),
        schema: {
          ...operation(version, broadcast.name, tag, broadcast.summary, {
            description: broadcast.description,
            ...common,
          }),
          ...takes,
        },
      },
      async (request, reply) => {
        if (request.arrivals.length === 0) throw new AppError('not-found', 'You have no connected shop yet.');
        await keep(deps, request, request.query);
        return sendTaken(reply, kind, await readAll(deps, request));
      },
    );
  }

  api.post(
    door.path,
    {
      config,
      onRequest: noteArrival(imports, kind.code, connectionIn(deps)),
      preValidation: lowerCaseFlags('dryrun', 'transform', 'complete'),
      schema: {
        ...operation(version, door.operation.name, tag, door.operation.summary, {
          description: door.operation.description,
          params: PartnerParams,
          ...common,
        }),
        ...takes,
      },
    },
    async (request, reply) => {
      const arrival = await arrivalOf(deps, request);
      await keep(deps, request, request.query);
      const taken = await read(deps, arrival);
      const { id } = taken.record;
      const place = placeOf?.(taken.partnerId, id) ?? `/Inventory/Imports/${id}`;
      reply.header('location', `/api/${version}${place}`);
      return sendTaken(reply, kind, [taken]);
    },
  );
}

/** The connection that a path names; none for a path that is not valid or not the caller's, which is answered later. */
function connectionIn({ imports }: ImportRouteDeps) {
  return async ({ params, caller }: FastifyRequest): Promise<Connection[]> => {
    const { partnerId = '' } = params as { partnerId?: string };
    if (!/^\d{1,9}$/.test(partnerId)) return [];
    const connection = await findConnectionByPartner(imports.db.prisma, {
      companyId: caller.companyId,
      partnerId: Number(partnerId),
    });
    return connection ? [connection] : [];
  };
}

/** @throws AppError not-found, also for another company's shop */
async function arrivalOf(
  { imports }: ImportRouteDeps,
  request: { params: unknown; caller: { companyId: number }; arrivals: Arrival[] },
): Promise<Arrival> {
  const [arrival] = request.arrivals;
  if (arrival) return arrival;
  await connectionOf(imports.db, request);
  throw new AppError('conflict', 'The shop was connected just now. Send the file again.', {
    retryAfterMs: 1_000,
  });
}

interface KeepOptions {
  dryrun?: boolean;
  complete?: boolean;
  encoding?: string;
}

/** From here on the file is read, whatever becomes of the call and of this process. */
async function keep(
  deps: ImportRouteDeps,
  request: FastifyRequest,
  { dryrun: dryRun = false, complete, encoding: named }: KeepOptions,
): Promise<void> {
  const encoding = encodingOf(named);
  const { imports } = deps;
  const file = request.storedFile ?? (await storeBody(deps, request));
  // The call may end in this very moment: from here on that ends no record.
  for (const arrival of request.arrivals) arrival.isTaken = true;
  try {
    await keepReceived(imports, request.arrivals, { file, dryRun, complete, encoding });
  } catch (error) {
    for (const arrival of request.arrivals) arrival.isTaken = false;
    throw error;
  }
}

/** A JSON body is a file, too. @throws AppError invalid-document for one without items */
async function storeBody({ imports }: ImportRouteDeps, request: FastifyRequest): Promise<StoredFile> {
  const { kept, text } = request.received ?? { kept: undefined, text: '' };
  itemsOfBody(kept);
  const content = Readable.from([Buffer.from(text)]);
  return storeFile(imports, content, { companyId: request.caller.companyId, name: null, isJson: true });
}

/** Of a file that was not read the caller hears, and sends it again: no record of it stays. */
async function read(
  { imports, takeTurn }: ImportRouteDeps,
  { importId, connection }: Arrival,
): Promise<Taken> {
  try {
    const result = await takeTurn(() => readImport(imports, importId));
    return { ...result, partnerId: connection.partnerId };
  } catch (error) {
    const forgotten = [{ importId, isTaken: false }];
    await endArrivals(imports, forgotten, null).catch(() => undefined);
    throw error;
  }
}

/** One shop after the other; a file that cannot be read at all is refused by the first. */
async function readAll(deps: ImportRouteDeps, { arrivals }: FastifyRequest): Promise<Taken[]> {
  const taken: Taken[] = [];
  const failed: string[] = [];
  for (const [index, arrival] of arrivals.entries()) {
    try {
      taken.push(await read(deps, arrival));
    } catch (error) {
      if (taken.length === 0 || !(error instanceof AppError)) {
        // Whoever noted the others ends them, with the reason.
        for (const other of arrivals.slice(index + 1)) other.isTaken = false;
        throw error;
      }
      const { partnerId, name } = arrival.connection;
      failed.push(`${partnerId} (${name}): ${messageOf(error)}`);
    }
  }
  if (failed.length === 0) return taken;
  throw new AppError('conflict', `${taken.length} of ${arrivals.length} shops took the feed.`, {
    details: failed.map((message) => ({
      message,
      next: 'Send the feed again: what is known already changes nothing',
    })),
    retryAfterMs: 10_000,
  });
}

function sendTaken(reply: FastifyReply, kind: FeedKind, taken: Taken[]): FastifyReply {
  const answer = {
    Code: '200',
    Message: 'OK',
    Body: taken.map(({ record }) => sentenceOfImport(record, kind)).join(' '),
    Imports: taken.map(({ record, partnerId, wouldSend }) => ({
      ...renderImport(record, partnerId, kind),
      WouldSend: wouldSend ?? undefined,
    })),
  };
  return sendJson(reply, writeJson(answer));
}
