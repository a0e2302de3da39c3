import { AppError } from '../kernel/errors.js';
import type { Environment } from '../domain/shop.js';

/** Origins (`https://host`), without a slash at the end. */
export interface TikTokHosts {
  api: string;
  token: string;
  /** Authorisation page for sellers outside the United States; opened by the browser. */
  authorize: string;
  /** Authorisation page for sellers in the United States; opened by the browser. */
  authorizeUs: string;
}

type HostUse = keyof TikTokHosts;

export interface HostSettings {
  /** Without this switch the simulator does not exist, whatever else is set. */
  allowSimulator: boolean;
  /** Instead of the defaults of production; each must be on the allow-list. */
  production?: Partial<TikTokHosts>;
  /** The simulator's origin as this program reaches it, such as `http://127.0.0.1:4010`. */
  simulatorOrigin?: string;
  /** The same as the administrator's browser reaches it; the one above when absent. */
  simulatorBrowserOrigin?: string;
}

export type OriginVerdict = { ok: true; origin: string } | { ok: false; reason: string; next: string };

/** The only hosts that a seller's data or an app's secret may go to; the first of each list is the default. */
const allowedOrigins = {
  api: ['https://open-api.tiktokglobalshop.com'],
  token: ['https://auth.tiktok-shops.com'],
  authorize: ['https://services.tiktokshop.com'],
  // TikTok's guides name both; most apps in the field still use the first.
  authorizeUs: ['https://services.us.tiktokshop.com', 'https://services.tiktokshops.us'],
} as const satisfies Record<HostUse, readonly string[]>;

const RETIRED_SANDBOX = new Set(['open-api-sandbox.tiktokglobalshop.com', 'auth-sandbox.tiktok-shops.com']);
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);
/** One label without a dot is a name of a container network; no host of the Internet is called so. */
const CONTAINER_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const SANDBOX_IS_GONE = {
  reason: "TikTok's sandbox is retired and does not serve today's API.",
  next: 'Use the production address together with a test shop that you create in Partner Center, or use the simulator.',
};

/** All hosts of an environment. @throws AppError configuration-invalid for a host that is not allowed */
export function hostsFor(environment: Environment, settings: HostSettings): TikTokHosts {
  if (environment === 'production') return productionHostsWith(settings.production ?? {});
  if (!settings.simulatorOrigin) throw new AppError('configuration-invalid', 'No simulator is configured.');
  const server = demand(checkSimulatorOrigin(settings.simulatorOrigin, settings.allowSimulator));
  const browser = demand(
    checkSimulatorOrigin(
      settings.simulatorBrowserOrigin ?? settings.simulatorOrigin,
      settings.allowSimulator,
    ),
  );
  return { api: server, token: server, authorize: browser, authorizeUs: browser };
}

function productionHostsWith(changes: Partial<TikTokHosts>): TikTokHosts {
  const originFor = (use: HostUse) =>
    demand(checkProductionOrigin(use, changes[use] ?? allowedOrigins[use][0]));
  return {
    api: originFor('api'),
    token: originFor('token'),
    authorize: originFor('authorize'),
    authorizeUs: originFor('authorizeUs'),
  };
}

/**
 * Compares the text itself with the allow-list, so that nothing that merely resolves or normalises to an allowed host
 * (user info, a dot at the end, a port, look-alike letters) gets through.
 */
export function checkProductionOrigin(use: HostUse, text: string): OriginVerdict {
  const origin = withoutSlash(text);
  const allowed: readonly string[] = allowedOrigins[use];
  if (allowed.includes(origin)) return { ok: true, origin };
  if (isRetiredSandbox(text)) return { ok: false, ...SANDBOX_IS_GONE };
  return {
    ok: false,
    reason: `${shorten(text)} is not one of TikTok's addresses.`,
    next: `Use ${allowed.join(' or ')}.`,
  };
}

/** The simulator holds demo data and no secrets, so it is reached on this machine or its container network, in plain http. */
export function checkSimulatorOrigin(text: string, allowSimulator: boolean): OriginVerdict {
  if (!allowSimulator) {
    return {
      ok: false,
      reason: 'The simulator is switched off here.',
      next: 'Use production, or switch it on.',
    };
  }
  const origin = withoutSlash(text);
  const url = URL.canParse(origin) ? new URL(origin) : null;
  // Equality with the parsed origin refuses every spelling but the plain one: 0x7f.1, user info, paths, upper case.
  const isNear = url !== null && (LOOPBACK.has(url.hostname) || CONTAINER_NAME.test(url.hostname));
  if (isNear && url.protocol === 'http:' && url.origin === origin) {
    return { ok: true, origin };
  }
  return {
    ok: false,
    reason: `${shorten(text)} is neither an address of this machine nor of its container network.`,
    next: 'Use http://127.0.0.1 with the port of the simulator.',
  };
}

/**
 * Which environment a Base URL means, for the field of that name on the connection page.
 * Only the hosts of `settings` can be named; any other text comes back with a reason.
 */
export function environmentOf(
  baseUrl: string,
  settings: HostSettings,
): { ok: true; environment: Environment } | { ok: false; reason: string; next: string } {
  const text = withoutSlash(baseUrl.trim());
  const simulators = [settings.simulatorOrigin, settings.simulatorBrowserOrigin];
  if (settings.allowSimulator && simulators.some((origin) => origin && withoutSlash(origin) === text)) {
    return { ok: true, environment: 'simulator' };
  }
  const verdict = checkProductionOrigin('api', text);
  return verdict.ok ? { ok: true, environment: 'production' } : verdict;
}

/**
 * Where the seller's browser goes to install the app. `state` comes back with the seller and ties the answer to the
 * administrator who started; the redirect address and the scopes are set in Partner Center, not here.
 */
export function authorizationUrl(
  hosts: TikTokHosts,
  start: { serviceId: string; isUs: boolean; state: string },
): string {
  const url = new URL('/open/authorize', start.isUs ? hosts.authorizeUs : hosts.authorize);
  url.searchParams.set('service_id', start.serviceId);
  url.searchParams.set('state', start.state);
  return url.href;
}

function isRetiredSandbox(text: string): boolean {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(withScheme) && RETIRED_SANDBOX.has(new URL(withScheme).hostname);
}

function demand(verdict: OriginVerdict): string {
  if (verdict.ok) return verdict.origin;
  throw new AppError('configuration-invalid', `${verdict.reason} ${verdict.next}`);
}

function withoutSlash(text: string): string {
  return text.endsWith('/') ? text.slice(0, -1) : text;
}

/** User info in a mistyped address may be a secret, so it is never repeated. */
function shorten(text: string): string {
  return text.replace(/\/\/[^/]*@/, '//').slice(0, 80);
}
