import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DocumentDefinition } from '../documents/document-definition.js';
import { documentRoutes, KeyParams, keyOf } from '../documents/document-routes.js';
import { findDocument } from '../documents/document-store.js';
import { noSuchDocument } from '../documents/change-status-by-hand.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { Api, ApiVersion } from '../http/api.js';
import { checkIfMatch } from '../http/conditional.js';
import { messageText, sendJson, sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import {
  CreatedMessage,
  OrderShipmentsMessage,
  ShipmentArrayResponse,
  ShipmentMessage,
  ShipmentsV1,
} from '../logicbroker/envelopes.js';
import { ref } from '../logicbroker/schema.js';
import { Shipment, shipmentExamples } from '../logicbroker/shipment-schema.js';
import { orderDefinition } from '../orders/order-routes.js';
import { explainShipmentRoute } from './explain-shipment-routes.js';
import type { ShipmentCommands, ShipmentRouteDeps, ShipmentInputs } from './shipment-route-deps.js';

const MOST_SHIPMENTS_OF_AN_ORDER = 1_000;

function shipmentDefinition({ movedByHand, lockByHand }: ShipmentCommands): DocumentDefinition {
  return {
    type: 'shipment',
    path: 'Shipments',
    noun: 'Shipment',
    listName: 'Shipments',
    bodyName: 'Shipment',
    readyStatuses: [StatusCode.submitted],
    eventsPaths: ['Events'],
    byHand: {
      moves: {
        [StatusCode.submitted]: [StatusCode.draft, StatusCode.failed, StatusCode.ignored],
        [StatusCode.ignored]: [StatusCode.draft, StatusCode.failed],
      },
      refusals: { [StatusCode.complete]: 'a shipment is complete when TikTok has it' },
      moved: movedByHand,
      ...(lockByHand && { lockFirst: lockByHand }),
    },
    schemas: { message: ShipmentMessage, arrayResponse: ShipmentArrayResponse, v1List: ShipmentsV1 },
  };
}

export function shipmentRoutes(api: Api, version: ApiVersion, deps: ShipmentRouteDeps): void {
  const definition = shipmentDefinition(deps.shipments);
  documentRoutes(api, version, definition, deps);
  ofAnOrder(api, version, deps);
  explainShipmentRoute(api, version, definition, deps);

  api.post(
    '/Shipments',
    {
      config: { bodyExamples: shipmentExamples },
      schema: operation(version, 'createShipment', 'Shipments', 'Ship (a part of) an order', {
        description:
          'The order is found by Identifier.LinkKey or PartnerPO. The same ShipmentNumber with the same content again ' +
          'answers the existing key. StatusCode -1 keeps a draft. What TikTok says shows on the document.',
        body: ref(Shipment),
        ok: CreatedMessage,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const { key } = await deps.shipments.create(inputsOf(request, request.body));
      return sendCreated(reply, version, key);
    },
  );

  api.put(
    '/Shipments/:LogicbrokerKey',
    {
      config: { bodyExamples: shipmentExamples },
      schema: operation(version, 'updateShipment', 'Shipments', 'Change a draft', {
        description: 'Only while it is a draft (-1). With If-Match only while it is at that version.',
        params: KeyParams,
        body: ref(Shipment),
        ok: CreatedMessage,
      }),
    },
    async (request, reply) => {
      const key = keyOf(definition, request.params.LogicbrokerKey);
      await deps.shipments.updateDraft({
        ...inputsOf(request, request.body),
        key,
        check: (current) => checkIfMatch(request.headers['if-match'], current),
      });
      return sendMessage(reply, { LogicbrokerKey: String(key), TransformationResults: [] });
    },
  );
}

function ofAnOrder(api: Api, version: ApiVersion, deps: ShipmentRouteDeps): void {
  api.get(
    '/Orders/:LogicbrokerKey/Shipments',
    {
      schema: operation(version, 'getShipmentsOfOrder', 'Orders', 'The shipments of an order', {
        params: KeyParams,
        ok: OrderShipmentsMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const key = keyOf(orderDefinition, request.params.LogicbrokerKey);
      const order = await findDocument(deps.db, { companyId, type: 'order', key });
      if (!order) throw noSuchDocument(orderDefinition, request.params.LogicbrokerKey);
      const filter = { companyId, type: 'shipment', parentKey: key } as const;
      const { bodies } = await deps.listDocuments(filter, { page: 0, pageSize: MOST_SHIPMENTS_OF_AN_ORDER });
      return sendJson(reply, messageText(`{"Shipments":[${bodies.join(',')}]}`));
    },
  );

  api.post(
    '/Orders/:LogicbrokerKey/Shipments',
    {
      config: { bodyExamples: shipmentExamples },
      schema: operation(version, 'createShipmentOfOrder', 'Orders', 'Ship (a part of) this order', {
        description: 'As POST Shipments, for the order in the path.',
        params: KeyParams,
        body: ref(Shipment),
        ok: CreatedMessage,
        okStatus: 201,
      }),
    },
    async (request, reply) => {
      const orderKey = keyOf(orderDefinition, request.params.LogicbrokerKey);
      const { key } = await deps.shipments.create({ ...inputsOf(request, request.body), orderKey });
      return sendCreated(reply, version, key);
    },
  );
}

function inputsOf(request: FastifyRequest, document: Shipment): ShipmentInputs {
  return { companyId: request.caller.companyId, document, kept: request.received?.kept };
}

/** 201 also when the document was there already: the caller has what it wanted. */
function sendCreated(reply: FastifyReply, version: ApiVersion, key: number): FastifyReply {
  reply.header('location', `/api/${version}/Shipments/${key}`);
  return sendMessage(reply, { LogicbrokerKey: String(key), TransformationResults: [] }, 201, 'Created');
}
