import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLoopback } from '../config/config.js';
import { AppError } from '../kernel/errors.js';

interface SiteGuardOptions {
  /**
   * Names under which this server answers besides those of this machine; then the API is guarded as well. Null where keys
   * and passwords are secrets: there a name tells nothing, and calls of the API have nothing that a browser adds by itself.
   */
  hosts: readonly string[] | null;
}

/** For a refusal that comes before the pages' own headers. */
const refusalHeaders = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};
const NO_SITES = new Set(['same-origin', 'same-site', 'none']);

/**
 * Keeps the browser of a passer-by from being the attacker's hand: a page of another site must not reach this server through
 * it (Sec-Fetch-Site, Origin), nor make itself the same site by a name that leads here (Host; DNS rebinding). Programs
 * send none of these but Host, and go on as before. A link that opens a page of ours is good, as is TikTok's way
 * back: such a page is shown to the person alone.
 */
export function registerSiteGuard(app: FastifyInstance, { hosts }: SiteGuardOptions): void {
  app.addHook('onRequest', (request, reply, done) => {
    const problem =
      (hosts && (foreignHost(request, hosts) ?? foreignOrigin(request, hosts))) ??
      (hosts || isPage(request) ? crossSite(request) : null);
    if (problem) reply.headers(refusalHeaders);
    done(problem ?? undefined);
  });
}

function foreignHost(request: FastifyRequest, hosts: readonly string[]): AppError | null {
  const { host } = request.headers;
  // Only programs leave it out.
  if (host === undefined || isOurs(nameIn(host), request, hosts)) return null;
  const message = 'This server does not answer under that host name.';
  const next = 'Use http://127.0.0.1 with the port, or name the host in ALLOWED_HOSTS.';
  return new AppError('not-allowed', message, { details: [{ field: 'Host', message, next }] });
}

function foreignOrigin(request: FastifyRequest, hosts: readonly string[]): AppError | null {
  const { origin } = request.headers;
  if (origin === undefined || opensPage(request)) return null;
  // Browsers write null for forms of pages without a referrer, as ours are; those have a token. Without their word
  // on the site it may be anybody's.
  const site = request.headers['sec-fetch-site'];
  if (origin === 'null' && (NO_SITES.has(String(site)) || (site === undefined && isPage(request))))
    return null;
  if (URL.canParse(origin) && isOurs(nameIn(new URL(origin).host), request, hosts)) return null;
  return anotherSite();
}

function crossSite(request: FastifyRequest): AppError | null {
  return request.headers['sec-fetch-site'] === 'cross-site' && !opensPage(request) ? anotherSite() : null;
}

function anotherSite(): AppError {
  return new AppError('not-allowed', 'A page of another site has sent this request.');
}

/** A person follows a link or a redirect to a page, which takes the whole window. */
function opensPage(request: FastifyRequest): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = request.headers;
  return request.method === 'GET' && mode === 'navigate' && dest === 'document' && isPage(request);
}

/** By the route that was found: a path can be written in many ways. */
function isPage({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url !== undefined && !routeOptions.url.startsWith('/api/');
}

/** Without port and brackets; null for what is no host. */
function nameIn(host: string): string | null {
  const [, v6, name] = /^(?:\[([0-9a-f:.]{2,45})\]|([^[\]:/@\s]{1,253}))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name)?.toLowerCase() ?? null;
}

function isOurs(name: string | null, request: FastifyRequest, hosts: readonly string[]): boolean {
  if (name === null) return false;
  // Who listens on all addresses answers under each of them.
  const reached = request.socket.localAddress?.replace(/^::ffff:/, '');
  return isLoopback(name) || name === reached || hosts.some((host) => nameIn(host) === name);
}
