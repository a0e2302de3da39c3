import { Type } from 'typebox';
import { AppError } from '../kernel/errors.js';
import type { Api, ApiVersion } from '../http/api.js';
import { checkIfMatch, etagOf, isNotModified } from '../http/conditional.js';
import { listText, messageText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import {
  BulkStatusUpdateRequest,
  EventsMessage,
  KeysV1,
  StatusMessage,
  StringArrayResponse,
  StringMessage,
} from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import { changeOneStatusByHand, changeStatusByHand, noSuchDocument } from './change-status-by-hand.js';
import { documentExportRoute } from './document-export-routes.js';
import type { DocumentKind } from './document-kind.js';
import { asV1Element, documentListRoutes } from './document-list-routes.js';
import { keyOf, KeyParams } from './document-key.js';
import { hookRoutes } from './hook-routes.js';
import { readKey, type StoredDocument } from './document.js';
import { findDocument } from './document-store.js';
import { carriesOrders, namesDocuments, type HandOverDeps } from './hand-over.js';
import { toActivityEvent } from './activity-event.js';
import { listEvents } from './event-store.js';
import { fileWanted, inAllFormats, sendDocument } from './document-file-routes.js';
import { fileKindOf } from '../codecs/document-shape.js';
import type { ListDocuments } from './list-documents.js';
import type { TakeFileDeps } from './take-file.js';
import { statusOf } from './list-filters.js';
import type { Waking } from './wake-effects.js';
import { documentPath, documentTypeNames } from '../logicbroker/document-types.js';
import { statusName } from '../logicbroker/statuses.js';

interface DocumentRouteDeps extends HandOverDeps, Waking, TakeFileDeps {
  db: Database;
  listDocuments: ListDocuments;
}

/** Registers all routes of a kind of document, in the envelopes of one version. */
export function documentRoutes(
  api: Api,
  version: ApiVersion,
  kind: DocumentKind,
  deps: DocumentRouteDeps,
): void {
  documentListRoutes(api, version, kind, deps);
  readings(api, version, kind, deps);
  statusChanges(api, version, kind, deps);
  hookRoutes(api, version, kind, deps);
  documentExportRoute(api, version, kind, deps);
  kind.routes?.(api, version);
}

function readings(api: Api, version: ApiVersion, kind: DocumentKind, deps: DocumentRouteDeps): void {
  const { type, bodyName } = kind;
  const fileKind = fileKindOf(type);
  const [path, noun] = [documentPath(type), documentTypeNames[type]];

  api.get(
    `/${path}/:LogicbrokerKey`,
    {
      config: fileKind ? inAllFormats : {},
      schema: operation(version, `get${noun}`, path, `Get one ${noun.toLowerCase()}`, {
        description: 'ETag names the version; If-None-Match answers 304 while it is current.',
        params: KeyParams,
        ok: kind.envelopes.message,
      }),
    },
    async (request, reply) => {
      const document = await find(deps.db, kind, request.caller.companyId, request.params.LogicbrokerKey);
      if (isNotModified(request, reply, document.version)) return reply.code(304).send();
      if (kind.type === 'order') carriesOrders(request, reply, deps, [document.key]);
      const format = fileKind && fileWanted(request);
      if (fileKind && format) return sendDocument(reply, fileKind, format, document.body);
      const shown = version === 'v1' ? asV1Element(kind, document) : document.body;
      const body = bodyName ? `{"${bodyName}":${shown}}` : shown;
      return sendJson(reply, messageText(body));
    },
  );

  api.get(
    `/${path}/:LogicbrokerKey/Status`,
    {
      schema: operation(version, `get${noun}Status`, path, `Status of one ${noun.toLowerCase()}`, {
        description: 'A failed document says why.',
        params: KeyParams,
        ok: StatusMessage,
      }),
    },
    async (request, reply) => {
      const document = await find(deps.db, kind, request.caller.companyId, request.params.LogicbrokerKey);
      reply.header('etag', etagOf(document.version));
      return sendMessage(reply, {
        Status: statusName(kind.type, document.statusCode),
        ErrorMessage: document.errorMessage ?? undefined,
      });
    },
  );

  for (const eventsPath of kind.eventsPaths) {
    api.get(
      `/${path}/:LogicbrokerKey/${eventsPath}`,
      {
        schema: operation(version, `get${noun}${eventsPath}`, path, `History of one ${noun.toLowerCase()}`, {
          params: KeyParams,
          querystring: Type.Object({ page: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })) }),
          ok: EventsMessage,
        }),
      },
      async (request, reply) => {
        const { companyId } = request.caller;
        const { key } = await find(deps.db, kind, companyId, request.params.LogicbrokerKey);
        const filter = { companyId, documentKey: key };
        const { events, totalPages } = await listEvents(deps.db, filter, request.query.page ?? 0);
        return sendMessage(reply, {
          ActivityEvents: events.map((event) => toActivityEvent(event, version)),
          TotalPages: totalPages,
        });
      },
    );
  }
}

function statusChanges(api: Api, version: ApiVersion, kind: DocumentKind, deps: DocumentRouteDeps): void {
  const { type } = kind;
  const [path, noun] = [documentPath(type), documentTypeNames[type]];

  api.put(
    `/${path}/Status`,
    {
      config: { rateClass: 'bulk' },
      schema: operation(version, `setStatusOf${noun}s`, path, `One status for many ${noun.toLowerCase()}s`, {
        description: 'Answers the keys that changed; documents that cannot take the status stay unchanged.',
        body: ref(BulkStatusUpdateRequest),
        ok: version === 'v1' ? KeysV1 : StringArrayResponse,
      }),
    },
    async (request, reply) => {
      const { Status, OnlyIncreaseStatus = false, LogicbrokerKeys } = request.body;
      const to = statusToSet(kind, Status);
      const keys = keysOf(LogicbrokerKeys);
      const changed = await changeStatusByHand(deps, kind, {
        by: request.caller,
        keys,
        to,
        onlyIncrease: OnlyIncreaseStatus,
      });
      namesDocuments(request, reply, deps, keys);
      const records = changed.map((key) => `"${key}"`);
      const numbers = { page: 0, pageSize: Math.max(1, records.length), totalRecords: records.length };
      return sendJson(reply, listText(version, 'LogicbrokerKeys', records, numbers));
    },
  );

  api.put(
    `/${path}/:LogicbrokerKey/Status/:Status`,
    {
      schema: operation(version, `set${noun}Status`, path, `Change the status of one ${noun.toLowerCase()}`, {
        description: 'With If-Match only while the document is at that version.',
        params: Type.Object({
          ...KeyParams.properties,
          Status: Type.String({ description: 'Number, name, or name without spaces, in any case.' }),
        }),
        ok: StringMessage,
      }),
    },
    async (request, reply) => {
      const to = statusToSet(kind, request.params.Status);
      const key = keyOf(kind.type, request.params.LogicbrokerKey);
      const target = { by: request.caller, key, to };
      await changeOneStatusByHand(deps, kind, target, ({ version: current }) =>
        checkIfMatch(request.headers['if-match'], current),
      );
      namesDocuments(request, reply, deps, [key]);
      return sendMessage(reply, statusName(type, to));
    },
  );
}

function statusToSet({ type, byHand: { noStatus } }: DocumentKind, text: string): number {
  if (!noStatus?.pattern.test(text)) return statusOf(type, text, 'Status');
  const { message, next } = noStatus;
  throw new AppError('rule-violated', message, { details: [{ field: 'Status', message, next }] });
}

async function find(
  db: Database,
  kind: DocumentKind,
  companyId: number,
  keyText: string,
): Promise<StoredDocument> {
  const key = keyOf(kind.type, keyText);
  const document = await findDocument(db, { companyId, type: kind.type, key });
  if (!document) throw noSuchDocument(kind.type, keyText);
  return document;
}

function keysOf(texts: string[]): number[] {
  const wrong = texts.findIndex((text) => readKey(text) === null);
  if (wrong === -1) return texts.map(Number);
  throw new AppError('invalid-document', 'The document is not valid.', {
    details: [{ field: `LogicbrokerKeys[${wrong}]`, message: 'is not the number of a document' }],
  });
}
