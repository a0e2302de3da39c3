import { Acknowledgement, AckLine } from './acknowledgement-schema.js';
import { cancellationReasonSchemas } from './cancellation-reasons.js';
import { commonSchemas } from './common.js';
import { deadlineSchemas } from './deadline-schema.js';
import { envelopeSchemas } from './envelopes.js';
import { explanationSchemas } from './explanation-schema.js';
import { pushExplanationSchemas } from './push-explanation-schema.js';
import { inventorySchemas } from './inventory-schema.js';
import { recordSchemas } from './records.js';
import { Return, ReturnLine } from './return-schema.js';
import { SalesOrder } from './order-schema.js';
import type { Named } from './schema.js';
import { Shipment } from './shipment-schema.js';

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
