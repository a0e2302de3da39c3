import type { StatusByHand } from '../documents/document-definition.js';
import type { ShipmentExplanation } from './explain-shipment.js';
import type { DocumentRouteDeps } from '../documents/document-routes.js';
import { Shipment } from '../logicbroker/shipment-schema.js';

/** What the routes ask of the domain. All throw AppError. */
export interface ShipmentCommands {
  /** Same number and content again answers the existing key with `created: false`. */
  create(inputs: ShipmentInputs & { orderKey?: number }): Promise<{ key: number; created: boolean }>;
  /** `check` is called with the version of the locked document, for If-Match. */
  updateDraft(inputs: ShipmentInputs & { key: number; check: (version: number) => void }): Promise<void>;
  /** Why a shipment is where it is. */
  explain(which: { companyId: number; key: number }): Promise<ShipmentExplanation>;
  /** In the transaction in which a caller has moved shipments: a draft is sent, a failed one tried again or given up. */
  movedByHand: NonNullable<StatusByHand['moved']>;
  /** Before that: shipments are changed under the locks of their orders. */
  lockByHand?: NonNullable<StatusByHand['lockFirst']>;
}

export interface ShipmentRouteDeps extends DocumentRouteDeps {
  shipments: ShipmentCommands;
}

export interface ShipmentInputs {
  companyId: number;
  /** The v3 document, validated: for rules. */
  document: Shipment;
  /** The same as it was sent, every number in its own digits: for keeping. */
  kept: unknown;
}
