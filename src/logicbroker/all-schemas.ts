import { administrationSchemas } from './administration-schema.js';
import { alertSchemas } from './alert-schema.js';
import { remoteServerSchemas } from './remote-server-schema.js';
import { cancellationReasonSchemas } from './cancellation-reasons.js';
import { changeSchemas } from './change-schema.js';
import { commonSchemas } from './common.js';
import { deadlineSchemas } from './deadline-schema.js';
import { deliverySchemas } from './delivery-schema.js';
import { documentFileSchemas } from './document-file-schema.js';
import { envelopeSchemas } from './envelopes.js';
import { forgottenSchemas } from './forgotten-schema.js';
import { explanationSchemas } from './explanation-schema.js';
import { pushExplanationSchemas } from './push-explanation-schema.js';
import { inventorySchemas } from './inventory-schema.js';
import { catalogueSchemas } from './catalogue-schema.js';
import { layoutSchemas } from './layout-schema.js';
import { lookupSchemas } from './lookup-schema.js';
import { listingSchemas } from './listing-schema.js';
import { productMediaSchemas } from './product-media-schema.js';
import { productSchemas } from './product-schema.js';
import { recordSchemas } from './records.js';
import type { Named } from './schema.js';
import { shipStationSchemas } from './shipstation-schema.js';
import { shopifySchemas } from './shopify-schema.js';
import { webhookSchemas } from './webhook-schema.js';

/** Every named schema but those of the document kinds, for validation and as components of the OpenAPI document. */
export const logicbrokerSchemas: Named[] = [
  ...commonSchemas,
  ...recordSchemas,
  ...envelopeSchemas,
  ...explanationSchemas,
  ...pushExplanationSchemas,
  ...inventorySchemas,
  ...cancellationReasonSchemas,
  ...deadlineSchemas,
  ...layoutSchemas,
  ...lookupSchemas,
  ...productSchemas,
  ...listingSchemas,
  ...productMediaSchemas,
  ...administrationSchemas,
  ...catalogueSchemas,
  ...shopifySchemas,
  ...forgottenSchemas,
  ...changeSchemas,
  ...webhookSchemas,
  ...alertSchemas,
  ...remoteServerSchemas,
  ...documentFileSchemas,
  ...deliverySchemas,
  ...shipStationSchemas,
];
