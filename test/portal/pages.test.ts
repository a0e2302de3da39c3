/** The pages of every day in a real browser, with the whole product behind them and the simulator as TikTok. */
import t from 'tap';
import type { Page } from 'playwright-core';
import { axeSource, fillService, logInTo, noChromium, openChromium, takePicture } from './pages-world.js';

if (noChromium) t.pass(noChromium);
else {
  t.setTimeout(900_000);
  const service = await fillService(t);
  const chromium = await openChromium(t);
  const connection = service.shop.connectionId;
  const orderKey = service.orders[1]?.Identifier.LogicbrokerKey ?? '';
  const tiktokId = service.orders[1]?.PartnerPO ?? '';
  const paths = {
    dashboard: '/',
    problems: '/problems',
    deadlines: '/deadlines',
    orders: '/orders',
    'orders-on-hold': '/orders?view=on-hold',
    order: `/orders/${orderKey}`,
    ship: `/orders/${orderKey}/ship?parcels=2`,
    cancel: `/orders/${orderKey}/cancel`,
    unseen: '/orders/tiktok/123456789012345678',
    shipments: '/shipments',
    shipment: `/shipments/${service.failedShipment}`,
    correct: `/shipments/${service.failedShipment}/correct`,
    acknowledgements: '/acknowledgements',
    returns: '/returns',
    search: '/search?q=NO-MATCH-1',
    connections: '/connections',
    'new-connection': '/connections/new',
    connection: `/connections/${connection}`,
    companies: '/companies',
    company: `/companies/${service.companyId}`,
    operators: '/operators',
    account: '/account',
    help: '/help',
  };

  await t.test(
    'axe finds nothing on any page, light, dark and narrow, and no page scrolls sideways',
    async (t) => {
      const looks = {
        light: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
        dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
        narrow: { viewport: { width: 360, height: 760 }, colorScheme: 'light' },
      } as const;
      for (const [look, settings] of Object.entries(looks)) {
        const context = await chromium.newContext(settings);
        const page = await context.newPage();
        const complaints: string[] = [];
        page.on('console', (message) => complaints.push(message.text()));
        await logInTo(page, service);
        for (const [name, path] of Object.entries(paths)) {
          const answer = await page.goto(`${service.url}${path}`);
          t.ok([200, 303].includes(answer?.status() ?? 0), `${path}: ${answer?.status()}`);
          await takePicture(page, `${name}-${look}`);
          t.same(await violations(page), [], `${path} ${look}`);
          const wide = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
          t.ok(Number(wide) <= 0, `${path} ${look} is ${String(wide)} px too wide`);
        }
        t.same(complaints, [], `the browser had nothing to complain about, ${look}`);
        await context.close();
      }
    },
  );

  await t.test(
    'a failed shipment is found on the dashboard, corrected and sent, without scripts',
    async (t) => {
      const context = await chromium.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await logInTo(page, service);
      await page.getByRole('link', { name: /Look and mend.*Shipment failed/ }).click();
      await page.getByRole('link', { name: 'Correct and send again' }).click();
      await page.getByLabel('Tracking number', { exact: true }).fill('9400111899560000000024');
      await page.getByRole('button', { name: 'Correct and send' }).click();
      await page.getByText('The correction is taken').waitFor();
      await until(page, /Complete 1000/);
      await page
        .getByRole('navigation', { name: 'Way here' })
        .getByRole('link', { name: /^Order / })
        .click();
      t.match(await page.textContent('main'), /9400111899560000000024/, 'the history tells it');
      await context.close();
    },
  );

  await t.test('the buyer is hidden until somebody asks, and that stands in the trail', async (t) => {
    const buyer = 'Sample Buyer';
    const browser = service.shop.browser;
    for (const path of ['/orders', `/orders/${orderKey}`, '/deadlines', '/problems', '/'])
      t.notMatch((await browser.get(path)).text, buyer, path);
    await browser.get(`/orders/${orderKey}`);
    const shown = await browser.post(`/orders/${orderKey}/buyer`);
    t.match(shown.text, /That you have looked stands in the activity/);
    const row = await service.db.prisma.auditEntry.findFirst({ where: { action: 'buyer.shown' } });
    t.match(row, { subject: `order ${orderKey}`, actorName: 'ada' });
  });

  await t.test(
    'an order that nobody has seen is asked of TikTok, and the page says what to do',
    async (t) => {
      const answer = await service.shop.browser.get('/search?q=123456789012345678');
      t.match(answer.text, /none of the connected shops that answered knows it/);
      const known = await service.shop.browser.get(`/search?q=${tiktokId}`);
      t.match(known.url, new RegExp(`/orders/${orderKey}$`), 'one hit leads to its page');
    },
  );

  await t.test('a page is small on the wire and forbids scripts', async (t) => {
    const { cookies } = service.shop.browser;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const path of Object.values(paths)) {
      const response = await fetch(`${service.url}${path}`, { headers: { cookie }, redirect: 'manual' });
      const bytes = (await response.arrayBuffer()).byteLength;
      if (response.status !== 200) continue;
      t.match(response.headers.get('content-security-policy'), /default-src 'none'/, path);
      t.equal(response.headers.get('cache-control'), 'no-store', path);
      t.equal(response.headers.get('content-encoding'), 'gzip', path);
      t.ok(bytes < 400_000, path);
    }
  });
}

/** What axe has against the page, as rule and first place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const found =
    await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes[0].html.slice(0, 200)))`);
  return found as string[];
}

/** Loads the page again until it says so. */
async function until(page: Page, text: RegExp): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (text.test((await page.textContent('main')) ?? '')) return;
    await page.waitForTimeout(200);
    await page.goto(page.url().split('?', 1)[0] ?? '');
  }
  throw new Error(`${text.source} did not come`);
}
