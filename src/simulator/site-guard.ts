import { isIPv4 } from 'node:net';

import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What people open in a browser; the app sends them here from another origin. */
const PAGES = /^\/(open\/.*|oauth\/.*|_pages\/.*|_control\/docs.*|coverage)?$/;
const KNOWN_SITES = new Set(['same-origin', 'same-site', 'none']);

/**
 * Accounts, app secret and control API of a simulator are public, so the only thing between them and a hostile page is that
 * the page's browser tells on it: by a foreign Host (DNS rebinding), by Sec-Fetch-Site, by Origin. Programs send none of
 * these but Host. `hosts`: names that count besides those of this machine and of the address listened on.
 */
export function registerSiteGuard(server: FastifyInstance, hosts: readonly string[]): void {
  server.addHook('onRequest', async (request, reply) => {
    const problem = problemOf(request, hosts);
    if (problem === undefined) return undefined;
    return reply
      .code(403)
      .headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ error: problem }));
  });
}

function problemOf(request: FastifyRequest, hosts: readonly string[]): string | undefined {
  const { host, origin, 'sec-fetch-site': site } = request.headers;
  if (host !== undefined && !isKnown(nameIn(host), request, hosts)) {
    return 'the simulator does not answer under this host name; allow it with --allow-host';
  }
  if (opensPage(request)) return undefined;
  const foreign = site === 'cross-site' || (origin !== undefined && !isKnownOrigin(origin, request, hosts));
  return foreign ? 'a page of another site has sent this request' : undefined;
}

/** A person follows a link or a redirect: the page is shown to him alone, and changes nothing. */
function opensPage(request: FastifyRequest): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest } = request.headers;
  return request.method === 'GET' && mode === 'navigate' && dest === 'document' && isPage(request);
}

function isPage(request: FastifyRequest): boolean {
  return PAGES.test(request.url.split('?', 1)[0] ?? '');
}

function isKnownOrigin(origin: string, request: FastifyRequest, hosts: readonly string[]): boolean {
  // The forms of our pages have no referrer, for which browsers write null.
  const site = request.headers['sec-fetch-site'];
  if (origin === 'null') return site === undefined ? isPage(request) : KNOWN_SITES.has(site);
  return URL.canParse(origin) && isKnown(nameIn(new URL(origin).host), request, hosts);
}

/** Without port and brackets; undefined for what is no host. */
function nameIn(host: string): string | undefined {
  const [, v6, name] = /^(?:\[([0-9a-f:.]{2,45})\]|([^[\]:/@\s]{1,253}))(?::\d{1,5})?$/i.exec(host) ?? [];
  return (v6 ?? name)?.toLowerCase();
}

function isKnown(name: string | undefined, request: FastifyRequest, hosts: readonly string[]): boolean {
  if (name === undefined) return false;
  const here = name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
  const reached = request.socket.localAddress?.replace(/^::ffff:/, '');
  return here || name === reached || hosts.some((host) => nameIn(host) === name);
}
