/** Views that a person keeps, and what a run has asked of TikTok. */
import t from 'tap';
import { createOperator } from '../../src/companies/operator-store.js';
import { somebody } from '../support/actors.js';
import { createBrowser, type Browser } from '../support/browser.js';
import { harborGoods } from '../support/connect-shop.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

t.setTimeout(170_000);
const service = await startService(t);
const { prisma } = service.db;
const shop = await service.connectShop(harborGoods);

async function browserOf(who: { login: string; password: string }): Promise<Browser> {
  const browser = createBrowser(service.url);
  await browser.logIn(who);
  return browser;
}

await t.test(
  'a view of a list is kept under a name, is one click away, and is its owner’s alone',
  async (t) => {
    const ada = await browserOf(service.operator);
    const list = `/orders?view=to-ship&shop=${shop.connectionId}`;
    t.match((await ada.get(list)).text, /Keep this view/);
    t.notMatch(
      (await ada.get('/orders')).text,
      /Keep this view/,
      'nothing is to be kept of the list as it is',
    );
    const kept = {
      path: '/orders',
      name: 'Mine <b>',
      query: `view=to-ship&shop=${shop.connectionId}&after=5&evil=1`,
    };
    await ada.get(list);
    const saved = await ada.post('/views', kept);
    t.equal(
      new URL(saved.url).search,
      `?view=to-ship&shop=${shop.connectionId}`,
      'what no list reads is left out',
    );
    t.match(saved.text, /aria-current="page"[^>]*>Mine &lt;b&gt;</);
    t.match((await ada.get('/orders')).text, /class="chip idle">Mine &lt;b&gt;</);
    t.notMatch((await ada.get('/shipments')).text, /Mine &lt;/, 'of another list it is none');
    await ada.get(list);
    await ada.post('/views', { ...kept, query: 'view=problems' });
    t.equal(await prisma.portalView.count(), 1, 'the same name again replaces it');
    const { id } = await prisma.portalView.findFirstOrThrow();

    const eve = { login: 'eve', password: 'a long word of eve' };
    await createOperator(prisma, { ...eve, role: 'reader', companyId: service.companyId, by: somebody });
    const other = await browserOf(eve);
    t.notMatch((await other.get('/orders')).text, /Mine &lt;/);
    await other.get('/account');
    t.equal((await other.post(`/views/${id}/remove`)).status, 404);
    t.equal((await other.post('/views', { path: '//evil.example', name: 'x', query: '' })).status, 400);
    t.equal((await other.post('/views', { path: '/orders', name: '', query: 'view=new' })).status, 400);
    t.match(
      (await other.post('/views', { path: '/returns', name: 'Open', query: 'view=open' })).text,
      /Open/,
    );
    await ada.get('/orders?view=problems');
    await ada.post(`/views/${id}/remove`);
    t.same(
      (await prisma.portalView.findMany()).map(({ name }) => name),
      ['Open'],
    );
    await prisma.operator.delete({ where: { login: 'eve' } });
    t.equal(await prisma.portalView.count(), 0, 'views go with their owner');
  },
);

await t.test(
  'a run says its endpoints, its slowest call, and what failed with TikTok’s request ids',
  async (t) => {
    const ada = await browserOf(service.operator);
    await until(
      'a run of the order pull',
      async () => (await prisma.run.count({ where: { outcome: 'done' } })) > 0,
    );
    const runs = await prisma.run.findMany({ where: { outcome: 'done' } });
    const calling = runs.filter(({ calls }) => calls !== null);
    t.ok(calling.length > 0, 'runs that call TikTok count their calls');
    const page = await ada.get(`/runs/${calling[0]!.id}`);
    t.match(page.text, /Calls to TikTok/);
    t.match(page.text, /The slowest/);
    t.match(page.text, /request <code>[0-9A-F]{20,}<\/code>/, 'with the id that TikTok’s support asks for');
    service.simulator.control.addFault({ kind: 'error', code: 36009003, httpStatus: 500, times: 4 });
    await shop.pullOrders();
    const findFailing = async () =>
      (await prisma.run.findMany({ where: { outcome: 'failed' } })).find(({ calls }) => calls !== null);
    await until('a run that fails', async () => (await findFailing()) !== undefined);
    service.simulator.control.clearFaults();
    const failing = (await findFailing())!;
    const { failures } = failing.calls as unknown as { failures: { requestId: string }[] };
    const failed = await ada.get(`/runs/${failing.id}`);
    t.match(failed.text, /The last calls that failed/);
    t.match(failed.text, /36009003/);
    t.ok(failures[0]?.requestId);
    t.match(failed.text, failures[0]?.requestId ?? 'none');
  },
);
