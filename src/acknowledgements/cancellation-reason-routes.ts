import { Type } from 'typebox';
import { listConnections } from '../connections/connection-store.js';
import { AppError } from '../kernel/errors.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { CancellationReasonsMessage } from '../logicbroker/cancellation-reasons.js';
import type { Database } from '../store/database.js';
import { reasonsOf, type CancelReason } from './cancel-reasons.js';

export function cancellationReasonRoutes(api: Api, version: ApiVersion, { db }: { db: Database }): void {
  api.get(
    '/Partners/:partnerId/CancellationReasons',
    {
      schema: operation(
        version,
        'getCancellationReasons',
        'Partners',
        'Why orders of a shop can be cancelled',
        {
          description: "What TikTok takes in the shop's region, with the ChangeReasons that stand for it.",
          params: Type.Object({
            partnerId: Type.String({
              description: 'Company number of the shop: SenderCompanyId of its orders.',
            }),
          }),
          ok: CancellationReasonsMessage,
        },
      ),
    },
    async (request, reply) => {
      const connections = await listConnections(db.prisma, { companyId: request.caller.companyId });
      const { partnerId } = request.params;
      const connection = connections.find((each) => String(each.partnerId) === partnerId);
      if (!connection) throw noSuchPartner();
      const region = connection.shopRegion ?? '';
      return sendMessage(reply, { Region: region, Reasons: reasonsOf(region).map(toRecord) });
    },
  );
}

function noSuchPartner(): AppError {
  return new AppError('not-found', 'There is no partner with this number.', {
    details: [{ field: 'partnerId', message: 'is not known', next: 'GET Partners lists yours.' }],
  });
}

function toRecord({ stage, meaning, tiktokReason, changeReasons }: CancelReason): object {
  return {
    TikTokReason: tiktokReason,
    ChangeReasons: changeReasons,
    Meaning: meaning,
    OrderIsPaid: stage === 'paid',
  };
}
