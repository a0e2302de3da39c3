import type { FastifyReply, FastifyRequest } from 'fastify';
import { noSuchDocument } from '../documents/change-status-by-hand.js';
import type { DocumentDefinition } from '../documents/document-definition.js';
import { documentRoutes, KeyParams, keyOf } from '../documents/document-routes.js';
import { findDocument } from '../documents/document-store.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Api, ApiVersion } from '../http/api.js';
import { listText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import {
  CreatedDocumentMessage,
  CreatedMessage,
  ReturnArrayResponse,
  ReturnMessage,
  ReturnsV1,
} from '../logicbroker/envelopes.js';
import { Return, returnExamples } from '../logicbroker/return-schema.js';
import { ref } from '../logicbroker/schema.js';
import { orderDefinition } from '../orders/order-routes.js';
import { explainReturnRoutes } from './explain-return-routes.js';
import type { ReturnCommands, ReturnRouteDeps, AnswerInputs } from './return-route-deps.js';

const MOST_RETURNS_OF_AN_ORDER = 500;

const ANSWERS =
  "Answers a buyer's request, found by ReturnNumber; it never makes a document of its own. The first answer accepts the " +
  'request (StatusCode 600, or none). The second refunds the buyer and must say so: StatusCode 1000. An answer is ' +
  'for the whole request; refusals and partial refunds are made in TikTok Seller Center. What TikTok says shows on the ' +
  'return. The same content again answers the same key.';

export function returnDefinition({ byHand }: ReturnCommands): DocumentDefinition {
  return {
    type: 'return',
    path: 'Returns',
    noun: 'Return',
    listName: 'Returns',
    bodyName: null,
    readyStatuses: [StatusCode.underReview],
    eventsPaths: [],
    byHand: {
      moves: {
        [StatusCode.ignored]: [StatusCode.underReview, StatusCode.responseReceived, StatusCode.failed],
      },
      refusals: {
        [StatusCode.underReview]: 'a return is under review as long as TikTok waits for the first answer',
        [StatusCode.processing]: 'a return is processing while an answer is on its way to TikTok',
      },
      noStatus: {
        pattern: /^(reject|refus|den(y|ied)|declin|cancel)/i,
        message: 'A return cannot be refused here.',
        next: 'Refuse it in TikTok Seller Center; it is followed from there.',
      },
      ...byHand,
    },
    schemas: { message: ReturnMessage, arrayResponse: ReturnArrayResponse, v1List: ReturnsV1 },
  };
}

export function returnRoutes(api: Api, version: ApiVersion, deps: ReturnRouteDeps): void {
  const definition = returnDefinition(deps.returns);
  documentRoutes(api, version, definition, deps);
  explainReturnRoutes(api, version, definition, deps);
  ofAnOrder(api, version, deps);

  api.post(
    '/Returns',
    {
      config: { bodyExamples: returnExamples },
      schema: operation(version, 'answerReturn', 'Returns', 'Answer a return request', {
        description: ANSWERS,
        body: ref(Return),
        ok: CreatedDocumentMessage,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const { key } = await deps.returns.answer(inputsOf(request));
      return sendAnswered(reply, version, key);
    },
  );
}

function ofAnOrder(api: Api, version: ApiVersion, deps: ReturnRouteDeps): void {
  api.get(
    '/Orders/:LogicbrokerKey/Returns',
    {
      schema: operation(version, 'getReturnsOfOrder', 'Orders', 'The returns of an order', {
        params: KeyParams,
        ok: version === 'v1' ? ReturnsV1 : ReturnArrayResponse,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const key = keyOf(orderDefinition, request.params.LogicbrokerKey);
      const order = await findDocument(deps.db, { companyId, type: 'order', key });
      if (!order) throw noSuchDocument(orderDefinition, request.params.LogicbrokerKey);
      const filter = { companyId, type: 'return', parentKey: key } as const;
      const pageSize = MOST_RETURNS_OF_AN_ORDER;
      const { bodies, totalRecords } = await deps.listDocuments(filter, { page: 0, pageSize });
      return sendJson(reply, listText(version, 'Returns', bodies, { page: 0, pageSize, totalRecords }));
    },
  );

  api.post(
    '/Orders/:LogicbrokerKey/Returns',
    {
      config: { bodyExamples: returnExamples },
      schema: operation(version, 'answerReturnOfOrder', 'Orders', 'Answer a return request for this order', {
        description: 'As POST Returns, for a return of the order in the path.',
        params: KeyParams,
        body: ref(Return),
        ok: CreatedMessage,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const orderKey = keyOf(orderDefinition, request.params.LogicbrokerKey);
      const { key } = await deps.returns.answer({ ...inputsOf(request), orderKey });
      return sendAnswered(reply, version, key);
    },
  );
}

function inputsOf(request: FastifyRequest): AnswerInputs {
  return { companyId: request.caller.companyId, kept: request.received?.kept };
}

/** 201 also when the answer was given before: the caller has what it wanted. */
function sendAnswered(reply: FastifyReply, version: ApiVersion, key: number): FastifyReply {
  reply.header('location', `/api/${version}/Returns/${key}`);
  return sendMessage(reply, { LogicbrokerKey: String(key), TransformationResults: [] }, 201, 'Created');
}
