import { Type } from 'typebox';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { ExplanationMessage } from '../logicbroker/explanation-schema.js';
import type { ExplainedOrder, OrderExplanation } from './explain-order.js';
import { orderExplanationBody } from './order-explanation-body.js';

/** @throws AppError not-found */
export type ExplainOrder = (which: ExplainedOrder) => Promise<OrderExplanation>;

/** Explain for orders that have no document, by TikTok's id. */
export function explainUnseenOrderRoute(api: Api, version: ApiVersion, explainOrder: ExplainOrder): void {
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
      const which = { companyId: request.caller.companyId, tiktokOrderId: request.query.order };
      return sendMessage(reply, orderExplanationBody(await explainOrder(which)));
    },
  );
}
