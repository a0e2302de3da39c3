import { Type } from 'typebox';
import type { DocumentDefinition, StatusByHand } from '../documents/document-definition.js';
import { documentRoutes, KeyParams, keyOf, type DocumentRouteDeps } from '../documents/document-routes.js';
import type { DocumentHead } from '../documents/document.js';
import { StatusCode, statusName } from '../logicbroker/statuses.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { SalesOrderArrayResponse, SalesOrderMessage, SalesOrdersV1 } from '../logicbroker/envelopes.js';
import { ExplanationMessage, explainedGate, timeText } from '../logicbroker/explanation-schema.js';
import type { Tx } from '../store/database.js';
import type { ExplainedCancellation, OrderExplanation } from './explain-order.js';
import { showLateNames } from './late-matches.js';
import { lockOrdersByDocuments } from './order-store.js';
import { documentTypeNames } from '../logicbroker/document-types.js';

/** @throws AppError not-found */
export type ExplainOrder = (
  which: { companyId: number } & ({ key: number } | { tiktokOrderId: string }),
) => Promise<OrderExplanation>;

export interface OrderRouteDeps extends DocumentRouteDeps {
  explainOrder: ExplainOrder;
  /** What else it means that a caller has moved orders, in the same transaction. */
  ordersMoved?: ((tx: Tx, heads: DocumentHead[], to: number) => Promise<void>) | undefined;
}

/** Statuses that a caller may leave: nothing was sent to TikTok yet. */
const OPEN = [
  StatusCode.new,
  StatusCode.submitted,
  StatusCode.readyToAcknowledge,
  StatusCode.acknowledged,
  StatusCode.readyToFulfill,
  StatusCode.failed,
  StatusCode.ignored,
] as const;
const SHIPPING_OR_ENDED = [
  StatusCode.readyToShip,
  StatusCode.shipped,
  StatusCode.readyToInvoice,
  StatusCode.complete,
  StatusCode.cancelled,
] as const;

export const orderDefinition: DocumentDefinition = {
  type: 'order',
  path: 'Orders',
  noun: 'Order',
  listName: 'SalesOrders',
  bodyName: 'SalesOrder',
  readyStatuses: [StatusCode.submitted],
  eventsPaths: ['ActivityEvents', 'Events'],
  byHand: {
    moves: {
      [StatusCode.submitted]: OPEN,
      [StatusCode.readyToAcknowledge]: OPEN,
      [StatusCode.acknowledged]: OPEN,
      [StatusCode.readyToFulfill]: OPEN,
      [StatusCode.failed]: OPEN,
      [StatusCode.ignored]: [...OPEN, ...SHIPPING_OR_ENDED],
    },
    refusals: {
      [StatusCode.new]: 'an order is new only while it is imported; 100 sends it again',
      [StatusCode.readyToShip]:
        'an accepting acknowledgement or the first shipment makes an order Ready to Ship',
      [StatusCode.complete]: 'an order is complete when TikTok has its shipments',
      [StatusCode.cancelled]: 'an order is cancelled when TikTok confirms it',
    },
  },
  schemas: {
    message: SalesOrderMessage,
    arrayResponse: SalesOrderArrayResponse,
    v1List: SalesOrdersV1,
  },
};

export function orderRoutes(api: Api, version: ApiVersion, deps: OrderRouteDeps): void {
  documentRoutes(api, version, withMoves(orderDefinition, deps), deps);

  api.get(
    '/Orders/:LogicbrokerKey/Explain',
    {
      schema: operation(version, 'explainOrder', 'Orders', 'Why an order is where it is', {
        description: 'Every rule that decides about the order, with its outcome.',
        params: KeyParams,
        ok: ExplanationMessage,
      }),
    },
    async (request, reply) => {
      const key = keyOf(orderDefinition, request.params.LogicbrokerKey);
      return sendMessage(
        reply,
        toBody(await deps.explainOrder({ companyId: request.caller.companyId, key })),
      );
    },
  );

  api.get(
    '/Explain',
    {
      schema: operation(version, 'explainTikTokOrder', 'Orders', 'Why a TikTok order is or is not here', {
        description: 'Answers for orders that were not imported too.',
        querystring: Type.Object({
          order: Type.String({ pattern: '^\\d{1,30}$', description: "TikTok's order id." }),
        }),
        ok: ExplanationMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      return sendMessage(
        reply,
        toBody(await deps.explainOrder({ companyId, tiktokOrderId: request.query.order })),
      );
    },
  );
}

/** What follows from a move writes to the orders, whose rows are locked before any document. */
function withMoves(definition: DocumentDefinition, { ordersMoved }: OrderRouteDeps): DocumentDefinition {
  const byHand: StatusByHand = {
    ...definition.byHand,
    async lockFirst(tx, { companyId, keys }) {
      await lockOrdersByDocuments(tx, { companyId, documentKeys: keys });
    },
    async moved(tx, heads, to) {
      await handOutAgain(tx, heads, to);
      await ordersMoved?.(tx, heads, to);
      return [];
    },
  };
  return { ...definition, byHand };
}

/** Below Acknowledged the ERP has yet to fetch the order, whatever it has fetched before. */
async function handOutAgain(tx: Tx, heads: readonly DocumentHead[], to: number): Promise<void> {
  const companyId = heads[0]?.companyId;
  if (companyId === undefined || to >= StatusCode.acknowledged) return;
  await showLateNames(tx, { companyId, documentKeys: heads.map(({ key }) => key) });
}

function toBody(explanation: OrderExplanation): object {
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
