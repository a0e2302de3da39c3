import { createHash } from 'node:crypto';
import oauth2, { type OAuth2Namespace } from '@fastify/oauth2';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  authorizationAddress,
  claimAuthorization,
  environmentOfState,
  startAuthorization,
} from '../connections/authorize.js';
import type { Connection } from '../connections/connection.js';
import { exchangeCode } from '../connections/seller-consent.js';
import { appFor, hostsOf } from '../connections/tiktok-access.js';
import { readForm } from './forms.js';
import type { PortalDeps } from './portal-deps.js';
import { cookieName, cookieOptions, requireSession } from './session-guard.js';
import type { Environment } from '../domain/shop.js';

type Grant = Awaited<ReturnType<typeof exchangeCode>>;
type Claim = Awaited<ReturnType<typeof claimAuthorization>>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Which authorisation TikTok's answer belongs to, once its state was accepted. */
    oauthClaim: Claim | null;
    /** The connection for which an authorisation is just being started. */
    connecting: number | null;
  }
}

export const CALLBACK_PATH = '/connections/callback';
const STATE_COOKIE = 'tiktok-state';
const STATE_SECONDS = 600;

/** The browser's part of connecting: to TikTok's page and back. */
export interface Oauth {
  /** Ties the authorisation to this browser. @returns TikTok's page, where the browser has to go */
  start(request: FastifyRequest, reply: FastifyReply, connection: Connection): Promise<string>;
  /** Checks TikTok's answer and changes its code for tokens. @throws AppError that explains what is wrong */
  finish(request: FastifyRequest, reply: FastifyReply): Promise<Claim & { grant: Grant }>;
}

/**
 * @fastify/oauth2 does the start, the state and its cookie, one registration per app of ours. TikTok's exchange of the
 * code is no OAuth 2 token request (a GET with `auth_code`, answered in TikTok's envelope), so the plugin's is replaced.
 */
export async function registerOauth(app: FastifyInstance, deps: PortalDeps): Promise<Oauth> {
  app.decorateRequest('oauthClaim', null);
  app.decorateRequest('connecting', null);
  const environments = Object.keys(deps.tiktok.apps) as Environment[];
  const plugins = new Map<Environment, OAuth2Namespace>();
  for (const environment of environments) plugins.set(environment, await registerApp(app, deps, environment));
  const pluginFor = (environment: Environment): OAuth2Namespace => {
    const plugin = plugins.get(environment);
    if (!plugin) throw new Error(`No app for ${appFor(deps.tiktok, environment).environment}`);
    return plugin;
  };

  return {
    async start(request, reply, connection) {
      appFor(deps.tiktok, connection.environment);
      request.connecting = connection.id;
      const uri = await pluginFor(connection.environment).generateAuthorizationUri(request, reply);
      // TikTok's page takes a service id and the state, nothing else, and US? decides which page it is.
      const state = new URL(uri).searchParams.get('state') ?? '';
      // One cookie for each state: two shops may be connected in two tabs at once.
      void reply.setCookie(stateCookie(deps, state), state, {
        ...cookieOptions(deps),
        maxAge: STATE_SECONDS,
      });
      return authorizationAddress(deps, { connectionId: connection.id }, state);
    },
    async finish(request, reply) {
      const state = readForm(request.query)('state');
      // Any app's plugin will do for a state that nobody knows: the check below refuses it.
      const environment = (await environmentOfState(deps, state)) ?? environments[0] ?? 'production';
      appFor(deps.tiktok, environment);
      // Without the reply, which would let the plugin end the state first: an answer that anybody can invent must not
      // end what runs.
      const answer = await pluginFor(environment)
        .getAccessTokenFromAuthorizationCodeFlow(request)
        .finally(() => {
          if (!request.oauthClaim) return;
          reply.clearCookie(cookieName(deps, STATE_COOKIE), cookieOptions(deps));
          reply.clearCookie(stateCookie(deps, state), cookieOptions(deps));
        });
      const claim = request.oauthClaim;
      if (!claim) throw new Error('The state was not checked');
      return { ...claim, grant: (answer as unknown as { token: Grant }).token };
    },
  };
}

async function registerApp(
  app: FastifyInstance,
  deps: PortalDeps,
  environment: Environment,
): Promise<OAuth2Namespace> {
  const name = `tiktok-${environment}`;
  const hosts = hostsOf(deps.tiktok, environment);
  await app.register(oauth2, {
    name,
    credentials: {
      // The secret goes to TikTok with our own exchange only, so the plugin gets none.
      client: { id: appFor(deps.tiktok, environment).serviceId, secret: 'unused', idParamName: 'service_id' },
      auth: { tokenHost: hosts.token, authorizeHost: hosts.authorize, authorizePath: '/open/authorize' },
    },
    callbackUri: () => `${deps.publicUrl()}${CALLBACK_PATH}`,
    cookie: cookieOptions(deps),
    redirectStateCookieName: cookieName(deps, STATE_COOKIE),
    generateStateFunction: (request: FastifyRequest) =>
      startAuthorization(deps, {
        connectionId: request.connecting ?? 0,
        sessionHash: requireSession(request).idHash,
      }),
    checkStateFunction: async (request: FastifyRequest) => {
      request.oauthClaim = await claimAuthorization(deps, answerOf(deps, request));
      return true;
    },
  });
  const plugin = (app as unknown as Record<string, ExchangingPlugin | undefined>)[name];
  if (!plugin?.oauth2.getToken)
    throw new Error('@fastify/oauth2 has changed: its exchange cannot be replaced');
  plugin.oauth2.getToken = async ({ code }) => ({ token: await exchangeCode(deps, environment, code) });
  return plugin;
}

/** The seam in @fastify/oauth2 8.3: it looks `oauth2.getToken` up at every call. Not documented, so a test holds it. */
interface ExchangingPlugin extends OAuth2Namespace {
  oauth2: { getToken(parameters: { code?: unknown }): Promise<{ token: unknown }> };
}

function stateCookie(deps: PortalDeps, state: string): string {
  const name = createHash('sha256').update(state).digest('hex').slice(0, 16);
  return cookieName(deps, `${STATE_COOKIE}-${name}`);
}

function answerOf(deps: PortalDeps, request: FastifyRequest) {
  const query = readForm(request.query);
  return {
    state: query('state') || null,
    cookieState: request.cookies[stateCookie(deps, query('state'))] ?? null,
    sessionHash: request.operatorSession?.idHash ?? '',
    appKey: query('app_key') || null,
  };
}
