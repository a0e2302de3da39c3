import type { Logger } from '../kernel/log.js';
import type { TikTokApp } from './client.js';
import { judge } from './answer-envelope.js';
import type { HttpDoor } from '../outbound/http-door.js';
import type { TikTokHosts } from './hosts.js';
import { sendLogged } from './send-logged.js';
import { encodeQuery } from './signed-request.js';
import { TikTokError } from './tiktok-errors.js';
import { requiredText, requiredTime, textOf, textOrNull, textsOf, UnreadableError } from './wire/read.js';
import type { WireTokenGrant } from './wire/token-wire.js';
import type { Environment } from '../domain/shop.js';

/** What TikTok grants when a seller installs the app, and again at every refresh. */
export interface TokenGrant {
  accessToken: string;
  accessExpiresAt: Date;
  /** Replaces the one that was sent: keep both tokens in one write. */
  refreshToken: string;
  /** Also the end of the authorisation that the seller gave. */
  refreshExpiresAt: Date;
  /** The seller's account in this app. */
  openId: string;
  sellerName: string;
  /** Two letters. */
  sellerBaseRegion: string;
  /** 0 seller, 1 creator, 3 partner. */
  userType: number | null;
  /** Null where TikTok does not tell (older answers). */
  grantedScopes: string[] | null;
}

/** The unsigned calls that hand out tokens (TikTok: Authorization overview). Both use their input up. */
export interface TokenApi {
  /**
   * A code works once and for 30 minutes. Reactions: `reauthorize` for a code that is no good, `in-doubt` when the
   * answer is lost and the code possibly spent, `retry-later` when the request surely never left.
   *
   * @throws TikTokError
   */
  exchangeCode(app: TikTokApp, code: string): Promise<TokenGrant>;
  /**
   * The refresh token that is sent may be dead afterwards. Reactions: `reauthorize` when it is no good, `in-doubt`
   * when the answer is lost, so that a newer pair may exist that nobody holds.
   *
   * @throws TikTokError
   */
  refreshToken(app: TikTokApp, refreshToken: string): Promise<TokenGrant>;
}

interface TokenApiDeps {
  door: HttpDoor;
  hosts: (environment: Environment) => TikTokHosts;
  log: Logger;
}

interface TokenCall {
  path: string;
  /** What is exchanged, besides the app's own credentials. */
  spent: Record<string, string>;
  /** For a person, when the answer is lost. */
  nextWhenLost: string;
}

export function createTokenApi(deps: TokenApiDeps): TokenApi {
  return {
    exchangeCode: (app, code) =>
      requestGrant(deps, app, {
        path: '/api/v2/token/get',
        // TikTok's own spelling; not OAuth's `authorization_code`.
        spent: { auth_code: code, grant_type: 'authorized_code' },
        nextWhenLost: 'Start connecting again: the code may have been used up.',
      }),
    refreshToken: (app, refreshToken) =>
      requestGrant(deps, app, {
        path: '/api/v2/token/refresh',
        spent: { refresh_token: refreshToken, grant_type: 'refresh_token' },
        nextWhenLost: 'It is tried once more with the same token; if TikTok refuses that, connect again.',
      }),
  };
}

async function requestGrant(deps: TokenApiDeps, app: TikTokApp, call: TokenCall): Promise<TokenGrant> {
  const query = { app_key: app.appKey, app_secret: app.appSecret, ...call.spent };
  const request = {
    origin: deps.hosts(app.environment).token,
    method: 'GET' as const,
    target: `${call.path}?${encodeQuery(query)}`,
    headers: {},
  };
  try {
    const line = { effect: 'write' as const, method: 'GET', path: call.path };
    const answer = await sendLogged(deps.door, request, deps.log, line);
    const secrets = [app.appSecret, ...Object.values(call.spent)];
    const { data, requestId } = judge(answer, { effect: 'write', secrets });
    return grantOf(data, requestId);
  } catch (error) {
    throw explainLoss(error, call.nextWhenLost);
  }
}

/** Nothing can be read back here, so that the general advice of an `in-doubt` would mislead. */
function explainLoss(error: unknown, next: string): unknown {
  if (!(error instanceof TikTokError) || error.reaction !== 'in-doubt') return error;
  const { reaction, message, tiktokCode, httpStatus, requestId, cause } = error;
  return new TikTokError({ reaction, message, next, tiktokCode, httpStatus, requestId, cause });
}

function grantOf(data: WireTokenGrant, requestId: string | null): TokenGrant {
  try {
    return readGrant(data);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    throw new TikTokError({
      reaction: 'in-doubt',
      message: `TikTok's tokens cannot be used: ${error.message}.`,
      next: 'Connect again.',
      requestId,
    });
  }
}

/** Both `…_expire_in` are absolute unix seconds, whatever their names say. */
function readGrant(data: WireTokenGrant): TokenGrant {
  const userType = textOrNull(data.user_type);
  return {
    accessToken: requiredText(data.access_token, 'access_token'),
    accessExpiresAt: requiredTime(data.access_token_expire_in, 'access_token_expire_in'),
    refreshToken: requiredText(data.refresh_token, 'refresh_token'),
    refreshExpiresAt: requiredTime(data.refresh_token_expire_in, 'refresh_token_expire_in'),
    openId: requiredText(data.open_id, 'open_id'),
    sellerName: textOf(data.seller_name),
    sellerBaseRegion: textOf(data.seller_base_region),
    userType: userType === null ? null : Number(userType),
    grantedScopes: data.granted_scopes === undefined ? null : textsOf(data.granted_scopes),
  };
}
