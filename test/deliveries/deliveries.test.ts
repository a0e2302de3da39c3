import t from 'tap';
import { readX12 } from '../../src/formats/x12-reader.js';
import { tellUnanswered } from '../../src/deliveries/tell-unanswered.js';
import { prepareDeliveries } from '../../src/deliveries/prepare-deliveries.js';
import { HOUR_MS } from '../../src/kernel/time.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { startWorld } from '../shipments/world.js';
import { fileWorld, x12Profile } from './file-world.js';

t.setTimeout(240_000);
const world = await startWorld(t);
const shirt = [{ sku: 'SHIRT', quantity: 1 }];

async function seller() {
  const shop = await world.connect('US');
  return { shop, ...(await fileWorld(t, world, shop)) };
}

const listed = (body: JsonObject): JsonObject[] => body['Records'] as JsonObject[];

await t.test('without a profile that names the ids X12 is a 406 that says so', async (t) => {
  const { shop, call } = await seller();
  const order = await shop.order(shirt);
  const answer = await call('GET', `Orders/${order.key}/EDI`);
  t.equal(answer.status, 406);
  t.match(answer.text, /deliveryProfiles.*format x12/);
});

await t.test('the first rendering takes the control numbers, and repeats give the same bytes', async (t) => {
  const { shop, call, setProfiles, deps } = await seller();
  await setProfiles(x12Profile());
  const [first, second] = [await shop.order(shirt), await shop.order(shirt)];
  const raw = { accept: 'application/edi-x12' };
  const one = await call('GET', `Orders/${first.key}/EDI`, undefined, raw);
  t.equal(one.status, 200, one.text);
  await prepareDeliveries(deps, shop.companyId);
  t.equal((await call('GET', `Orders/${first.key}/EDI`, undefined, raw)).text, one.text);
  t.equal((await call('GET', `Orders/${first.key}/EDI`)).body['Body'], one.text);
  const two = await call('GET', `Orders/${second.key}/EDI`, undefined, raw);
  t.equal(readX12(one.text)[0]?.head.control, '000000001');
  t.equal(readX12(two.text)[0]?.head.control, '000000002');
  const counters = await world.db.prisma.x12Counter.findMany({ where: { companyId: shop.companyId } });
  t.same(
    counters.map(({ last }) => last),
    [2, 2],
    'nobody has taken more than these',
  );
  t.match(readX12(one.text)[0]?.groups[0], { id: 'PO', sets: [{ id: '850' }] });
});

await t.test('a picked up file acknowledges its order once, in that version', async (t) => {
  const { shop, call, setProfiles } = await seller();
  await setProfiles({ name: 'csv', channel: 'http', format: 'csv', documents: ['order'] });
  const order = await shop.order(shirt);
  const [delivery] = listed((await call('GET', 'Deliveries?state=waiting')).body);
  t.match(delivery, { Kind: 'order', Format: 'csv', State: 'waiting', LogicbrokerKey: String(order.key) });
  const id = String(delivery?.['DeliveryId']);
  const content = await call('GET', `Deliveries/${id}/Content`, undefined, {
    accept: 'application/octet-stream',
  });
  t.match(content.text, order.tiktokOrderId);
  const taken = await call('PUT', `Deliveries/${id}/PickedUp`);
  t.match(taken.body['Body'], { State: 'acknowledged' });
  t.equal((await shop.orderDocument(order)).statusCode, 200);
  t.equal(listed((await call('GET', 'Deliveries?state=waiting')).body).length, 0);
  const again = await call('PUT', `Deliveries/${id}/Replay`);
  t.match(again.body['Body'], { Replayed: 1 });
  const [replayed] = listed((await call('GET', 'Deliveries?state=waiting')).body);
  t.equal(replayed?.['Sha256'], delivery?.['Sha256'], 'the same bytes');
});

await t.test('a file of an older version acknowledges nothing of the newer one', async (t) => {
  const { shop, call, setProfiles } = await seller();
  await setProfiles({ name: 'json', channel: 'http', format: 'json', documents: ['order'] });
  const order = await shop.order(shirt);
  const [old] = listed((await call('GET', 'Deliveries')).body);
  await world.db.pool.query('UPDATE documents SET version = version + 1 WHERE key = $1', [order.key]);
  await call('PUT', `Deliveries/${String(old?.['DeliveryId'])}/PickedUp`);
  t.equal((await shop.orderDocument(order)).statusCode, 100, 'it still waits');
  const newer = listed((await call('GET', 'Deliveries?state=waiting')).body);
  t.equal(newer.length, 1);
  t.not(newer[0]?.['Version'], old?.['Version']);
});

await t.test('what a profile cannot deliver fails loudly, and stops nothing else', async (t) => {
  const { shop, call, setProfiles, events } = await seller();
  await setProfiles(x12Profile({ documents: ['order'] }));
  const bad = await shop.order([{ sku: 'S'.repeat(49), quantity: 1 }]);
  const good = await shop.order(shirt);
  const all = listed((await call('GET', 'Deliveries')).body);
  t.match(all, [
    { LogicbrokerKey: String(bad.key), State: 'failed', ErrorMessage: /PO1|48/ },
    { LogicbrokerKey: String(good.key), State: 'waiting', InterchangeControl: 1 },
  ]);
  await call('GET', 'Deliveries');
  t.equal((await events()).filter((line) => line.includes('cannot be written')).length, 1, 'told once');
});

await t.test('an interchange without its 997 is told after the hours of the profile, once', async (t) => {
  const { shop, call, setProfiles, deps, events } = await seller();
  await setProfiles(x12Profile({}, { acknowledgeHours: 2 }));
  await shop.order(shirt);
  const [delivery] = listed((await call('GET', 'Deliveries')).body);
  const taken = await call('PUT', `Deliveries/${String(delivery?.['DeliveryId'])}/PickedUp`);
  t.match(taken.body['Body'], { State: 'sent' });
  await tellUnanswered(deps);
  t.equal((await events()).filter((line) => line.includes('Nobody has acknowledged')).length, 0);
  const late = { ...deps, clock: { now: () => new Date(world.clock.now().getTime() + 3 * HOUR_MS) } };
  await tellUnanswered(late);
  await tellUnanswered(late);
  t.match(
    (await events()).filter((line) => line.includes('Nobody has acknowledged')),
    [/Alert.*interchange 1/],
  );
});

await t.test(
  'profiles that cannot be meant are refused with what is wrong, and changes are in the audit',
  async (t) => {
    const { shop, call, setProfiles } = await seller();
    for (const [profile, text] of [
      [{ name: 'a', channel: 'sftp', format: 'csv' }, /documents is required/],
      [x12Profile({ x12: undefined }), /x12 goes with the format x12/],
      [x12Profile({}, { element: 'A' }), /element must be one character/],
      [{ name: '../a', channel: 'sftp', format: 'csv', documents: ['order'] }, /name must have/],
      [{ name: 'a', channel: 'sftp', format: 'csv', documents: ['order'], fileName: '../{key}' }, /fileName/],
      [{ name: 'a', channel: 'sftp', format: 'csv', documents: ['order'], secret: 1 }, /secret is not known/],
    ] as const) {
      const answer = await call('PUT', 'Settings/Company', { Settings: { deliveryProfiles: [profile] } });
      t.equal(answer.status, 400, answer.text);
      t.match(answer.text, text);
    }
    await setProfiles(x12Profile());
    const entries = await world.db.prisma.auditEntry.findMany({ where: { companyId: shop.companyId } });
    t.ok(entries.some(({ action }) => action === 'settings.changed'));
    const own = await call('PUT', `Settings/Partners/${shop.connection.partnerId}`, {
      Settings: {
        deliveryProfiles: [{ name: 'edi', channel: 'http', format: 'json', documents: ['order'] }],
      },
    });
    t.equal(own.status, 200, own.text);
    const order = await shop.order(shirt);
    t.equal(
      (await call('GET', `Orders/${order.key}/EDI`)).status,
      406,
      "the shop's profile has taken its place",
    );
  },
);

await t.test("another company's files are not there", async (t) => {
  const [one, other] = [await seller(), await seller()];
  await one.setProfiles({ name: 'csv', channel: 'http', format: 'csv', documents: ['order'] });
  await one.shop.order(shirt);
  const [delivery] = listed((await one.call('GET', 'Deliveries')).body);
  const id = String(delivery?.['DeliveryId']);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/Content'],
    ['PUT', '/PickedUp'],
    ['PUT', '/Replay'],
  ] as const)
    t.equal((await other.call(method, `Deliveries/${id}${path}`)).status, 404, path);
  t.match((await other.call('PUT', 'Deliveries/Replay', {})).body['Body'], { Replayed: 0 });
  t.equal(listed((await other.call('GET', 'Deliveries')).body).length, 0);
});
