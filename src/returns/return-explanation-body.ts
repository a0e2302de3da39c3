import { explainedGate, timeText } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import type { ReturnExplanation } from './explain-return.js';

/** As `ReturnExplanation` of the API. */
export function returnExplanationBody(explanation: ReturnExplanation): object {
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
