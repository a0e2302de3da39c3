/** The questions of daily work: each is answered within three clicks from the dashboard, in a browser without scripts. */
import t from 'tap';
import type { Page } from 'playwright-core';
import { fillService, logInTo, noChromium, openChromium } from './pages-world.js';

if (noChromium) t.pass(noChromium);
else {
  t.setTimeout(600_000);
  const service = await fillService(t);
  const chromium = await openChromium(t);
  const context = await chromium.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await logInTo(page, service);

  /** Clicks from the dashboard, by the name of a link or button, or what is typed into the search box. */
  const link =
    (name: string | RegExp, nth = 0) =>
    async (on: Page) =>
      on.getByRole('link', { name }).nth(nth).click();
  const button = (name: string | RegExp) => async (on: Page) =>
    on.getByRole('button', { name }).first().click();
  const search = (wanted: string) => async (on: Page) => {
    await on.getByRole('searchbox').fill(wanted);
    await on.getByRole('button', { name: 'Search' }).click();
  };
  const refused = await service.db.prisma.order.findFirstOrThrow({ where: { state: 'not_imported' } });

  const questions: [question: string, clicks: ((on: Page) => Promise<void>)[], answer: RegExp][] = [
    ['Why was order X not imported?', [search(refused.tiktokOrderId)], /The order is not imported/],
    ['Which orders must ship today?', [link('due in 24 hours')], /due within 24 hours|left/],
    ['Why was SKU Y not sent?', [search('NO-MATCH-1')], /NO-MATCH-1 is not in TikTok as it was uploaded/],
    ['Which SKUs are unmatched?', [link(/^Match them/)], /NO-MATCH-1/],
    ['What failed, and what to do?', [link('All problems')], /Correct the tracking number or the carrier/],
    ['Is the connection healthy, when does the token end?', [], /Healthy[\s\S]*\d{4}-\d\d-\d\d/],
    ['When did the last pull run, what did it bring?', [link(/new/)], /Order pull[\s\S]*\d+ new/],
    ['Who changed a setting?', [link('Activity')], /ada[\s\S]*Connection created/],
    ['Retry a failed shipment', [link(/^Look and mend/)], /Send again as it is/],
    [
      'Correct its tracking number',
      [link(/^Look and mend/), link('Correct and send again')],
      /Correct and send/,
    ],
    [
      'Cancel an order',
      [link('Orders'), link(service.orders[1]?.PartnerPO ?? ''), link('Cancel order')],
      /Ask TikTok to cancel/,
    ],
    ['Accept a return', [link('Returns'), link(/^\d{10,}/)], /Accept the request|Goods are back/],
    ['Upload inventory, see row errors', [link(/^See the rows/)], /not taken/],
    ['Feed specification', [link('Products'), link('View Feed Specifications')], /Id, path or name/],
    [
      'Manage API keys',
      [link('Companies and keys'), link('Harbor Goods LLC')],
      /Primary key[\s\S]*last used/,
    ],
    ['Manage users', [link('Operators')], /New operator/],
  ];

  for (const [question, clicks, answer] of questions) {
    await t.test(`${question} is answered in ${clicks.length} clicks`, async (t) => {
      await page.goto(`${service.url}/`);
      for (const click of clicks) await click(page);
      t.match(await page.textContent('main'), answer);
      t.ok(clicks.length <= 3);
    });
  }

  await t.test('Run now is followed to its end, and says what it brought', async (t) => {
    await page.goto(`${service.url}/runs?flow=pull-orders`);
    await button(/^Run now: pull-orders/)(page);
    await page.getByText('The run has ended').waitFor();
    t.match(await page.textContent('main'), /Brought/);
  });

  await t.test('a file is tried first, applied from its page, and a match is taken in its row', async (t) => {
    await page.goto(`${service.url}/inventory/upload`);
    await page.getByLabel('File').setInputFiles({
      name: 'more.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('SupplierSKU,Quantity\nMINE-1,5\nMINE-2,many\n'),
    });
    await button('Upload')(page);
    await page.getByText('this was a dry run. 1 rows would not be taken').waitFor();
    t.equal(await service.db.prisma.inventoryItem.count({ where: { supplierSku: 'MINE-1' } }), 0);
    await button('Apply this file')(page);
    await page.getByText('applied', { exact: true }).waitFor();
    t.equal(await service.db.prisma.inventoryItem.count({ where: { supplierSku: 'MINE-1' } }), 1);
    await page.goto(`${service.url}/inventory?view=unmatched`);
    await page.getByLabel('SKU in TikTok of MINE-1').fill('TEE-RED-L');
    await button('Match MINE-1')(page);
    await page.getByText('The match is taken').waitFor();
    const item = await service.db.prisma.inventoryItem.findFirst({ where: { supplierSku: 'MINE-1' } });
    t.equal(item?.merchantSku, 'TEE-RED-L');
    const row = await service.db.prisma.import.findFirst({ where: { kind: 'matching' } });
    t.match(row, { via: 'portal', actorName: 'ada' });
  });

  await t.test(
    'an order is shipped by hand, and a mistake is told at its field with what was typed',
    async (t) => {
      const key = service.orders[2]?.Identifier.LogicbrokerKey ?? '';
      await page.goto(`${service.url}/orders/${key}/ship`);
      const carrier = page.getByLabel('Carrier');
      await carrier.selectOption({ label: 'USPS' });
      await page.getByLabel('Tracking number', { exact: true }).fill('9400111899560000000017');
      await page.getByLabel('Number of the shipment').fill('BY-HAND');
      for (const pieces of await page.getByLabel(/^Pieces of/).all()) await pieces.fill('0');
      await button('Send to TikTok')(page);
      await page.getByText('There is a problem').waitFor();
      t.equal(await page.getByLabel('Number of the shipment').inputValue(), 'BY-HAND');
      t.not(await carrier.inputValue(), '', 'the carrier is kept');
      for (const pieces of await page.getByLabel(/^Pieces of/).all())
        await pieces.fill((await pieces.getAttribute('max')) ?? '1');
      await page.getByLabel('Tracking number', { exact: true }).fill('9400111899560000000031');
      await button('Send to TikTok')(page);
      await page.getByText('The shipment is taken').waitFor();
      const shipment = await service.db.prisma.document.findFirst({ where: { reference: 'BY-HAND' } });
      t.ok(shipment);
      const event = await service.db.prisma.event.findFirst({
        where: { documentKey: shipment?.key ?? 0 },
        orderBy: { id: 'asc' },
      });
      t.match(event, { actorName: 'ada', actorVia: 'portal' });
    },
  );

  await t.test('failed documents are sent again together, and the result says which were not', async (t) => {
    await page.goto(`${service.url}/`);
    const failed = await service.db.prisma.document.findFirst({
      where: { statusCode: 1200, type: 'shipment' },
    });
    const group = new URLSearchParams({
      type: 'shipment',
      shop: String(service.shop.connectionId),
      reason: '21011025',
    });
    await page.goto(`${service.url}/problems/documents?${group.toString()}`);
    t.match(await page.textContent('main'), new RegExp(failed?.reference ?? 'none'));
    await button('Send the ticked ones again')(page);
    await page.getByText('1 sent again.').waitFor();
  });

  await t.test('two shops are connected in two tabs at once', async (t) => {
    const tabs = [await context.newPage(), await context.newPage()];
    const accounts = [
      { market: 'ID', email: 'id@seller.example', name: 'First tab' },
      { market: 'GB', email: 'eu@seller.example', name: 'Second tab' },
    ];
    for (const [index, tab] of tabs.entries()) {
      const account = accounts[index];
      if (!account) continue;
      await tab.goto(`${service.url}/connections/new`);
      await tab.getByLabel('Name').fill(account.name);
      await tab.getByLabel('Is US?').selectOption('no');
      await tab.getByRole('button', { name: 'Connect', exact: true }).click();
      await tab.getByLabel('Market').selectOption(account.market);
      await tab.getByRole('button', { name: 'Continue' }).click();
    }
    for (const [index, tab] of tabs.entries()) {
      await tab.getByLabel('E-mail').fill(accounts[index]?.email ?? '');
      await tab.getByLabel('Password').fill('demo');
      await tab.getByRole('button', { name: 'Log in' }).click();
      await tab.getByRole('button', { name: 'Install and authorize' }).click();
      await tab.getByText('TikTok has authorised the connection').waitFor();
      t.pass(accounts[index]?.name ?? '');
    }
  });

  await t.test('a keyboard alone reaches and works everything on a page', async (t) => {
    await page.goto(`${service.url}/orders`);
    await page.keyboard.press('Tab');
    t.equal(await page.locator(':focus').textContent(), 'Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    t.match(await page.locator(':focus').textContent(), /Export as CSV/, 'the menu is left out');
    const reachable = page.locator(
      'main a[href], main button, main input:not([type=hidden]), main select, main summary',
    );
    const count = await reachable.count();
    t.ok(count > 5);
    for (let stop = 1; stop < count; stop++) await page.keyboard.press('Tab');
    t.ok(await page.locator('main :focus').count(), 'the last control of the page has the focus');
  });
}
