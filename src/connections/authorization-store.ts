import type { Authorization as AuthorizationRow } from '../store/generated/client.js';
import { sealingKey } from '../store/key-ring.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import { ENVELOPE_VERSION, type Sealer, type SecretPlace } from '../store/secrets.js';
import type { Prisma, Tx } from '../store/database.js';
import { onDatabaseClock } from '../store/database-clock.js';
import type { TokenGrant } from '../tiktok/token-api.js';
import type { Authorization, AuthorizationStatus } from './authorization.js';
import type { Environment } from '../domain/shop.js';

/** TikTok's name for "this account in this app"; one row each. */
interface AccountKey {
  environment: Environment;
  appKey: string;
  openId: string;
}

/** An authorisation with its tokens in clear text. Keep it out of logs, errors and anything that lives long. */
export interface OpenAuthorization extends Authorization {
  accessToken: string | null;
  refreshToken: string | null;
  /** Somebody holds the lease, or held it and never gave it back. */
  refreshLease: string | null;
}

/** Where tokens lie sealed. */
export const sealedTokens: readonly SealedColumn[] = [
  { table: 'authorizations', column: 'access_token', row: 'id' },
  { table: 'authorizations', column: 'refresh_token', row: 'id' },
];

type TokenColumn = 'access_token' | 'refresh_token';

export async function findAuthorization(tx: Tx, id: number): Promise<Authorization | null> {
  const row = await tx.authorization.findUnique({ where: { id } });
  return row && toAuthorization(row);
}

export async function findAuthorizationOf(tx: Tx, account: AccountKey): Promise<Authorization | null> {
  const row = await tx.authorization.findUnique({ where: { environment_appKey_openId: account } });
  return row && toAuthorization(row);
}

/** @throws AppError configuration-invalid when the tokens cannot be opened with the configured keys */
export async function openAuthorization(
  tx: Tx,
  sealer: Sealer,
  id: number,
): Promise<OpenAuthorization | null> {
  const row = await tx.authorization.findUnique({ where: { id } });
  return (
    row && {
      ...toAuthorization(row),
      accessToken: openToken(sealer, row.id, 'access_token', row.accessToken),
      refreshToken: openToken(sealer, row.id, 'refresh_token', row.refreshToken),
      refreshLease: row.refreshLease,
    }
  );
}

/** The row of an account, made when it is missing; it has no tokens before `saveGrant`. */
export async function ensureAuthorization(
  tx: Tx,
  wanted: AccountKey & { companyId: number; now: Date },
): Promise<Authorization> {
  const { companyId, now, ...account } = wanted;
  const row = await tx.authorization.upsert({
    where: { environment_appKey_openId: account },
    create: { ...account, companyId, createdAt: now },
    update: {},
  });
  return toAuthorization(row);
}

/**
 * Saves a pair of tokens that the seller has just consented to, whatever was there before.
 * @returns the authorisation, active again
 */
export async function saveGrant(
  tx: Tx,
  sealer: Sealer,
  which: { id: number; grant: TokenGrant; now: Date },
): Promise<Authorization> {
  const row = await tx.authorization.update({
    where: { id: which.id },
    data: await grantColumns(tx, sealer, which),
  });
  return toAuthorization(row);
}

/**
 * Saves a refreshed pair over the version that it was made from. A holder whose lease ran out may come late, with a pair
 * that is newer or older than what was stored meanwhile: the one that lives longer was issued last and wins.
 * @returns the version that is stored now, or null when a newer pair was there already
 */
export async function saveRefreshed(
  tx: Tx,
  sealer: Sealer,
  which: { id: number; fromVersion: number; grant: TokenGrant; now: Date },
): Promise<number | null> {
  const changed = await tx.authorization.updateManyAndReturn({
    where: {
      id: which.id,
      OR: [
        { tokenVersion: which.fromVersion },
        { accessExpiresAt: { lt: which.grant.accessExpiresAt }, accessToken: { not: null } },
      ],
    },
    data: await grantColumns(tx, sealer, which),
    select: { tokenVersion: true },
  });
  return changed[0]?.tokenVersion ?? null;
}

/** @returns false when another holder has the lease, or the tokens have changed since `version` */
export async function takeRefreshLease(
  tx: Tx,
  which: { id: number; version: number; lease: string; now: Date; until: Date },
): Promise<boolean> {
  const taken = await tx.$executeRaw`
    UPDATE authorizations SET refresh_lease = ${which.lease}, refresh_lease_until = ${onDatabaseClock(which.until)},
      updated_at = now()
    WHERE id = ${which.id} AND token_version = ${which.version} AND status = 'active'
      AND (refresh_lease_until IS NULL OR refresh_lease_until <= ${onDatabaseClock(which.now)})`;
  return taken === 1;
}

/** Gives the lease back; nobody else takes it before `notBefore`. */
export async function releaseRefreshLease(
  tx: Tx,
  which: { id: number; lease: string; notBefore: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE authorizations SET refresh_lease = NULL, refresh_lease_until = ${onDatabaseClock(which.notBefore)},
      updated_at = now()
    WHERE id = ${which.id} AND refresh_lease = ${which.lease}`;
}

/** @returns false when the tokens have changed since `version`: then what was found out about them is out of date */
export async function markRefused(
  tx: Tx,
  which: { id: number; version: number; reason: string },
): Promise<boolean> {
  const { count } = await tx.authorization.updateMany({
    where: { id: which.id, tokenVersion: which.version, status: 'active' },
    data: {
      status: 'needs_reauthorization',
      statusReason: which.reason,
      refreshLease: null,
      refreshLeaseUntil: null,
    },
  });
  return count === 1;
}

/** Forgets both tokens for good. */
export async function wipeTokens(tx: Tx, which: { id: number; reason: string }): Promise<void> {
  await tx.authorization.update({
    where: { id: which.id },
    data: {
      status: 'revoked',
      statusReason: which.reason,
      accessToken: null,
      accessExpiresAt: null,
      refreshToken: null,
      refreshExpiresAt: null,
      refreshLease: null,
      refreshLeaseUntil: null,
      tokenVersion: { increment: 1 },
    },
  });
}

/** Forgets tokens that were sealed with a key that is lost. @returns the authorisations that had such */
export async function forgetTokensSealedWith(
  tx: Tx,
  keyId: string,
): Promise<{ id: number; tokenVersion: number }[]> {
  const prefix = `${ENVELOPE_VERSION}.${keyId}.`;
  const which = { OR: [{ accessToken: { startsWith: prefix } }, { refreshToken: { startsWith: prefix } }] };
  return tx.authorization.updateManyAndReturn({
    where: which,
    data: { accessToken: null, accessExpiresAt: null, refreshToken: null, refreshExpiresAt: null },
    select: { id: true, tokenVersion: true },
  });
}

async function grantColumns(
  tx: Tx,
  sealer: Sealer,
  { id, grant, now }: { id: number; grant: TokenGrant; now: Date },
): Promise<Prisma.AuthorizationUpdateManyMutationInput> {
  const keyId = await sealingKey(tx, sealer);
  return {
    accessToken: sealer.seal(grant.accessToken, placeOf(id, 'access_token'), keyId),
    accessExpiresAt: grant.accessExpiresAt,
    refreshToken: sealer.seal(grant.refreshToken, placeOf(id, 'refresh_token'), keyId),
    refreshExpiresAt: grant.refreshExpiresAt,
    tokenVersion: { increment: 1 },
    refreshedAt: now,
    updatedAt: now,
    status: 'active',
    statusReason: null,
    refreshLease: null,
    refreshLeaseUntil: null,
    sellerName: grant.sellerName,
    sellerRegion: grant.sellerBaseRegion,
    userType: grant.userType,
    // Older answers do not tell the scopes; what was told before still counts.
    ...(grant.grantedScopes === null ? {} : { grantedScopes: grant.grantedScopes }),
  };
}

function openToken(sealer: Sealer, id: number, column: TokenColumn, envelope: string | null): string | null {
  return envelope === null ? null : sealer.open(envelope, placeOf(id, column));
}

function placeOf(id: number, column: TokenColumn): SecretPlace {
  return { table: 'authorizations', row: id, column };
}

function toAuthorization(row: AuthorizationRow): Authorization {
  return {
    id: row.id,
    companyId: row.companyId,
    environment: row.environment as Environment,
    appKey: row.appKey,
    openId: row.openId,
    sellerName: row.sellerName,
    sellerRegion: row.sellerRegion,
    grantedScopes: row.grantedScopes,
    accessExpiresAt: row.accessExpiresAt,
    refreshExpiresAt: row.refreshExpiresAt,
    tokenVersion: row.tokenVersion,
    refreshedAt: row.refreshedAt,
    status: row.status as AuthorizationStatus,
    statusReason: row.statusReason,
  };
}
