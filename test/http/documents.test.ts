import { somebody } from '../support/actors.js';
import t from 'tap';
import { changeStatus, recordEvents } from '../../src/documents/document-store.js';
import { JsonNumber } from '../../src/formats/json.js';
import { createOrderDocuments, createSeller } from '../support/builders.js';
import { testApi } from '../support/api.js';
import { testDatabase } from '../support/database.js';
import type { SentDocument } from '../../src/documents/document-kind.js';

const db = await testDatabase(t);
const manyOrders = Array.from({ length: 7 }, (_, index) => index);

await t.test('lists come in the envelope of their version, with the stored text to the letter', async (t) => {
  const { call, seller } = await testApi(t, db);
  const orders = await createOrderDocuments(db, seller, 3);
  for (const version of ['v2', 'v3']) {
    const answer = await call('GET', `/api/${version}/Orders`);
    t.equal(answer.statusCode, 200);
    t.equal(
      answer.body,
      `{"Records":[${orders.map(({ body }) => body).join(',')}],"TotalPages":1,"CurrentPage":0,"TotalRecords":3}`,
    );
    t.match(answer.body, '"TotalAmount":21.50');
  }
  const first = (await call('GET', '/api/v1/Orders')).json();
  t.match(first, { Code: '200', Message: 'OK', Body: { TotalRecords: 3 } });
  t.match(first.Body.SalesOrders[0], {
    LogicbrokerKey: String(orders[0]!.key),
    Status: 'Submitted',
    OrderNumber: orders[0]!.partnerPo,
    Identifier: { LogicbrokerKey: String(orders[0]!.key) },
  });
});

await t.test('one document is enveloped in every version, under its name', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  for (const version of ['v1', 'v2', 'v3']) {
    const answer = (await call('GET', `/api/${version}/Orders/${order!.key}`)).json();
    t.match(answer, { Code: '200', Body: { SalesOrder: { OrderNumber: order!.partnerPo } } });
  }
});

await t.test(
  'paths and query names are good in any case, with or without the prefix of filters',
  async (t) => {
    const { call, seller, key, app } = await testApi(t, db);
    await createOrderDocuments(db, seller, 3, (index) => ({ statusCode: index === 0 ? 200 : 100 }));
    for (const url of [
      '/api/v3/orders?filters.STATUS=acknowledged',
      '/API/V3/ORDERS/?Filters.status=200',
      '/api/v3/Orders?status=Acknowledged&filters.from=&Filters.PARTNERPO=',
      '/api/v3/Orders?filter.Status=200',
    ]) {
      t.equal((await call('GET', url)).json().TotalRecords, 1, url);
    }
    const byQuery = await app.inject(`/api/v3/Orders?Subscription-Key=${key}`);
    t.equal(byQuery.statusCode, 200);
  },
);

await t.test('every filter of the contract narrows the list', async (t) => {
  const { call, seller } = await testApi(t, db);
  const orders = await createOrderDocuments(db, seller, 4, (index) => ({
    documentDate: new Date(Date.UTC(2026, 10, index + 1, 10, 0, 0, 500)),
  }));
  const [first, second] = orders;
  const cases: [query: string, found: number][] = [
    [`partnerPO=${second!.partnerPo}`, 1],
    [`sourceKey=${second!.sourceKey}`, 1],
    [`linkkey=${first!.linkKey}`, 1],
    ['status=Submitted', 4],
    ['status=1000', 0],
    ['from=2026-11-03', 2],
    ['from=11-03-2026', 2],
    ['filters.from=11/3/2026', 2],
    ['to=2026-11-02T10:00:00', 2],
    ['from=2026-11-02T10:00:00Z&to=2026-11-02T10:00:00Z', 1],
    ['from=2026-11-02T12:00:00%2B02:00&to=2026-11-02T12:00:00+02:00', 1],
    [`senderCompanyId=${seller.partnerId}`, 4],
    [`receiverCompanyId=${seller.companyId}`, 4],
    ['receiverCompanyId=1', 0],
  ];
  for (const [query, found] of cases) {
    const answer = (await call('GET', `/api/v3/Orders?${query}`)).json();
    t.equal(answer.Records?.length, found, query);
    t.equal(answer.TotalRecords, found, query);
  }
});

await t.test('a filter that cannot be meant is refused by the name that the caller wrote', async (t) => {
  const { call } = await testApi(t, db);
  const cases: [query: string, text: RegExp][] = [
    ['Filters.from=yesterday', /^Filters\.from: must be a date or time/],
    ['filters.to=2026-02-31', /^filters\.to: /],
    ['FILTERS.Status=Sometime', /^FILTERS\.Status: "Sometime" is no status/],
    ['pageSize=501', /^pageSize: must be <= 500/],
    ['pageSize=0', /^pageSize: must be >= 1/],
    ['page=-1', /^page: must be >= 0/],
    ['page=1&page=2', /^page: must be an integer/],
    ['filters.senderCompanyId=x', /^filters\.senderCompanyId: must be an integer/],
    ['Filters.statuss=100', /^Filters\.statuss: is not known here/],
    ['linkkey=%00', /^linkkey: has a character/],
  ];
  for (const [query, text] of cases) {
    const answer = await call('GET', `/api/v3/Orders?${query}`);
    t.equal(answer.statusCode, 400, query);
    t.match(answer.json(), { Code: '400', Message: String, Body: [{ Errors: [text] }] }, query);
  }
});

await t.test(
  'a walk through the pages sees every document once, also when some move on meanwhile',
  async (t) => {
    const { call, seller } = await testApi(t, db);
    const orders = await createOrderDocuments(db, seller, 7);
    const seen: string[] = [];
    for (const page of [0, 1, 2, 3]) {
      const answer = (await call('GET', `/api/v3/Orders?status=100&page=${page}&pageSize=2`)).json();
      t.equal(answer.CurrentPage, page);
      const keys: string[] = answer.Records.map(
        (one: { Identifier: { LogicbrokerKey: string } }) => one.Identifier.LogicbrokerKey,
      );
      seen.push(...keys);
      await call('PUT', '/api/v3/Orders/Status', {
        payload: { Status: 'Acknowledged', LogicbrokerKeys: keys },
      });
    }
    t.same(
      seen,
      orders.map(({ key }) => String(key)),
    );
  },
);

await t.test('a page is the same whether it was walked to or asked for at once', async (t) => {
  const { call, seller } = await testApi(t, db);
  const other = await testApi(t, db);
  const keysOn = async (api: typeof call, page: number) =>
    (await api('GET', `/api/v3/Orders?page=${page}&pageSize=3`))
      .json()
      .Records.map((one: { Identifier: { LogicbrokerKey: string } }) => one.Identifier.LogicbrokerKey);
  await createOrderDocuments(db, seller, 7);
  const direct = await keysOn(call, 2);
  await keysOn(call, 0);
  await keysOn(call, 1);
  t.same(await keysOn(call, 2), direct);
  t.equal(direct.length, 1);
  t.same(await keysOn(call, 5), []);
  t.same(await keysOn(other.call, 0), [], "another company's list stays empty");
});

await t.test('no page number keeps the process busy', async (t) => {
  const { call } = await testApi(t, db);
  for (const page of ['Infinity', '1e999', '9'.repeat(400)]) {
    for (const name of ['page', 'pageSize', 'senderCompanyId']) {
      t.equal((await call('GET', `/api/v3/Orders?${name}=${page}`)).statusCode, 400, `${name}=${page}`);
    }
  }
  const before = process.cpuUsage();
  const last = await call('GET', '/api/v3/Orders?page=2147483647&pageSize=500');
  t.same(last.json().Records, []);
  t.ok(process.cpuUsage(before).user < 1_000_000, 'two billion pages are not counted one by one');
});

await t.test('totals are right at once for a list of one page, and count pages', async (t) => {
  const { call, seller } = await testApi(t, db);
  t.match((await call('GET', '/api/v3/Orders')).json(), { Records: [], TotalPages: 0, TotalRecords: 0 });
  await createOrderDocuments(db, seller, 7);
  t.match((await call('GET', '/api/v3/Orders')).json(), { TotalPages: 1, TotalRecords: 7 });
  t.match((await call('GET', '/api/v3/Orders?pageSize=3')).json(), { TotalPages: 3, TotalRecords: 7 });
  t.match((await call('GET', '/api/v3/Orders?pageSize=3&page=2')).json(), {
    CurrentPage: 2,
    TotalRecords: 7,
  });
});

await t.test(
  'Ready lists what is addressed to the caller and waits, and reading changes nothing',
  async (t) => {
    const { call, seller } = await testApi(t, db);
    const orders = await createOrderDocuments(db, seller, 3, (index) => ({
      statusCode: index === 0 ? 200 : 100,
      ...(index === 1 ? { senderCompanyId: seller.companyId, receiverCompanyId: seller.partnerId } : {}),
    }));
    const ready = [String(orders[2]!.key)];
    for (let time = 0; time < 2; time++) {
      const list = (await call('GET', '/api/v3/Orders/Ready')).json();
      t.same(
        list.Records.map((one: { Identifier: { LogicbrokerKey: string } }) => one.Identifier.LogicbrokerKey),
        ready,
      );
    }
    t.same((await call('GET', '/api/v3/Orders/LogicbrokerKeys/Ready')).json().Records, ready);
    t.same((await call('GET', '/api/v1/orders/logicbrokerkeys/ready')).json().Body.LogicbrokerKeys, ready);
    t.same((await call('GET', '/api/v3/Orders/Ready?filters.status=200')).json().Records, []);
  },
);

await t.test('another company’s document is a 404 everywhere', async (t) => {
  const { call } = await testApi(t, db);
  const stranger = await createSeller(db, 'Stranger');
  const [order] = await createOrderDocuments(db, stranger, 1);
  const path = `/api/v3/Orders/${order!.key}`;
  for (const [method, url] of [
    ['GET', path],
    ['GET', `${path}/Status`],
    ['PUT', `${path}/Status/200`],
    ['GET', `${path}/ActivityEvents`],
    ['GET', `${path}/Shipments`],
    ['GET', `/api/v3/Shipments/${order!.key}`],
  ] as const) {
    const answer = await call(method, url);
    t.equal(answer.statusCode, 404, `${method} ${url}`);
    t.notMatch(answer.body, order!.partnerPo);
  }
  const bulk = await call('PUT', '/api/v3/Orders/Status', {
    payload: { Status: 'Acknowledged', LogicbrokerKeys: [String(order!.key)] },
  });
  t.same(bulk.json().Records, []);
  for (const key of ['abc', '0', '2147483648', '99999999999999999999', '-1', '1e3']) {
    t.equal((await call('GET', `/api/v3/Orders/${key}`)).statusCode, 404, key);
  }
});

await t.test('a status is set by number or name, and shown by name', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  const path = `/api/v3/Orders/${order!.key}/Status`;
  const spellings: [spelling: string, name: string][] = [
    ['Acknowledged', 'Acknowledged'],
    ['readytofulfill', 'Ready to Fulfill'],
    ['Ready%20to%20Acknowledge', 'Ready to Acknowledge'],
    ['200', 'Acknowledged'],
    ['200', 'Acknowledged'],
  ];
  for (const [spelling, name] of spellings) {
    t.equal((await call('PUT', `${path}/${spelling}`)).statusCode, 200, spelling);
    t.match((await call('GET', path)).json(), { Code: '200', Body: { Status: name } });
  }
});

await t.test('what documents do is not done by hand, and the answer says how it comes about', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  for (const [status, text] of [
    ['500', /shipment makes an order Ready to Ship/],
    ['Complete', /complete when TikTok has its shipments/],
    ['Cancelled', /when TikTok confirms it/],
  ] as const) {
    const answer = await call('PUT', `/api/v3/Orders/${order!.key}/Status/${status}`);
    t.match(answer, { statusCode: 400 }, status);
    t.match(answer.json().Body[0], { Errors: [text], Reason: 'rule-violated' });
    t.match(answer.json().Body[0].Details[0].Next, /100 Submitted, 150 .*, 200 Acknowledged/);
  }
  await changeStatus(db.prisma, {
    by: somebody,
    companyId: seller.companyId,
    keys: [order!.key],
    type: 'order',
    to: 500,
  });
  const back = await call('PUT', `/api/v3/Orders/${order!.key}/Status/Acknowledged`);
  t.match(back.json().Message, 'The order is Ready to Ship.');
  t.equal((await call('PUT', `/api/v3/Orders/${order!.key}/Status/Ignored`)).statusCode, 200);
});

await t.test('one status for many answers the keys that changed', async (t) => {
  const { call, seller } = await testApi(t, db);
  const orders = await createOrderDocuments(db, seller, 4, (index) => ({
    statusCode: [100, 150, 400, 500][index]!,
  }));
  const keys = orders.map(({ key }) => String(key));
  const put = (payload: object) => call('PUT', '/api/v2/Orders/Status', { payload });
  const increase = await put({
    Status: 'Acknowledged',
    OnlyIncreaseStatus: true,
    LogicbrokerKeys: [...keys, '1'],
  });
  t.match(increase.json(), { Records: keys.slice(0, 2), TotalRecords: 2 });
  const again = await put({ Status: 'Acknowledged', OnlyIncreaseStatus: true, LogicbrokerKeys: keys });
  t.same(again.json().Records, []);
  const any = await put({ Status: '200', LogicbrokerKeys: keys });
  t.same(any.json().Records, [keys[2]], 'an order that ships is left alone');
  t.equal((await put({ Status: 'Complete', LogicbrokerKeys: keys })).statusCode, 400);
  t.match((await put({ Status: '200', LogicbrokerKeys: ['1', 'x'] })).json().Body[0].Errors, [
    /^LogicbrokerKeys\[1\]: /,
  ]);
  t.match((await put({ LogicbrokerKeys: [] })).json().Body[0].Errors, ['Status: is required']);
});

await t.test('the history of an order tells who moved it, under both names', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  await recordEvents(db.prisma, somebody, [
    {
      companyId: seller.companyId,
      documentKey: order!.key,
      event: 'order-created',
      summary: 'Order imported',
    },
  ]);
  await call('PUT', `/api/v3/Orders/${order!.key}/Status/200`);
  for (const url of [`/api/v3/Orders/${order!.key}/ActivityEvents`, `/api/v1/Orders/${order!.key}/Events`]) {
    const { Body } = (await call('GET', url)).json();
    t.same(
      Body.ActivityEvents.map((event: { Summary: string }) => event.Summary),
      ['Order imported', 'Status changed from Submitted to Acknowledged'],
    );
    t.match(Body.ActivityEvents[0], {
      LogicbrokerKey: order!.key,
      DocumentType: 'Order',
      Level: 'Info',
      TypeId: 1,
    });
    t.equal(Body.TotalPages, 1);
  }
});

await t.test(
  'a version is named by its ETag, asked for again with 304 and changed only when it is still current',
  async (t) => {
    const { call, seller } = await testApi(t, db);
    const [order] = await createOrderDocuments(db, seller, 1);
    const path = `/api/v3/Orders/${order!.key}`;
    const { etag } = (await call('GET', path)).headers;
    t.equal((await call('GET', path, { headers: { 'if-none-match': String(etag) } })).statusCode, 304);
    t.equal((await call('PUT', `${path}/Status/200`, { headers: { 'if-match': '"99"' } })).statusCode, 412);
    t.match(
      await call('PUT', `${path}/Status/200`, { headers: { 'if-match': `W/${String(etag)}` } }),
      { statusCode: 412, body: /weak/ },
      'a weak tag does not vouch for every byte',
    );
    t.equal(
      (await call('PUT', `${path}/Status/200`, { headers: { 'if-match': String(etag) } })).statusCode,
      200,
    );
    t.equal(
      (await call('PUT', `${path}/Status/150`, { headers: { 'if-match': String(etag) } })).statusCode,
      412,
    );
    const changed = await call('GET', path, { headers: { 'if-none-match': `W/${String(etag)}` } });
    t.equal(changed.statusCode, 200);
    t.not(changed.headers.etag, etag);
  },
);

await t.test(
  'shipments are posted at the top level of an order, listed, changed as drafts and sent',
  async (t) => {
    const { call, seller } = await testApi(t, db);
    const [order] = await createOrderDocuments(db, seller, 1);
    const lines = [{ ItemIdentifier: { SupplierSKU: 'ERP-1' }, Quantity: 1 }];
    const created = await call('POST', `/api/v3/Orders/${order!.key}/Shipments`, {
      payload: { ShipmentNumber: 'S-77', StatusCode: -1, ShipmentLines: lines },
    });
    t.equal(created.statusCode, 201);
    t.match(created.json(), { Code: '201', Body: { LogicbrokerKey: /^\d+$/, TransformationResults: [] } });
    const key: string = created.json().Body.LogicbrokerKey;
    t.match((await call('GET', `/api/v3/Orders/${order!.key}/Shipments`)).json().Body.Shipments, [
      { ShipmentNumber: 'S-77' },
    ]);
    t.match((await call('GET', `/api/v3/Shipments/${key}`)).json().Body.Shipment, { StatusCode: -1 });
    t.match((await call('GET', '/api/v1/Shipments')).json().Body.Shipments, [
      { LogicbrokerKey: key, Status: 'Draft' },
    ]);
    t.same(
      (await call('GET', '/api/v3/Shipments/Ready')).json().Records,
      [],
      'own shipments are not for oneself',
    );
    const draft = { ShipmentNumber: 'S-78', ShipmentLines: lines };
    t.equal(
      (await call('PUT', `/api/v3/Shipments/${key}`, { payload: draft, headers: { 'if-match': '"9"' } }))
        .statusCode,
      412,
    );
    t.match((await call('PUT', `/api/v3/Shipments/${key}`, { payload: draft })).json().Body, {
      LogicbrokerKey: key,
    });
    t.equal((await call('PUT', `/api/v3/Shipments/${key}/status/Submitted`)).statusCode, 200);
    t.match((await call('GET', `/api/v3/shipments/${key}/STATUS`)).json().Body, { Status: 'Submitted' });
    t.equal((await call('PUT', `/api/v3/Shipments/${key}/Status/Complete`)).statusCode, 400);
    t.equal((await call('GET', `/api/v3/Shipments/${key}/Events`)).json().Body.ActivityEvents.length, 1);
  },
);

/** What the contract makes of the document below. */
const inContractNames = (price: unknown) => ({
  ShipmentNumber: 'S-1',
  PartnerPO: '5',
  myERPNote: 'kept',
  ShipmentLines: [
    { ItemIdentifier: { SupplierSKU: 'A' }, Price: price, Note: '', ShipmentInfos: [{ Qty: 1 }] },
  ],
});

await t.test(
  'names in a document are good in any case, and blanks that are no text count as not sent',
  async (t) => {
    const seen: SentDocument[] = [];
    const { call } = await testApi(t, db, {
      takeShipment: async (sent) => {
        seen.push(sent);
        return { key: 1 };
      },
    });
    const post = (text: string) =>
      call('POST', '/api/v3/Shipments', {
        payload: text,
        headers: { 'content-type': 'application/json' },
      });
    const camelCase =
      '{"shipmentNumber":"S-1","partnerPO":"5","myERPNote":"kept","shipToAddress":"",' +
      '"SHIPMENTLINES":[{"itemIdentifier":{"supplierSku":"A"},"quantity":"","price":1.10,"note":"",' +
      '"shipmentInfos":[{"qty":1,"weight":" ","dateShipped":""}]}]}';
    t.equal((await post(camelCase)).statusCode, 201);
    t.same(seen[0]?.document, inContractNames(1.1));
    t.same(seen[0]?.kept, inContractNames(new JsonNumber('1.10')), 'with every number in its own digits');
    const otherTypes =
      '{"ShipmentNumber":12,"Note":null,"ShipmentLines":[{"ItemIdentifier":{},"LineNumber":1,"Quantity":"2",' +
      '"Price":"1.10","IsDropShip":"true","ExtendedAttributes":[{"Name":"a","Value":5.0},{"Name":"b","Value":true}]}]}';
    t.equal((await post(otherTypes)).statusCode, 201);
    t.same(
      seen[1]?.kept,
      {
        ShipmentNumber: '12',
        ShipmentLines: [
          {
            ItemIdentifier: {},
            LineNumber: '1',
            Quantity: new JsonNumber('2'),
            Price: new JsonNumber('1.10'),
            IsDropShip: true,
            ExtendedAttributes: [
              { Name: 'a', Value: '5.0' },
              { Name: 'b', Value: 'true' },
            ],
          },
        ],
      },
      'what is kept has the types of the contract',
    );
    const twice = await post('{"ShipmentNumber":"S-1","shipmentnumber":"S-2","ShipmentLines":[]}');
    t.equal(twice.statusCode, 400);
    t.match(twice.json().Body[0].Errors, ['ShipmentNumber: is named twice, in different cases']);
  },
);

await t.test('a document with mistakes names every one of them by its path', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  const post = (payload: unknown) =>
    call('POST', `/api/v3/Orders/${order!.key}/Shipments`, {
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json' },
    });
  const answer = await post({
    ShipmentDate: 'soon',
    ShipmentLines: [{ ItemIdentifier: { SupplierSKU: { a: 1 } }, Quantity: 'two' }, { Quantity: 1.5 }],
  });
  t.equal(answer.statusCode, 400);
  t.same(answer.json().Body[0].Errors.toSorted(), [
    'ShipmentDate: must be a date or time in ISO 8601',
    'ShipmentLines[0].ItemIdentifier.SupplierSKU: must be a string',
    'ShipmentLines[0].Quantity: must be an integer',
    'ShipmentLines[1].ItemIdentifier: is required',
    'ShipmentLines[1].Quantity: must be an integer',
  ]);
  t.match((await post({})).json().Body[0].Errors, ['ShipmentLines: is required']);
  t.match((await post([])).json().Body[0].Errors, ['body: must be an object']);
  t.equal(
    (await post({ ShipmentLines: [], PartnerPO: null, ShipmentNumber: 5 })).statusCode,
    201,
    'nulls are absent',
  );
});

await t.test('statuses, partners, event types and events can be looked up', async (t) => {
  const { call, seller } = await testApi(t, db);
  const all = (await call('GET', '/api/v3/Statuses')).json().Body.DocumentTypeStatuses;
  t.match(
    all.find((status: { StatusId: number }) => status.StatusId === 500),
    { DocumentType: 'Order', StatusDescription: 'Ready to Ship', Default: false },
  );
  const shipment = (await call('GET', '/api/v3/statuses/shipments')).json().Body.DocumentTypeStatuses;
  t.match(shipment[0], { DocumentType: 'Shipment', StatusId: -1 });
  t.equal((await call('GET', '/api/v3/Statuses/Remittance')).statusCode, 404);
  const partners = (await call('GET', '/api/v3/Partners')).json().Body.Partners;
  t.match(partners, [{ Id: seller.partnerId, IsMerchant: true, CompanyName: 'Test seller shop' }]);
  const types = (await call('GET', '/api/v3/ActivityEvents/EventTypes')).json().Body;
  t.match(
    types.find((type: { Name: string }) => type.Name === 'shipment-failed'),
    { Topic: 'shipment.failed' },
  );
});

await t.test('events are searched by their filters and marked', async (t) => {
  const { call, seller } = await testApi(t, db);
  const { companyId } = seller;
  await recordEvents(
    db.prisma,
    somebody,
    manyOrders.map((index) => ({
      companyId,
      event: index === 0 ? 'flow-failed' : 'order-created',
      summary: `Event ${index}`,
    })),
  );
  const search = async (query: string) =>
    (await call('GET', `/api/v3/ActivityEvents?${query}`)).json().Body.ActivityEvents;
  t.equal((await search('')).length, 7);
  const [alert] = await search('Filters.level=alert&Filters.processed=False');
  t.match(alert, { Summary: 'Event 0', Processed: false, Viewed: false });
  t.equal((await search('filters.from=2100-01-01')).length, 0);
  t.equal((await search('from=0000-01-01')).length, 7, 'a year that PostgreSQL does not know');
  const marked = await call('PUT', `/api/v3/ActivityEvents/${alert.Id}`, {
    payload: { ...alert, Processed: true },
  });
  t.same(marked.json().Body, alert.Id);
  for (const wildcard of ['%5C', '%25', 'A%25', 'Aler_', 'Alert%5C', '%5C%5C']) {
    for (const name of ['level', 'category']) {
      const answer = await call('GET', `/api/v3/ActivityEvents?Filters.${name}=${wildcard}`);
      t.equal(answer.statusCode, 200, `${name}=${wildcard}`);
      t.same(answer.json().Body.ActivityEvents, [], 'a filter means what it says, character by character');
    }
  }
  t.match((await call('GET', `/api/v3/ActivityEvents/${alert.Id}`)).json().Body, {
    Processed: true,
    Viewed: false,
  });
  t.equal((await search('level=Alert&processed=false')).length, 0);
  const other = await testApi(t, db);
  t.equal((await other.call('GET', `/api/v3/ActivityEvents/${alert.Id}`)).statusCode, 404);
  t.equal((await other.call('PUT', `/api/v3/ActivityEvents/${alert.Id}`, { payload: {} })).statusCode, 404);
});

await t.test('an ERP reports what it could not do, on the document or for itself', async (t) => {
  const { call, seller } = await testApi(t, db);
  const [order] = await createOrderDocuments(db, seller, 1);
  const { key, linkKey } = order!;
  const report = (payload: object, url = '/api/v1/ActivityEvents') => call('POST', url, { payload });
  // As Logicbroker's NetSuite connector sends it.
  const failure = {
    LogicbrokerKey: String(key),
    Summary: 'Failed to import Order into NetSuite',
    Details: 'Invalid item reference TEE-RED-L',
    Level: 'Alert',
    TypeId: 57,
    ReceiverId: seller.partnerId,
  };
  const answer = await report(failure, '/api/v1/activityevents/');
  t.match(answer.json(), { Code: '200', Body: Number });
  // And its Magento connector, about no document.
  await report({
    ReceiverId: seller.partnerId,
    Level: 'info',
    Summary: 'Magento Inventory Updated',
    Category: 'Inventory',
    TypeId: 39,
    AdditionalData: JSON.stringify({ OriginalFileUrl: 'https://example.test/report.csv' }),
  });
  const ofOrder = (await call('GET', `/api/v3/Orders/${key}/ActivityEvents`)).json().Body.ActivityEvents;
  t.match(ofOrder.at(-1), {
    Id: answer.json().Body,
    LogicbrokerKey: key,
    LinkKey: linkKey,
    DocumentType: 'Order',
    SenderId: seller.companyId,
    ReceiverId: seller.partnerId,
    Level: 'Alert',
    Category: 'ERP',
    Summary: failure.Summary,
    Details: failure.Details,
    Processed: false,
  });
  const types = (await call('GET', '/api/v3/ActivityEvents/EventTypes')).json().Body as {
    Id: number;
    Name: string;
  }[];
  const { Id } = types.find(({ Name }) => Name === 'reported-by-erp')!;
  const reported = (await call('GET', `/api/v1/ActivityEvents?Filters.typeId=${Id}`)).json().Body
    .ActivityEvents;
  t.match(reported, [
    { LogicbrokerKey: key },
    {
      Level: 'Info',
      Category: 'Inventory',
      AdditionalData: '{"OriginalFileUrl":"https://example.test/report.csv"}',
    },
  ]);
  t.notOk('LogicbrokerKey' in reported[1]);

  for (const [wrong, field] of [
    [{ ...failure, Summary: ' ' }, 'Summary'],
    [{ ...failure, Summary: 'x'.repeat(1_001) }, 'Summary'],
    [{ ...failure, Details: 'x'.repeat(20_001) }, 'Details'],
    [{ ...failure, Level: 'Catastrophe' }, 'Level'],
    [{ ...failure, AdditionalData: '{' }, 'AdditionalData'],
    [{ ...failure, AdditionalData: '{"a":"\\u0000"}' }, 'AdditionalData'],
    [{ ...failure, AdditionalData: '{"__proto__":1}' }, 'AdditionalData'],
    [{ ...failure, LogicbrokerKey: 'x' }, 'LogicbrokerKey'],
    [{ ...failure, LogicbrokerKey: 1e99 }, 'LogicbrokerKey'],
    [{ ...failure, ReceiverId: 1e99 }, 'ReceiverId'],
    [{ ...failure, Details: 'a\u0000b' }, 'Details'],
    [[], 'body'],
  ] as const) {
    const refused = await report(wrong);
    t.equal(refused.statusCode, 400, JSON.stringify(wrong).slice(0, 80));
    t.match(refused.json().Body[0].Details[0], { Field: field });
  }
  const stranger = await testApi(t, db);
  t.equal((await stranger.call('POST', '/api/v1/ActivityEvents', { payload: failure })).statusCode, 404);
  t.equal((await report({ ...failure, LogicbrokerKey: 2_000_000_000 })).statusCode, 404);
  const form = await call('POST', '/api/v1/ActivityEvents', {
    payload: 'Summary=x',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(form.statusCode, 415);
  t.match(form.json().Message, /application\/json/);
  t.equal((await call('GET', `/api/v1/ActivityEvents?typeId=${Id}`)).json().Body.ActivityEvents.length, 2);
  t.equal((await report(failure, '/api/v3/ActivityEvents')).statusCode, 200, 'good in every version');
});

await t.test('tasks are listed and run on request, for their company only', async (t) => {
  const woken: bigint[] = [];
  const { call, seller } = await testApi(t, db, {
    wakeFlow: async ({ id }) => {
      woken.push(id);
    },
  });
  const flow = await db.prisma.flow.create({
    data: {
      connectionId: seller.connectionId,
      subjectId: seller.connectionId,
      name: 'pull-orders',
      lane: 'urgent',
    },
  });
  const tasks = (await call('GET', '/api/v3/Settings/ScheduledTasks')).json().Records;
  t.match(tasks, [
    { Id: Number(flow.id), PartnerId: seller.partnerId, Schedule: '*/15 * * * *', JobName: String },
  ]);
  const run = await call('PUT', `/api/v3/Settings/ScheduledTasks/Trigger?id=${flow.id}`);
  t.match(run.json(), { Code: '200', Body: String });
  t.same(woken, [flow.id]);
  t.equal((await db.prisma.flow.findUniqueOrThrow({ where: { id: flow.id } })).requested, 1);
  const other = await testApi(t, db);
  t.equal((await other.call('PUT', `/api/v3/Settings/ScheduledTasks/Trigger?id=${flow.id}`)).statusCode, 404);
  t.match((await call('PUT', '/api/v3/Settings/ScheduledTasks/Trigger')).json().Body[0].Errors, [
    'id: is required',
  ]);
});

await t.test('an explanation shows every gate, also of an order that was not imported', async (t) => {
  const asked: object[] = [];
  const { call, seller } = await testApi(t, db, {
    explainOrder: async (which) => {
      asked.push(which);
      return {
        tiktokOrderId: '576460752303423488',
        state: 'waiting',
        documentKey: null,
        documentStatus: null,
        nextSteps: [],
        shippingGates: [],
        documents: [],
        cancellations: [],
        releaseAt: null,
        exportedAt: null,
        tiktok: {
          status: 'AWAITING_SHIPMENT',
          createdAt: new Date('2026-01-01T00:00:00Z'),
          paidAt: null,
          updatedAt: new Date('2026-01-01T00:00:00Z'),
          readAt: new Date('2026-01-01T00:00:00Z'),
        },
        laterAddress: null,
        channels: [],
        returns: [],
        connection: null,
        pull: null,
        summary: 'Waits until 11:00.',
        gates: [
          { gate: 'shipped-by-seller', rule: 'Only what you ship', outcome: 'pass', reason: 'You ship it' },
          {
            gate: 'remorse-hold',
            rule: 'An hour after payment',
            outcome: 'wait',
            reason: 'Paid at 10:00',
            until: new Date('2026-11-01T11:00:00Z'),
            next: 'Nothing to do',
          },
        ],
      };
    },
  });
  const { Body } = (await call('GET', '/api/v3/Explain?order=576460752303423488')).json();
  t.match(Body, { TikTokOrderId: '576460752303423488', TikTok: { Status: 'AWAITING_SHIPMENT' } });
  t.match(Body.Gates[1], {
    Gate: 'remorse-hold',
    Outcome: 'wait',
    Until: '2026-11-01T11:00:00Z',
    Next: 'Nothing to do',
  });
  t.notOk('LogicbrokerKey' in Body);
  await call('GET', '/api/v3/orders/1001/explain');
  t.same(asked, [
    { companyId: seller.companyId, tiktokOrderId: '576460752303423488' },
    { companyId: seller.companyId, key: 1001 },
  ]);
});
