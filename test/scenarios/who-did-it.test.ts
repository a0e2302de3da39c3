/** Whoever does something stands in the history of what it was done to: the ERP by its key, the person, the schedule. */
import t from 'tap';
import { harborGoods } from '../support/connect-shop.js';
import { wholeShipment, type ErpDocument } from '../support/erp.js';
import { runTasks } from '../support/run-tasks.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';
import { acknowledgementOf } from './aftersales/seller-desk.js';
import { commandLine, openAlready } from '../support/command-line.js';

interface HistoryLine {
  Id: number;
  Summary: string;
  TypeId: number;
  LogicbrokerKey?: number;
  Actor?: { Kind: string; Id: string; Name: string; Via: string };
}

t.setTimeout(170_000);
const service = await startService(t);
const { erp, db, operator, companyId } = service;
const shop = await service.connectShop(harborGoods);
const page = `/connections/${shop.connectionId}`;
await until('orders', async () => (await erp.list('Orders/Ready')).length >= 1, 60_000);
const [first] = (await erp.list('Orders/Ready')) as [ErpDocument];
const { id: keyId } = await db.prisma.apiKey.findFirstOrThrow({ where: { companyId } });

const theKey = `key ${keyId} primary API key api`;
const thePerson = `person 1 ${operator.login} portal`;

async function history(path = ''): Promise<HistoryLine[]> {
  const { json } = await erp.call<{ Body: { ActivityEvents: HistoryLine[] } }>(
    'GET',
    `${path}ActivityEvents`,
  );
  return json.Body.ActivityEvents;
}

/** Who stands behind the lines of history whose summary says this; each once. */
async function whoDid(summary: RegExp, path = ''): Promise<string[]> {
  const lines = (await history(path)).filter(({ Summary }) => summary.test(Summary));
  return [
    ...new Set(
      lines.map(({ Actor }) => (Actor ? `${Actor.Kind} ${Actor.Id} ${Actor.Name} ${Actor.Via}` : '')),
    ),
  ];
}

const pathOf = (type: string, key: string | number) => `${type}/${key}/`;

await t.test('an order that a schedule has pulled names the schedule', async (t) => {
  const own = pathOf('Orders', first.Identifier.LogicbrokerKey);
  const [created] = await history(own);
  t.match(created?.Actor, { Kind: 'system', Id: 'pull-orders', Via: 'flow' });
});

await t.test('an acknowledgement names the key that posted it, on itself and on its order', async (t) => {
  const document = acknowledgementOf(first, { number: 'A-1', accept: 'all' });
  const answer = await erp.call<{ Body: { LogicbrokerKey: string } }>('POST', 'Acknowledgements', {
    body: document,
  });
  t.equal(answer.status, 201, answer.text);
  const key = answer.json.Body.LogicbrokerKey;
  const lines = (await history()).filter(({ LogicbrokerKey }) => String(LogicbrokerKey) === key);
  t.ok(lines.length >= 2);
  for (const { Actor, Summary } of lines) t.match(Actor, { Kind: 'key', Id: keyId, Via: 'api' }, Summary);
  t.same(await whoDid(/to Ready to Ship/, pathOf('Orders', first.Identifier.LogicbrokerKey)), [theKey]);
});

await t.test('a shipment names the key that sent it, and the program that has told TikTok', async (t) => {
  const parcel = wholeShipment(first, { tracking: '940011189956000001', carrier: 'USPS' });
  const key = await erp.ship(first, parcel);
  await until('the end', async () => (await erp.shipment(key)).StatusCode === 1000, 60_000);
  const own = (await history()).filter(({ LogicbrokerKey }) => String(LogicbrokerKey) === key);
  const by = (summary: RegExp) => own.find(({ Summary }) => summary.test(Summary))?.Actor;
  t.match(by(/received/), { Kind: 'key', Id: keyId });
  t.match(by(/TikTok has package/), { Kind: 'system', Id: 'mark-package-shipped', Via: 'effect' });
});

await t.test('an order that a person has had pulled names the person', async (t) => {
  const choice = { connectionId: shop.connectionId, name: 'pull-orders' };
  // Whatever is due by itself would come first and be right, too.
  await db.prisma.flow.updateMany({ where: choice, data: { enabled: false } });
  const order = service.simulator.control.addOrder(harborGoods.shopId, {
    lines: [{ sellerSku: 'HG-MUG-BLUE', quantity: 1 }],
    paidMinutesAgo: 90,
  });
  await shop.pullOrders();
  const document = async () =>
    (await erp.list('Orders/Ready')).find(({ PartnerPO }) => PartnerPO === order.id);
  await until('the order', async () => (await document()) !== undefined, 60_000);
  await db.prisma.flow.updateMany({ where: choice, data: { enabled: true } });
  const { Identifier } = (await document()) as ErpDocument;
  const lines = await history(pathOf('Orders', Identifier.LogicbrokerKey));
  const [came] = lines.filter(({ Summary }) => / came in from TikTok/.test(Summary));
  t.match(came?.Actor, { Kind: 'person', Name: operator.login, Via: 'portal' });
});

await t.test('what is done on the pages names the operator', async (t) => {
  const { browser } = shop;
  await browser.get(page);
  await browser.post(`${page}/flows/pull-returns/run`, {});
  await browser.post(`${page}/pause`, {});
  await browser.post(`${page}/resume`, {});
  await browser.get(`/companies/${companyId}`);
  await browser.post(`/companies/${companyId}/keys/secondary`, {});
  await browser.post(`/companies/${companyId}/keys/secondary/revoke`, {});
  for (const [what, summary] of [
    ['a connection is made', /was created; it has no shop yet/],
    ['a seller authorises', /was authorised by the seller/],
    ['a shop is saved', /is connected to the shop/],
    ['run now', /PullReturns was asked to run now/],
    ['paused', /was paused/],
    ['resumed', /was resumed/],
    ['a key is made', /The secondary API key is key_/],
    ['a key is revoked', /The secondary API key was revoked/],
  ] as const)
    t.same(await whoDid(summary), [thePerson], what);
});

await t.test('stock that is sent, set to zero or asked to be pushed names the key', async (t) => {
  const { partnerId } = await db.prisma.connection.findUniqueOrThrow({ where: { id: shop.connectionId } });
  const body = [{ SupplierSKU: 'HG-MUG-BLUE', Quantity: 5 }];
  t.equal((await erp.call('POST', `Inventory/${partnerId}`, { body })).status, 200);
  t.equal((await erp.call('PUT', `Inventory/${partnerId}/ZeroOut`)).status, 200);
  await runTasks(service, 'PullReturns');
  t.same(await whoDid(/Inventory feed/), [theKey]);
  t.same(await whoDid(/quantities were set to 0/), [theKey]);
  t.strictSame((await whoDid(/PullReturns was asked to run now/)).toSorted(), [theKey, thePerson].toSorted());
});

await t.test('a command names the user of this machine', async (t) => {
  const cli = commandLine(openAlready(db));
  const { code, text } = await cli('schedule', String(shop.connectionId), 'pull-returns', '*/20 * * * *');
  t.equal(code, 0, text);
  const [who] = await whoDid(/PullReturns runs at \*\/20/);
  t.match(who, /^person .* cli$/);
});

await t.test(
  'nothing in the history was done by nobody, and no address and no key stands in it',
  async (t) => {
    const lines = await history();
    t.same(
      lines.filter(({ Actor }) => !Actor).map(({ Summary }) => Summary),
      [],
    );
    const text = JSON.stringify(lines);
    t.notMatch(text, service.key);
    t.notMatch(text, '127.0.0.1');
  },
);
