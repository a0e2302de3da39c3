import type { DocumentKind } from '../documents/document-kind.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import { CreatedMessage } from '../logicbroker/envelopes.js';
import { ShipmentExplanationMessage } from '../logicbroker/explanation-schema.js';
import { Shipment, shipmentEnvelopes, shipmentExamples } from '../logicbroker/shipment-schema.js';
import { StatusCode } from '../logicbroker/statuses.js';
import { lockAllWithOrders } from '../orders/lock-with-order.js';
import { takeAll } from '../orders/take-documents.js';
import { releaseShipments } from './change-shipment.js';
import { changeShipment } from './correct-shipment.js';
import { createShipment, shipmentTaking } from './create-shipment.js';
import { explainShipment } from './explain-shipment.js';
import { ignoreShipments } from './waiting-shipment.js';
import { shipmentRenderer } from './render-shipment-document.js';
import { wipeShipmentRows } from './wipe-shipment-rows.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { shipmentEffects } from './shipment-effects.js';
import { shipmentExplanationBody } from './shipment-explanation-body.js';

const MOST_SHIPMENTS_OF_AN_ORDER = 1_000;

export function shipmentKind(deps: ShipmentDeps): DocumentKind {
  const sent = { schema: Shipment, examples: shipmentExamples };
  return {
    type: 'shipment',
    about: 'What you shipped; it is sent on to TikTok.',
    listName: 'Shipments',
    bodyName: 'Shipment',
    readyStatuses: [StatusCode.submitted],
    eventsPaths: ['Events'],
    byHand: {
      moves: {
        [StatusCode.submitted]: [StatusCode.draft, StatusCode.failed, StatusCode.ignored],
      },
      refusals: { [StatusCode.complete]: 'a shipment is complete when TikTok has it' },
      moved: async (tx, heads, to, by) =>
        to === StatusCode.submitted ? releaseShipments(deps, tx, heads, by) : [],
      lockFirst: lockAllWithOrders,
      perform: { [StatusCode.ignored]: ignoreShipments(deps) },
    },
    envelopes: shipmentEnvelopes,
    post: {
      verb: 'create',
      summary: 'Ship (a part of) an order',
      description:
        'The order is found by Identifier.LinkKey or PartnerPO. The same ShipmentNumber with the same content again ' +
        'answers the existing key. StatusCode -1 keeps a draft. What TikTok says shows on the document.',
      ...sent,
      created: CreatedMessage,
      take: ({ companyId, by, orderKey, kept }) =>
        createShipment(deps, { companyId, by, orderKey, document: kept as JsonObject }),
      takeMany: ({ orderKey, ...sender }, documents) =>
        takeAll(
          deps,
          shipmentTaking(deps),
          sender,
          documents.map(({ kept }) => ({ orderKey, document: kept as JsonObject })),
        ),
    },
    edit: {
      summary: 'Change a draft, or correct a tracking number',
      description:
        'A draft (-1) changes in all that it says. Of a shipment that TikTok has, the tracking numbers and their carriers can be corrected: ' +
        'TikTok takes that once for a package and within 72 hours of shipping. A failed one, and one that waits for other orders of its package, takes new content like POST with its number. With If-Match only while it is at that version.',
      ...sent,
      edited: CreatedMessage,
      change: ({ companyId, by, key, kept, check }) =>
        changeShipment(deps, { companyId, by, key, document: kept as JsonObject, check }),
    },
    ofOrder: {
      most: MOST_SHIPMENTS_OF_AN_ORDER,
      post: {
        summary: 'Ship (a part of) this order',
        description: 'As POST Shipments, for the order in the path.',
        created: CreatedMessage,
      },
    },
    explain: {
      description: 'Every rule with its outcome, the packages, and every call to TikTok.',
      answer: ShipmentExplanationMessage,
      explain: async (which) => shipmentExplanationBody(await explainShipment(deps, which)),
    },
    renderer: shipmentRenderer,
    personal: {
      columns: ['shipments.input', 'shipment_packages.reason', 'shipment_packages.correction'],
      wipe: wipeShipmentRows,
    },
    effects: shipmentEffects(deps),
  };
}
