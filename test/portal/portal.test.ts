import { pickupStatusOf } from '../../src/companies/company-store.js';
import t from 'tap';
import { findCallerByKey } from '../../src/companies/api-key-store.js';
import { html, htmlText, type HtmlValue } from '../../src/portal/html.js';
import { localPath } from '../../src/portal/forms.js';
import { redactObject } from '../../src/kernel/redact.js';
import { DEMO_APP_KEY } from '../../src/simulator/options.js';
import { createCallBudget } from '../../src/sync/budgets/budgets.js';
import { HOUR_MS, MINUTE_MS } from '../../src/kernel/time.js';
import { STYLE_PATH } from '../../src/portal/layout.js';
import { indonesianSeller, usSeller } from '../connections/connection-world.js';
import type { Answer, Browser } from '../support/browser.js';
import { operator, startPortalWorld } from './portal-world.js';

const TOKEN_CALL = '/api/v2/token/get';

const world = await startPortalWorld(t);
const { deps, simulator } = world;
const tx = deps.db.prisma;
const baseUrl = simulator.url;

/** The first field of this name in a page. */
function hidden(text: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
}

/** What the template makes of one value. */
function text(value: HtmlValue): string {
  return htmlText(html`${value}`);
}

/** Goes as far as TikTok's page. @returns the connection's page and where Connect has sent the browser */
async function startConnecting(browser: Browser, name: string): Promise<{ page: string; authorize: URL }> {
  await browser.get('/connections/new');
  const created = await browser.post('/connections', {
    companyId: String(world.companyId),
    name,
    baseUrl,
    isUs: 'yes',
  });
  const page = new URL(created.url).pathname;
  return { page, authorize: await connect(browser, page) };
}

async function connect(browser: Browser, page: string): Promise<URL> {
  await browser.get(page);
  const csrf = /name="_csrf" value="([^"]+)"/.exec((await browser.get(page)).text)?.[1] ?? '';
  const answer = await browser.request(`${page}/connect`, {
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrf, baseUrl, isUs: 'yes' }),
  });
  return new URL(answer.headers.get('location') ?? '');
}

/** What TikTok's redirect looks like after the seller has agreed. */
function agreed(authorize: URL, openId = usSeller): string {
  const state = authorize.searchParams.get('state') ?? '';
  return simulator.control.authorize({ openId, state }).redirectUrl;
}

await t.test(
  'the whole story with forms alone: from log-in over TikTok and back to a shop that is pulled',
  async (t) => {
    const browser = world.browser();
    t.match((await browser.get('/connections')).url, /\/login\?next=%2Fconnections$/);
    t.match((await browser.logIn(operator)).url, /\/$/);
    const { page, authorize } = await startConnecting(browser, 'Harbor US');
    t.equal(authorize.origin, simulator.url);
    t.equal(authorize.pathname, '/open/authorize');
    t.same([...authorize.searchParams.keys()], ['service_id', 'state']);

    // TikTok's side: region, log-in, consent.
    const service = authorize.searchParams.get('service_id') ?? '';
    const state = authorize.searchParams.get('state') ?? '';
    t.match((await browser.get(authorize.href)).text, /Select the market/);
    const consent = await browser.request(`${simulator.url}/open/authorize/login`, {
      method: 'POST',
      body: new URLSearchParams({
        service_id: service,
        state,
        region: 'US',
        email: 'us@seller.example',
        password: 'demo',
      }),
    });
    const redirect = await browser.request(`${simulator.url}/open/authorize/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ ticket: hidden(consent.text, 'ticket'), decision: 'install' }),
    });
    const back = await browser.get(redirect.headers.get('location') ?? '');
    t.equal(new URL(back.url).pathname, page, 'no code is left in the address');
    t.match(back.text, /TikTok has authorised the connection/);
    t.match(back.text, /Harbor Goods LLC/);

    const shops = await browser.get(`${page}/shops`);
    const cipher = hidden(shops.text, 'picked');
    t.match(shops.text, /Harbor Goods/);
    t.ok(cipher);
    const saved = await browser.post(`${page}/shop`, { picked: cipher, cipher: '' });
    t.match(saved.text, /The shop is connected and its schedules run/);
    t.match(saved.text, /pull-orders/);
    const shopId = simulator.control.shops().find(({ name }) => name === 'Harbor Goods')?.id ?? '';
    const shop = { appKey: DEMO_APP_KEY, shopId, lane: 'urgent' as const };
    await createCallBudget({ db: tx }).throttled({ ...shop, endpoint: 'GET /order/202507/orders' }, 60_000);
    t.match(
      (await browser.get(page)).text,
      /GET \/order\/202507\/orders<\/code><\/th>\s*<td[^>]*>2\.5<\/td>\s*<td[^>]*>\s*5\.0, /,
    );
    const pull = () => tx.flow.findFirstOrThrow({ where: { name: 'pull-orders' } });
    const asked = async () => (await pull()).requested;
    t.ok(world.woken.includes((await pull()).id), 'the first run does not wait for the next beat');
    const run = await browser.post(`${page}/flows/pull-orders/run`);
    t.match(run.text, /A run was asked for/);
    t.equal(await asked(), 1);
    const list = await browser.get('/connections');
    t.match(list.text, /Harbor US/);
    t.match(list.text, /Run now/);
  },
);

await t.test(
  'the exchange of @fastify/oauth2 is ours: TikTok sees its own token call, and nothing else',
  async (t) => {
    const browser = await world.loggedIn();
    const { authorize } = await startConnecting(browser, 'Seam');
    simulator.control.clearRequests();
    await browser.get(agreed(authorize, indonesianSeller));
    const calls = simulator.control
      .requests()
      .map(({ method, path, query }) => ({ method, path, grant: query['grant_type'] }));
    t.same(calls, [{ method: 'GET', path: TOKEN_CALL, grant: 'authorized_code' }]);
  },
);

await t.test('every bad answer is a clear page, and costs no token call', async (t) => {
  const browser = await world.loggedIn();
  const { page, authorize } = await startConnecting(browser, 'Bad answers');
  const good = agreed(authorize);
  simulator.control.clearRequests();
  const refusedBy = async (who: Browser, url: string, text: RegExp): Promise<void> => {
    const answer = await who.get(url);
    t.match(answer.text, text);
    t.equal(answer.status, 403);
    t.notMatch(answer.text, new URL(good).searchParams.get('code') ?? 'x');
  };
  const without = (name: string): string => {
    const url = new URL(good);
    url.searchParams.delete(name);
    return url.href;
  };
  await refusedBy(browser, without('state'), /without a start from this program/);
  await refusedBy(world.browser(), good, /another browser or by another log-in/);
  await refusedBy(await world.loggedIn(), good, /another browser or by another log-in/);
  // The cookie is gone after an answer, so each further try starts anew.
  const again = async (): Promise<URL> => new URL(agreed(await connect(browser, page)));
  const planted = await again();
  browser.cookies.delete('tiktok-state');
  await refusedBy(browser, planted.href, /another browser or by another log-in/);
  const unknown = await again();
  unknown.searchParams.set('state', 'A'.repeat(43));
  await refusedBy(browser, unknown.href, /no authorisation that was started here/);
  const mixedUp = await again();
  mixedUp.searchParams.set('app_key', 'someone-elses');
  await refusedBy(browser, mixedUp.href, /another TikTok server or app/);
  const late = await again();
  world.advance(11 * MINUTE_MS);
  await refusedBy(browser, late.href, /more than ten minutes ago/);
  for (const code of [null, '', 'null']) {
    const refusal = await again();
    if (code === null) refusal.searchParams.delete('code');
    else refusal.searchParams.set('code', code);
    await refusedBy(browser, refusal.href, /refused on the TikTok page/);
  }
  t.equal(world.calls(TOKEN_CALL), 0);
});

await t.test('an answer that anybody can invent does not end a Connect that is under way', async (t) => {
  const browser = await world.loggedIn();
  const { page, authorize } = await startConnecting(browser, 'Disturbed');
  for (const query of ['state=x', 'state=x&code=y', 'code=y', 'error=access_denied']) {
    t.equal((await browser.get(`/connections/callback?${query}`)).status, 403, query);
  }
  const back = await browser.get(agreed(authorize));
  t.equal(new URL(back.url).pathname, page);
  t.match(back.text, /TikTok has authorised the connection/);
  t.notOk(browser.cookies.has('tiktok-state'), 'a good answer ends the state');
});

await t.test('an answer counts once', async (t) => {
  const browser = await world.loggedIn();
  const { authorize } = await startConnecting(browser, 'Once');
  const answer = agreed(authorize, indonesianSeller);
  const cookies = new Map(browser.cookies);
  t.equal((await browser.get(answer)).status, 200);
  // Even a browser that still has the cookie of the start gets no second exchange.
  for (const [name, value] of cookies) browser.cookies.set(name, value);
  const before = world.calls(TOKEN_CALL);
  t.match((await browser.get(answer)).text, /used already/);
  t.equal(world.calls(TOKEN_CALL), before);
});

await t.test('another seller than before is asked about', async (t) => {
  const browser = await world.loggedIn();
  const { page, authorize } = await startConnecting(browser, 'Sellers');
  await browser.get(agreed(authorize, indonesianSeller));
  const offer = await browser.get(agreed(await connect(browser, page), usSeller));
  t.equal(offer.status, 409);
  t.match(offer.text, /another seller: Harbor Goods LLC/);
  const authorizationId = /name="authorizationId" value="(\d+)"/.exec(offer.text)?.[1] ?? '';
  const kept = await browser.post(`${page}/seller`, { authorizationId, decision: 'keep' });
  t.match(kept.text, /keeps its seller/);
  t.match(kept.text, /PT Toko Pelangi/);
  const used = await browser.post(`${page}/seller`, { authorizationId, decision: 'use' });
  t.match(used.text, /belongs to the new seller now/);
  t.match(used.text, /Harbor Goods LLC/);
});

await t.test('the retired sandbox is explained, and no other host gets in', async (t) => {
  const browser = await world.loggedIn();
  const make = async (url: string): Promise<Answer> => {
    await browser.get('/connections/new');
    return browser.post('/connections', {
      companyId: String(world.companyId),
      name: 'X',
      baseUrl: url,
      isUs: 'no',
    });
  };
  const sandbox = await make('https://open-api-sandbox.tiktokglobalshop.com');
  t.equal(sandbox.status, 400);
  t.match(sandbox.text, /sandbox is retired/);
  t.match(sandbox.text, /test shop/);
  t.match((await make('https://evil.example')).text, /not one of TikTok/);
});

await t.test('a log-in has a new session id, and log-out ends it everywhere', async (t) => {
  const browser = await world.loggedIn();
  const first = browser.cookies.get('operator') ?? '';
  t.match(first, /^[\w-]{43}$/);
  await browser.get('/connections');
  await browser.post('/logout');
  t.notOk(browser.cookies.has('operator'));
  browser.cookies.set('operator', first);
  t.match((await browser.get('/connections')).url, /\/login/, 'a copied cookie is worthless');
  await browser.logIn(operator);
  t.not(browser.cookies.get('operator'), first);
});

await t.test('a session ends when it is idle', async (t) => {
  const browser = await world.loggedIn();
  world.advance(29 * MINUTE_MS);
  t.equal((await browser.request('/connections')).status, 200);
  world.advance(HOUR_MS);
  t.equal((await browser.request('/connections')).status, 303);
});

await t.test('a wrong password is refused, and guessing is slowed down', async (t) => {
  const browser = world.browser();
  const guess = () => browser.logIn({ login: 'nobody-at-all', password: 'wrong' });
  const first = await guess();
  t.equal(first.status, 401);
  t.match(first.text, /Login or password is wrong/);
  for (let i = 0; i < 4; i++) await guess();
  const slowed = await guess();
  t.equal(slowed.status, 429);
  t.ok(Number(slowed.headers.get('retry-after')) > 0);
  const told = world
    .logged()
    .split('\n')
    .filter((line) => line.includes('log-in refused'))
    .map((line) => JSON.parse(line) as object);
  const who = { loginName: 'nobody-at-all', fromRange: '127.0.0.1' };
  t.match(told.slice(-6), [
    ...Array.from({ length: 5 }, () => ({ ...who, reason: 'wrong' })),
    { ...who, reason: 'slowed' },
  ]);
  for (const line of told) t.same(redactObject(line), line, 'redaction keeps it');
});

await t.test('no form works without its token, from another site, or by GET', async (t) => {
  const browser = await world.loggedIn();
  const { page } = await startConnecting(browser, 'Forms');
  const before = await tx.connection.findMany({ orderBy: { id: 'asc' } });
  const posts = [
    '/connections',
    `${page}/connect`,
    `${page}/shop`,
    `${page}/seller`,
    `${page}/rename`,
    `${page}/settings`,
    `${page}/pause`,
    `${page}/resume`,
    `${page}/close`,
    `${page}/flows/pull-orders/run`,
    '/companies',
    `/companies/${world.companyId}/keys/primary`,
    `/companies/${world.companyId}/keys/primary/revoke`,
    '/logout',
  ];
  for (const path of posts) {
    const fields = { name: 'x', sure: 'yes', companyId: String(world.companyId), baseUrl, isUs: 'no' };
    const without = await browser.request(path, { method: 'POST', body: new URLSearchParams(fields) });
    t.equal(without.status, 403, `${path} without a token`);
    const wrong = await browser.request(path, {
      method: 'POST',
      body: new URLSearchParams({ ...fields, _csrf: 'x'.repeat(43) }),
    });
    t.equal(wrong.status, 403, `${path} with a wrong token`);
    const nobody = await world.browser().request(path, { method: 'POST', body: new URLSearchParams(fields) });
    t.equal(nobody.status, 303, `${path} without a log-in`);
  }
  const csrf = /name="_csrf" value="([^"]+)"/.exec((await browser.get(page)).text)?.[1] ?? '';
  const foreign = await browser.request(`${page}/rename`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
    body: new URLSearchParams({ _csrf: csrf, name: 'x' }),
  });
  t.equal(foreign.status, 403, 'from another site');
  t.same(await tx.connection.findMany({ orderBy: { id: 'asc' } }), before);
  const login = await world
    .browser()
    .request('/login', { method: 'POST', body: new URLSearchParams(operator) });
  t.equal(login.status, 403, 'the log-in form too');
});

await t.test('a form that cannot be stored is refused and changes nothing', async (t) => {
  const browser = await world.loggedIn();
  const { page } = await startConnecting(browser, 'Odd texts');
  const id = Number(page.split('/').at(-1));
  const before = await tx.connection.findUnique({ where: { id } });
  const csrf = /name="_csrf" value="([^"]+)"/.exec((await browser.get(page)).text)?.[1] ?? '';
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    browser.request(path, { method: 'POST', headers, body: new URLSearchParams({ _csrf: csrf, ...fields }) });
  t.equal((await post(`${page}/rename`, { name: 'a\0b' })).status, 400);
  const settings = { remorseMinutes: '60', constantAttributes: 'a=b\0' };
  t.equal((await post(`${page}/settings`, settings)).status, 400);
  t.equal((await post(`${page}/rename`, { name: 'x'.repeat(60_001) })).status, 400);
  t.equal((await post(`${page}/rename`, { name: 'x'.repeat(300_000) })).status, 413);
  const json = { 'content-type': 'application/json' };
  t.equal((await post(`${page}/rename`, { name: 'x' }, json)).status, 415);
  t.same(await tx.connection.findUnique({ where: { id } }), before);
});

await t.test('after the log-in the browser goes to a path of ours only', (t) => {
  t.equal(localPath('/connections/7?done=saved', '/'), '/connections/7?done=saved');
  for (const bad of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    '/\t/evil.example',
    '/.//evil.example',
    '/connections/..//evil.example',
    '/%2e//evil.example',
  ]) {
    t.equal(localPath(bad, '/home'), '/home', JSON.stringify(bad));
  }
  t.end();
});

await t.test('every page forbids scripts, frames and caching', async (t) => {
  const browser = await world.loggedIn();
  const { page } = await startConnecting(browser, 'Headers');
  for (const path of [
    '/',
    '/login',
    '/connections',
    '/connections/new',
    page,
    '/companies',
    '/connections/0',
    '/connections/callback',
  ]) {
    const { headers, text } = await browser.request(path);
    const policy = headers.get('content-security-policy') ?? '';
    t.match(policy, /default-src 'none'/, path);
    t.match(policy, /frame-ancestors 'none'/, path);
    t.notMatch(policy, /unsafe|script-src/, path);
    t.equal(headers.get('x-content-type-options'), 'nosniff', path);
    t.equal(headers.get('referrer-policy'), 'no-referrer', path);
    t.notMatch(text, /<script|<style|\sstyle=|\son\w+=/i, path);
  }
  t.equal((await browser.request(page)).headers.get('cache-control'), 'no-store');
  t.match((await browser.request(STYLE_PATH)).headers.get('content-type'), /text\/css/);
});

await t.test('names from outside can hurt no page', async (t) => {
  const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;
  const seller = simulator.control.addSeller({
    name: `${hostile} LLC`,
    email: 'x@seller.example',
    password: 'demo',
    baseRegion: 'GB',
  });
  simulator.control.addShop({
    id: '7495000000000000666',
    name: hostile,
    region: 'GB',
    sellerType: 'LOCAL',
    openId: seller.openId,
  });
  const browser = await world.loggedIn();
  const { page, authorize } = await startConnecting(browser, `mine ${hostile}`);
  const back = await browser.get(agreed(authorize, seller.openId));
  const shops = await browser.get(`${page}/shops`);
  const cipher = /name="picked" value="([^"]*)"/.exec(shops.text)?.[1] ?? '';
  const saved = await browser.post(`${page}/shop`, { picked: cipher });
  const list = await browser.get('/connections');
  const settings = await browser.post(`${page}/settings`, {
    remorseMinutes: '60',
    constantAttributes: `a=</textarea>${hostile}`,
  });
  for (const answer of [
    back,
    shops,
    saved,
    list,
    settings,
    await browser.get(`${page}?done=${encodeURIComponent(hostile)}`),
  ]) {
    t.notMatch(answer.text, /<script|<img|onerror=alert\(2\)>"/);
  }
  t.match(list.text, /&lt;script&gt;alert\(1\)/);
  t.match(settings.text, /&lt;\/textarea&gt;/);
});

await t.test('the template escapes every value and nests only its own markup', (t) => {
  t.equal(text(`<a href="x" title='y'>&`), '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
  t.equal(text(null) + text(undefined) + text(false), '');
  t.equal(text(0), '0');
  t.equal(text([html`<b>1</b>`, '<', ['>', 2]]), '<b>1</b>&lt;&gt;2');
  t.end();
});

await t.test('a key is shown once, works at once, and its replacement ends it', async (t) => {
  const browser = await world.loggedIn();
  const company = await browser.get(`/companies/${world.companyId}`);
  t.match(company.text, /Create the primary key/);
  const shown = await browser.post(`/companies/${world.companyId}/keys/primary`);
  const key = /class="key">\s*(tsc_[\w-]+)/.exec(shown.text)?.[1] ?? '';
  t.equal(shown.headers.get('cache-control'), 'no-store');
  const now = deps.clock.now();
  t.equal((await findCallerByKey(deps.db, key, now))?.companyId, world.companyId);
  t.notMatch((await browser.get(`/companies/${world.companyId}`)).text, key);
  await browser.post(`/companies/${world.companyId}/keys/primary`);
  t.equal(await findCallerByKey(deps.db, key, now), null);
  await browser.post(`/companies/${world.companyId}/keys/primary/revoke`);
  t.match((await browser.get(`/companies/${world.companyId}`)).text, /Create the primary key/);
  t.equal((await browser.post(`/companies/${world.companyId}/keys/tertiary`)).status, 404);
});

await t.test('the status at which new orders wait is chosen on the company’s page', async (t) => {
  const browser = await world.loggedIn();
  const path = `/companies/${world.companyId}`;
  const chosen = async () => /<option value="(\d+)"\s+selected/.exec((await browser.get(path)).text)?.[1];
  /** As the form sends it: with the version that the page has shown. */
  const choose = async (status: string) => {
    const version = /name="version" value="(\d+)"/.exec((await browser.get(path)).text)?.[1] ?? '';
    return browser.post(`${path}/pickup-status`, { status, version });
  };
  t.equal(await chosen(), '100');
  t.equal((await choose('150')).status, 200);
  t.equal(await chosen(), '150');
  t.equal(await pickupStatusOf(deps.db.prisma, world.companyId), 150);
  const refused = await choose('200');
  t.equal(refused.status, 400);
  t.match(refused.text, /100/);
  t.equal(await chosen(), '150');
  t.equal((await browser.post('/companies/999999/pickup-status', { status: '100' })).status, 404);
  await choose('100');
});

await t.test('a mistyped address of a page is answered by a page', async (t) => {
  const browser = await world.loggedIn();
  for (const path of ['/connections/1/setings', '/companies/none/of/these']) {
    const answer = await browser.get(path);
    t.equal(answer.status, 404, path);
    t.match(answer.text, /There is no page at this address/);
  }
});

await t.test('a connection is paused, resumed, renamed, set and closed from its page', async (t) => {
  const browser = await world.loggedIn();
  const { id } = await tx.connection.findFirstOrThrow({ where: { status: 'active' } });
  const page = `/connections/${id}`;
  await browser.get(page);
  t.match((await browser.post(`${page}/pause`)).text, /Paused/);
  t.match((await browser.post(`${page}/resume`)).text, /Resumed/);
  t.match((await browser.post(`${page}/rename`, { name: 'Renamed shop' })).text, /Renamed shop/);
  const bad = await browser.post(`${page}/settings`, { remorseMinutes: '-5', importCreatedAfter: 'soon' });
  t.equal(bad.status, 400);
  t.match(bad.text, /whole number of minutes/);
  for (const importCreatedAfter of ['1', '31.01.2026', '2026-02-31', '2026-01-31T00:00:00']) {
    await browser.get(page);
    const vague = await browser.post(`${page}/settings`, { remorseMinutes: '90', importCreatedAfter });
    t.equal(vague.status, 400, importCreatedAfter);
    t.match(vague.text, /importCreatedAfter must be a date/);
  }
  await browser.get(page);
  const good = await browser.post(`${page}/settings`, {
    remorseMinutes: '90',
    importCreatedAfter: '',
    constantAttributes: 'Source=TikTok',
    warehouseCodes: 'EAST=7000000000001\nWEST = 7000000000002',
  });
  t.match(good.text, /value="90"/);
  t.match(good.text, /EAST=7000000000001\nWEST=7000000000002/);
  t.match(good.text, /Source=TikTok/);
  const isTicked = /name="autoAcknowledge" value="yes" checked/;
  t.notMatch(good.text, isTicked);
  const ticked = await browser.post(`${page}/settings`, { remorseMinutes: '90', autoAcknowledge: 'yes' });
  t.match(ticked.text, isTicked);
  t.notMatch((await browser.post(`${page}/settings`, { remorseMinutes: '90' })).text, isTicked);
  const chosen = await browser.post(`${page}/settings`, { remorseMinutes: '90', countKnows: 'shipped' });
  t.match(chosen.text, /<option value="shipped" selected/, 'one of a few words is a choice');
  t.match(chosen.text, /<option value="lower" selected/, 'and what the form does not name stays');
  const unknown = await browser.post(`${page}/settings`, { remorseMinutes: '90', healDrift: 'maybe' });
  t.equal(unknown.status, 400);
  t.match(unknown.text, /must be one of lower, both, report/);
  t.equal((await browser.post(`${page}/close`)).status, 400, 'the box has to be ticked');
  await browser.get(page);
  t.match((await browser.post(`${page}/close`, { sure: 'yes' })).text, /This connection is closed/);
});

await t.test('pages that do not exist and ids that are none are not found', async (t) => {
  const browser = await world.loggedIn();
  for (const path of [
    '/connections/999999',
    '/connections/0',
    '/connections/1e3',
    '/connections/abc',
    '/companies/999999',
  ]) {
    const answer = await browser.get(path);
    t.equal(answer.status, 404, path);
    t.match(answer.text, /<h1>Not found<\/h1>/, path);
  }
});

await t.test('who comes by localhost is sent to the name that TikTok knows', async (t) => {
  const { port } = new URL(world.url);
  const response = await fetch(`http://localhost:${port}/connections?x=1`, { redirect: 'manual' });
  t.equal(response.status, 302);
  t.equal(response.headers.get('location'), `${world.url}/connections?x=1`);
});

await t.test(
  'behind https cookies are bound to the host, and the browser is told to stay with https',
  async (t) => {
    const secure = await startPortalWorld(t, { publicUrl: () => 'https://connector.example' });
    const answer = await secure.browser().request('/login');
    t.match(answer.headers.get('set-cookie'), /^__Host-login=.*Path=\/; HttpOnly; Secure; SameSite=Lax/);
    t.match(answer.headers.get('strict-transport-security'), /max-age=31536000/);
  },
);

await t.test('no code, token, password or secret has reached the log', (t) => {
  const logged = world.logged();
  t.ok(logged.length > 0);
  for (const secret of [operator.password, 'demo0secret', 'TTP_', 'ROW_'])
    t.notOk(logged.includes(secret), secret);
  t.end();
});
