import { randomBytes } from 'node:crypto';
import type { AppError } from '../kernel/errors.js';
import { authorizationUrl } from '../tiktok/hosts.js';
import { MINUTE_MS } from '../kernel/time.js';
import type { Connection } from './connection.js';
import { getConnection } from './connection-store.js';
import type { ConnectionsDeps, WhichConnection } from './connections-deps.js';
import { findState, insertState, useState } from './oauth-state-store.js';
import { refusal } from './refusal.js';
import { appFor, hostsOf, type TikTokAccess } from './tiktok-access.js';
import type { Environment } from '../domain/shop.js';

const STATE_BYTES = 32;
const STATE_LIFETIME_MS = 10 * MINUTE_MS;

type AuthorizeDeps = Pick<ConnectionsDeps, 'db' | 'clock' | 'tiktok'>;

/**
 * Remembers that this operator's browser goes to TikTok for this connection.
 * @returns the state that TikTok brings back: unguessable, good for one answer within ten minutes
 */
export async function startAuthorization(
  deps: AuthorizeDeps,
  which: WhichConnection & { sessionHash: string },
): Promise<string> {
  const connection = await openConnection(deps, which);
  appFor(deps.tiktok, connection.environment);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const now = deps.clock.now();
  await insertState(deps.db.prisma, {
    state,
    connectionId: connection.id,
    sessionHash: which.sessionHash,
    environment: connection.environment,
    authorizeHost: authorizeHostOf(deps, connection),
    expiresAt: new Date(now.getTime() + STATE_LIFETIME_MS),
    now,
  });
  return state;
}

/** The page of TikTok where the seller picks the region, logs in and installs the app. */
export async function authorizationAddress(
  deps: AuthorizeDeps,
  which: WhichConnection,
  state: string,
): Promise<string> {
  const connection = await openConnection(deps, which);
  const { serviceId } = appFor(deps.tiktok, connection.environment);
  const hosts = hostsOf(deps.tiktok, connection.environment);
  return authorizationUrl(hosts, { serviceId, isUs: connection.isUs, state });
}

/** Origins that an administrator's browser may be sent to, for the pages' Content-Security-Policy. */
export function authorizeOrigins(tiktok: TikTokAccess): string[] {
  const hosts = (Object.keys(tiktok.apps) as Environment[]).map((environment) =>
    hostsOf(tiktok, environment),
  );
  return [...new Set(hosts.flatMap(({ authorize, authorizeUs }) => [authorize, authorizeUs]))];
}

/** Which of our apps an answer belongs to; null for an unknown state. Says nothing about whether the state is good. */
export async function environmentOfState(deps: AuthorizeDeps, state: string): Promise<Environment | null> {
  return (await findState(deps.db.prisma, state))?.environment ?? null;
}

/** What came back on the redirect address, and in whose browser. */
export interface AuthorizationAnswer {
  state: string | null;
  /** The state that this browser was given at the start. */
  cookieState: string | null;
  /** SHA-256 of the cookie of the operator's session. */
  sessionHash: string;
  /** TikTok names the app in its answer (seen in practice, not documented). */
  appKey: string | null;
}

/**
 * Uses the answer's state up and tells which connection it is for. Nothing is asked of TikTok before this has passed.
 * @throws AppError not-allowed that says what is wrong with the answer and what to do
 */
export async function claimAuthorization(
  deps: AuthorizeDeps,
  answer: AuthorizationAnswer,
): Promise<{ connectionId: number; environment: Environment }> {
  const { state, sessionHash } = answer;
  if (!state) {
    throw refused(
      'TikTok has sent you here without a start from this program, for example from a link in its app store.',
      'Open the connection here and press Connect.',
    );
  }
  const started = await findState(deps.db.prisma, state);
  if (!started) throw refused('This answer belongs to no authorisation that was started here.');
  if (sessionHash === '') {
    throw refused(
      'Nobody is logged in in this browser: this authorisation was started in another browser or by another log-in, or that log-in has ended.',
      'Log in, open the connection and press Connect.',
    );
  }
  if (started.sessionHash === sessionHash && started.usedAt) {
    throw refused(
      'This answer has been used already; it counts once.',
      'Look at the connection: it is connected when the first answer was taken.',
    );
  }
  if (started.sessionHash !== sessionHash || answer.cookieState !== state) {
    throw refused(
      'This authorisation was started in another browser or by another log-in.',
      'Finish it there, or start again here: open the connection and press Connect.',
    );
  }
  const now = deps.clock.now();
  if (!(await useState(deps.db.prisma, { state, sessionHash, now }))) {
    throw refused(
      started.usedAt
        ? 'This answer has been used already; it counts once.'
        : 'This authorisation was started more than ten minutes ago.',
    );
  }
  const connection = await openConnection(deps, started);
  const expectedAppKey = appFor(deps.tiktok, started.environment).appKey;
  const sameServer =
    connection.environment === started.environment &&
    authorizeHostOf(deps, connection) === started.authorizeHost &&
    (answer.appKey === null || answer.appKey === expectedAppKey);
  if (!sameServer) {
    throw refused(
      'This answer is from another TikTok server or app than the one that the connection uses now.',
    );
  }
  return { connectionId: connection.id, environment: started.environment };
}

async function openConnection(deps: AuthorizeDeps, which: WhichConnection): Promise<Connection> {
  const connection = await getConnection(deps.db.prisma, {
    id: which.connectionId,
    ...(which.companyId === undefined ? {} : { companyId: which.companyId }),
  });
  if (connection.status === 'closed') {
    const message = `Connection ${connection.id} is closed.`;
    throw refusal('connection-not-ready', message, 'Create a new connection for this shop.');
  }
  return connection;
}

function authorizeHostOf(deps: AuthorizeDeps, connection: Connection): string {
  const hosts = hostsOf(deps.tiktok, connection.environment);
  return connection.isUs ? hosts.authorizeUs : hosts.authorize;
}

function refused(message: string, next = 'Open the connection and press Connect to start again.'): AppError {
  return refusal('not-allowed', message, next);
}
