/** A person with the demo open visits a hostile page, in a real browser. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { startDemoService, type DemoService } from '../support/demo-service.js';

const places = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((path) => path !== undefined && existsSync(path));
const skip = executablePath ? false : 'no Chromium here; set CHROMIUM_PATH to run it';

t.setTimeout(170_000);

/** Pages of the attacker; every foreign name leads to this machine, as after DNS rebinding. */
async function openBrowser(t: Test): Promise<{ page: Page; evilPort: number }> {
  const evil = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title>'),
  ).listen(0, '127.0.0.1');
  t.teardown(() => evil.close());
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--no-first-run',
      '--host-resolver-rules=MAP *.example 127.0.0.1',
    ],
  });
  t.teardown(() => browser.close());
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(20_000);
  return { page, evilPort: (evil.address() as AddressInfo).port };
}

/** What a script of the page gets for its requests: what it may see of the answers. */
async function attack(page: Page, demo: DemoService): Promise<string[]> {
  const targets = [
    [`${demo.url}/api/v3/ActivityEvents?subscription-key=demo`, 'POST'],
    [`${demo.url}/api/v3/Inventory/Broadcast?subscription-key=demo`, 'POST'],
    [`${demo.simulator.url}/_control/reset`, 'POST'],
    [`${demo.simulator.url}/_control/state`, 'GET'],
    [`${demo.url}/api/v3/Orders?subscription-key=demo`, 'GET'],
  ];
  return page.evaluate(async (list) => {
    const outcomes: string[] = [];
    for (const [url = '', method = ''] of list) {
      for (const mode of ['no-cors', 'cors'] as const) {
        const body = method === 'POST' ? { body: '{"Level":"Alert","Summary":"evil"}' } : {};
        outcomes.push(
          await fetch(url, { method, mode, ...body }).then(
            (answer) => `${answer.type} ${answer.status}`,
            () => 'failed',
          ),
        );
      }
    }
    return outcomes;
  }, targets);
}

await t.test(
  'a hostile page changes nothing and reads nothing through the visitor’s browser',
  { skip },
  async (t) => {
    const demo = await startDemoService(t);
    const { page, evilPort } = await openBrowser(t);
    const before = demo.simulator.control.orders().length;
    const seen = demo.simulator.control.effects().length;
    const events = await demo.db.prisma.event.count();
    await page.goto(`http://evil.example:${evilPort}/`);
    t.same(new Set(await attack(page, demo)), new Set(['opaque 0', 'failed']), 'nothing can be read');
    // A form is sent without asking anybody.
    await page.setContent(
      `<form method="post" action="${demo.simulator.url}/_control/reset"><button>win</button></form>`,
    );
    await page.getByRole('button').click();
    await page.getByText('another site').waitFor();
    t.equal(demo.simulator.control.orders().length, before, 'the simulator was not emptied');
    t.equal(demo.simulator.control.effects().length, seen);
    t.equal(await demo.db.prisma.event.count(), events, 'the API took nothing');

    // The same machine under the attacker's name: no other site any more for the browser.
    for (const url of [demo.url, demo.simulator.url]) {
      const { port } = new URL(url);
      for (const path of ['/', '/login', '/_control/state', '/api/v3/Orders?subscription-key=demo']) {
        const answer = await page.goto(`http://rebind.example:${port}${path}`);
        t.equal(answer?.status(), 403, `${port}${path}`);
      }
    }
  },
);

await t.test('a shop is connected over two sites, as with TikTok', { skip }, async (t) => {
  // For a browser localhost and 127.0.0.1 are as foreign to each other as TikTok and we are.
  const foreignTo = (url: string): string => url.replace('127.0.0.1', 'localhost');
  const demo = await startDemoService(t, ({ simulator }) => ({
    SIMULATOR_BROWSER_URL: foreignTo(simulator.url),
  }));
  const { page } = await openBrowser(t);
  await page.goto(`${demo.url}/connections/new`);
  await page.getByLabel('Login').fill('demo');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByLabel('Name').fill('Harbor Goods US');
  await page.getByLabel('Base URL').fill(demo.simulator.url);
  await page.getByLabel('Is US?').selectOption('yes');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByLabel('Market').selectOption('US');
  t.match(page.url(), foreignTo(demo.simulator.url));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('E-mail').fill('us@seller.example');
  await page.getByLabel('Password').fill('demo');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('button', { name: 'Install and authorize' }).click();
  await page.getByText('TikTok has authorised the connection').waitFor();
  t.match(page.url(), `${demo.url}/connections/`);
  // Back among our own pages, after a way over another site.
  await page.getByRole('link', { name: 'Operators' }).click();
  await page.getByRole('link', { name: 'demo' }).waitFor();
});
