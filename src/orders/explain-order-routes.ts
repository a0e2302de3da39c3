import type { Sender } from './taking.js';
import { Type } from 'typebox';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { AppError } from '../kernel/errors.js';
import { ExplanationMessage } from '../logicbroker/explanation-schema.js';
import type { ExplainedOrder } from './explain-order.js';
import type { OrderExplanation } from './order-explanation.js';
import { orderExplanationBody } from './order-explanation-body.js';

const tiktokOrderId = Type.String({ pattern: '^\\d{1,30}$', description: "TikTok's order id." });

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
          order: tiktokOrderId,
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

/** @returns whether TikTok shows the order in one of the company's shops. @throws AppError as the calls of TikTok do */
export type LookAgain = (which: Sender & { tiktokOrderId: string }) => Promise<boolean>;

/** Reads one order from TikTok now, which Logicbroker's API has no call for. */
export function importOrderRoute(
  api: Api,
  version: ApiVersion,
  { lookAgain, explainOrder }: { lookAgain: LookAgain; explainOrder: ExplainOrder },
): void {
  if (version !== 'v3') return;
  api.post(
    '/Orders/Pull',
    {
      schema: operation(version, 'importTikTokOrder', 'Orders', 'Read one TikTok order now', {
        description:
          'Takes in an order that no pull has seen, or looks at it again: one that was kept out is decided anew by the rules that Explain shows, one that is here is brought up to date. Answers why the order is where it is then.',
        querystring: Type.Object({ order: tiktokOrderId }),
        ok: ExplanationMessage,
      }),
    },
    async (request, reply) => {
      const which = { companyId: request.caller.companyId, tiktokOrderId: request.query.order };
      if (!(await lookAgain({ ...which, by: request.caller }))) {
        throw new AppError(
          'not-found',
          `None of your connected shops shows an order ${which.tiktokOrderId}.`,
        );
      }
      return sendMessage(reply, orderExplanationBody(await explainOrder(which)));
    },
  );
}
