import { Acknowledgement, AckLine } from './acknowledgement.js';
import { cancellationReasonSchemas } from './cancellation-reasons.js';
import { commonSchemas } from './common.js';
import { deadlineSchemas } from './deadline.js';
import { envelopeSchemas } from './envelopes.js';
import { explanationSchemas } from './explanation.js';
import { pushExplanationSchemas } from './push-explanation.js';
import { inventorySchemas } from './inventory.js';
import { recordSchemas } from './records.js';
import { Return, ReturnLine } from './return.js';
import { SalesOrder } from './sales-order.js';
import type { Named } from './schema.js';
import { Shipment } from './shipment.js';

/** Every named schema, for validation and as components of the OpenAPI document. */
export const logicbrokerSchemas: Named[] = [
  ...commonSchemas,
  ...recordSchemas,
  SalesOrder,
  AckLine,
  Acknowledgement,
  Shipment,
  ReturnLine,
  Return,
  ...envelopeSchemas,
  ...explanationSchemas,
  ...pushExplanationSchemas,
  ...inventorySchemas,
  ...cancellationReasonSchemas,
  ...deadlineSchemas,
];
