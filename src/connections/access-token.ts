import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { Database } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import type { AccessTokens, HeldToken } from '../tiktok/client.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import type { TokenGrant } from '../tiktok/token-api.js';
import { DAY_MS, MINUTE_MS, SECOND_MS, type Clock } from '../kernel/time.js';
import type { ConnectionsDeps } from './connections-deps.js';
import { resumeConnections, suspendAuthorization, TOKEN_KEEPER } from './authorization-health.js';
import {
  openAuthorization,
  releaseRefreshLease,
  saveRefreshed,
  takeRefreshLease,
  type OpenAuthorization,
} from './authorization-store.js';
import { refusal } from './refusal.js';
import { appFor, type TikTokAccess } from './tiktok-access.js';

export interface TokenDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  sealer: Sealer;
  tiktok: Pick<TikTokAccess, 'tokenApi' | 'apps'>;
  /** Of connections that run again. */
  ensureFlows?: ConnectionsDeps['ensureFlows'];
}

/** TikTok's access tokens live seven days. */
const REFRESH_BEFORE_END_MS = DAY_MS;
/** A token with less than this left may die on its way to TikTok. */
const SAFETY_MARGIN_MS = MINUTE_MS;
/** Longer than two calls of the token API take at worst. */
const LEASE_MS = MINUTE_MS;
/** How long a caller waits for somebody else's refresh; a little longer than a lease, to be able to take it over. */
const WAIT_LIMIT_MS = 75 * SECOND_MS;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1 * SECOND_MS;
/** After an early refresh has failed, the token that is still good is used for a while before the next try. */
const EARLY_RETRY_MS = 5 * MINUTE_MS;
/** How long we try to save a pair of tokens that nobody else has. */
const SAVE_LIMIT_MS = 2 * MINUTE_MS;
const LONGEST_SAVE_PAUSE_MS = 5 * SECOND_MS;

/**
 * The tokens of one authorisation. Nothing is kept in memory: the row is the truth for all processes, and of all callers
 * that find a token dead, one refreshes and the others wait without holding a database connection.
 *
 * Both functions throw AppError `needs-reauthorization` when only the seller can help, and `tiktok-unavailable` when the
 * same call can succeed later.
 */
export function accessTokensFor(deps: TokenDeps, authorizationId: number): AccessTokens {
  return {
    current: () => currentToken(deps, authorizationId),
    refresh: (failedVersion) => tokenAfter(deps, authorizationId, failedVersion),
  };
}

async function currentToken(deps: TokenDeps, id: number): Promise<HeldToken> {
  const stored = await readTokens(deps, id);
  const leftMs = (stored.accessExpiresAt?.getTime() ?? 0) - deps.clock.now().getTime();
  if (leftMs <= SAFETY_MARGIN_MS) return tokenAfter(deps, id, stored.tokenVersion);
  if (leftMs > REFRESH_BEFORE_END_MS) return heldToken(stored);
  return (await refreshEarly(deps, stored)) ?? heldToken(stored);
}

/** Nobody waits for an early refresh, and its failure is no failure of the caller as long as TikTok only stumbles. */
async function refreshEarly(deps: TokenDeps, stored: OpenAuthorization): Promise<HeldToken | null> {
  const lease = await takeLease(deps, stored);
  if (!lease) return null;
  try {
    return await refreshUnderLease(deps, stored, lease, EARLY_RETRY_MS);
  } catch (error) {
    if (error instanceof AppError && error.code === 'needs-reauthorization') throw error;
    deps.log.warn({ authorizationId: stored.id, error: messageOf(error) }, 'early token refresh failed');
    return null;
  }
}

/** A token newer than `failedVersion`, by an own refresh or by somebody else's. */
async function tokenAfter(deps: TokenDeps, id: number, failedVersion: number): Promise<HeldToken> {
  // Counts its own pauses, so that it ends even when the clock that was passed in stands still.
  for (let waitedMs = 0, pauseMs = FIRST_POLL_MS; waitedMs < WAIT_LIMIT_MS;) {
    const stored = await readTokens(deps, id);
    if (stored.tokenVersion > failedVersion) return heldToken(stored);
    const lease = await takeLease(deps, stored);
    if (lease) return refreshUnderLease(deps, stored, lease, 0);
    await sleep(pauseMs);
    waitedMs += pauseMs;
    pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS);
  }
  throw new AppError('tiktok-unavailable', "Another process's refresh of the access token takes too long.", {
    retryAfterMs: MINUTE_MS,
  });
}

/**
 * The lease is committed before TikTok is called and no transaction is open during the call. A process that dies in
 * between leaves the lease to run out; the next one tries the same refresh token and learns whether it is still good.
 */
async function refreshUnderLease(
  deps: TokenDeps,
  stored: OpenAuthorization,
  lease: string,
  retryAfterMs: number,
): Promise<HeldToken> {
  let grant: TokenGrant;
  try {
    grant = await requestGrant(deps, stored);
  } catch (error) {
    if (isRefusal(error)) return suspendOrTakeNewer(deps, stored, error);
    const notBefore = new Date(deps.clock.now().getTime() + retryAfterMs);
    await releaseRefreshLease(deps.db.prisma, { id: stored.id, lease, notBefore });
    throw error;
  }
  const version = await saveUntilStored(deps, stored, grant);
  if (version === null) return heldToken(await readTokens(deps, stored.id));
  deps.log.info({ authorizationId: stored.id, tokenVersion: version }, 'access token refreshed');
  return { token: grant.accessToken, version };
}

/**
 * When an answer is lost, TikTok may or may not have replaced the refresh token. It is tried once more: either it is
 * still good, or TikTok refuses it and we know. Two lost answers prove nothing, so they leave everything as it is.
 */
async function requestGrant(deps: TokenDeps, stored: OpenAuthorization): Promise<TokenGrant> {
  const app = appFor(deps.tiktok, stored.environment);
  const refreshToken = stored.refreshToken ?? '';
  try {
    return await deps.tiktok.tokenApi.refreshToken(app, refreshToken);
  } catch (error) {
    if (!isLostAnswer(error)) throw error;
    deps.log.warn({ authorizationId: stored.id }, 'answer of a token refresh was lost; trying once more');
  }
  try {
    return await deps.tiktok.tokenApi.refreshToken(app, refreshToken);
  } catch (error) {
    if (isRefusal(error)) throw new RefusedAfterLoss(error);
    if (!isLostAnswer(error)) throw error;
    // Not `in-doubt` for our caller: the caller's own call to TikTok was certainly not made.
    throw new AppError('tiktok-unavailable', 'TikTok did not answer when the access token was refreshed.', {
      cause: error,
      retryAfterMs: MINUTE_MS,
    });
  }
}

/** TikTok refused the refresh token right after an answer of it was lost. */
class RefusedAfterLoss extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'RefusedAfterLoss';
  }
}

function isRefusal(error: unknown): error is TikTokError | RefusedAfterLoss {
  return (
    error instanceof RefusedAfterLoss || (error instanceof TikTokError && error.reaction === 'reauthorize')
  );
}

function isLostAnswer(error: unknown): boolean {
  return error instanceof TikTokError && error.reaction === 'in-doubt';
}

async function suspendOrTakeNewer(
  deps: TokenDeps,
  stored: OpenAuthorization,
  refused: TikTokError | RefusedAfterLoss,
): Promise<HeldToken> {
  const reason = explainRefusal(stored, refused);
  const suspended = await deps.db.transaction((tx) =>
    suspendAuthorization(tx, { authorizationId: stored.id, version: stored.tokenVersion, reason }),
  );
  if (!suspended) return heldToken(await readTokens(deps, stored.id));
  deps.log.error({ authorizationId: stored.id, reason }, 'authorisation lost; its connections stand still');
  throw needsReauthorization(reason, refused);
}

function explainRefusal(stored: OpenAuthorization, refused: TikTokError | RefusedAfterLoss): string {
  const fact = `TikTok refused to renew the access token: ${refused.message}`;
  if (refused instanceof RefusedAfterLoss) {
    return `${fact} An answer of TikTok with newer tokens was lost on its way to us just before.`;
  }
  if (stored.refreshLease !== null) {
    return `${fact} An earlier attempt ended before it could save TikTok's newer tokens.`;
  }
  return `${fact} The seller has removed the app, or the seller's consent has ended.`;
}

/**
 * From TikTok's answer until it is saved, the only good pair of tokens is in our memory: a database that is away for a
 * moment must not cost the seller a new consent.
 * @returns the version saved, or null when somebody has saved a newer pair
 */
async function saveUntilStored(
  deps: TokenDeps,
  stored: OpenAuthorization,
  grant: TokenGrant,
): Promise<number | null> {
  for (let waitedMs = 0, pauseMs = FIRST_POLL_MS; ;) {
    try {
      return await deps.db.transaction(async (tx) => {
        const now = deps.clock.now();
        const fromVersion = stored.tokenVersion;
        const version = await saveRefreshed(tx, deps.sealer, { id: stored.id, fromVersion, grant, now });
        // Somebody who had our old token may have been refused and have stopped the connections meanwhile.
        const whose = { authorizationId: stored.id, by: TOKEN_KEEPER };
        if (version !== null) await resumeConnections(tx, whose, deps);
        return version;
      });
    } catch (error) {
      if (waitedMs >= SAVE_LIMIT_MS) throw error;
      deps.log.error({ authorizationId: stored.id, error: messageOf(error) }, 'new tokens not saved yet');
    }
    await sleep(pauseMs);
    waitedMs += pauseMs;
    pauseMs = Math.min(pauseMs * 2, LONGEST_SAVE_PAUSE_MS);
  }
}

async function takeLease(deps: TokenDeps, stored: OpenAuthorization): Promise<string | null> {
  const lease = randomUUID();
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  const request = { id: stored.id, version: stored.tokenVersion, lease, now, until };
  return (await takeRefreshLease(deps.db.prisma, request)) ? lease : null;
}

async function readTokens(deps: TokenDeps, id: number): Promise<OpenAuthorization> {
  const stored = await openAuthorization(deps.db.prisma, deps.sealer, id);
  if (!stored) throw new AppError('internal', `There is no authorisation ${id}.`);
  if (stored.status === 'active' && stored.accessToken !== null) {
    requireSameApp(deps, stored);
    return stored;
  }
  throw needsReauthorization(stored.statusReason ?? 'The seller has not authorised this app yet.');
}

/** Tokens are worthless with another app, and its secret must not be tried on them. */
function requireSameApp(deps: TokenDeps, stored: OpenAuthorization): void {
  if (appFor(deps.tiktok, stored.environment).appKey === stored.appKey) return;
  throw needsReauthorization(
    `The seller has authorised the app ${stored.appKey}, but this service runs as another app now.`,
  );
}

function heldToken(stored: OpenAuthorization): HeldToken {
  return { token: stored.accessToken ?? '', version: stored.tokenVersion };
}

function needsReauthorization(reason: string, cause?: unknown): AppError {
  return refusal('needs-reauthorization', reason, 'Open the connection and press Connect.', { cause });
}
