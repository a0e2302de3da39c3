import type { AppError } from '../kernel/errors.js';
import { audit } from '../audit/audit.js';
import { allow } from '../companies/permissions.js';
import { recordEvents } from '../documents/document-store.js';
import { isUniqueViolation, type Tx } from '../store/database.js';
import type { AuthorizedShop } from '../tiktok/map/shop-mapping.js';
import { createAccountApi } from '../tiktok/shop-api.js';
import { accessTokensFor } from './access-token.js';
import type { Authorization } from './authorization.js';
import { findAuthorization } from './authorization-store.js';
import { refuseDeactivated } from './company-standing.js';
import type { Connection } from './connection.js';
import { getConnection, listConnections, lockConnection, updateConnection } from './connection-store.js';
import type { ConnectionChange, ConnectionsDeps, WhichConnection } from './connections-deps.js';
import { refusal } from './refusal.js';
import { appFor } from './tiktok-access.js';

/** A shop that the seller's consent covers, as Get Shops shows it. */
export interface ShopOffer extends AuthorizedShop {
  /** TikTok takes no products from apps for such shops; everything else works. */
  crossBorder: boolean;
  /** The open connection that has the shop already, as far as this company may know. */
  usedBy: { connectionId: number; name: string } | 'another company' | null;
}

/**
 * Get Shops: asks TikTok which shops the seller's consent covers, in TikTok's order. Ciphers that have changed since
 * they were saved are brought up to date on the way.
 * @throws AppError connection-not-ready before Connect; needs-reauthorization; TikTokError
 */
export async function getShops(deps: ConnectionsDeps, which: WhichConnection): Promise<ShopOffer[]> {
  const { connection, authorization } = await requireAuthorized(deps, which);
  const shops = await shopsOf(deps, authorization);
  await refreshCiphers(deps.db.prisma, authorization.id, shops);
  const users = (await listConnections(deps.db.prisma)).filter(
    ({ environment, shopId }) => environment === connection.environment && shopId !== null,
  );
  return shops.map((shop) => ({
    ...shop,
    crossBorder: shop.sellerType === 'CROSS_BORDER',
    usedBy: usedBy(
      users.find(({ shopId }) => shopId === shop.id),
      connection,
    ),
  }));
}

/** What the authorisation covers at this moment, asked of TikTok. */
export async function shopsOf(
  deps: ConnectionsDeps,
  authorization: Authorization,
): Promise<AuthorizedShop[]> {
  const { client, budget } = deps.tiktok;
  const api = createAccountApi({
    client,
    budget,
    app: appFor(deps.tiktok, authorization.environment),
    tokens: accessTokensFor(deps, authorization.id),
    openId: authorization.openId,
    lane: 'urgent',
  });
  return api.authorizedShops();
}

/**
 * Save: puts the shop of this cipher on the connection and, unless it is paused, lets its flows run.
 * @throws AppError rule-violated for a cipher that is none of the seller's, or another shop than the connection had;
 *   conflict when another open connection has the shop
 */
export async function saveShop(
  deps: ConnectionsDeps,
  which: ConnectionChange & { cipher: string },
): Promise<Connection> {
  const { connection, authorization } = await requireAuthorized(deps, which);
  allow(which.by, 'operate', connection.companyId);
  const shop = await findShop(deps, authorization, which.cipher.trim());
  if (connection.shopId !== null && connection.shopId !== shop.id) {
    throw refusal(
      'rule-violated',
      `This connection belongs to the shop ${connection.shopName ?? connection.shopId} and to its documents.`,
      `Create a new connection for ${shop.name}.`,
    );
  }
  try {
    const saved = await deps.db.transaction((tx) =>
      activate(deps, tx, { ...which, connectionId: connection.id }, shop),
    );
    deps.log.info({ connectionId: saved.id, shopId: saved.shopId, status: saved.status }, 'shop saved');
    return saved;
  } catch (error) {
    if (isUniqueViolation(error)) throw await shopInUse(deps, connection, shop);
    throw error;
  }
}

async function activate(
  deps: ConnectionsDeps,
  tx: Tx,
  { connectionId, by }: ConnectionChange,
  shop: AuthorizedShop,
): Promise<Connection> {
  const before = await lockConnection(tx, { id: connectionId });
  await refuseDeactivated(tx, before.companyId);
  const paused = before.status === 'paused';
  const saved = await updateConnection(tx, connectionId, {
    shopId: shop.id,
    shopName: shop.name,
    shopRegion: shop.region,
    sellerType: shop.sellerType,
    shopCode: shop.code,
    shopCipher: shop.cipher,
    ...(paused ? {} : { status: 'active', statusReason: null }),
  });
  await deps.ensureFlows(tx, { connectionId, now: deps.clock.now() });
  await audit(tx, by, [
    {
      action: 'connection.shop-saved',
      subject: `connection ${connectionId}`,
      companyId: saved.companyId,
      connectionId,
      before: { shopId: before.shopId, status: before.status },
      after: {
        shopId: saved.shopId,
        shopName: saved.shopName,
        region: saved.shopRegion,
        status: saved.status,
      },
    },
  ]);
  if (before.status !== 'active' && saved.status === 'active') {
    const summary = `${saved.name} is connected to the shop ${shop.name} (${shop.region}).`;
    const { companyId } = saved;
    await recordEvents(tx, by, [{ companyId, connectionId, event: 'connection-activated', summary }]);
  }
  return saved;
}

async function requireAuthorized(
  deps: ConnectionsDeps,
  which: WhichConnection,
): Promise<{ connection: Connection; authorization: Authorization }> {
  const scope = which.companyId === undefined ? {} : { companyId: which.companyId };
  const connection = await getConnection(deps.db.prisma, { id: which.connectionId, ...scope });
  if (connection.status === 'closed') {
    throw refusal(
      'connection-not-ready',
      'This connection is closed.',
      'Create a new connection for the shop.',
    );
  }
  if (connection.authorizationId === null) {
    throw refusal(
      'connection-not-ready',
      'No seller has authorised this connection yet.',
      'Press Connect first.',
    );
  }
  const authorization = await findAuthorization(deps.db.prisma, connection.authorizationId);
  if (!authorization)
    throw refusal(
      'connection-not-ready',
      'The authorisation of this connection is gone.',
      'Press Connect again.',
    );
  return { connection, authorization };
}

async function findShop(
  deps: ConnectionsDeps,
  authorization: Authorization,
  cipher: string,
): Promise<AuthorizedShop> {
  if (cipher === '')
    throw refusal('rule-violated', 'The shop cipher is missing.', 'Press Get Shops and pick a shop.');
  const shops = await shopsOf(deps, authorization);
  const shop = shops.find((candidate) => candidate.cipher === cipher);
  if (shop) return shop;
  throw refusal(
    'rule-violated',
    `This cipher belongs to none of the ${shops.length} shops that ${authorization.sellerName ?? 'the seller'} has authorised.`,
    'Press Get Shops and pick a shop, or copy its cipher from there.',
  );
}

/** UNCONFIRMED: TikTok does not say that ciphers never change; they are compared whenever we see them anyway. */
async function refreshCiphers(
  tx: Tx,
  authorizationId: number,
  shops: readonly AuthorizedShop[],
): Promise<void> {
  for (const connection of await listConnections(tx, { authorizationId })) {
    const shop = shops.find(({ id }) => id === connection.shopId);
    if (shop && shop.cipher !== connection.shopCipher) {
      await updateConnection(tx, connection.id, { shopCipher: shop.cipher });
    }
  }
}

function usedBy(user: Connection | undefined, asking: Connection): ShopOffer['usedBy'] {
  if (!user || user.id === asking.id) return null;
  if (user.companyId !== asking.companyId) return 'another company';
  return { connectionId: user.id, name: user.name };
}

async function shopInUse(deps: ConnectionsDeps, asking: Connection, shop: AuthorizedShop): Promise<AppError> {
  const holder = (await listConnections(deps.db.prisma)).find(
    ({ environment, shopId }) => environment === asking.environment && shopId === shop.id,
  );
  const user = usedBy(holder, asking);
  const where =
    user === null || user === 'another company'
      ? (user ?? 'another connection')
      : `connection ${user.connectionId} (${user.name})`;
  const message = `The shop ${shop.name} is in use by ${where}; a shop can be on one open connection only.`;
  return refusal('conflict', message, 'Use that connection, or close it first.');
}
