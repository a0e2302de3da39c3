import fastify from 'fastify';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { createOperator } from '../../src/companies/operator-store.js';
import { defaultSessionTimes, startSession } from '../../src/companies/operator-session-store.js';
import { portalPlugin } from '../../src/portal/portal-plugin.js';
import type { PortalDeps } from '../../src/portal/portal-deps.js';
import { demoApp } from '../../src/simulator/options.js';
import { findFlow } from '../../src/sync/flow-catalogue.js';
import { ensureFlows, listFlows, requestRun } from '../../src/sync/flows.js';
import { startConnectionWorld, type ConnectionWorld } from '../connections/connection-world.js';

export const operator = { login: 'ada', password: 'a long password' };

export interface PortalWorld extends ConnectionWorld {
  url: string;
  /** A browser without a log-in. */
  browser(): Browser;
  /** A browser in which the operator has logged in (without the slow check of the password). */
  loggedIn(): Promise<Browser>;
}

/** The pages on a port of their own, with the simulator as TikTok and the real due table behind Run now. */
export async function startPortalWorld(t: Test, change: Partial<PortalDeps> = {}): Promise<PortalWorld> {
  const world = await startConnectionWorld(t);
  const { deps } = world;
  let url = 'http://127.0.0.1';
  const portal: PortalDeps = {
    ...deps,
    ensureFlows,
    publicUrl: () => url,
    listFlows: (companyId) => listFlows(deps.db.prisma, { companyId, now: deps.clock.now() }),
    async runNow({ companyId, connectionId, flow }) {
      const name = findFlow(flow)?.name ?? 'pull-orders';
      await requestRun(deps.db.prisma, { companyId, connectionId, name, now: deps.clock.now() });
    },
    links: [{ label: 'API description', href: '/docs' }],
    ...change,
  };
  const app = fastify();
  await app.register(portalPlugin(portal));
  await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  world.simulator.control.putApp(demoApp(`${url}/connections/callback`));
  const account = await createOperator(deps.db.prisma, operator);
  const browser = (): Browser => createBrowser(url);
  return {
    ...world,
    url,
    browser,
    async loggedIn() {
      const fresh = browser();
      const at = { now: deps.clock.now(), times: defaultSessionTimes };
      fresh.cookies.set('operator', (await startSession(deps.db.prisma, account, at)).cookie);
      await fresh.get('/connections');
      return fresh;
    },
  };
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Where the browser stands after redirects. */
  url: string;
}

/** A browser without scripts: keeps cookies per host, follows redirects, fills forms with the token of the page. */
export interface Browser {
  cookies: Map<string, string>;
  get(path: string): Promise<Answer>;
  /** One request, without following a redirect. */
  request(path: string, init?: RequestInit): Promise<Answer>;
  /** Posts a form with the token of the page that was seen last, then follows redirects. */
  post(path: string, fields?: Record<string, string>): Promise<Answer>;
  logIn(who: { login: string; password: string }): Promise<Answer>;
}

function createBrowser(origin: string): Browser {
  const cookies = new Map<string, string>();
  let csrf = '';

  async function request(path: string, init: RequestInit = {}): Promise<Answer> {
    const target = new URL(path, origin);
    const own = target.origin === origin;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = new Headers(init.headers);
    if (own && cookie) headers.set('cookie', cookie);
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    if (own) keepCookies(cookies, response.headers.getSetCookie());
    const text = await response.text();
    csrf = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? csrf;
    return { status: response.status, headers: response.headers, text, url: target.href };
  }

  async function follow(answer: Answer): Promise<Answer> {
    const location = answer.headers.get('location');
    if (answer.status < 300 || answer.status > 399 || !location) return answer;
    return follow(await request(new URL(location, answer.url).href));
  }

  const browser: Browser = {
    cookies,
    request,
    get: async (path) => follow(await request(path)),
    post: async (path, fields = {}) =>
      follow(await request(path, { method: 'POST', body: new URLSearchParams({ _csrf: csrf, ...fields }) })),
    async logIn(who) {
      await browser.get('/login');
      return browser.post('/login', who);
    },
  };
  return browser;
}

function keepCookies(cookies: Map<string, string>, lines: string[]): void {
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    const ended = /expires=Thu, 01 Jan 1970/i.test(line) || /max-age=0/i.test(line);
    if (ended) cookies.delete(name);
    else cookies.set(name, value);
  }
}
