import { audit } from '../audit/audit.js';
import type { AuditAction } from '../audit/audit-actions.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import type { TikTokApp } from '../tiktok/client.js';
import type { TokenGrant } from '../tiktok/token-api.js';
import type { Authorization } from './authorization.js';
import { resumeConnections } from './authorization-health.js';
import {
  ensureAuthorization,
  findAuthorization,
  findAuthorizationOf,
  saveGrant,
  wipeTokens,
} from './authorization-store.js';
import { refuseDeactivated } from './company-standing.js';
import type { Connection } from './connection.js';
import { getConnection, listConnections, lockConnection, updateConnection } from './connection-store.js';
import type { ConnectionChange, ConnectionsDeps } from './connections-deps.js';
import { refusal } from './refusal.js';
import { shopsOf } from './shops.js';
import { appFor } from './tiktok-access.js';
import type { Tx } from '../store/database.js';
import type { Environment } from '../domain/shop.js';

/** TikTok: user_type of a seller. Creators and partners have no shop. */
const SELLER = 0;

/** How a consent ended. */
export interface ConsentOutcome {
  connectionId: number;
  authorization: Authorization;
  /**
   * Not null: the connection belonged to this other seller and still does. `acceptOtherSeller` or `declineOtherSeller`
   * decides.
   */
  previousSeller: string | null;
}

/**
 * TikTok's code for its tokens. A seller who says no comes back with the code absent, empty or the word `null`.
 * @throws AppError not-allowed for a refusal, before anything is asked of TikTok; TikTokError
 */
export async function exchangeCode(
  deps: Pick<ConnectionsDeps, 'tiktok'>,
  environment: Environment,
  code: unknown,
): Promise<TokenGrant> {
  if (typeof code !== 'string' || code === '' || code === 'null') {
    const message = 'The authorisation was refused on the TikTok page.';
    const next = 'Press Connect again and confirm with the main account of the shop.';
    throw refusal('not-allowed', message, next);
  }
  return deps.tiktok.tokenApi.exchangeCode(appFor(deps.tiktok, environment), code);
}

/**
 * Keeps the tokens of a seller who has just consented. A connection that had another seller before is left as it is
 * until the operator confirms. Connections that were waiting for this consent run again.
 * @throws AppError rule-violated for an account that is no seller, conflict for another company's seller
 */
export async function keepConsent(
  deps: ConnectionsDeps,
  consent: { connectionId: number; environment: Environment; grant: TokenGrant; by: Actor },
): Promise<ConsentOutcome> {
  const { grant, by } = consent;
  const app = appFor(deps.tiktok, consent.environment);
  if (grant.userType !== null && grant.userType !== SELLER) {
    const message = `${grant.sellerName || 'This account'} is not a seller's account (TikTok's user type ${grant.userType}).`;
    const next = 'Press Connect again and log in with the main account of the shop.';
    throw refusal('rule-violated', message, next);
  }
  const kept = await deps.db.transaction(async (tx) => {
    const connection = await lockConnection(tx, { id: consent.connectionId });
    allow(by, 'operate', connection.companyId);
    await refuseDeactivated(tx, connection.companyId);
    const authorization = await keepTokens(deps, tx, { app, connection, grant, by });
    if (authorization.companyId !== connection.companyId) return { authorization, foreign: true as const };
    const previous = await otherSellerBefore(tx, connection, authorization);
    if (!previous) {
      await updateConnection(tx, connection.id, { authorizationId: authorization.id });
      const said = `${connection.name} was authorised by ${sellerOf(authorization)}.`;
      await record(tx, by, connection, said);
      await trail(tx, by, connection, 'connection.authorised', authorization);
    }
    return { authorization, foreign: false as const, previous };
  });
  if (kept.foreign) throw anotherCompany(grant.sellerName);
  const { authorization, previous } = kept;
  const { connectionId } = consent;
  if (previous) {
    return { connectionId, authorization, previousSeller: previous.sellerName ?? previous.openId };
  }
  deps.log.info({ connectionId, authorizationId: authorization.id }, 'seller has consented');
  return { connectionId, authorization, previousSeller: null };
}

/**
 * The pair is kept whoever's row it is: TikTok may have ended the account's older pair by granting this one, and an
 * answer that we refuse here must not stop the connections that the account has elsewhere.
 */
async function keepTokens(
  deps: ConnectionsDeps,
  tx: Tx,
  consent: { app: TikTokApp; connection: Connection; grant: TokenGrant; by: Actor },
): Promise<Authorization> {
  const { app, connection, grant, by } = consent;
  const now = deps.clock.now();
  const account = { environment: connection.environment, appKey: app.appKey, openId: grant.openId };
  const { id } =
    (await findAuthorizationOf(tx, account)) ??
    (await ensureAuthorization(tx, { ...account, companyId: connection.companyId, now }));
  const authorization = await saveGrant(tx, deps.sealer, { id, grant, now });
  await resumeConnections(tx, { authorizationId: id, by }, deps);
  return authorization;
}

/** The same seller under a new app of ours looks like another one; only the operator can tell. */
async function otherSellerBefore(
  tx: Tx,
  connection: Connection,
  authorization: Authorization,
): Promise<Authorization | null> {
  if (connection.authorizationId === null || connection.authorizationId === authorization.id) return null;
  return findAuthorization(tx, connection.authorizationId);
}

/**
 * The operator confirms that a connection shall belong to another seller than before.
 * @throws AppError rule-violated when the connection has a shop that the new seller does not have
 */
export async function acceptOtherSeller(
  deps: ConnectionsDeps,
  which: ConnectionChange & { authorizationId: number },
): Promise<void> {
  const { connection, authorization } = await findOffer(deps, which);
  const shops = connection.shopId === null ? [] : await shopsOf(deps, authorization);
  const shop = shops.find(({ id }) => id === connection.shopId);
  if (connection.shopId !== null && !shop) {
    const message = `${authorization.sellerName ?? 'This seller'} does not have the shop ${connection.shopName ?? connection.shopId} of this connection.`;
    const next = 'Connect with the seller of that shop, or create a new connection for the other shop.';
    throw refusal('rule-violated', message, next);
  }
  await deps.db.transaction(async (tx) => {
    await lockConnection(tx, { id: connection.id });
    await updateConnection(tx, connection.id, {
      authorizationId: authorization.id,
      ...(shop ? { shopCipher: shop.cipher } : {}),
    });
    const { by } = which;
    await record(tx, by, connection, `${connection.name} belongs to ${sellerOf(authorization)} from now on.`);
    await trail(tx, by, connection, 'connection.seller-accepted', authorization);
    await resumeConnections(tx, { authorizationId: authorization.id, by }, deps);
  });
}

/** The operator does not want the other seller: its tokens are forgotten unless another connection uses them. */
export async function declineOtherSeller(
  deps: ConnectionsDeps,
  which: ConnectionChange & { authorizationId: number },
): Promise<void> {
  const { connection, authorization } = await findOffer(deps, which);
  await deps.db.transaction(async (tx) => {
    await forgetUnused(tx, authorization.id, 'The authorisation was not wanted.');
    const said = `${connection.name} keeps its seller: ${sellerOf(authorization)} was declined.`;
    await record(tx, which.by, connection, said);
    await trail(tx, which.by, connection, 'connection.seller-declined', authorization);
  });
}

/** Wipes the tokens of an authorisation that no open connection uses any more. */
export async function forgetUnused(tx: Tx, authorizationId: number, reason: string): Promise<void> {
  const users = await listConnections(tx, { authorizationId });
  if (users.length === 0) await wipeTokens(tx, { id: authorizationId, reason });
}

async function findOffer(
  deps: ConnectionsDeps,
  which: ConnectionChange & { authorizationId: number },
): Promise<{ connection: Connection; authorization: Authorization }> {
  const { connectionId, companyId, authorizationId, by } = which;
  const scope = companyId === undefined ? {} : { companyId };
  const connection = await getConnection(deps.db.prisma, { id: connectionId, ...scope });
  allow(by, 'operate', connection.companyId);
  const authorization = await findAuthorization(deps.db.prisma, authorizationId);
  const fits =
    authorization?.companyId === connection.companyId && authorization.environment === connection.environment;
  if (!authorization || !fits) throw new AppError('not-found', 'There is no such authorisation.');
  return { connection, authorization };
}

async function record(
  tx: Tx,
  by: Actor,
  { companyId, id: connectionId }: Connection,
  summary: string,
): Promise<void> {
  await recordEvents(tx, by, [{ companyId, connectionId, event: 'connection-changed', summary }]);
}

/** The seller by its numbers: its name at TikTok may be a person's. */
async function trail(
  tx: Tx,
  by: Actor,
  { companyId, id: connectionId, authorizationId }: Connection,
  action: AuditAction,
  { id }: Authorization,
): Promise<void> {
  const values = { before: { authorizationId }, after: { authorizationId: id } };
  const subject = `connection ${connectionId}`;
  await audit(tx, by, [{ action, subject, companyId, connectionId, ...values }]);
}

function sellerOf({ sellerName }: Authorization): string {
  return sellerName ? `the seller ${sellerName}` : 'another seller';
}

function anotherCompany(sellerName: string): AppError {
  const message =
    `The seller account ${sellerName || ''} belongs to another company of this service.`.replace('  ', ' ');
  const next = 'Log out at TikTok, press Connect again and log in with an account of this company.';
  return refusal('conflict', message, next);
}
