import { Type } from 'typebox';
import type { DocumentDefinition } from '../documents/document-definition.js';
import { KeyParams, keyOf } from '../documents/document-routes.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { explainedGate, ReturnExplanationMessage, timeText } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import type { ReturnExplanation } from './explain-return.js';
import type { ReturnRouteDeps } from './return-route-deps.js';

export function explainReturnRoutes(
  api: Api,
  version: ApiVersion,
  definition: DocumentDefinition,
  { returns }: ReturnRouteDeps,
): void {
  api.get(
    '/Returns/:LogicbrokerKey/Explain',
    {
      schema: operation(version, 'explainReturn', 'Returns', 'Why a return is where it is', {
        description: 'Every rule with its outcome, the answers, and every call to TikTok.',
        params: KeyParams,
        ok: ReturnExplanationMessage,
      }),
    },
    async (request, reply) => {
      const key = keyOf(definition, request.params.LogicbrokerKey);
      const { companyId } = request.caller;
      return sendMessage(reply, toBody(await returns.explain({ companyId, key })));
    },
  );

  api.get(
    '/Returns/Explain',
    {
      schema: operation(version, 'explainTikTokReturn', 'Returns', 'Why a TikTok return is or is not here', {
        description: 'Answers for requests that were not imported too.',
        querystring: Type.Object({
          return: Type.String({ pattern: '^\\d{1,30}$', description: "TikTok's return id." }),
        }),
        ok: ReturnExplanationMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      return sendMessage(reply, toBody(await returns.explain({ companyId, returnId: request.query.return })));
    },
  );
}

function toBody(explanation: ReturnExplanation): object {
  const { record } = explanation;
  const { shown, documentKey } = record;
  return {
    ReturnNumber: shown.returnId,
    TikTokOrderId: shown.tiktokOrderId,
    LogicbrokerKey: documentKey === null ? undefined : String(documentKey),
    State: record.state,
    Status: explanation.status ?? undefined,
    Summary: explanation.summary,
    ErrorMessage: explanation.errorMessage ?? undefined,
    NextSteps: explanation.nextSteps,
    ImportGates: explanation.importGates.map(explainedGate),
    AnswerGates: explanation.answerGates.map(explainedGate),
    TikTok: {
      Status: shown.statusText,
      Type: shown.typeText,
      ArbitrationStatus: shown.arbitration ?? undefined,
      NextActions: shown.nextActions.map(({ action, deadline }) => ({
        Action: action,
        Deadline: timeText(deadline),
      })),
      CreatedAt: timeText(shown.createdAt),
      UpdatedAt: timeText(shown.updatedAt),
      ReadAt: timeText(record.readAt),
    },
    Answers: record.answers.map(({ step, decision, state, reason, askedAt }) => ({
      Answer: step === 'accept' ? 'accept the request' : 'confirm the goods',
      Decision: decision,
      State: state,
      Reason: reason ?? undefined,
      AskedAt: timeText(askedAt),
    })),
    Effects: explanation.effects.map(explainedEffect),
  };
}
