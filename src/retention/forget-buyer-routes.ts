import { keyOf, KeyParams } from '../documents/document-key.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { toIsoSeconds } from '../kernel/time.js';
import { ForgottenBuyerMessage } from '../logicbroker/forgotten-schema.js';
import { eraseBuyer, type EraseDeps } from './erase-buyer.js';

/** A buyer asks to be forgotten: an addition to the contract. */
export function forgetBuyerRoutes(api: Api, version: ApiVersion, deps: EraseDeps): void {
  if (version !== 'v3') return;
  api.post(
    '/Orders/:LogicbrokerKey/ForgetBuyer',
    {
      schema: operation(version, 'forgetBuyer', 'Orders', 'Forget the buyer of one order now', {
        description:
          'Removes for good what is kept of the buyer, in the order and in all documents below it, without waiting for the ' +
          "company's retention days. What TikTok shows of the order later is stored without. Refused while the order is open, " +
          'something of it is on its way to TikTok, or a return is under way. Safe to repeat.',
        params: KeyParams,
        ok: ForgottenBuyerMessage,
      }),
    },
    async (request, reply) => {
      const { companyId } = request.caller;
      const key = keyOf('order', request.params.LogicbrokerKey);
      const { wipedAt } = await eraseBuyer(deps, { companyId, key, by: request.caller });
      return sendMessage(reply, { LogicbrokerKey: String(key), ForgottenAt: toIsoSeconds(wipedAt) });
    },
  );
}
