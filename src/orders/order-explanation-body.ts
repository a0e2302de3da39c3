import { documentTypeNames } from '../logicbroker/document-types.js';
import { explainedGate, timeText } from '../logicbroker/explanation-schema.js';
import { statusName } from '../logicbroker/statuses.js';
import type { ExplainedCancellation, OrderExplanation } from './order-explanation.js';

/** As `Explanation` of the API. */
export function orderExplanationBody(explanation: OrderExplanation): object {
  const { documentKey, tiktok, connection, pull } = explanation;
  return {
    TikTokOrderId: explanation.tiktokOrderId,
    LogicbrokerKey: documentKey === null ? undefined : String(documentKey),
    Status: explanation.documentStatus ?? undefined,
    State: explanation.state,
    Summary: explanation.summary,
    NextSteps: explanation.nextSteps,
    ReleaseAt: timeText(explanation.releaseAt),
    ExportedAt: timeText(explanation.exportedAt),
    Gates: explanation.gates.map(explainedGate),
    ShippingGates: explanation.shippingGates.map(explainedGate),
    Documents: explanation.documents.map((document) => ({
      DocumentType: documentTypeNames[document.type],
      LogicbrokerKey: String(document.key),
      Status: statusName(document.type, document.statusCode),
      ErrorMessage: document.errorMessage ?? undefined,
    })),
    Cancellations: explanation.cancellations.map(toCancellation),
    TikTok: tiktok && {
      Status: tiktok.status,
      CreatedAt: timeText(tiktok.createdAt),
      PaidAt: timeText(tiktok.paidAt),
      UpdatedAt: timeText(tiktok.updatedAt),
      ReadAt: timeText(tiktok.readAt),
    },
    Connection: connection && {
      Id: connection.id,
      Name: connection.name,
      Status: connection.status,
      StatusReason: connection.statusReason,
    },
    Pull: pull && {
      LastSuccess: timeText(pull.lastSuccessAt),
      LastOutcome: pull.lastOutcome,
      LastError: pull.lastError,
      NextAttempt: timeText(pull.nextAttemptAt),
      ReadUpTo: timeText(pull.readUpTo),
    },
    Returns: explanation.returns,
    Channels: explanation.channels,
  };
}

function toCancellation(cancellation: ExplainedCancellation): object {
  const { acknowledgementKey } = cancellation;
  return {
    CancelId: cancellation.cancelId,
    CancelledBy: cancellation.by,
    Status: cancellation.status,
    Reason: cancellation.reason ?? undefined,
    ReasonText: cancellation.reasonText ?? undefined,
    TikTokOrderLineIds: cancellation.unitIds,
    RequestedAt: timeText(cancellation.requestedAt),
    AnswerBy: timeText(cancellation.answerBy),
    Outcome: cancellation.outcome,
    AcknowledgementKey: acknowledgementKey === null ? undefined : String(acknowledgementKey),
    Gates: cancellation.gates.map(explainedGate),
  };
}
