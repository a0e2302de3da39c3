import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import t from 'tap';
import { testApi } from '../support/api.js';
import { createSeller } from '../support/builders.js';
import { testDatabase } from '../support/database.js';

const places = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'];
const executablePath = places.find((path) => path !== undefined && existsSync(path));
const skip = executablePath ? false : 'no Chromium here; set CHROMIUM_PATH to run it';

await t.test(
  'whoever tries the API in the browser picks a file and sends it',
  { skip, timeout: 150_000 },
  async (t) => {
    const db = await testDatabase(t);
    const seller = await createSeller(db);
    const { app, key } = await testApi(t, db, { seller });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
    });
    t.teardown(() => browser.close());
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${url}/docs`);
    await page.locator('button.authorize').first().click();
    const dialog = page.locator('.auth-container').first();
    await dialog.locator('input').first().fill(key);
    await dialog.getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.btn-done').first().click();

    await page.locator('#operations-tag-Inventory').click();
    const post = page.locator('#operations-Inventory-postInventoryV3');
    await post.locator('.opblock-summary-control').click();
    await post.getByRole('button', { name: 'Try it out' }).click();
    await post.locator('.parameters input[placeholder="partnerId"]').fill(String(seller.partnerId));
    const types = post.locator('select[aria-label="Request content type"]');
    t.match((await types.locator('option').allTextContents()).join(), 'multipart/form-data');
    await types.selectOption('multipart/form-data');
    const picker = post.locator('input[type=file]');
    t.equal(await picker.count(), 1, 'one file picker');
    await picker.setInputFiles({
      name: 'stock.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from('SupplierSKU,Quantity\nBROWSER-1,7\n'),
    });
    await post.getByRole('button', { name: 'Execute' }).click();
    const answer = post.locator('.live-responses-table .response').first();
    await answer.locator('.response-col_status', { hasText: '200' }).waitFor();
    t.match(await answer.textContent(), /1 rows, 1 new/);
    const item = await db.prisma.inventoryItem.findFirst({ where: { supplierSku: 'BROWSER-1' } });
    t.ok(item, 'the row of the file is stored');
    t.same(complaints, []);
  },
);
