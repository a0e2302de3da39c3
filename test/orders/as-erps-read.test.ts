import t from 'tap';
import { changeCompanySettings } from '../../src/administration/change-settings.js';
import { somebody } from '../support/actors.js';
import { createKey, testApi } from '../support/api.js';
import { startWorld } from '../shipments/world.js';

t.setTimeout(120_000);
const world = await startWorld(t);
const { db } = world;
const shop = await world.connect('US');
const { app } = await testApi(t, db, { clock: world.clock, domain: world.deps });
const headers = { subscriptionkey: await createKey(db, shop) };
const get = async (path: string) =>
  (await app.inject({ method: 'GET', url: `/api/${path}`, headers })).json();

await t.test('an order has all that clients read without asking whether it is there', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const { Body } = await get(`v3/Orders/${order.key}`);
  const { SalesOrder } = Body;
  for (const name of ['BillToAddress', 'ShipFromAddress', 'RemitToAddress', 'MarkForAddress'])
    t.match(SalesOrder[name], { CompanyName: '', Address1: '', City: '', Country: '' }, name);
  for (const name of ['CompanyName', 'Address2', 'LastName'])
    t.type(SalesOrder.ShipToAddress[name], 'string', name);
  t.ok(SalesOrder.ShipToAddress.FirstName, 'what there is stays');
  t.match(SalesOrder, { HandlingAmount: 0, DropshipAmount: 0, PaymentTerm: {} });
  t.type(SalesOrder.Note, 'string');
  for (const name of ['Discounts', 'Taxes', 'ShipmentInfos'])
    t.type(SalesOrder.OrderLines[0][name], Array, `line ${name}`);
  for (const name of ['Discounts', 'Taxes', 'Payments', 'ShipmentInfos', 'ExtendedAttributes'])
    t.type(SalesOrder[name], Array, name);
  const list = await get('v3/Orders');
  t.strictSame(list.Records[0], SalesOrder, 'the same in lists');
});

await t.test('v1 by key shows what its list shows', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const { Body } = await get(`v1/Orders/${order.key}`);
  t.match(Body.SalesOrder, { LogicbrokerKey: String(order.key), Status: 'Submitted', StatusCode: 100 });
  const list = await get(`v1/Orders?partnerPO=${order.tiktokOrderId}`);
  t.strictSame(list.Body.SalesOrders[0], Body.SalesOrder);
});

await t.test('the next step of an order that the ERP has is to ship it, until it is shipped', async (t) => {
  const order = await shop.order([{ sku: 'TEE', quantity: 2 }]);
  const next = async () => (await get(`v3/Orders/${order.key}/Explain`)).Body.NextSteps as string[];
  const [fetch, ship] = await next();
  t.match(fetch, `PUT Orders/${order.key}/Status/Acknowledged`);
  t.match(ship, new RegExp(`^Ship 2 pieces until 20.*: POST Orders/${order.key}/Shipments`));
  const line = { ItemIdentifier: { SupplierSKU: 'TEE' }, Quantity: 2 };
  const infos = [{ TrackingNumber: '9400111899560000099001', CarrierCode: 'UPS', Qty: 2 }];
  await shop.ship(order, { ShipmentNumber: 'S-1', ShipmentLines: [{ ...line, ShipmentInfos: infos }] });
  t.match(await next(), [/^Shipment \d+ is on its way/]);
  await world.settle();
  t.match(await next(), [/^Nothing to do/]);
});

const pickUpAt = (pickupStatus: number) =>
  changeCompanySettings(world.deps, { companyId: shop.companyId, settings: { pickupStatus }, by: somebody });

await t.test('new orders wait at the status of their company, and Ready has both', async (t) => {
  const before = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  await pickUpAt(150);
  t.teardown(() => pickUpAt(100));
  const order = await shop.order([{ sku: 'TEE', quantity: 1 }]);
  const keysAt = async (query: string): Promise<string[]> =>
    (await get(query)).Records.map(
      ({ Identifier }: { Identifier: { LogicbrokerKey: string } }) => Identifier.LogicbrokerKey,
    );
  t.same(await keysAt('v2/Orders?Filters.status=150'), [String(order.key)]);
  const ready = await keysAt('v3/Orders/Ready');
  t.ok(ready.includes(String(order.key)) && ready.includes(String(before.key)));
  const moved = await app.inject({ method: 'PUT', url: `/api/v3/Orders/${before.key}/Status/150`, headers });
  t.equal(moved.statusCode, 200);
  t.ok((await keysAt('v3/Orders/Ready')).includes(String(before.key)), 'set to 150 by hand it stays ready');
  await app.inject({ method: 'PUT', url: `/api/v3/Orders/${order.key}/Status/Acknowledged`, headers });
  t.notOk((await keysAt('v3/Orders/Ready')).includes(String(order.key)));
  await t.rejects(pickUpAt(200), {
    code: 'invalid-request',
  });
});
