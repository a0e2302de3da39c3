import { randomBytes } from 'node:crypto';

import { allScopes, type SimulatorApp } from '../options.js';
import { EXPIRY_NOTICE_SEC } from '../state/authorization-times.js';
import type { Authorization, Seller, Token } from '../state/model.js';
import { regionOf } from '../state/regions.js';
import { authorizationKey, shopsOfSeller, type World } from '../state/world.js';
import { tellDeauthorized } from '../webhooks/tell.js';

const CODE_LIFE_SEC = 30 * 60;

/** The seller installs the app: gives the code that the redirect carries. Good for 30 minutes, once. */
export function authorize(world: World, app: SimulatorApp, seller: Seller): string {
  const nowSec = world.clock.nowSec();
  const authorization: Authorization = {
    appKey: app.appKey,
    openId: seller.openId,
    shopIds: shopsOfSeller(world, seller.openId).map((shop) => shop.id),
    scopes: app.scopes ?? allScopes,
    endsSec: nowSec + world.behaviour.refreshTokenLifetimeSec,
  };
  const key = authorizationKey(app.appKey, seller.openId);
  world.authorizations.set(key, authorization);
  world.due.add({ dueSec: authorization.endsSec - EXPIRY_NOTICE_SEC, kind: 'authorization_ends_soon', key });
  const code = `${regionOf(seller.baseRegion).dataRegion}_${randomBytes(24).toString('base64url')}`;
  world.codes.set(code, {
    code,
    appKey: app.appKey,
    openId: seller.openId,
    expiresSec: nowSec + CODE_LIFE_SEC,
  });
  world.changed();
  return code;
}

export interface TokenPair {
  access: Token;
  refresh: Token;
  authorization: Authorization;
  seller: Seller;
}

export class GrantError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'GrantError';
  }
}

/** Spends the code. Throws 36004004 when it is unknown, used, expired or of another app. */
export function exchangeCode(world: World, app: SimulatorApp, text: string): TokenPair {
  const code = world.codes.get(text);
  if (code === undefined || code.appKey !== app.appKey || code.expiresSec <= world.clock.nowSec()) {
    throw new GrantError(36004004, 'Invalid auth code.');
  }
  world.codes.delete(text);
  return issuePair(world, app, code.openId);
}

/**
 * Gives a new pair and retires the refresh token used. Throws 36004005 for an unknown, rotated or deauthorised one
 * and 36004001 for one whose time is over.
 */
export function refreshPair(world: World, app: SimulatorApp, text: string): TokenPair {
  const nowSec = world.clock.nowSec();
  const token = world.tokens.get(text);
  if (
    token === undefined ||
    token.kind !== 'refresh' ||
    token.appKey !== app.appKey ||
    isSpent(world, token)
  ) {
    throw unknownGrant();
  }
  if (token.expiresSec <= nowSec) throw new GrantError(36004001, 'rt has expired');
  token.rotatedSec ??= nowSec;
  if (world.behaviour.oldAccessToken === 'dies') dropTokens(world, app.appKey, token.openId, 'access');
  return issuePair(world, app, token.openId);
}

function isSpent(world: World, token: Token): boolean {
  if (token.rotatedSec === undefined) return false;
  const { oldRefreshToken, refreshGraceSec } = world.behaviour;
  return oldRefreshToken === 'dies' || world.clock.nowSec() >= token.rotatedSec + refreshGraceSec;
}

function unknownGrant(): GrantError {
  return new GrantError(36004005, 'can not find related auth record');
}

function issuePair(world: World, app: SimulatorApp, openId: string): TokenPair {
  const authorization = world.authorizations.get(authorizationKey(app.appKey, openId));
  const seller = world.sellers.get(openId);
  if (authorization === undefined || seller === undefined) throw unknownGrant();
  const nowSec = world.clock.nowSec();
  const make = (kind: Token['kind'], expiresSec: number): Token => {
    const token = `${regionOf(seller.baseRegion).dataRegion}_${randomBytes(66).toString('base64url')}`;
    const made: Token = { token, kind, appKey: app.appKey, openId, expiresSec };
    world.tokens.set(token, made);
    return made;
  };
  const access = make(
    'access',
    Math.min(nowSec + world.behaviour.accessTokenLifetimeSec, authorization.endsSec),
  );
  const refresh = make('refresh', authorization.endsSec);
  forgetOld(world, nowSec);
  world.changed();
  return { access, refresh, authorization, seller };
}

/** Expired access tokens must answer 105002 for a while, not "unknown": they are kept for thirty days. */
function forgetOld(world: World, nowSec: number): void {
  for (const [text, token] of world.tokens) {
    if (token.expiresSec < nowSec - 30 * 86_400) world.tokens.delete(text);
  }
  for (const [text, code] of world.codes) if (code.expiresSec < nowSec) world.codes.delete(text);
}

/** The seller removes the app: tokens and authorization are gone at once. */
export function deauthorize(world: World, appKey: string, openId: string): boolean {
  for (const id of world.authorizations.get(authorizationKey(appKey, openId))?.shopIds ?? []) {
    const shop = world.shops.get(id);
    if (shop !== undefined) tellDeauthorized(world, shop, appKey, world.clock.nowSec());
  }
  const existed = world.authorizations.delete(authorizationKey(appKey, openId));
  dropTokens(world, appKey, openId, 'access');
  dropTokens(world, appKey, openId, 'refresh');
  world.changed();
  return existed;
}

function dropTokens(world: World, appKey: string, openId: string, kind: Token['kind']): void {
  for (const [text, token] of world.tokens) {
    if (token.kind === kind && token.appKey === appKey && token.openId === openId) world.tokens.delete(text);
  }
}

/** Ends the life of all tokens of a kind now. Gives how many there were. */
export function expireTokens(world: World, kind: Token['kind'], openId?: string): number {
  const nowSec = world.clock.nowSec();
  const chosen = [...world.tokens.values()].filter(
    (token) =>
      token.kind === kind && token.expiresSec > nowSec && (openId === undefined || token.openId === openId),
  );
  for (const token of chosen) token.expiresSec = nowSec;
  world.changed();
  return chosen.length;
}
