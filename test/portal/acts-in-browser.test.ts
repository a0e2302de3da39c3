/** What people do every day, pressed in a real browser without scripts, with the simulator as TikTok. */
import t from 'tap';
import type { Page } from 'playwright-core';
import { findCallerByKey } from '../../src/companies/api-key-store.js';
import { fillService, logInTo, noChromium, openChromium } from './pages-world.js';

if (noChromium) t.pass(noChromium);
else {
  t.setTimeout(600_000);
  const service = await fillService(t);
  const { control } = service.simulator;
  const { prisma } = service.db;
  const shopId = '7495000000000000001';
  const chromium = await openChromium(t);
  const context = await chromium.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await logInTo(page, service);
  const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click();
  const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const runNow = async (flow: string): Promise<void> => {
    await page.goto(`${service.url}/runs?flow=${flow}`);
    await press(new RegExp(`^Run now: ${flow}`));
    await page.getByText('The run has ended').waitFor();
  };
  /** An order that a buyer has just placed and paid for long enough, taken in with Run now. */
  const arrive = async (): Promise<string> => {
    const { id } = control.addOrder(shopId, {
      lines: [{ sellerSku: 'TEE-RED-L', quantity: 2 }],
      paidMinutesAgo: 120,
    });
    await runNow('pull-orders');
    return id;
  };
  const openOrder = async (id: string): Promise<void> => {
    await page.goto(`${service.url}/orders`);
    await follow(id);
    await page.getByRole('heading', { name: `Order ${id}` }).waitFor();
  };

  await t.test('an order goes from its arrival to its shipment', async (t) => {
    const id = await arrive();
    await openOrder(id);
    t.match(await page.textContent('main'), /New|Submitted/);
    await press('Accept');
    await page.getByText('The order is accepted').waitFor();
    await follow('Ship items');
    await page.getByLabel('Carrier').selectOption({ label: 'USPS' });
    await page.getByLabel('Tracking number', { exact: true }).fill('9400111899560000000109');
    await page.getByLabel('Number of the shipment').fill('FROM-ARRIVAL');
    await press('Send to TikTok');
    await page.getByText('The shipment is taken').waitFor();
    await page.goto(`${service.url}/shipments`);
    await follow('FROM-ARRIVAL');
    await until(page, /Complete 1000/);
    await openOrder(id);
    t.match(await page.textContent('main'), /nothing is open/);
    t.match(control.effects({ order: id }), [{ kind: 'shipped', via: 'api' }]);
    const shipment = await prisma.document.findFirst({ where: { reference: 'FROM-ARRIVAL' } });
    const event = await prisma.event.findFirst({
      where: { documentKey: shipment?.key ?? 0 },
      orderBy: { id: 'asc' },
    });
    t.match(event, { actorName: 'ada', actorVia: 'portal' });
  });

  await t.test('an order is cancelled with a reason of its region', async (t) => {
    const id = await arrive();
    await openOrder(id);
    await follow('Cancel order');
    const reasons = await page.getByLabel('Reason').locator('option').allTextContents();
    t.ok(reasons.length > 1, reasons.join());
    await page.getByLabel('Reason').selectOption({ index: reasons.length - 1 });
    await press('Ask TikTok to cancel');
    await page.getByText('TikTok is asked to cancel the order').waitFor();
    const row = await prisma.order.findFirstOrThrow({ where: { tiktokOrderId: id } });
    const acknowledgement = await prisma.document.findFirstOrThrow({
      where: { type: 'acknowledgement', parentKey: row.documentKey },
    });
    await page.goto(`${service.url}/acknowledgements/${acknowledgement.key}`);
    await until(page, /Complete 1000/);
    const kinds = control.effects({ order: id }).map(({ kind }) => kind);
    t.ok(
      kinds.some((kind) => /cancel/.test(kind)),
      `TikTok has cancelled it: ${kinds.join()}`,
    );
    await openOrder(id);
    t.match(await page.textContent('main'), /Cancelled 1100/);
  });

  await t.test('a return is accepted, and its goods are confirmed', async (t) => {
    const id = await arrive();
    for (const type of ['seller_ship', 'carrier_deliver', 'buyer_opens_return'] as const)
      control.act(id, { type });
    await runNow('pull-returns');
    const row = await prisma.order.findFirstOrThrow({ where: { tiktokOrderId: id } });
    const found = await prisma.document.findFirstOrThrow({
      where: { type: 'return', parentKey: row.documentKey },
    });
    await page.goto(`${service.url}/returns?view=open`);
    await follow(found.reference);
    await press('Accept the request');
    await page.getByText('The status is set').waitFor();
    const approvals = () =>
      control.effects({ order: id }).filter(({ kind }) => kind === 'return_approved').length;
    await until(page, /Response received|Response Received/i);
    for (let tries = 0; tries < 100 && approvals() === 0; tries++) await page.waitForTimeout(100);
    t.equal(approvals(), 1, 'TikTok was told once');
    await page.goto(`${service.url}/returns/${found.key}`);
    t.match(await page.textContent('main'), /ada/, 'the history says who');
  });

  await t.test('a key is made, replaced and revoked, and a reload does none of it again', async (t) => {
    const keys = () => prisma.apiKey.count({ where: { companyId: service.companyId } });
    const holder = (key: string) => findCallerByKey(service.db, key, new Date());
    await page.goto(`${service.url}/companies/${service.companyId}`);
    await press('Create the secondary key');
    const first = ((await page.locator('.key').textContent()) ?? '').trim();
    t.match(first, /^tsc_/);
    t.equal((await holder(first))?.companyId, service.companyId);
    const count = await keys();
    await page.reload();
    t.equal(await keys(), count, 'loading the page again makes no other key');
    t.equal(await page.locator('.key').count(), 0, 'and shows it no more');
    t.ok(await holder(first), 'and it works still');

    await page.goto(`${service.url}/companies/${service.companyId}`);
    await page.getByText('Replace or revoke the secondary key').click();
    await page.getByLabel('Hours that the old key works beside the new one').last().fill('2');
    await press('Replace the secondary key');
    const second = ((await page.locator('.key').textContent()) ?? '').trim();
    t.not(second, first);
    await page.reload();
    t.ok(await holder(first), 'the old one has its time');
    t.ok(await holder(second));

    await page.getByText('Replace or revoke the secondary key').click();
    await press('Revoke the secondary key');
    await page.getByRole('button', { name: 'Create the secondary key' }).waitFor();
    t.same([await holder(first), await holder(second)], [null, null]);
    await page.reload();
    const rows = await prisma.auditEntry.findMany({
      where: { action: { in: ['key.created', 'key.replaced', 'key.revoked'] } },
      orderBy: { id: 'asc' },
    });
    t.same(
      rows.map(({ action }) => action),
      ['key.created', 'key.replaced', 'key.revoked'],
      'each once',
    );
  });

  await t.test(
    'a document that failed is corrected and sent again, and the history says by whom',
    async (t) => {
      await page.goto(`${service.url}/shipments/${service.failedShipment}`);
      await follow('Correct and send again');
      const number = page.getByLabel('Tracking number', { exact: true });
      await number.fill('9400111899560000000062');
      await press('Correct and send');
      await page.getByText('The correction is taken').waitFor();
      await until(page, /Complete 1000/);
      const event = await prisma.event.findFirst({
        where: { documentKey: Number(service.failedShipment), actorName: 'ada' },
      });
      t.ok(event, 'the history names who has corrected it');
    },
  );
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
