import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import t from 'tap';
import { operator, startPortalWorld } from './portal-world.js';

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const executablePath = places.find((path) => path !== undefined && existsSync(path));
const skip = executablePath ? false : 'no Chromium here; set CHROMIUM_PATH to run it';

await t.test(
  'a new user connects a shop in a real browser, without scripts',
  { skip, timeout: 120_000 },
  async (t) => {
    const world = await startPortalWorld(t);
    const browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--no-first-run',
      ],
    });
    t.teardown(() => browser.close());
    const context = await browser.newContext({
      javaScriptEnabled: false,
      viewport: { width: 1100, height: 900 },
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    const picture = await pictures(page);

    await page.goto(`${world.url}/`);
    await picture('start');
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByLabel('Login').fill(operator.login);
    await page.getByLabel('Password').fill(operator.password);
    await picture('log-in');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('link', { name: 'Connect a shop' }).click();
    await page.getByLabel('Name').fill('Harbor Goods US');
    await page.getByLabel('Base URL').fill(world.simulator.url);
    await page.getByLabel('Is US?').selectOption('yes');
    await picture('new-connection');
    await page.getByRole('button', { name: 'Create' }).click();
    await picture('steps');

    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByLabel('Market').selectOption('US');
    await picture('tiktok-region');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('E-mail').fill('us@seller.example');
    await page.getByLabel('Password').fill('demo');
    await page.getByRole('button', { name: 'Log in' }).click();
    await picture('tiktok-consent');
    await page.getByRole('button', { name: 'Install and authorize' }).click();

    await page.getByText('TikTok has authorised the connection').waitFor();
    t.notMatch(page.url(), /code=/);
    await page.getByRole('link', { name: 'Get Shops' }).click();
    await page.getByLabel('Harbor Goods', { exact: true }).check();
    await picture('shops');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The shop is connected and its schedules run').waitFor();
    await page.getByRole('button', { name: /Run now: pull-orders/ }).click();
    await page.getByText('A run was asked for').waitFor();
    await picture('connected');
    await page.getByRole('link', { name: 'Connections' }).click();
    await page.getByRole('rowheader', { name: 'Harbor Goods US' }).waitFor();
    await picture('list');
    await page.getByRole('link', { name: 'Companies and keys' }).click();
    await page.getByRole('link', { name: 'Harbor Goods LLC' }).click();
    await page.getByRole('button', { name: 'Create the primary key' }).click();
    t.match(await page.locator('.key').textContent(), /tsc_/);
    await picture('key');

    const connection = await world.deps.db.prisma.connection.findFirstOrThrow();
    t.match(connection, { status: 'active', shopName: 'Harbor Goods', shopRegion: 'US', isUs: true });
    t.same(complaints, [], 'the browser had nothing to complain about, such as a blocked style or form');
  },
);

/** Screenshots for people; nothing compares them. */
async function pictures(page: Page): Promise<(name: string) => Promise<void>> {
  const folder = join(tmpdir(), 'connector-screenshots');
  await mkdir(folder, { recursive: true });
  let number = 0;
  return async (name) => {
    number += 1;
    await page.screenshot({
      path: join(folder, `${String(number).padStart(2, '0')}-${name}.png`),
      fullPage: true,
    });
  };
}
