import t from 'tap';
import { ackOf, acknowledging } from '../acknowledgements/world.js';
import { startWorld, type ShopWorld, type TestOrder } from '../shipments/world.js';

t.setTimeout(120_000);
const world = await startWorld(t);
const { db } = world;
const shop = await world.connect('US');
const { api, set } = acknowledging(world, shop);
const call = await api(t);

function invoiceOf(order: TestOrder, number: string, more: object = {}): object {
  return {
    InvoiceNumber: number,
    PartnerPO: order.tiktokOrderId,
    InvoiceTotal: 19.9,
    InvoiceLines: [{ ItemIdentifier: { SupplierSKU: 'TEE' }, Quantity: 1, Price: 19.9 }],
    ...more,
  };
}

const orderOf = (own: ShopWorld) => own.order([{ sku: 'TEE', quantity: 1 }]);
const body = (answer: { json: object }) => (answer.json as { Body: Record<string, any> }).Body; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
const count = () => db.prisma.document.count({ where: { type: 'invoice' } });

await t.test(
  'without the setting an invoice is refused with the reason, and nothing is left behind',
  async (t) => {
    const order = await orderOf(shop);
    for (const path of ['v1/Invoices', 'v2/Invoices', 'v3/Invoices', `v3/Orders/${order.key}/Invoices`]) {
      const answer = await call('POST', path, invoiceOf(order, 'I-1'));
      t.equal(answer.status, 400, path);
      t.match(answer.text, /invoices-accepted: TikTok Shop takes no invoices/);
      t.match(answer.text, /acceptInvoices/);
    }
    t.equal(await count(), 0);
  },
);

await t.test('with the setting an invoice is kept as Ignored, found again, and sent nowhere', async (t) => {
  await set({ acceptInvoices: true });
  const order = await orderOf(shop);
  const before = await db.prisma.outboxEntry.count();
  const first = await call('POST', 'v3/Invoices', invoiceOf(order, 'I-1', { MyField: 'kept' }));
  t.equal(first.status, 201);
  const key = body(first)['LogicbrokerKey'] as string;
  const again = await call(
    'POST',
    `v3/Orders/${order.key}/Invoices`,
    invoiceOf(order, 'I-1', { MyField: 'kept' }),
  );
  t.match(again, { status: 201 });
  t.equal(body(again)['LogicbrokerKey'], key, 'the same content again is the same invoice');
  const other = await call('POST', 'v3/Invoices', invoiceOf(order, 'I-1', { InvoiceTotal: 25 }));
  t.equal(other.status, 400);
  t.match(other.text, /InvoiceNumber I-1 is invoice \d+ of the order with link key .* \(Ignored\)/);

  const one = body(await call('GET', `v3/Invoices/${key}`));
  t.match(one, {
    Invoice: { StatusCode: 1400, InvoiceNumber: 'I-1', MyField: 'kept', PartnerPO: order.tiktokOrderId },
  });
  t.match((await call('GET', `v3/Invoices/${key}`)).text, /"InvoiceTotal":19.9/);
  t.match(body(await call('GET', `v3/Invoices/${key}/Status`)), { Status: 'Ignored' });
  for (const path of [`v3/Invoices?partnerPO=${order.tiktokOrderId}`, 'v3/Invoices?status=Ignored']) {
    t.match((await call('GET', path)).json, { TotalRecords: 1, Records: [{ InvoiceNumber: 'I-1' }] }, path);
  }
  t.match(body(await call('GET', `v3/Orders/${order.key}/Invoices`)), {
    Invoices: [{ InvoiceNumber: 'I-1' }],
  });
  t.match(body(await call('GET', 'v1/Invoices')), { Invoices: [{ LogicbrokerKey: key, Status: 'Ignored' }] });
  t.match((await call('GET', 'v3/Invoices/Ready')).json, { Records: [] }, 'nobody is to fetch it');
  t.match(body(await call('GET', `v3/Invoices/${key}/Events`)), {
    ActivityEvents: [{ DocumentType: 'Invoice', Summary: /sent nowhere/ }],
  });
  t.match(body(await call('GET', `v3/Orders/${order.key}/Explain`)), {
    Documents: [{ DocumentType: 'Invoice', LogicbrokerKey: key, Status: 'Ignored' }],
  });
  t.equal(await db.prisma.outboxEntry.count(), before);
  t.equal((await shop.orderDocument(order)).statusCode, 100, 'the order stays where it is');
});

await t.test('an invoice stays Ignored, whatever its status is set to', async (t) => {
  const order = await orderOf(shop);
  const key = body(await call('POST', 'v3/Invoices', invoiceOf(order, 'I-1')))['LogicbrokerKey'] as string;
  t.equal((await call('PUT', `v3/Invoices/${key}/Status/Ignored`)).status, 200);
  const moved = await call('PUT', `v3/Invoices/${key}/Status/Submitted`);
  t.equal(moved.status, 400);
  t.match(moved.text, /an invoice stays Ignored/);
});

await t.test('an invoice of an order that does not exist, or of another company, is refused', async (t) => {
  const stranger = await world.connect('US');
  const theirs = await orderOf(stranger);
  for (const name of [theirs.tiktokOrderId, '1']) {
    const answer = await call('POST', 'v3/Invoices', invoiceOf({ ...theirs, tiktokOrderId: name }, 'I-9'));
    t.equal(answer.status, 400);
    t.match(answer.text, /The order of the invoice cannot be found/);
  }
  t.equal((await call('POST', `v3/Orders/${theirs.key}/Invoices`, invoiceOf(theirs, 'I-9'))).status, 404);
});

await t.test('the names of the kinds in texts and statuses know the invoice', async (t) => {
  t.match((await call('GET', 'v3/ActivityEvents?documentType=Bill')).text, /Shipment, Return or Invoice/);
  t.match(body(await call('GET', 'v3/Statuses/Invoices')), {
    DocumentTypeStatuses: [{ DocumentType: 'Invoice', StatusDescription: 'New' }],
  });
  const order = await orderOf(shop);
  const cancel = ackOf('A-1', [{ sku: 'TEE', cancel: 1 }], { ChangeReason: 'Out of stock' });
  await call('POST', 'v3/Invoices', invoiceOf(order, 'A-1'));
  const taken = await call('POST', 'v3/Acknowledgements', { PartnerPO: order.tiktokOrderId, ...cancel });
  t.equal(taken.status, 201, 'each kind has numbers of its own');
});
