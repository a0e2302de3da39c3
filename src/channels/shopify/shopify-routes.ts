import { connectionOf, PartnerParams } from '../../connections/shop-in-path.js';
import { listWaitingOrders } from '../../deliveries/shopify/shopify-orders.js';
import { findShopifyStore, takesWebhooks } from '../../deliveries/shopify/shopify-stores.js';
import type { Api } from '../../http/api.js';
import { sendMessage } from '../../http/envelope.js';
import { operation } from '../../http/operation.js';
import { toIsoSeconds } from '../../kernel/time.js';
import { ref } from '../../logicbroker/schema.js';
import { ShopifyStoreChange, ShopifyStoreMessage } from '../../logicbroker/shopify-schema.js';
import type { Database } from '../../store/database.js';
import { noSuchStore, removeShopify, saveShopifyStore } from './manage-shopify.js';
import type { ShopifyDeps } from './open-shopify.js';
import { SHOPIFY_API_VERSION } from './shopify-operations.js';

const PATH = '/Settings/Partners/:partnerId/Shopify';
const TAG = 'Settings';

/** The Shopify store that the orders of a shop go to: an addition, in v3 only. */
export function shopifyRoutes(api: Api, deps: ShopifyDeps): void {
  api.get(
    PATH,
    {
      schema: operation('v3', 'getShopifyStore', TAG, 'The Shopify store of a shop', {
        description: 'With the orders that cannot go there yet, and why.',
        params: PartnerParams,
        ok: ShopifyStoreMessage,
      }),
    },
    async (request, reply) => {
      const { id, partnerId } = await connectionOf(deps.db, request);
      return sendMessage(reply, await view(deps.db, { connectionId: id, partnerId }));
    },
  );

  api.put(
    PATH,
    {
      config: { bodyExamples },
      schema: operation('v3', 'saveShopifyStore', TAG, 'Deliver the orders of a shop to Shopify', {
        description:
          'Shopify is asked at once whether the token may do what is needed and whether the version of its API is served; nothing is stored otherwise.',
        params: PartnerParams,
        body: ref(ShopifyStoreChange),
        ok: ShopifyStoreMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(deps.db, request);
      await saveShopifyStore(deps, { by: request.caller, connection }, request.body);
      return sendMessage(
        reply,
        await view(deps.db, { connectionId: connection.id, partnerId: connection.partnerId }),
      );
    },
  );

  api.delete(
    PATH,
    {
      schema: operation('v3', 'removeShopifyStore', TAG, 'Deliver nothing to Shopify any more', {
        description: 'Its secrets are forgotten. What is in the store stays there.',
        params: PartnerParams,
        ok: ShopifyStoreMessage,
      }),
    },
    async (request, reply) => {
      const connection = await connectionOf(deps.db, request);
      const last = await view(deps.db, { connectionId: connection.id, partnerId: connection.partnerId });
      await removeShopify(deps, { by: request.caller, connection });
      return sendMessage(reply, { ...last, State: 'removed' });
    },
  );
}

async function view(
  { prisma }: Database,
  { connectionId, partnerId }: { connectionId: number; partnerId: number | null },
): Promise<object> {
  const store = await findShopifyStore(prisma, { connectionId });
  if (!store) throw noSuchStore();
  const waiting = await listWaitingOrders(prisma, store.id);
  return {
    PartnerId: partnerId ?? undefined,
    Domain: store.domain,
    Name: store.name,
    Currency: store.currency,
    State: store.state,
    StateReason: store.stateReason ?? undefined,
    ApiVersion: SHOPIFY_API_VERSION,
    Scopes: store.scopes,
    TakesWebhooks: await takesWebhooks(prisma, store.id),
    InventoryBehaviour: store.inventoryBehaviour,
    IsStockSource: store.isStockSource,
    CheckedAt: toIsoSeconds(store.checkedAt),
    Waiting: waiting.map(({ documentKey, tiktokOrderId, reason, nextAt }) => ({
      LogicbrokerKey: String(documentKey),
      PartnerPO: tiktokOrderId,
      Reason: reason ?? undefined,
      NextAttemptAt: nextAt ? toIsoSeconds(nextAt) : undefined,
    })),
  };
}

const bodyExamples = {
  connect: {
    summary: "A custom app's token",
    value: {
      Domain: 'example.myshopify.com',
      AccessToken: 'shpat_0123456789abcdef0123456789abcdef',
      ClientSecret: '0123456789abcdef0123456789abcdef',
    },
  },
};
