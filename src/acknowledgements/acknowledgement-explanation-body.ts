import { explainedGate } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import type { AcknowledgementExplanation } from './explain-acknowledgement.js';

/** As `AcknowledgementExplanation` of the API. */
export function acknowledgementExplanationBody(explanation: AcknowledgementExplanation): object {
  return {
    LogicbrokerKey: String(explanation.key),
    Status: explanation.status,
    ErrorMessage: explanation.errorMessage ?? undefined,
    Kind: explanation.kind,
    State: explanation.state,
    Summary: explanation.summary,
    TikTokCancelReason: explanation.cancelReason ?? undefined,
    TikTokCancelId: explanation.cancelId ?? undefined,
    TikTokOrderLineIds: explanation.unitIds,
    Gates: explanation.gates.map(explainedGate),
    Effects: explanation.effects.map(explainedEffect),
  };
}
