import assert from 'node:assert/strict';
import { createBrowser, type Browser } from './browser.js';

export interface ShopAccount {
  /** Log-in at TikTok. */
  email: string;
  region: string;
  isUs: boolean;
  shopName: string;
  shopId: string;
}

/** Of the simulator's demo. */
export const harborGoods: ShopAccount = {
  email: 'us@seller.example',
  region: 'US',
  isUs: true,
  shopName: 'Harbor Goods',
  shopId: '7495000000000000001',
};
export const tokoPelangi: ShopAccount = {
  email: 'id@seller.example',
  region: 'ID',
  isUs: false,
  shopName: 'Toko Pelangi',
  shopId: '7495000000000000002',
};

export interface ConnectedShop {
  connectionId: number;
  /** The operator's browser, logged in. */
  browser: Browser;
  /** Presses Run now. */
  pullOrders(): Promise<void>;
  /** Connects once more, as an operator does when the connection asks for it. */
  reconnect(): Promise<void>;
}

interface Place {
  url: string;
  simulator: { url: string };
  /** The first one on the page when left out. */
  companyId?: number;
  operator: { login: string; password: string };
}

/** The story of the README: log in, new connection, Connect, TikTok's pages, Get Shops, pick, Save. */
export async function connectShop(place: Place, account: ShopAccount): Promise<ConnectedShop> {
  const browser = createBrowser(place.url);
  const start = await browser.logIn(place.operator);
  assert.equal(new URL(start.url).pathname, '/', 'logged in');
  const form = await browser.get('/connections/new');
  const companyId = place.companyId ?? /<option value="(\d+)"/.exec(form.text)?.[1];
  const created = await browser.post('/connections', {
    companyId: String(companyId),
    name: account.shopName,
    ...serverFields(place, account),
  });
  assert.match(created.text, /Go on with Connect/);
  const page = new URL(created.url).pathname;
  await authorize(place, account, browser, page);
  const shops = await browser.get(`${page}/shops`);
  assert.ok(shops.text.includes(account.shopName), 'TikTok lists the shop');
  const picked = valueOf(shops.text, 'picked');
  const saved = await browser.post(`${page}/shop`, { picked, cipher: '' });
  assert.match(saved.text, /The shop is connected and its schedules run/);
  return {
    connectionId: Number(page.split('/').at(-1)),
    browser,
    async pullOrders() {
      const answer = await browser.post(`${page}/flows/pull-orders/run`);
      // A run that is over by then is shown itself.
      assert.match(answer.text, /A run was asked for|, run \d+/);
    },
    async reconnect() {
      await browser.logIn(place.operator);
      await browser.get(page);
      await authorize(place, account, browser, page);
    },
  };
}

function serverFields({ simulator }: Place, { isUs }: ShopAccount): Record<string, string> {
  return { baseUrl: simulator.url, isUs: isUs ? 'yes' : 'no' };
}

/** From Connect over TikTok's region, log-in and consent back to the connection's page. */
async function authorize(place: Place, account: ShopAccount, browser: Browser, page: string): Promise<void> {
  const region = await browser.post(`${page}/connect`, serverFields(place, account));
  assert.match(region.text, /Select the market/);
  const query = new URL(region.url).searchParams;
  const fields = {
    service_id: query.get('service_id') ?? '',
    state: query.get('state') ?? '',
    region: account.region,
  };
  const tiktok = `${place.simulator.url}/open/authorize`;
  const logIn = await browser.get(`${tiktok}/login?${new URLSearchParams(fields).toString()}`);
  assert.ok(logIn.text.includes(account.email), 'the account is on the page');
  const consent = await browser.request(`${tiktok}/login`, {
    method: 'POST',
    body: new URLSearchParams({ ...fields, email: account.email, password: 'demo' }),
  });
  const decision = { ticket: valueOf(consent.text, 'ticket'), decision: 'install' };
  const back = await browser.request(`${tiktok}/confirm`, {
    method: 'POST',
    body: new URLSearchParams(decision),
  });
  const connected = await browser.get(back.headers.get('location') ?? '');
  assert.match(connected.text, /TikTok has authorised the connection/);
}

/** Of the first field of this name in a page. */
function valueOf(text: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]+)"`).exec(text)?.[1];
  assert.ok(value, `the page has no field ${name}`);
  return value;
}
