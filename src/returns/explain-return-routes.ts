import { Type } from 'typebox';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { ReturnExplanationMessage } from '../logicbroker/explanation-schema.js';
import { explainReturn } from './explain-return.js';
import { returnExplanationBody } from './return-explanation-body.js';
import type { ReturnDeps } from './return-deps.js';

/** Explain for requests that have no document, by TikTok's id. */
export function explainUnseenReturnRoute(api: Api, version: ApiVersion, deps: ReturnDeps): void {
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
      const which = { companyId: request.caller.companyId, returnId: request.query.return };
      return sendMessage(reply, returnExplanationBody(await explainReturn(deps, which)));
    },
  );
}
