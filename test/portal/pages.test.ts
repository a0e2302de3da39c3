/** The pages of every day in a real browser, with the whole product behind them and the simulator as TikTok. */
import { gzipSync } from 'node:zlib';
import t from 'tap';
import type { Page } from 'playwright-core';
import { axeSource, fillService, logInTo, noChromium, openChromium, takePicture } from './pages-world.js';

/** A page on the wire. */
const MOST_BYTES = 25_000;

if (noChromium) t.pass(noChromium);
else {
  t.setTimeout(900_000);
  const service = await fillService(t);
  const chromium = await openChromium(t);
  const connection = service.shop.connectionId;
  const { setUp } = service;
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
    inventory: '/inventory',
    unmatched: '/inventory?view=unmatched',
    'not-sent': '/inventory?view=not-sent',
    item: `/inventory/item?shop=${connection}&sku=NO-MATCH-1`,
    upload: '/inventory/upload',
    feeds: '/feeds',
    feed: '/feeds/1',
    products: '/products',
    'products-for-you': '/products?view=you',
    product: `/products/item?shop=${connection}&product=MUG`,
    changes: `/products/changes?shop=${connection}&product=MUG`,
    'product-feed': `/feeds/${setUp.feed}`,
    'upload-products': '/inventory/upload?kind=product',
    files: '/files',
    file: `/files/${setUp.file}`,
    'upload-documents': '/files/upload',
    deliveries: '/deliveries',
    delivery: `/deliveries/${setUp.delivery}`,
    profiles: '/deliveries/profiles',
    webhooks: '/webhooks',
    'new-webhook': '/webhooks/new',
    webhook: `/webhooks/${setUp.webhook}`,
    message: `/webhooks/${setUp.webhook}/messages/${setUp.position}`,
    alerts: '/alerts',
    'alerts-over': '/alerts?view=over',
    'new-recipient': '/alerts/recipients/new',
    recipient: `/alerts/recipients/${setUp.recipient}`,
    runs: '/runs',
    run: '/runs/1',
    activity: '/activity',
    system: '/system',
    'failed-group': `/problems/documents?type=shipment&shop=${connection}&reason=21011025`,
    specification: `/connections/${connection}/products/specification`,
    connections: '/connections',
    settings: `/connections/${connection}/settings`,
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
          if (name !== 'help') await takePicture(page, `${name}-${look}`);
          t.same(await violations(page, look === 'dark'), [], `${path} ${look}`);
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

  await t.test('hostile texts from outside stay texts on every page', async (t) => {
    const evil = `"'><img src=x onerror=alert(1)><script>alert(2)</script>`;
    const { prisma } = service.db;
    await prisma.orderLine.updateMany({ data: { productName: evil, skuName: evil } });
    await prisma.order.updateMany({ where: { gateReason: { not: null } }, data: { gateReason: evil } });
    const failed = { where: { key: Number(service.failedShipment) }, data: { errorMessage: evil } };
    await prisma.document.updateMany(failed);
    await prisma.event.updateMany({ data: { summary: evil, details: evil, actorName: evil } });
    await prisma.outboxEntry.updateMany({ data: { lastError: evil } });
    await prisma.outboxAttempt.updateMany({ data: { message: evil, requestId: evil } });
    await prisma.import.updateMany({ data: { fileName: evil, warnings: [evil] } });
    await prisma.importFinding.updateMany({ data: { value: evil, message: evil, next: evil } });
    await prisma.inventoryItem.updateMany({ data: { pushReason: evil } });
    await prisma.flow.updateMany({ data: { lastError: evil } });
    await prisma.run.updateMany({ data: { error: evil, counts: { [evil]: 1 } } });
    await prisma.connection.updateMany({ data: { name: evil, shopName: evil } });
    await prisma.company.updateMany({ data: { name: evil } });
    await prisma.return.updateMany({ data: { gateReason: evil } });
    await prisma.authorization.updateMany({ data: { sellerName: evil } });
    await prisma.webhookSubscription.updateMany({
      data: { stateReason: evil, topic: evil, address: `https://erp.example.com/${evil}?${evil}` },
    });
    await prisma.webhookMessage.updateMany({ data: { lastOutcome: evil } });
    await prisma.webhookAttempt.updateMany({ data: { outcome: evil } });
    await prisma.alert.updateMany({ data: { title: evil, next: evil } });
    await prisma.alertRecipient.updateMany({
      data: { address: evil, stateReason: evil, lastOutcome: evil, timeZone: evil },
    });
    await prisma.delivery.updateMany({
      data: { fileName: evil, lastError: evil, partner: evil, kind: evil },
    });
    await prisma.documentFile.updateMany({
      data: { fileName: evil, reason: evil, results: [{ Type: evil, Number: evil, Errors: [evil] }] },
    });
    const finding = { level: 'error', rule: evil, field: evil, message: evil, next: evil, row: 2 };
    await prisma.wantedProduct.updateMany({ data: { name: evil, findings: [finding], checkedVersion: 0n } });
    await prisma.$executeRaw`UPDATE wanted_products SET checked_version = version`;
    await prisma.wantedSku.updateMany({ data: { sku: evil } });
    const context = await chromium.newContext();
    const page = await context.newPage();
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(page.url());
      void dialog.dismiss();
    });
    await logInTo(page, service);
    const typed = encodeURIComponent(evil);
    for (const path of [
      ...Object.values(paths),
      `/search?q=${typed}`,
      `/orders?from=${typed}&status=${typed}`,
    ]) {
      await page.goto(`${service.url}${path}`);
      t.equal(await page.locator('img, script').count(), 0, path);
    }
    t.same(dialogs, []);
    await context.close();
  });

  await t.test('a page is small on the wire and forbids scripts', async (t) => {
    const { cookies } = service.shop.browser;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const path of Object.values(paths)) {
      const response = await fetch(`${service.url}${path}`, { headers: { cookie }, redirect: 'manual' });
      // As it was sent: what fetch hands out is unpacked.
      const bytes = gzipSync(Buffer.from(await response.arrayBuffer())).length;
      if (response.status !== 200) continue;
      t.match(response.headers.get('content-security-policy'), /default-src 'none'/, path);
      t.equal(response.headers.get('cache-control'), 'no-store', path);
      t.equal(response.headers.get('content-encoding'), 'gzip', path);
      t.ok(bytes < MOST_BYTES, `${path}: ${bytes} bytes`);
    }
  });
}

/** What axe has against the page, as rule and first place. Another scheme changes colours only. */
async function violations(page: Page, onlyColours: boolean): Promise<string[]> {
  const tags = onlyColours
    ? ['color-contrast']
    : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  await page.evaluate(axeSource);
  const found = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })
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
