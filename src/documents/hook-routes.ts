import type { FastifyReply, FastifyRequest } from 'fastify';
import { fileKindOf } from '../codecs/document-shape.js';
import type { Api, ApiVersion, BodyExamples } from '../http/api.js';
import { checkIfMatch } from '../http/conditional.js';
import { listText, messageText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import {
  documentNoun,
  documentPath,
  documentTypeNames,
  type DocumentType,
} from '../logicbroker/document-types.js';
import { ref } from '../logicbroker/schema.js';
import type { Database } from '../store/database.js';
import { noSuchDocument } from './change-status-by-hand.js';
import { keyOf, KeyParams } from './document-key.js';
import type {
  DocumentKind,
  DocumentsOfOrder,
  EditDocument,
  ExplainDocument,
  PostDocument,
  SentDocument,
  TakenDocument,
} from './document-kind.js';
import { findDocument } from './document-store.js';
import { takesAllFormats, takeSentFile } from './document-file-routes.js';
import type { ListDocuments } from './list-documents.js';
import type { TakeFileDeps } from './take-file.js';

interface HookRouteDeps extends TakeFileDeps {
  db: Database;
  listDocuments: ListDocuments;
}

/** The routes of what a kind can do besides what every kind can. */
export function hookRoutes(api: Api, version: ApiVersion, kind: DocumentKind, deps: HookRouteDeps): void {
  const { explain, ofOrder, post, edit } = kind;
  if (explain) explainRoute(api, version, kind.type, explain);
  if (ofOrder) ofOrderRoute(api, version, kind, ofOrder, deps);
  if (post && ofOrder?.post) postOfOrderRoute(api, version, kind, { ...post, ...ofOrder.post }, deps);
  if (post) postRoute(api, version, kind, post, deps);
  if (edit) editRoute(api, version, kind.type, edit);
}

function explainRoute(
  api: Api,
  version: ApiVersion,
  type: DocumentType,
  { description, answer, explain }: ExplainDocument,
): void {
  const noun = documentNoun(type);
  const summary = `Why ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun} is where it is`;
  api.get(
    `/${documentPath(type)}/:LogicbrokerKey/Explain`,
    {
      schema: operation(version, `explain${documentTypeNames[type]}`, documentPath(type), summary, {
        description,
        params: KeyParams,
        ok: answer,
      }),
    },
    async (request, reply) => {
      const key = keyOf(type, request.params.LogicbrokerKey);
      return sendMessage(reply, await explain({ companyId: request.caller.companyId, key }));
    },
  );
}

function ofOrderRoute(
  api: Api,
  version: ApiVersion,
  { type, listName, envelopes }: DocumentKind,
  { most }: DocumentsOfOrder,
  deps: HookRouteDeps,
): void {
  // The contract answers either an object with the documents under their name, or a list as in search.
  const { v1List, arrayResponse, ofOrder: answer } = envelopes;
  const path = documentPath(type);
  api.get(
    `/Orders/:LogicbrokerKey/${path}`,
    {
      schema: operation(version, `get${path}OfOrder`, 'Orders', `The ${documentNoun(type)}s of an order`, {
        params: KeyParams,
        ok: answer ?? (version === 'v1' ? v1List : arrayResponse),
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const key = keyOf('order', request.params.LogicbrokerKey);
      const order = await findDocument(deps.db, { companyId, type: 'order', key });
      if (!order) throw noSuchDocument('order', request.params.LogicbrokerKey);
      const numbers = { page: 0, pageSize: most };
      const { bodies, totalRecords } = await deps.listDocuments({ companyId, type, parentKey: key }, numbers);
      const text = answer
        ? messageText(`{"${listName}":[${bodies.join(',')}]}`)
        : listText(version, listName, bodies, { ...numbers, totalRecords });
      return sendJson(reply, text);
    },
  );
}

function postRoute(
  api: Api,
  version: ApiVersion,
  kind: DocumentKind,
  post: PostDocument,
  deps: HookRouteDeps,
): void {
  const { type } = kind;
  const { verb, summary, description, schema, examples, created, take } = post;
  const path = documentPath(type);
  api.post(
    `/${path}`,
    {
      ...filesToo(type, examples),
      schema: operation(version, `${verb}${documentTypeNames[type]}`, path, summary, {
        description,
        body: ref(schema),
        ok: created,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const answer = (taken: TakenDocument) => sendCreated(request, reply, { version, type }, taken);
      if (request.documentFile) return takeSentFile(deps, kind, request, reply, { sendCreated: answer });
      return answer(await take(sentIn(request)));
    },
  );
}

function postOfOrderRoute(
  api: Api,
  version: ApiVersion,
  kind: DocumentKind,
  post: PostDocument,
  deps: HookRouteDeps,
): void {
  const { type } = kind;
  const { verb, summary, description, schema, examples, created, take } = post;
  api.post(
    `/Orders/:LogicbrokerKey/${documentPath(type)}`,
    {
      ...filesToo(type, examples),
      schema: operation(version, `${verb}${documentTypeNames[type]}OfOrder`, 'Orders', summary, {
        description,
        params: KeyParams,
        body: ref(schema),
        ok: created,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const orderKey = keyOf('order', request.params.LogicbrokerKey);
      const answer = (taken: TakenDocument) => sendCreated(request, reply, { version, type }, taken);
      if (request.documentFile)
        return takeSentFile(deps, kind, request, reply, { orderKey, sendCreated: answer });
      return answer(await take({ ...sentIn(request), orderKey }));
    },
  );
}

/** A file is not validated as a body: each document in it is, once the file is read. */
function filesToo(type: DocumentType, bodyExamples: BodyExamples) {
  if (!fileKindOf(type)) return { config: { bodyExamples } };
  return {
    config: { bodyExamples, ...takesAllFormats },
    attachValidation: true,
    preHandler: (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void) => {
      const { validationError, documentFile } = request;
      const isOfBody = validationError?.validationContext === 'body';
      done(documentFile && isOfBody ? undefined : validationError);
    },
  };
}

function editRoute(api: Api, version: ApiVersion, type: DocumentType, edit: EditDocument): void {
  const { summary, description, schema, examples, edited, change } = edit;
  api.put(
    `/${documentPath(type)}/:LogicbrokerKey`,
    {
      config: { bodyExamples: examples },
      schema: operation(version, `update${documentTypeNames[type]}`, documentPath(type), summary, {
        description,
        params: KeyParams,
        body: ref(schema),
        ok: edited,
      }),
    },
    async (request, reply) => {
      const key = keyOf(type, request.params.LogicbrokerKey);
      await change({
        ...sentIn(request),
        key,
        check: (head) => checkIfMatch(request.headers['if-match'], head.version),
      });
      return sendMessage(reply, { LogicbrokerKey: String(key), TransformationResults: [] });
    },
  );
}

function sentIn({ caller, body, received }: FastifyRequest): SentDocument {
  return { companyId: caller.companyId, by: caller, document: body, kept: received?.kept };
}

/** 201 also when the document was there already: the caller has what it wanted. */
function sendCreated(
  { ignoredNames }: FastifyRequest,
  reply: FastifyReply,
  { version, type }: { version: ApiVersion; type: DocumentType },
  { key, remarks = [] }: TakenDocument,
): FastifyReply {
  reply.header('location', `/api/${version}/${documentPath(type)}/${key}`);
  const ignored = (ignoredNames ?? []).map(
    (name) => `${name} in the query is not known here and was ignored.`,
  );
  const TransformationResults = [...remarks, ...ignored].map((Message) => ({ Message }));
  return sendMessage(reply, { LogicbrokerKey: String(key), TransformationResults }, 201, 'Created');
}
