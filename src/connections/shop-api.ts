import type { Fence } from '../tiktok/fence.js';
import { createShopApi, type ShopApi } from '../tiktok/shop-api.js';
import type { Lane } from '../sync/lane.js';
import { accessTokensFor, type TokenDeps } from './access-token.js';
import type { ActiveConnection } from './connection.js';
import { getConnection, requireActive } from './connection-store.js';
import { appFor, type TikTokAccess } from './tiktok-access.js';

/**
 * How use cases get at a shop; `openShop` with its first parameter filled in. To read nothing else is needed; who writes
 * holds a lease and passes its fence (of the effect's context, or of the flow's run).
 */
export type OpenShop = (
  connectionId: number,
  lane: Lane,
  fence?: Fence,
) => Promise<{ connection: ActiveConnection; api: ShopApi }>;

interface OpenShopDeps extends TokenDeps {
  tiktok: TikTokAccess;
}

/**
 * TikTok as one connection's shop sees it, with its tokens and its budget.
 * @throws AppError not-found, connection-not-ready or needs-reauthorization
 */
export async function openShop(
  deps: OpenShopDeps,
  connectionId: number,
  lane: Lane,
  fence?: Fence,
): Promise<{ connection: ActiveConnection; api: ShopApi }> {
  const connection = requireActive(await getConnection(deps.db.prisma, { id: connectionId }));
  const api = createShopApi({
    client: deps.tiktok.client,
    budget: deps.tiktok.budget,
    app: appFor(deps.tiktok, connection.environment),
    tokens: accessTokensFor(deps, connection.authorizationId),
    shop: { shopId: connection.shopId, cipher: connection.shopCipher },
    lane,
    fence,
  });
  return { connection, api };
}
