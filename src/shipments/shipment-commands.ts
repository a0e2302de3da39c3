import type { JsonObject } from '../logicbroker/json-reading.js';
import { releaseShipments, updateDraftShipment } from './change-shipment.js';
import { createShipment } from './create-shipment.js';
import { explainShipment } from './explain-shipment.js';
import { lockAllWithOrders } from '../orders/lock-with-order.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { StatusCode } from '../logicbroker/statuses.js';
import type { ShipmentCommands } from './shipment-route-deps.js';

/** What the routes ask of shipments, over the use cases. */
export function shipmentCommands(deps: ShipmentDeps): ShipmentCommands {
  return {
    create: ({ companyId, orderKey, kept }) =>
      createShipment(deps, { companyId, orderKey, document: kept as JsonObject }),
    updateDraft: ({ companyId, key, kept, check }) =>
      updateDraftShipment(deps, {
        companyId,
        key,
        document: kept as JsonObject,
        check: ({ version }) => check(version),
      }),
    explain: (which) => explainShipment(deps, which),
    lockByHand: lockAllWithOrders,
    movedByHand: async (tx, heads, to) =>
      to === StatusCode.submitted ? releaseShipments(deps, tx, heads) : [],
  };
}
