import type { Behaviour, SimulatorApp } from '../options.js';
import { authorizationKey, shopByCipher, type Shop, type World } from '../state/world.js';
import type { Authorization } from '../state/model.js';
import { allScopes } from '../options.js';
import { checkedBy, refuse } from './api-error.js';
import type { ApiRoute } from './route.js';
import { isSignedWith, textToSign } from './signature.js';

const OLDEST_SEC = 300;
const AHEAD_SEC = 30;

export interface IncomingCall {
  path: string;
  query: ReadonlyMap<string, string>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

interface CheckedCall {
  app: SimulatorApp;
  authorization: Authorization;
  shop: Shop | undefined;
}

/**
 * The one place that decides in which order TikTok looks at a call. Seen live: app_key and timestamp come before the
 * signature. UNCONFIRMED: that token, scope and shop follow in this order.
 */
export function checkRequest(
  world: World,
  route: ApiRoute,
  call: IncomingCall,
  nowRealMs: number,
): CheckedCall {
  const { app, authorization } = checkCaller(world, call, nowRealMs);
  checkedBy('scope', () => checkScope(app, authorization, route));
  const shop = checkedBy('shop_cipher', () => checkCipher(world, app, authorization, route, call));
  return { app, authorization, shop };
}

/** What TikTok checks whatever the call is. */
export function checkCaller(
  world: World,
  call: IncomingCall,
  nowRealMs: number,
): Pick<CheckedCall, 'app' | 'authorization'> {
  const app = checkedBy('app_key', () => checkAppKey(world, call));
  checkedBy('timestamp', () => checkTimestamp(world, call, nowRealMs));
  checkedBy('sign', () => checkSignature(app, call));
  return { app, authorization: checkedBy('access_token', () => checkToken(world, app, call)) };
}

function checkAppKey(world: World, call: IncomingCall): SimulatorApp {
  const app = world.apps.get(call.query.get('app_key') ?? '');
  if (app === undefined) throw refuse('invalidAppKey');
  return app;
}

function checkTimestamp(world: World, call: IncomingCall, nowRealMs: number): void {
  const text = call.query.get('timestamp') ?? '';
  if (text.startsWith('-')) throw refuse('timestampNegative');
  // Seconds have ten digits; a missing, fractional or millisecond value is answered as one out of the window.
  const timestamp = /^\d+$/.test(text) ? Number(text) : 0;
  const lags = clocks(world, world.behaviour, nowRealMs).map((nowSec) => nowSec - timestamp);
  if (lags.some((lag) => lag <= OLDEST_SEC && lag >= -AHEAD_SEC)) return;
  throw refuse(lags.every((lag) => lag < -AHEAD_SEC) ? 'timestampAhead' : 'timestampOld');
}

function clocks(world: World, behaviour: Behaviour, nowRealMs: number): number[] {
  const real = Math.floor(nowRealMs / 1000);
  if (behaviour.timestampClock === 'real') return [real];
  if (behaviour.timestampClock === 'simulated') return [world.clock.nowSec()];
  return [real, world.clock.nowSec()];
}

function checkSignature(app: SimulatorApp, call: IncomingCall): void {
  const sign = call.query.get('sign');
  if (sign === undefined || sign === '') throw refuse('missingSign');
  const contentType = headerOf(call, 'content-type');
  const request = { ...call, contentType };
  if (isSignedWith(app.appSecret, sign, request)) return;
  const error = refuse('wrongSign');
  error.explanation = `to be signed: ${textToSign('{app_secret}', request)}`;
  throw error;
}

function checkToken(world: World, app: SimulatorApp, call: IncomingCall): Authorization {
  const token = world.tokens.get(headerOf(call, 'x-tts-access-token') ?? '');
  if (token === undefined || token.kind !== 'access' || token.appKey !== app.appKey)
    throw refuse('invalidToken');
  const authorization = world.authorizations.get(authorizationKey(app.appKey, token.openId));
  if (authorization === undefined) throw refuse('invalidToken');
  if (token.expiresSec <= world.clock.nowSec()) {
    throw refuse('expiredToken', { httpStatus: world.behaviour.expiredTokenStatus });
  }
  return authorization;
}

function checkScope(app: SimulatorApp, authorization: Authorization, route: ApiRoute): void {
  const ofApp = app.scopes ?? allScopes;
  const granted = route.scopes.some((scope) => ofApp.includes(scope) && authorization.scopes.includes(scope));
  if (!granted) throw refuse('missingScope');
}

function checkCipher(
  world: World,
  app: SimulatorApp,
  authorization: Authorization,
  route: ApiRoute,
  call: IncomingCall,
): Shop | undefined {
  const cipher = call.query.get('shop_cipher') ?? '';
  if (route.cipher === 'forbidden') {
    if (cipher !== '') throw refuse('unexpectedCipher');
    return undefined;
  }
  if (cipher === '') throw refuse('missingCipher');
  const shop = shopByCipher(world, app.appKey, cipher);
  if (shop === undefined) throw refuse('invalidCipher');
  if (!authorization.shopIds.includes(shop.id)) throw refuse('foreignCipher');
  return shop;
}

function headerOf(call: IncomingCall, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
