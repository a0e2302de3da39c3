import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { KeysV1, StringArrayResponse } from '../logicbroker/envelopes.js';
import { fileKindOf } from '../codecs/document-shape.js';
import type { DocumentKind } from './document-kind.js';
import { fileWanted, inAllFormats, sendDocuments } from './document-file-routes.js';
import type { StoredDocument } from './document.js';
import { carriesOrders, type HandOverDeps } from './hand-over.js';
import type { DocumentPage, ListDocuments } from './list-documents.js';
import { DEFAULT_PAGE_SIZE, ListQuery, toFilter, type DocumentFilter } from './list-filters.js';
import { documentPath, documentTypeNames } from '../logicbroker/document-types.js';
import { statusName } from '../logicbroker/statuses.js';

/** Search, Ready and LogicbrokerKeys/Ready. */
export function documentListRoutes(
  api: Api,
  version: ApiVersion,
  kind: DocumentKind,
  deps: { listDocuments: ListDocuments } & HandOverDeps,
): void {
  const { type } = kind;
  const fileKind = fileKindOf(type);
  const files = fileKind ? inAllFormats : {};
  const { arrayResponse, v1List } = kind.envelopes;
  const [path, noun] = [documentPath(type), documentTypeNames[type]];
  const ready = (companyId: number, query: ListQuery) => {
    const filter = toFilter(companyId, type, query);
    const wanted = filter.statusCodes ?? kind.readyStatuses;
    const statusCodes = kind.readyStatuses.filter((code) => wanted.includes(code));
    // Addressed to the caller: a filter for another receiver leaves nothing.
    const receiver = filter.receiverCompanyId ?? companyId;
    return { ...filter, statusCodes, receiverCompanyId: receiver === companyId ? companyId : -1 };
  };
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    query: ListQuery,
    filter: DocumentFilter,
  ) => {
    const page = await deps.listDocuments(filter, pageOf(query));
    if (type === 'order') carriesOrders(request, reply, deps, page.keys);
    const format = fileKind && fileWanted(request);
    if (fileKind && format)
      return sendDocuments(reply, fileKind, format, { ...numbersOf(query, page), bodies: page.bodies });
    const records = elements(version, kind, page);
    return sendJson(reply, listText(version, kind.listName, records, numbersOf(query, page)));
  };

  api.get(
    `/${path}`,
    {
      config: { rateClass: 'search', ...files },
      schema: operation(version, `search${noun}s`, path, `Search ${noun.toLowerCase()}s`, {
        description: 'Ascending by LogicbrokerKey; new documents come last.',
        querystring: ListQuery,
        ok: version === 'v1' ? v1List : arrayResponse,
      }),
    },
    (request, reply) =>
      answer(request, reply, request.query, toFilter(request.caller.companyId, type, request.query)),
  );

  api.get(
    `/${path}/Ready`,
    {
      config: { rateClass: 'search', filterPrefix: 'filters', ...files },
      schema: operation(version, `ready${noun}s`, path, `${noun}s that are ready for you`, {
        description:
          'Addressed to you and still waiting to be taken. Reading them does not change their status.',
        querystring: ListQuery,
        ok: version === 'v1' ? v1List : arrayResponse,
      }),
    },
    (request, reply) => answer(request, reply, request.query, ready(request.caller.companyId, request.query)),
  );

  api.get(
    `/${path}/LogicbrokerKeys/Ready`,
    {
      config: { rateClass: 'keys', filterPrefix: 'filters' },
      schema: operation(
        version,
        `ready${noun}Keys`,
        path,
        `Keys of ${noun.toLowerCase()}s that are ready for you`,
        {
          querystring: ListQuery,
          ok: version === 'v1' ? KeysV1 : StringArrayResponse,
        },
      ),
    },
    async (request, reply) => {
      const filter = ready(request.caller.companyId, request.query);
      const page = await deps.listDocuments(filter, { ...pageOf(request.query), keysOnly: true });
      const keys = page.keys.map((key) => `"${key}"`);
      return sendJson(reply, listText(version, 'LogicbrokerKeys', keys, numbersOf(request.query, page)));
    },
  );
}

/** v1 clients read LogicbrokerKey and Status from each element; the document's own fields stand beside them. */
function elements(version: ApiVersion, kind: DocumentKind, page: DocumentPage): string[] {
  if (version !== 'v1') return page.bodies;
  return page.bodies.map((body, index) =>
    asV1Element(kind, { key: page.keys[index]!, statusCode: page.statusCodes[index]!, body }),
  );
}

/** The same of one document. */
export function asV1Element(
  { type }: DocumentKind,
  { key, statusCode, body }: Pick<StoredDocument, 'key' | 'statusCode' | 'body'>,
): string {
  const status = statusName(type, statusCode);
  return `{"LogicbrokerKey":"${key}","Status":${JSON.stringify(status)},${body.slice(1)}`;
}

function pageOf({ page = 0, pagesize = DEFAULT_PAGE_SIZE }: ListQuery): { page: number; pageSize: number } {
  return { page, pageSize: pagesize };
}

function numbersOf(query: ListQuery, { totalRecords }: DocumentPage) {
  return { ...pageOf(query), totalRecords };
}
