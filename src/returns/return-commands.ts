import type { JsonObject } from '../logicbroker/json-reading.js';
import { answerReturn } from './answer-return.js';
import { explainReturn } from './explain-return.js';
import { returnStatusByHand } from './move-by-hand.js';
import type { ReturnDeps } from './return-deps.js';
import type { ReturnCommands } from './return-route-deps.js';

/** What the routes ask of returns, over the use cases. */
export function returnCommands(deps: ReturnDeps): ReturnCommands {
  return {
    answer: ({ companyId, orderKey, kept }) =>
      answerReturn(deps, { companyId, orderKey, document: kept as JsonObject }),
    explain: (which) => explainReturn(deps, which),
    byHand: returnStatusByHand(deps),
  };
}
