import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { documentKinds } from '../../src/compose/kinds.js';
import type { DocumentKind } from '../../src/documents/document-kind.js';
import { documentPath } from '../../src/logicbroker/document-types.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { harborGoods } from '../support/connect-shop.js';
import { createErp, wholeShipment, type ErpAnswer, type ErpDocument } from '../support/erp.js';
import { createSellerWithKey } from '../support/service-world.js';
import { startService } from '../support/start-service.js';
import { until } from '../support/waiting.js';

/** What another company may learn from a route when it names things of ours. */
type Answer =
  /** 404, as for something that does not exist. */
  | 'not-found'
  /** Another answer, the same as for something that does not exist. */
  | 'unknown'
  /** A list without anything of ours. */
  | 'empty'
  /** The same for everybody. */
  | 'public'
  /** It names nothing and changes only what is the caller's, each time anew. */
  | 'own';

/** What follows from the definition of a kind. */
function routesOf({ type, eventsPaths, post, edit, ofOrder, explain }: DocumentKind): Record<string, Answer> {
  const path = documentPath(type);
  const one = `/${path}/{LogicbrokerKey}`;
  const children = `/Orders/{LogicbrokerKey}/${path}`;
  return {
    [`GET /${path}`]: 'empty',
    [`GET /${path}/Ready`]: 'empty',
    [`GET /${path}/LogicbrokerKeys/Ready`]: 'empty',
    [`GET ${one}`]: 'not-found',
    [`GET ${one}/Status`]: 'not-found',
    [`PUT /${path}/Status`]: 'empty',
    [`PUT ${one}/Status/{Status}`]: 'not-found',
    ...Object.fromEntries(eventsPaths.map((events) => [`GET ${one}/${events}`, 'not-found' as const])),
    ...(post && { [`POST /${path}`]: 'unknown' }),
    ...(edit && { [`PUT ${one}`]: 'not-found' }),
    ...(ofOrder && { [`GET ${children}`]: 'not-found' }),
    ...(ofOrder?.post && { [`POST ${children}`]: 'not-found' }),
    ...(explain && { [`GET ${one}/Explain`]: 'not-found' }),
  };
}

/** By path without its version. A route that is not here fails the test: whoever adds one says what it is. */
const routes: Record<string, Answer> = {
  ...Object.assign({}, ...documentKinds({} as ShipmentDeps).map((kind) => routesOf(kind))),
  'GET /Explain': 'unknown',
  'POST /Orders/Export': 'empty',
  ...Object.fromEntries(
    ['Acknowledgements', 'Shipments', 'Returns'].flatMap((path) =>
      ['CreateImport', 'Import', 'CustomXML'].map((act) => [`POST /${path}/${act}`, 'own' as const]),
    ),
  ),
  ...Object.fromEntries(
    ['Orders', 'Acknowledgements', 'Shipments', 'Returns'].map((path) => [
      // What may be had as X12 depends on the kind and the profile.
      `GET /${path}/{LogicbrokerKey}/EDI`,
      'unknown' as const,
    ]),
  ),
  'POST /EDI': 'own',
  'GET /Imports/{ImportId}': 'not-found',
  'GET /Imports/{ImportId}/Errors': 'not-found',
  'GET /Deliveries': 'empty',
  'GET /Deliveries/{DeliveryId}': 'not-found',
  'GET /Deliveries/{DeliveryId}/Content': 'not-found',
  'PUT /Deliveries/{DeliveryId}/PickedUp': 'not-found',
  'PUT /Deliveries/{DeliveryId}/Replay': 'not-found',
  'PUT /Deliveries/Replay': 'empty',
  'GET /Settings/Partners/{partnerId}/Shopify': 'not-found',
  'PUT /Settings/Partners/{partnerId}/Shopify': 'not-found',
  'DELETE /Settings/Partners/{partnerId}/Shopify': 'not-found',
  'POST /Acknowledgements/Export': 'empty',
  'POST /Shipments/Export': 'empty',
  'POST /Returns/Export': 'empty',
  'GET /Returns/Explain': 'not-found',
  'POST /Orders/Pull': 'not-found',
  'POST /Orders/{LogicbrokerKey}/ForgetBuyer': 'not-found',
  'GET /Layouts': 'empty',
  'PUT /Layouts/{LayoutId}': 'not-found',
  'DELETE /Layouts/{LayoutId}': 'not-found',
  'POST /Product/{partnerId}': 'not-found',
  'GET /Product/{partnerId}/{feedId}': 'not-found',
  'PUT /Product/{partnerId}/{feedId}': 'not-found',
  'DELETE /Product/{partnerId}/{feedId}': 'not-found',
  'GET /Product/{partnerId}/{feedId}/Items': 'not-found',
  'GET /Product/{partnerId}/{feedId}/Items/{productId}': 'not-found',
  'PUT /Product/{partnerId}/{feedId}/Items/{productId}': 'not-found',
  'DELETE /Product/{partnerId}/{feedId}/Items/{productId}': 'not-found',
  'GET /Product/{partnerId}/SupplierProducts': 'not-found',
  'POST /Product/{partnerId}/SupplierProducts': 'not-found',
  'GET /Product/{partnerId}/SupplierProducts/{id}': 'not-found',
  'PUT /Product/{partnerId}/SupplierProducts/{id}': 'not-found',
  'DELETE /Product/{partnerId}/SupplierProducts/{id}': 'not-found',
  'POST /Product/{partnerId}/Exports/SupplierProducts': 'not-found',
  'GET /Product/{partnerId}/Templates': 'not-found',
  'PUT /Product/{partnerId}/Templates/{name}': 'not-found',
  'DELETE /Product/{partnerId}/Templates/{name}': 'not-found',
  'PUT /Product/{partnerId}/Templates/{name}/CopyTo/{targetPartnerId}': 'not-found',
  'GET /Product/{partnerId}/DryRun': 'not-found',
  'PUT /Product/{partnerId}/TakeOver/{productId}': 'not-found',
  'PUT /Product/{partnerId}/Send': 'not-found',
  'POST /Product/{partnerId}/Imports/SupplierProducts': 'not-found',
  'POST /Product/{partnerId}/Imports/SupplierProducts/Upload': 'not-found',
  'GET /Product/{partnerId}/Imports/SupplierProducts/Status': 'not-found',
  'GET /Product/{partnerId}/Listings': 'not-found',
  'GET /Product/{partnerId}/Files': 'not-found',
  'POST /Product/{partnerId}/Files': 'not-found',
  'DELETE /Product/{partnerId}/Files/{name}': 'not-found',
  'GET /Product/{partnerId}/Compliance': 'not-found',
  'POST /Product/{partnerId}/Compliance': 'not-found',
  'GET /Product/{partnerId}/Compliance/{entityId}': 'not-found',
  'GET /Product/{partnerId}/Listings/{productId}': 'not-found',
  'GET /Product/{partnerId}/Categories': 'not-found',
  'GET /Product/{partnerId}/AttributeSets': 'not-found',
  'GET /Product/{partnerId}/Attributes': 'not-found',
  'GET /Product/{partnerId}/Specification': 'not-found',
  'GET /Product/{partnerId}/Specification/Template': 'not-found',
  'GET /Product/{partnerId}/Brands': 'not-found',
  'GET /Inventory/{partnerId}': 'not-found',
  'POST /Inventory/{partnerId}': 'not-found',
  'DELETE /Inventory/{partnerId}': 'not-found',
  'POST /Inventory/{partnerId}/Matching': 'not-found',
  'DELETE /Inventory/{partnerId}/Matching': 'not-found',
  'PUT /Inventory/{partnerId}/Resend': 'not-found',
  'PUT /Inventory/{partnerId}/ZeroOut': 'not-found',
  'POST /Inventory/{partnerId}/Export': 'not-found',
  'GET /Inventory/{partnerId}/Item/{sku}': 'not-found',
  'GET /Inventory/{partnerId}/Item/{sku}/Explain': 'not-found',
  'GET /Inventory/{partnerId}/Match/{sku}': 'not-found',
  'GET /Inventory/{partnerId}/NotSent': 'not-found',
  'GET /Inventory/{partnerId}/Freshness': 'not-found',
  'GET /Inventory/{partnerId}/DuplicateSkus': 'not-found',
  'GET /Inventory/{partnerId}/Imports': 'not-found',
  'GET /Inventory/Imports/{ImportId}': 'not-found',
  'GET /Inventory/Imports/{ImportId}/Errors': 'not-found',
  'PUT /Inventory/Imports/{ImportId}/Confirm': 'not-found',
  'PUT /Inventory/Imports/{ImportId}/Refuse': 'not-found',
  // Somebody without a shop is told so, whatever he sends.
  'POST /Inventory/Broadcast': 'not-found',
  'POST /Inventory/All/Export': 'empty',
  'GET /Inventory/Availability/{sku}': 'empty',
  'GET /Deadlines': 'empty',
  'GET /Statuses': 'public',
  'GET /Statuses/{documentType}': 'public',
  'GET /Partners': 'empty',
  'GET /Partners/{partnerId}/CancellationReasons': 'not-found',
  'GET /Settings/CustomLookupTables': 'empty',
  // A table of that name can be made by everybody for himself.
  'PUT /Settings/CustomLookupTables/{name}': 'unknown',
  'DELETE /Settings/CustomLookupTables/{name}': 'not-found',
  'GET /Settings/CustomLookupTables/{name}/Lookups': 'not-found',
  'POST /Settings/CustomLookupTables/{name}/Lookups': 'not-found',
  'DELETE /Settings/CustomLookupTables/{name}/Lookups': 'not-found',
  'PUT /Settings/CustomLookupTables/{name}/Lookups/{id}': 'not-found',
  'DELETE /Settings/CustomLookupTables/{name}/Lookups/{id}': 'not-found',
  'GET /Settings/Catalogue': 'public',
  'GET /Settings/Company': 'empty',
  'PUT /Settings/Company': 'empty',
  'GET /Settings/Partners/{partnerId}': 'not-found',
  'PUT /Settings/Partners/{partnerId}': 'not-found',
  'GET /Settings/Partners/{partnerId}/ShipStation': 'not-found',
  'POST /Settings/Partners/{partnerId}/ShipStation/Password': 'not-found',
  'DELETE /Settings/Partners/{partnerId}/ShipStation': 'not-found',
  'GET /Settings/ApiKeys': 'empty',
  'POST /Settings/ApiKeys/Rotate': 'own',
  'GET /Settings/ScheduledTasks': 'empty',
  'PUT /Settings/ScheduledTasks/Trigger': 'not-found',
  'GET /Changes': 'empty',
  'GET /Alerts': 'empty',
  'GET /Settings/AlertRecipients': 'empty',
  'POST /Settings/AlertRecipients': 'own',
  'GET /Settings/AlertRecipients/{RecipientId}': 'not-found',
  'PUT /Settings/AlertRecipients/{RecipientId}': 'not-found',
  'DELETE /Settings/AlertRecipients/{RecipientId}': 'not-found',
  'GET /Settings/SftpServers': 'empty',
  'POST /Settings/SftpServers': 'own',
  'GET /Settings/SftpServers/{ServerId}': 'not-found',
  'PUT /Settings/SftpServers/{ServerId}': 'not-found',
  'DELETE /Settings/SftpServers/{ServerId}': 'not-found',
  'GET /Webhooks': 'empty',
  'POST /Webhooks': 'own',
  'GET /Webhooks/{WebhookId}': 'not-found',
  'PUT /Webhooks/{WebhookId}': 'not-found',
  'DELETE /Webhooks/{WebhookId}': 'not-found',
  'GET /Webhooks/{WebhookId}/Test': 'not-found',
  'GET /Webhooks/{WebhookId}/Secret': 'not-found',
  'POST /Webhooks/{WebhookId}/RotateSecret': 'not-found',
  'GET /Webhooks/{WebhookId}/Messages': 'not-found',
  'GET /Webhooks/{WebhookId}/Messages/{MessageId}/Attempts': 'not-found',
  'POST /Webhooks/{WebhookId}/Replay': 'not-found',
  'GET /ActivityEvents': 'empty',
  'GET /ActivityEvents/EventTypes': 'public',
  'GET /ActivityEvents/{EventId}': 'not-found',
  'PUT /ActivityEvents/{EventId}': 'not-found',
  'POST /ActivityEvents': 'not-found',
};

interface Operation {
  version: 'v1' | 'v2' | 'v3';
  method: string;
  path: string;
}

t.setTimeout(120_000);
const service = await startService(t);
const { erp, db, simulator } = service;
await (await service.connectShop(harborGoods)).pullOrders();
await until('our orders', async () => (await erp.list('Orders')).length === 4, 15_000, 100);
const [order] = await erp.list('Orders');
if (!order) throw new Error('no order');
const shipmentKey = await erp.ship(order, wholeShipment(order, { tracking: 'TENANT1', carrier: 'USPS' }));
await until('our shipment', async () => (await erp.shipment(shipmentKey)).StatusCode === 1000, 15_000, 100);
const acknowledged = await erp.call<{ Body: { LogicbrokerKey: string } }>('POST', 'Acknowledgements', {
  body: acceptanceOf(order, 'A-1'),
});
await db.pool.query(`UPDATE connections SET settings = settings || '{"acceptInvoices": true}'`);
const invoiced = await erp.call<{ Body: { LogicbrokerKey: string } }>('POST', 'Invoices', {
  body: { InvoiceNumber: 'I-0', InvoiceLines: [], PartnerPO: order.PartnerPO },
});
// The demo has one: a buyer of an order from before wants to send it back.
await until('our return', async () => (await erp.list('Returns')).length > 0, 15_000, 100);
const [ourReturn] = await erp.list('Returns');
if (!ourReturn) throw new Error('no return');
const partner = String(order['SenderCompanyId']);
const matches = [{ SupplierSKU: 'TENANT-SKU', MerchantSKU: 'TENANT-SKU' }];
await erp.call('POST', `Inventory/${partner}/Matching`, { body: matches });
const feed = await erp.call<{ Imports: { ImportId: number }[] }>('POST', `Inventory/${partner}`, {
  body: [{ SupplierSKU: 'TENANT-SKU', Quantity: 3 }, { SupplierSKU: 'bad' }],
});
await erp.call('PUT', 'Settings/CustomLookupTables/TenantTable', {
  body: {
    Description: 'TENANT-SKU',
    Columns: [{ Title: 'Sku', Match: 'OrderLines.ItemIdentifier.SupplierSKU' }, { Title: 'Note' }],
  },
});
const lookup = await erp.call<{ Body: string }>('POST', 'Settings/CustomLookupTables/TenantTable/Lookups', {
  body: {
    Columns: [
      { Title: 'Sku', Value: 'TENANT-SKU' },
      { Title: 'Note', Value: 'TENANT-SKU' },
    ],
  },
});
const productFeed = await erp.call<{ Imports: { ImportId: number }[] }>('POST', `Product/${partner}`, {
  version: 'v1',
  body: [{ 'Merchant SKU': 'TENANT-SKU', Title: 'A shirt of ours, soft and round at its neck' }],
});
const unknownLayout = await erp.call('POST', `Inventory/${partner}`, {
  body: [{ Tenantcode: 'TENANT-SKU', Tenantnumber: 3 }],
});
const hook = {
  Format: 'json',
  Address: 'https://tenant.invalid/TENANT-SKU',
  Topic: 'company',
  Enabled: false,
};
const webhook = await erp.call<{ Body: string }>('POST', 'Webhooks', { body: hook });
const recipient = await erp.call<{ Body: string }>('POST', 'Settings/AlertRecipients', {
  body: { Address: 'TENANT-SKU@tenant.invalid' },
});
const sftpServer = {
  Name: 'TENANT-SKU',
  Host: 'tenant.invalid',
  UserName: 'tenant',
  HostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJGP2SL7mzT1B7r7AIc9OZLQ6GkvAZfQXGM0wgoTNVMX',
  Enabled: false,
};
const server = await erp.call<{ Body: string }>('POST', 'Settings/SftpServers', { body: sftpServer });
const { rows: entityRows } = await db.pool.query<{ id: number }>(
  `INSERT INTO compliance_entities (connection_id, company_id, kind, content_hash, content, asked_at)
   SELECT id, company_id, 'manufacturer', 'tenant', '{"kind":"manufacturer","manufacturer":{"name":"TENANT-SKU"}}', now() FROM connections
   WHERE partner_id = $1 RETURNING id`,
  [Number(partner)],
);
await db.pool.query(
  `INSERT INTO shopify_stores (company_id, connection_id, domain, name, currency, state, inventory_behaviour, is_stock_source,
     checked_at, created_at, updated_at)
   SELECT company_id, id, 'tenant.myshopify.com', 'TENANT-SKU', 'USD', 'off', 'BYPASS', false, now(), now(), now() FROM connections
   WHERE partner_id = $1`,
  [Number(partner)],
);
const csv = { name: 'csv', channel: 'http', format: 'csv', documents: ['order'] };
await erp.call('PUT', 'Settings/Company', { body: { Settings: { deliveryProfiles: [csv] } } });
const deliveries = await erp.call<{ Records: { DeliveryId: string }[] }>('GET', 'Deliveries');
const documentImport = await erp.call<{ Body: string }>('POST', 'Shipments/CreateImport', { body: {} });
const ticket = await erp.call<{ Body: string }>('POST', `Product/${partner}/Imports/SupplierProducts`, {
  body: {},
});
const waiting = simulator.control.orders({ shop: harborGoods.shopId, status: 'ON_HOLD' })[0]?.id ?? '';
const { rows: eventRows } = await db.pool.query<{ id: number }>('SELECT max(id) AS id FROM events');
const eventId = String(eventRows[0]?.id);
const flowId = String((await erp.tasks())[0]?.Id);

interface Names {
  order: string;
  acknowledgement: string;
  partner: string;
  shipment: string;
  invoice: string;
  return: string;
  tiktokReturn: string;
  event: string;
  flow: string;
  tiktokOrder: string;
  sku: string;
  import: string;
  table: string;
  lookup: string;
  layout: string;
  productFeed: string;
  webhook: string;
  recipient: string;
  server: string;
  delivery: string;
  documentImport: string;
  ticket: string;
  entity: string;
}

const ours: Names = {
  order: order.Identifier.LogicbrokerKey,
  acknowledgement: acknowledged.json.Body.LogicbrokerKey,
  partner,
  shipment: shipmentKey,
  invoice: invoiced.json.Body.LogicbrokerKey,
  return: ourReturn.Identifier.LogicbrokerKey,
  tiktokReturn: String(ourReturn['ReturnNumber']),
  event: eventId,
  flow: flowId,
  tiktokOrder: waiting,
  sku: 'TENANT-SKU',
  import: String(feed.json.Imports[0]?.ImportId),
  table: 'TenantTable',
  lookup: lookup.json.Body,
  layout: /Layouts\/([\w-]+)/.exec(unknownLayout.text)?.[1] ?? '',
  productFeed: String(productFeed.json.Imports[0]?.ImportId),
  webhook: webhook.json.Body,
  recipient: recipient.json.Body,
  server: server.json.Body,
  delivery: deliveries.json.Records[0]?.DeliveryId ?? '',
  documentImport: documentImport.json.Body,
  ticket: new URL(ticket.json.Body).searchParams.get('importId') ?? '',
  entity: String(entityRows[0]?.id),
};
const nobodys: Names = {
  order: '2000000001',
  acknowledgement: '2000000005',
  partner: '2000000006',
  shipment: '2000000002',
  invoice: '2000000009',
  return: '2000000007',
  tiktokReturn: '4035999999999999999',
  event: '2000000003',
  flow: '2000000004',
  tiktokOrder: '576499999999999999',
  sku: 'NOBODYS-SKU',
  import: '2000000008',
  table: 'NobodysTable',
  lookup: '2000000010',
  layout: 'inventory-0000000000000000',
  productFeed: '2000000011',
  webhook: '2000000012',
  recipient: '2000000013',
  server: '2000000015',
  delivery: '2000000014',
  documentImport: '2000000015',
  ticket: '00000000-0000-4000-8000-000000000000',
  entity: '999999',
};

const stranger = createErp(service.url, (await createSellerWithKey(db, 'Somebody else')).key);
const operations = await operationsOf(service.url);

await t.test('every route has a rule, and every rule a route', (t) => {
  const offered = new Set(operations.map(({ method, path }) => `${method} ${path}`));
  t.same(
    [...offered].filter((route) => !routes[route]),
    [],
    'routes of which nobody said who may see what',
  );
  t.same(
    Object.keys(routes).filter((route) => !offered.has(route)),
    [],
    'rules without a route',
  );
  t.end();
});

await t.test('with another company’s key our things do not exist, on any route of any version', async (t) => {
  // What TikTok has told of the shipment is read a moment later.
  let before = await everything();
  await until(
    'everything is at rest',
    async () => {
      const earlier = JSON.stringify(before);
      await pause(3_000);
      before = await everything();
      return JSON.stringify(before) === earlier;
    },
    60_000,
  );
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path} (${operation.version})`;
    const rule = routes[`${operation.method} ${operation.path}`];
    if (rule === 'own') continue;
    const answer = await ask(operation, ours);
    if (rule === 'not-found' || rule === 'unknown') {
      if (rule === 'not-found') t.equal(answer.status, 404, `${name}: ${answer.text.slice(0, 200)}`);
      t.equal(
        anonymous(answer),
        anonymous(await ask(operation, nobodys)),
        `${name} tells nothing by its words`,
      );
    } else {
      t.equal(answer.status, 200, `${name}: ${answer.text.slice(0, 200)}`);
      t.same(traces(answer), [], `${name} shows nothing of ours`);
    }
  }
  t.same(await everything(), before, 'nothing of ours has changed');
});

await t.test('the same calls with our own key find our things', async (t) => {
  // Otherwise the test above could be right by mistake.
  for (const operation of operations) {
    if (routes[`${operation.method} ${operation.path}`] !== 'not-found' || operation.method !== 'GET')
      continue;
    const answer = await ask(operation, ours, erp);
    t.equal(answer.status, 200, `${operation.path} (${operation.version}): ${answer.text.slice(0, 200)}`);
    t.not(anonymous(answer), anonymous(await ask(operation, nobodys, erp)));
  }
});

function ask(
  { version, method, path }: Operation,
  names: Names,
  client = stranger,
): Promise<ErpAnswer<unknown>> {
  const key = keyIn(path, names);
  const target = path
    .replace('{LogicbrokerKey}', key)
    .replace('{EventId}', names.event)
    .replace('{partnerId}', names.partner)
    .replace('{ImportId}', path.startsWith('/Imports') ? names.documentImport : names.import)
    .replace('{DeliveryId}', names.delivery)
    .replace('{sku}', names.sku)
    .replace('{name}', names.table)
    .replace('{LayoutId}', names.layout)
    .replace('{feedId}', names.productFeed)
    .replace('{productId}', names.sku)
    .replace('{WebhookId}', names.webhook)
    .replace('{RecipientId}', names.recipient)
    .replace('{ServerId}', names.server)
    .replace('{entityId}', names.entity)
    .replace('{MessageId}', `msg_${names.webhook}_1`)
    .replace('{targetPartnerId}', names.partner)
    .replace('{id}', path.startsWith('/Product') ? names.sku : names.lookup)
    .replace('{Status}', 'Ignored')
    .replace('{documentType}', 'Order')
    .slice(1);
  const queries: Record<string, string> = {
    'Returns/Explain': `?return=${names.tiktokReturn}`,
    Explain: `?order=${names.tiktokOrder}`,
    'Orders/Pull': `?order=${names.tiktokOrder}`,
    'Settings/ScheduledTasks/Trigger': `?id=${names.flow}`,
    [`Product/${names.partner}/Specification`]: '?category=3000911',
    [`Product/${names.partner}/Specification/Template`]: '?categories=3000911&format=csv',
    [`Product/${names.partner}/Brands`]: '?name=A',
    [`Product/${names.partner}/Imports/SupplierProducts/Status`]: `?importId=${names.ticket}`,
    [`Product/${names.partner}/Imports/SupplierProducts/Upload`]: `?importId=${names.ticket}`,
  };
  const body = bodyOf(method, path, names);
  return client.call(method, `${target}${queries[target] ?? ''}`, { version, ...(body ? { body } : {}) });
}

function keyIn(path: string, names: Names): string {
  if (path.startsWith('/Shipments')) return names.shipment;
  if (path.startsWith('/Returns')) return names.return;
  if (path.startsWith('/Invoices')) return names.invoice;
  return path.startsWith('/Acknowledgements') ? names.acknowledgement : names.order;
}

function acceptanceOf({ PartnerPO, OrderLines }: ErpDocument, number: string): object {
  return {
    PartnerPO,
    AcknowledgementNumber: number,
    AckLines: OrderLines.map(({ LineNumber, ItemIdentifier, Quantity }) => ({
      LineNumber,
      ItemIdentifier,
      Quantity,
    })),
  };
}

function bodyOf(method: string, path: string, names: Names): object | null {
  if (method === 'PUT' && path.endsWith('s/Status')) {
    return {
      Status: 'Ignored',
      LogicbrokerKeys: [names.order, names.shipment, names.acknowledgement, names.return, names.invoice],
    };
  }
  if (path === '/ActivityEvents')
    return method === 'POST' ? { LogicbrokerKey: names.order, Summary: 'Failed to import Order' } : null;
  if (path.startsWith('/ActivityEvents/')) return method === 'PUT' ? { Viewed: true, Processed: true } : null;
  if (method === 'GET' || path.includes('{Status}') || path.includes('Trigger')) return null;
  if (path.endsWith('/Shopify')) return { Domain: 'tenant.myshopify.com', AccessToken: 'shpat_tenant_token' };
  if (/^\/Settings\/(Company|Partners)/.test(path)) return { Settings: {} };
  if (path.startsWith('/Layouts')) return { Fields: [] };
  if (path.startsWith('/Settings/AlertRecipients')) return { Address: 'somebody@stranger.invalid' };
  if (path.startsWith('/Settings/SftpServers')) return sftpServer;
  if (path.startsWith('/Webhooks')) return /Rotate|Replay/.test(path) ? { OnlyFailed: true } : hook;
  if (path.startsWith('/Product')) return bodyOfProduct(path);
  if (path.startsWith('/Inventory'))
    return path.endsWith('Export') ? {} : [{ SupplierSKU: 'X', Quantity: 1 }];
  if (path.endsWith('/Export')) return { Filter: {} };
  if (path.startsWith('/Deliveries')) return {};
  const PartnerPO = names === ours ? order?.PartnerPO : names.tiktokOrder;
  if (path.endsWith('/Invoices')) return { InvoiceNumber: 'I-1', InvoiceLines: [], PartnerPO };
  if (path.endsWith('/Returns')) return { ReturnNumber: names.tiktokReturn, ReturnLines: [] };
  if (path === '/Acknowledgements' && order) return { ...acceptanceOf(order, 'A-2'), PartnerPO };
  const document = order ? wholeShipment(order, { tracking: 'TENANT2', carrier: 'USPS', number: 'S-2' }) : {};
  return { ...document, PartnerPO };
}

function bodyOfProduct(path: string): object | null {
  if (path.endsWith('/Compliance')) return { Kind: 'Manufacturer', Content: { Name: 'X' } };
  if (path === '/Product/{partnerId}') return [{ 'Merchant SKU': 'X' }];
  return /SupplierProducts|Templates|Items/.test(path) ? {} : null;
}

/** What is left when the names that were asked for are taken out. */
function anonymous({ status, text }: ErpAnswer<unknown>): string {
  const names = [...Object.values(ours), ...Object.values(nobodys), order?.PartnerPO ?? ''].filter(
    (name) => name.length > 3,
  );
  const bare = names.reduce((rest, name) => rest.replaceAll(name, '#'), text);
  return `${status} ${bare.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '#').replace(/\b\d{1,4}\b/g, '#')}`;
}

/** Whatever only we could have put there. */
function traces({ text }: ErpAnswer<unknown>): string[] {
  return [
    order?.PartnerPO ?? '',
    waiting,
    shipmentKey,
    ours.acknowledgement,
    ours.invoice,
    'TENANT1',
    'TENANT-SKU',
    'TEE-RED-L',
    'Harbor',
    harborGoods.shopId,
  ].filter((trace) => text.includes(trace));
}

async function everything(): Promise<unknown> {
  const { rows } = await db.pool.query(
    `SELECT (SELECT json_agg(json_build_object('key', key, 'status', status_code, 'version', version) ORDER BY key)
        FROM documents) AS documents,
      (SELECT count(*) FROM events WHERE category <> 'Alert') AS events, (SELECT count(*) FROM events WHERE viewed OR processed) AS seen,
      (SELECT sum(requested) FROM flows WHERE name <> 'push-inventory') AS requested,
      (SELECT json_agg(i.* ORDER BY sku_key) FROM (SELECT sku_key, quantity, version, resend FROM inventory_items) i) AS items,
      (SELECT count(*) FROM sku_matches) AS matches, (SELECT count(*) FROM imports) AS imports, (SELECT count(*) FROM outbox) AS outbox`,
  );
  return rows[0];
}

async function operationsOf(url: string): Promise<Operation[]> {
  const response = await fetch(`${url}/docs/json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) => {
    const [, version, rest = ''] = /^\/api\/(v\d)(\/.*)$/.exec(path) ?? [];
    return Object.keys(methods).map((method) => ({
      version: version as Operation['version'],
      method: method.toUpperCase(),
      path: rest,
    }));
  });
}
