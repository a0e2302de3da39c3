import type { Connection } from './connection.js';
import { listConnections } from './connection-store.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { PartnersMessage } from '../logicbroker/envelopes.js';
import type { Database } from '../store/database.js';

export function partnerRoutes(api: Api, version: ApiVersion, { db }: { db: Database }): void {
  api.get(
    '/Partners',
    {
      schema: operation(version, 'getPartners', 'Partners', 'Your TikTok shops', {
        description: 'Each connected shop is a trading partner; its Id is the SenderCompanyId of its orders.',
        ok: PartnersMessage,
      }),
    },
    async (request, reply) => {
      const connections = await listConnections(db.prisma, { companyId: request.caller.companyId });
      return sendMessage(reply, { Partners: connections.map(toPartner) });
    },
  );
}

/** Logicbroker: Partner. */
function toPartner(connection: Connection): object {
  const name = connection.shopName ?? connection.name;
  return {
    Id: connection.partnerId,
    CompanyName: name,
    Contact: { CompanyName: name, CountryCode: connection.shopRegion ?? undefined },
    VendorCodes: connection.shopId ? [{ Code: connection.shopId, System: 'TikTok Shop' }] : [],
    IsMerchant: true,
    Status: connection.status,
    StatusReason: connection.statusReason ?? undefined,
    Type: 'TikTok Shop',
    Groups: [],
  };
}
