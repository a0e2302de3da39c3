import t from 'tap';
import { createShipStation, type ShipStation } from '../../src/doubles/shipstation/custom-store-client.js';
import { startDemoPacker } from '../../src/demo/demo-packer.js';
import { systemClock } from '../../src/kernel/time.js';
import { recordingLog } from '../support/logs.js';
import { harborGoods } from '../support/connect-shop.js';
import { createErp } from '../support/erp.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService } from '../support/start-service.js';
import { until as untilWithin } from '../support/waiting.js';

const HOUR_SECONDS = 3_600;
const until = (what: string, check: () => Promise<boolean> | boolean) =>
  untilWithin(what, check, 30_000, 150);

t.setTimeout(240_000);
const service = await startService(t);
const { erp, simulator } = service;
const { control } = simulator;
const shop = await service.connectShop(harborGoods);
await shop.pullOrders();
await until('the first orders', async () => (await erp.list('Orders')).length > 0);
const [some] = await erp.list('Orders');
const partner = String(some?.['SenderCompanyId']);
const store = `Settings/Partners/${partner}/ShipStation`;

interface LogIn {
  Url: string;
  UserName: string;
  Password: string;
}

async function letIn(): Promise<LogIn> {
  const answer = await erp.call<{ Body: LogIn }>('POST', `${store}/Password`, { body: { GraceHours: 0 } });
  t.equal(answer.status, 200, answer.text);
  return answer.json.Body;
}

const logIn = await letIn();
/** Faults between ShipStation and the store, one for each call that is still to come. */
const faults: ('lost request' | 'lost answer' | 'broken')[] = [];
const faulty: typeof fetch = async (input, init) => {
  const fault = faults.shift();
  if (fault === 'lost request') throw new Error('connection reset');
  if (fault === 'broken') return new Response('Bad gateway', { status: 502 });
  const answer = await fetch(input, init);
  if (fault === 'lost answer') throw new Error('connection reset');
  return answer;
};
const packer = (more: { password?: string } = {}): ShipStation =>
  createShipStation({
    url: logIn.Url,
    userName: logIn.UserName,
    password: logIn.Password,
    overlapMs: 60_000,
    retryMs: 5,
    fetch: faulty,
    ...more,
  });
const shipStation = packer();

function newOrder(...lines: { sellerSku: string; quantity: number }[]): string {
  return control.addOrder(harborGoods.shopId, { lines, paidMinutesAgo: 0, shippingType: 'SELLER' }).id;
}

const effects = (order: string): string[] =>
  control
    .effects({ order, kind: 'shipped' })
    .map(({ trackingNumber, unitIds }) => `${trackingNumber}: ${unitIds.length}`);

async function inShipStation(order: string, state = 'awaiting'): Promise<void> {
  await until(`${order} ${state} in ShipStation`, async () => {
    await shipStation.refresh();
    return shipStation.orders.get(order)?.state === state;
  });
}

await t.test(
  'an order comes into ShipStation after its hold, and its two parcels are on TikTok exactly once',
  async (t) => {
    const order = newOrder({ sellerSku: 'TEE-RED-L', quantity: 2 }, { sellerSku: 'MUG-BLUE', quantity: 1 });
    await erp.triggerAll();
    await until('the order to be known', async () => {
      const { json } = await erp.call<{ Body: { State: string } }>('GET', `Explain?order=${order}`);
      return json.Body.State === 'waiting';
    });
    await shipStation.refresh();
    t.notOk(shipStation.orders.has(order), 'it is in its hour of remorse');
    control.setClock({ advanceSeconds: HOUR_SECONDS + 60 });
    await erp.triggerAll();
    await inShipStation(order);
    const [tee, mug] = shipStation.order(order).xml.items;
    shipStation.ship(order, { tracking: '9400111899560000000017', pieces: { [tee?.lineItemId ?? '']: 1 } });
    // The answer is lost: ShipStation tells it once more.
    faults.push('lost answer');
    t.match(await shipStation.tell(), [{ status: 200, text: /Received before/ }]);
    faults.push('broken', 'lost request');
    await shipStation.refresh();
    t.equal(shipStation.order(order).state, 'awaiting', 'a part of it is still to be packed');
    shipStation.ship(order, {
      tracking: '9400111899560000000024',
      pieces: { [tee?.lineItemId ?? '']: 1, [mug?.lineItemId ?? '']: 1 },
    });
    faults.push('broken', 'lost answer');
    t.match(await shipStation.tell(), [{ status: 200 }]);
    for (const tracking of ['9400111899560000000017', '9400111899560000000024'])
      t.match(await shipStation.resend(tracking), { status: 200, text: /Received before/ });
    await until('both parcels on TikTok', () => effects(order).length === 2);
    await until('the order to be complete', async () =>
      (await erp.list('Orders')).some(
        ({ PartnerPO, StatusCode }) => PartnerPO === order && StatusCode === 1000,
      ),
    );
    await shipStation.refresh();
    t.equal(shipStation.order(order).state, 'shipped');
    t.same(effects(order), ['9400111899560000000017: 1', '9400111899560000000024: 2']);
  },
);

await t.test('a cancellation of TikTok’s stops the order in ShipStation before it is packed', async (t) => {
  const [asked, gone] = [
    newOrder({ sellerSku: 'TEE-RED-L', quantity: 1 }),
    newOrder({ sellerSku: 'TEE-RED-L', quantity: 1 }),
  ];
  control.setClock({ advanceSeconds: HOUR_SECONDS + 60 });
  await erp.triggerAll();
  for (const order of [asked, gone]) await inShipStation(order);
  control.act(asked, { type: 'buyer_cancel' });
  control.act(gone, { type: 'buyer_cancel', atOnce: true });
  await erp.triggerAll();
  await inShipStation(asked, 'on-hold');
  await inShipStation(gone, 'cancelled');
  t.match(shipStation.order(asked).xml.fields.get('InternalNotes'), /Do not ship/);
  t.throws(() => shipStation.ship(asked, { tracking: '9400111899560000000055' }), /is on-hold/);
  control.act(asked, { type: 'seller_rejects_cancel' });
  await erp.triggerAll();
  await inShipStation(asked, 'awaiting');
  t.same([...effects(asked), ...effects(gone)], []);
});

await t.test('another company’s log-in, and one that was taken back, see nothing', async (t) => {
  const stranger = await createSellerWithKey(service.db, 'Stranger');
  const theirs = createErp(service.url, stranger.key);
  t.equal((await theirs.call('POST', `${store}/Password`, { body: {} })).status, 404);
  await t.rejects(packer({ password: 'guessed' }).refresh(), /401/);
  const fresh = await letIn();
  await t.rejects(packer().refresh(), /401/, 'the one before has ended');
  await packer({ password: fresh.Password }).refresh();
  const logged = service.lines.join('\n');
  for (const secret of [logIn.Password, fresh.Password]) t.notMatch(logged, secret, 'no log line has it');
  const orders = packer({ password: fresh.Password });
  await orders.refresh();
  for (const { xml } of orders.orders.values())
    t.notMatch(logged, xml.fields.get('Customer/ShipTo/Address1') ?? 'nobody', 'nor whom the orders are for');
});

await t.test('a shop that is paused takes labels, and they are on TikTok once it is resumed', async (t) => {
  const order = newOrder({ sellerSku: 'MUG-BLUE', quantity: 1 });
  control.setClock({ advanceSeconds: HOUR_SECONDS + 60 });
  await erp.triggerAll();
  const { Password: password } = await letIn();
  const own = packer({ password });
  await until('the order in ShipStation', async () => {
    await own.refresh();
    return own.orders.get(order)?.state === 'awaiting';
  });
  const page = `/connections/${shop.connectionId}`;
  await shop.browser.post(`${page}/pause`);
  own.ship(order, { tracking: '9400111899560000000062' });
  t.match(await own.tell(), [{ status: 200 }]);
  await own.refresh();
  t.same(effects(order), []);
  await shop.browser.post(`${page}/resume`);
  await until('the parcel on TikTok', () => effects(order).length === 1);
  t.same(effects(order), ['9400111899560000000062: 1']);
});

await t.test(
  'a seller makes and takes back the password on the pages, and sets the words there',
  async (t) => {
    const { browser, connectionId } = shop;
    const page = `/connections/${connectionId}/shipstation`;
    t.match(
      (await browser.get(`/connections/${connectionId}`)).text,
      page,
      'the page of the shop leads there',
    );
    const standing = await browser.get(page);
    t.match(standing.text, new RegExp(`${service.url}/shipstation/${partner}`));
    t.match(standing.text, /Orders fetched last/);
    const made = await browser.post(`${page}/password`, { grace: '0' });
    const password = /class="key">([\w-]+)</.exec(made.text)?.[1] ?? '';
    t.equal(password.length, 43, 'shown once');
    t.notMatch((await browser.get(page)).text, password);
    const own = packer({ password });
    await own.refresh();
    const settings = await browser.get(`/connections/${connectionId}/settings`);
    t.notMatch(
      settings.text,
      /type="number"\s+id="(?:deliveryProfiles|shipStation)/,
      'a form that can be saved',
    );
    const version = /name="version" value="(\d+)"/.exec(settings.text)?.[1] ?? '';
    const saved = await browser.post(`/connections/${connectionId}/settings`, {
      version,
      remorseMinutes: '60',
      shipStationStatuses: 'awaiting=To pack\nshipped=Done',
      shipStationCustomFields: 'LogicbrokerKey',
    });
    t.match(saved.text, /Settings saved/);
    await t.rejects(
      own.refresh(),
      /no status (?:To pack|Done)/,
      'the words differ from those in ShipStation',
    );
    const renamed = createShipStation({
      url: logIn.Url,
      userName: logIn.UserName,
      password,
      statuses: { awaiting: ['To pack'], onHold: ['on_hold'], shipped: ['Done'], cancelled: ['cancelled'] },
    });
    await renamed.refresh();
    const [first] = renamed.orders.values();
    t.equal(first?.xml.fields.get('CustomField1'), first?.xml.id);
    await browser.post(`${page}/remove`);
    await t.rejects(renamed.refresh(), /401/);
    t.match((await browser.get(page)).text, /ShipStation is not let in/);
  },
);

await t.test(
  'the demo can play ShipStation: its packer ships what comes, and leaves the shop when it ends',
  async (t) => {
    const usual = { awaiting: 'paid', 'on-hold': 'on_hold', shipped: 'shipped', cancelled: 'cancelled' };
    await erp.call('PUT', `Settings/Partners/${partner}`, {
      body: { Settings: { shipStationStatuses: usual } },
    });
    const order = newOrder({ sellerSku: 'TEE-RED-L', quantity: 3 });
    control.setClock({ advanceSeconds: HOUR_SECONDS + 60 });
    const { db, url } = service;
    const started = await startDemoPacker(
      { db, clock: systemClock },
      { url, log: recordingLog(), everyMs: 200 },
    );
    await erp.triggerAll();
    await until('two parcels', () => effects(order).length === 2);
    t.same(
      effects(order).map((line) => line.split(': ')[1]),
      ['1', '2'],
    );
    await started.stop();
    const { json } = await erp.call<{ Body: { IsOn: boolean } }>('GET', store);
    t.equal(json.Body.IsOn, false);
  },
);
