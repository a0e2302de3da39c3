import type { Fence } from '../outbound/call-fence.js';
import { createShopApi, type ShopApi } from '../tiktok/shop-api.js';
import type { Lane } from '../kernel/lane.js';
import { accessTokensFor, type TokenDeps } from './access-token.js';
import type { ActiveConnection, Connection } from './connection.js';
import { getConnection, requireActive } from './connection-store.js';
import { appFor, type TikTokAccess } from './tiktok-access.js';

/**
 * How use cases get at a shop; `openShop` with its first parameter filled in. To read nothing else is needed; who writes
 * holds a lease and passes its fence (of the effect's context, or of the flow's run).
 */
export type OpenShop = (
  connectionId: number,
  lane: Lane,
  options?: Fence | OpenShopOptions,
) => Promise<OpenedShop>;

interface OpenShopOptions {
  fence?: Fence | undefined;
  /** Also a shop that an operator has paused: for what must not wait, such as the stop of all sales. */
  evenPaused?: boolean;
}

export interface OpenedShop {
  connection: ActiveConnection;
  isPaused: boolean;
  api: ShopApi;
}

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
  options: Fence | OpenShopOptions = {},
): Promise<OpenedShop> {
  const { fence, evenPaused } = openShopOptions(options);
  const found = await getConnection(deps.db.prisma, { id: connectionId });
  const { connection, isPaused } = usableShop(found, evenPaused);
  const api = createShopApi({
    client: deps.tiktok.client,
    budget: deps.tiktok.budget,
    app: appFor(deps.tiktok, connection.environment),
    tokens: accessTokensFor(deps, connection.authorizationId),
    shop: { shopId: connection.shopId, cipher: connection.shopCipher },
    lane,
    fence,
  });
  return { connection, isPaused, api };
}

/** A fence alone is all that most writers need. */
export function openShopOptions(options: Fence | OpenShopOptions = {}): Required<OpenShopOptions> {
  const { fence, evenPaused = false } = 'pass' in options ? { fence: options } : options;
  return { fence, evenPaused };
}

/** @throws AppError connection-not-ready or needs-reauthorization */
export function usableShop(
  found: Connection,
  evenPaused: boolean,
): { connection: ActiveConnection; isPaused: boolean } {
  const isPaused = evenPaused && found.status === 'paused';
  return { connection: requireActive(isPaused ? { ...found, status: 'active' } : found), isPaused };
}
