import { StatusCode } from '../logicbroker/statuses.js';
import type { JsonObject } from '../logicbroker/json-reading.js';
import type { AcknowledgementDeps } from './acknowledgement-deps.js';
import type { AcknowledgementCommands } from './acknowledgement-routes.js';
import { createAcknowledgement } from './create-acknowledgement.js';
import { lockAllWithOrders } from '../orders/lock-with-order.js';
import { resendAcknowledgements } from './resend-acknowledgements.js';

/** What the routes ask of acknowledgements, over the use cases. */
export function acknowledgementCommands(deps: AcknowledgementDeps): AcknowledgementCommands {
  return {
    create: ({ companyId, kept }) => createAcknowledgement(deps, { companyId, document: kept as JsonObject }),
    lockByHand: lockAllWithOrders,
    movedByHand: async (tx, heads, to) =>
      to === StatusCode.submitted ? resendAcknowledgements(tx, heads) : [],
  };
}
