import type { DocumentDefinition } from '../documents/document-definition.js';
import { KeyParams, keyOf, type DocumentRouteDeps } from '../documents/document-routes.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { AcknowledgementExplanationMessage, explainedGate } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import { explainAcknowledgement, type AcknowledgementExplanation } from './explain-acknowledgement.js';

export function explainAcknowledgementRoute(
  api: Api,
  version: ApiVersion,
  definition: DocumentDefinition,
  { db }: DocumentRouteDeps,
): void {
  api.get(
    '/Acknowledgements/:LogicbrokerKey/Explain',
    {
      schema: operation(
        version,
        'explainAcknowledgement',
        'Acknowledgements',
        'Why an acknowledgement is where it is',
        {
          description: 'Every rule with its outcome, and every call to TikTok.',
          params: KeyParams,
          ok: AcknowledgementExplanationMessage,
        },
      ),
    },
    async (request, reply) => {
      const key = keyOf(definition, request.params.LogicbrokerKey);
      const { companyId } = request.caller;
      return sendMessage(reply, toBody(await explainAcknowledgement(db, { companyId, key })));
    },
  );
}

function toBody(explanation: AcknowledgementExplanation): object {
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
