import { readFile } from 'node:fs/promises';
import t from 'tap';
import { apiOpenApi } from '../../src/compose/api-routes.js';
import { leftOut } from '../../src/logicbroker/left-out.js';

/** Operations of the contract that are not offered yet. */
const toCome: string[] = [];

/** Operations that the contract does not have, and why we do. A new one stands in v3 only: it is registered for no other version. */
const addedToV3Only: Record<string, string> = {
  'POST /EDI': 'interchanges of X12 by HTTP',
  'GET /Imports/{ImportId}': 'what became of one',
  'GET /Imports/{ImportId}/Errors': 'the documents in it that were not taken',
  'GET /Alerts': 'what is wrong; Logicbroker sends it by mail only',
  'GET /Settings/AlertRecipients': 'who is told of it; Logicbroker has it on its own pages',
  'POST /Settings/AlertRecipients': 'the same',
  'GET /Settings/AlertRecipients/{RecipientId}': 'the same',
  'PUT /Settings/AlertRecipients/{RecipientId}': 'the same',
  'DELETE /Settings/AlertRecipients/{RecipientId}': 'the same',
  'GET /Settings/Partners/{partnerId}/Shopify':
    'where orders of a shop go; Logicbroker has it in an app of its own',
  'PUT /Settings/Partners/{partnerId}/Shopify': 'the same',
  'DELETE /Settings/Partners/{partnerId}/Shopify': 'the same',
  'GET /Settings/SftpServers': 'servers of the seller; Logicbroker has them on its own pages',
  'POST /Settings/SftpServers': 'the same',
  'GET /Settings/SftpServers/{ServerId}': 'the same',
  'PUT /Settings/SftpServers/{ServerId}': 'the same',
  'DELETE /Settings/SftpServers/{ServerId}': 'the same',
  'GET /Deliveries': 'documents as files, by delivery profile',
  'GET /Deliveries/{DeliveryId}': 'one of them',
  'GET /Deliveries/{DeliveryId}/Content': 'its bytes',
  'PUT /Deliveries/{DeliveryId}/PickedUp': 'it was taken',
  'PUT /Deliveries/{DeliveryId}/Replay': 'it waits again',
  'PUT /Deliveries/Replay': 'the same of a time',
  'GET /Webhooks/{WebhookId}/Secret': 'Logicbroker shows it on its own pages',
  'POST /Webhooks/{WebhookId}/RotateSecret': 'a secret is replaced without a gap',
  'GET /Webhooks/{WebhookId}/Messages': 'what was sent, and what waits',
  'GET /Webhooks/{WebhookId}/Messages/{MessageId}/Attempts': 'the same, call by call',
  'POST /Webhooks/{WebhookId}/Replay': 'messages once more, after a mistake of the receiver',
  'GET /Changes': 'an ERP that asks what has changed, and goes on from there',
  'POST /Orders/Pull': 'one order by its id at TikTok, in case a list of TikTok leaves it out',
  'GET /Product/{partnerId}/Templates': 'values that stand for many products',
  'PUT /Product/{partnerId}/Templates/{name}': 'the same',
  'DELETE /Product/{partnerId}/Templates/{name}': 'the same',
  'PUT /Product/{partnerId}/Templates/{name}/CopyTo/{targetPartnerId}': 'the same for another shop',
  'GET /Product/{partnerId}/DryRun': 'what sending would change, product by product',
  'POST /Product/{partnerId}/Files': 'images and documents that stand on no server',
  'GET /Product/{partnerId}/Files': 'the same',
  'DELETE /Product/{partnerId}/Files/{name}': 'the same',
  'GET /Product/{partnerId}/Compliance':
    'manufacturers and responsible persons that TikTok has, which only the EU asks for',
  'GET /Product/{partnerId}/Compliance/{entityId}': 'the same, one',
  'POST /Product/{partnerId}/Compliance': 'one more of them, without Seller Center',
  'PUT /Product/{partnerId}/TakeOver/{productId}': 'a listing that was there before is changed from here',
  'PUT /Product/{partnerId}/Send': 'products are sent without a feed of v1',
  'GET /Product/{partnerId}/Listings': 'how products stand with TikTok, and who has to act',
  'GET /Product/{partnerId}/Listings/{productId}': 'why a product is where it is',
  'POST /Orders/{LogicbrokerKey}/ForgetBuyer': 'a buyer asks to be forgotten',
  'GET /Layouts': 'what the columns of files mean, where their names do not tell',
  'PUT /Layouts/{LayoutId}': 'the same',
  'DELETE /Layouts/{LayoutId}': 'the same',
  'PUT /Settings/CustomLookupTables/{name}': 'Logicbroker makes tables on its own pages',
  'DELETE /Settings/CustomLookupTables/{name}': 'the same',
  'GET /Settings/Catalogue': 'everything that can be set; Logicbroker sets it on its own pages',
  'GET /Settings/Company': 'the same, what is set',
  'PUT /Settings/Company': 'the same',
  'GET /Settings/Partners/{partnerId}': 'the same for one shop',
  'PUT /Settings/Partners/{partnerId}': 'the same for one shop',
  'GET /Settings/Partners/{partnerId}/ShipStation': 'how a shop stands with a Custom Store of ShipStation',
  'POST /Settings/Partners/{partnerId}/ShipStation/Password': 'the log-in of that store',
  'DELETE /Settings/Partners/{partnerId}/ShipStation': 'the same, ended',
  'GET /Settings/ApiKeys': 'which keys there are and which still work; Logicbroker has it on its own pages',
  'POST /Settings/ApiKeys/Rotate': 'an ERP that replaces its own key',
  'GET /Product/{partnerId}/Brands': 'which brands a product of the shop can name',
  'GET /Product/{partnerId}/Specification': 'what products of a category need',
  'GET /Product/{partnerId}/Specification/Template': 'the same as an empty feed',
};

/** Additions that v1 and v2 have had since before that rule. This list does not grow. */
const addedToAllVersions: Record<string, string> = {
  'GET /Orders/{LogicbrokerKey}/Explain': 'why an order is where it is',
  'GET /Acknowledgements/{LogicbrokerKey}/Explain': 'why an acknowledgement is where it is, call by call',
  'GET /Acknowledgements/{LogicbrokerKey}/Events': 'the history of an acknowledgement, as shipments have it',
  'GET /Partners/{partnerId}/CancellationReasons': 'which ChangeReasons TikTok takes',
  'GET /Shipments/{LogicbrokerKey}/Explain': 'why a shipment is where it is, call by call',
  'GET /Returns/{LogicbrokerKey}/Explain': 'why a return is where it is, call by call',
  'GET /Returns/Explain': 'the same for requests that were not imported',
  'GET /Explain': 'the same for orders that were not imported',
  'GET /Inventory/{partnerId}/Item/{sku}/Explain': 'why an item is (not) in TikTok',
  'GET /Inventory/{partnerId}/NotSent': 'all items that are not sent, by reason',
  'GET /Inventory/{partnerId}/Freshness': 'how far TikTok is behind what was uploaded',
  'GET /Inventory/{partnerId}/DuplicateSkus': 'seller SKUs that are not unique in TikTok',
  'GET /Inventory/{partnerId}/Imports': 'what became of files; an upload of the contract answers a text only',
  'GET /Inventory/Imports/{ImportId}': 'the same for one file',
  'GET /Inventory/Imports/{ImportId}/Errors': 'the rows that were not taken',
  'PUT /Inventory/Imports/{ImportId}/Confirm': 'a feed that the brake holds',
  'PUT /Inventory/Imports/{ImportId}/Refuse': 'the same, not applied',
  'GET /Deadlines': 'everything that must be answered or shipped by a time',
  'POST /ActivityEvents': "v1's way to report an event, good in every version",
  'GET /Orders/{LogicbrokerKey}/Events': "v1's name of ActivityEvents, good in every version",
};

const addedOperations = { ...addedToAllVersions, ...addedToV3Only };
const MOST_ADDED_TO_ALL_VERSIONS = 20;

/** Everything else in which we differ, as `place: theirs -> ours`. */
const differences: Record<string, string> = {
  'POST /Acknowledgements/CustomXML body: string -> null': 'the XML is the body itself',
  'POST /Acknowledgements/Import 200: Object -> LBMessage[DocumentImport]':
    'status, counts and what was not taken',
  'POST /Acknowledgements/Import aliases: absent -> string': 'as in v1',
  'POST /Acknowledgements/Import custom: absent -> boolean': 'as in v1',
  'POST /Acknowledgements/Import delimiter: absent -> string': 'as in v1',
  'POST /Acknowledgements/Import dryRun: absent -> boolean': 'as in v1',
  'POST /Acknowledgements/Import fileType: absent -> string': 'as in v1',
  'POST /Acknowledgements/Import importId required: true -> false': 'as in v1, where the file comes at once',
  'POST /Shipments/CustomXML body: string -> null': 'the XML is the body itself',
  'POST /Shipments/Import 200: Object -> LBMessage[DocumentImport]': 'status, counts and what was not taken',
  'POST /Shipments/Import aliases: absent -> string': 'as in v1',
  'POST /Shipments/Import custom: absent -> boolean': 'as in v1',
  'POST /Shipments/Import delimiter: absent -> string': 'as in v1',
  'POST /Shipments/Import dryRun: absent -> boolean': 'as in v1',
  'POST /Shipments/Import fileType: absent -> string': 'as in v1',
  'POST /Shipments/Import importId required: true -> false': 'as in v1, where the file comes at once',
  'POST /Returns/CustomXML body: string -> null': 'the XML is the body itself',
  'POST /Returns/Import 200: Object -> LBMessage[DocumentImport]': 'status, counts and what was not taken',
  'POST /Returns/Import aliases: absent -> string': 'as in v1',
  'POST /Returns/Import custom: absent -> boolean': 'as in v1',
  'POST /Returns/Import delimiter: absent -> string': 'as in v1',
  'POST /Returns/Import dryRun: absent -> boolean': 'as in v1',
  'POST /Returns/Import fileType: absent -> string': 'as in v1',
  'POST /Returns/Import importId required: true -> false': 'as in v1, where the file comes at once',
  'SalesOrder.SubTotal: absent -> double': "the article's order table has it",
  'BulkStatusUpdateRequest required:  -> LogicbrokerKeys,Status': 'a request without them cannot be meant',
  'PUT /Orders/{LogicbrokerKey}/Status/{Status} 200: Object -> LBMessage[String]': 'names the new status',
  'PUT /Acknowledgements/{LogicbrokerKey}/Status/{Status} 200: Object -> LBMessage[String]':
    'names the new status',
  'PUT /Shipments/{LogicbrokerKey}/status/{Status} 200: Object -> LBMessage[String]': 'names the new status',
  'PUT /Returns/{LogicbrokerKey}/Status/{Status} 200: Object -> LBMessage[String]': 'names the new status',
  'PUT /Invoices/{LogicbrokerKey}/Status/{Status} 200: Object -> LBMessage[String]': 'names the new status',
  'POST /Invoices 201: Object -> LBMessage[CreateInvoiceResponse]':
    'as POST Orders/{LogicbrokerKey}/Invoices',
  'PUT /ActivityEvents/{EventId} EventId: int32 -> string':
    'as in GET; a wrong one is a 404 like any unknown event',
  ...Object.fromEntries(
    ['/Broadcast', '/{partnerId}', '/{partnerId}/Matching'].flatMap((path) => [
      [`POST /Inventory${path} dryRun: absent -> boolean`, 'a feed can be tried'],
      [`POST /Inventory${path} encoding: absent -> string`, 'files that do not tell by themselves'],
      [
        `POST /Inventory${path} 200: LBMessage[String] -> InventoryAnswer`,
        'the same with the records beside',
      ],
    ]),
  ),
  'POST /Inventory/Broadcast complete: absent -> boolean': 'a feed may say all that there is',
  'POST /Inventory/{partnerId} complete: absent -> boolean': 'the same',
  'POST /Inventory/{partnerId} body: string -> InventoryUpload': 'a file, or a list of items',
  'POST /Inventory/Broadcast body: null -> InventoryUpload': 'the same',
  'POST /Inventory/{partnerId}/Matching body: null -> InventoryUpload': 'the same',
  'POST /Inventory/{partnerId}/Matching transform: absent -> boolean': 'has no effect, as in feeds',
  'POST /Product/{partnerId}/Imports/SupplierProducts/Upload partnerId: string -> int32':
    'as in its other steps',
  'WebhookDetails.StatusReason: absent -> string': 'why the service has switched it off',
  'LBActivityEvent.Actor: absent -> EventActor': 'who did it',
  'LBActivityEvent.Position: absent -> int64': 'a reader goes on from it and misses nothing',
  'GET /ActivityEvents Filters.after: absent -> int64': 'the same',
  'CustomLookupColumn.Match: absent -> string': 'what of an order the column is compared with',
  'GET /Settings/CustomLookupTables/{name}/Lookups page: absent -> int32': 'long tables have pages',
  'GET /Settings/CustomLookupTables/{name}/Lookups pageSize: absent -> int32': 'the same',
  'Partner.StatusReason: absent -> string': 'why nothing goes on for a shop',
  'GET /Orders/{LogicbrokerKey}/ActivityEvents page: absent -> int32': 'long histories have pages',
  'GET /Shipments/{LogicbrokerKey}/Events page: absent -> int32': 'long histories have pages',
  'GET /Invoices/{LogicbrokerKey}/Events page: absent -> int32': 'long histories have pages',
  ...Object.fromEntries(
    ['Acknowledgements', 'Invoices', 'Orders', 'Returns', 'Shipments'].flatMap((path) => [
      [`GET /${path} Filters.partnerId: absent -> int32`, 'documents of one shop'],
      [`GET /${path}/Ready filters.partnerId: absent -> int32`, 'the same'],
      [`GET /${path}/LogicbrokerKeys/Ready filters.partnerId: absent -> int32`, 'the same'],
    ]),
  ),
};

interface ContractOperation {
  method: string;
  path: string;
  query: string[];
  queryRequired?: string[];
  pathParams?: string[];
  body: string | null;
  responses: Record<string, string | null>;
}

interface Definition {
  properties: Record<string, string>;
  required?: string[];
}

interface Contract {
  operations: ContractOperation[];
  definitions: Record<string, Definition>;
}

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: number[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

interface Content {
  content?: { 'application/json'?: { schema: Schema } };
}

interface Operation {
  operationId: string;
  description?: string;
  deprecated?: boolean;
  parameters?: Parameter[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Content>;
}

interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const contractFile = new URL('../../../test/fixtures/logicbroker/v3-contract.json', import.meta.url);
const contract = JSON.parse(await readFile(contractFile, 'utf8')) as Contract;
const ours = (await apiOpenApi({ version: '0.0.0' })) as OpenApi;

/** Paths are good in any case, and the contract itself writes `status` and `Status`. */
function nameOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replace(/^\/api\/v3/, '').toLowerCase()}`;
}

const ourOperations = new Map(
  Object.entries(ours.paths)
    .filter(([path]) => path.startsWith('/api/v3/'))
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [nameOf(method, path), operation] as const),
    ),
);

/** Our schema in the words of the contract. */
function typeOf(schema: Schema | undefined): string {
  if (!schema) return 'absent';
  if (schema.$ref) return contractName(schema.$ref.split('/').at(-1)!);
  if (schema.enum) return `enum(${schema.format}: ${schema.enum.join(',')})`;
  if (schema.type === 'array') return `[${typeOf(schema.items)}]`;
  if (schema.type === 'integer') return schema.format ?? 'int32';
  if (schema.type === 'number') return schema.format ?? 'double';
  if (schema.type === 'string') return schema.format === 'date-time' ? 'date-time' : 'string';
  return String(schema.type);
}

/** `LBMessage.LBEventType.List` is the contract's `LBMessage[List[LBEventType]]`. */
function contractName(component: string): string {
  const name = decodeURIComponent(component);
  const match = /^(LBMessage|ArrayResponse)\.(\w+)(\.List|\.Array)?$/.exec(name);
  if (!match) return name;
  if (match[3] === '.Array') return `${match[1]}[${match[2]}[]]`;
  return `${match[1]}[${match[3] ? `List[${match[2]}]` : match[2]}]`;
}

function bodyType(content: Content | undefined): string | null {
  const json = content?.content?.['application/json'];
  return json ? typeOf(json.schema) : null;
}

function compareOperation(theirs: ContractOperation, operation: Operation): string[] {
  const place = `${theirs.method} ${theirs.path.replace('/api/v3', '')}`;
  const found: string[] = [];
  const differs = (what: string, expected: unknown, actual: unknown): void => {
    if (String(expected) !== String(actual))
      found.push(`${place} ${what}: ${String(expected)} -> ${String(actual)}`);
  };
  const wanted = new Map(
    [...theirs.query, ...(theirs.pathParams ?? [])].map((text) => splitAtLast(text, ':')),
  );
  const given = new Map(
    (operation.parameters ?? []).filter((one) => one.in !== 'header').map((one) => [one.name, one] as const),
  );
  for (const name of new Set([...wanted.keys(), ...given.keys()])) {
    const parameter = given.get(name);
    differs(name, wanted.get(name) ?? 'absent', typeOf(parameter?.schema));
    const required = (theirs.queryRequired ?? []).includes(name) || parameter?.in === 'path';
    differs(`${name} required`, required, parameter?.required ?? false);
  }
  differs('body', theirs.body, bodyType(operation.requestBody));
  for (const [status, type] of Object.entries(theirs.responses)) {
    if (type !== null) differs(status, type, bodyType(operation.responses[status]));
  }
  return found;
}

function splitAtLast(text: string, separator: string): [string, string] {
  const at = text.lastIndexOf(separator);
  return [text.slice(0, at), text.slice(at + 1)];
}

function compareDefinition(name: string, theirs: Definition, schema: Schema): string[] {
  const found: string[] = [];
  const properties = schema.properties ?? {};
  for (const property of new Set([...Object.keys(theirs.properties), ...Object.keys(properties)])) {
    const [expected, actual] = [theirs.properties[property] ?? 'absent', typeOf(properties[property])];
    if (expected !== actual) found.push(`${name}.${property}: ${expected} -> ${actual}`);
  }
  const [expected, actual] = [theirs.required ?? [], schema.required ?? []].map((names) =>
    names.toSorted().join(),
  );
  if (expected !== actual) found.push(`${name} required: ${expected} -> ${actual}`);
  return found;
}

const notOffered = new Set([
  ...toCome.map((one) => one.toUpperCase()),
  ...leftOut.map(({ method, path }) => `${method} ${path}`.toUpperCase()),
]);

await t.test('every operation of the contract is offered, or left out on purpose', async (t) => {
  for (const { method, path } of contract.operations) {
    const name = nameOf(method, path);
    const isLeftOut = notOffered.has(name.toUpperCase());
    t.equal(ourOperations.has(name), !isLeftOut, name);
  }
});

await t.test('nothing is on the lists of exceptions that is not one', async (t) => {
  const known = new Set(contract.operations.map(({ method, path }) => nameOf(method, path).toUpperCase()));
  for (const name of notOffered) t.ok(known.has(name), name);
  const ownNames = [...ourOperations.keys()].filter((name) => !known.has(name.toUpperCase()));
  t.same(
    ownNames.toSorted(),
    Object.keys(addedOperations)
      .map((name) => nameOf(...splitMethod(name)))
      .toSorted(),
  );
});

function splitMethod(name: string): [string, string] {
  const [method = '', path = ''] = name.split(' ');
  return [method, path];
}

await t.test('parameters, bodies and answers are those of the contract, property by property', async (t) => {
  const found: string[] = [];
  for (const theirs of contract.operations) {
    const operation = ourOperations.get(nameOf(theirs.method, theirs.path));
    if (operation) found.push(...compareOperation(theirs, operation));
  }
  const schemas = new Map(
    Object.entries(ours.components.schemas).map(([name, schema]) => [contractName(name), schema]),
  );
  for (const [name, theirs] of Object.entries(contract.definitions)) {
    const schema = schemas.get(name);
    if (schema) found.push(...compareDefinition(name, theirs, schema));
    else if (name !== 'Object') found.push(`${name}: absent`);
  }
  t.same(found.toSorted(), Object.keys(differences).toSorted());
});

/** Logicbroker has them in v1, and not in v3. */
const theirsInV1 = ['POST /ActivityEvents', 'GET /Orders/{LogicbrokerKey}/Events'];

/** Logicbroker: Swagger of CommerceAPI v1. Its v3 has other calls for the same. */
const onlyBeforeV3 = [
  'POST /Product/{partnerId}',
  'GET /Product/{partnerId}/{feedId}',
  'PUT /Product/{partnerId}/{feedId}',
  'DELETE /Product/{partnerId}/{feedId}',
  'GET /Product/{partnerId}/{feedId}/Items',
  'GET /Product/{partnerId}/{feedId}/Items/{productId}',
  'PUT /Product/{partnerId}/{feedId}/Items/{productId}',
  'DELETE /Product/{partnerId}/{feedId}/Items/{productId}',
];

/** Logicbroker: Swagger of CommerceAPI v1. What its v3 has and its v1 has not. */
const missingInTheirV1 = [
  /^GET \/(Orders|Acknowledgements|Shipments|Returns|Invoices)\/(LogicbrokerKeys\/)?Ready$/,
  /^PUT \/(Orders|Acknowledgements|Shipments|Returns|Invoices)\/Status$/,
  /^POST \/Inventory\/(All|\{partnerId\})\/Export$/,
  /^(GET|POST) \/Product\/\{partnerId\}\/Imports\//,
  /^GET \/Inventory\/\{partnerId\}\/Match\/\{sku\}$/,
  /^PUT \/Inventory\/\{partnerId\}\/ZeroOut$/,
  /^GET \/Orders\/\{LogicbrokerKey\}\/ActivityEvents$/,
  /^\w+ \/Product\/\{partnerId\}\/(Exports\/)?SupplierProducts(\/\{id\})?$/,
  /^GET \/Product\/\{partnerId\}\/(Attributes|AttributeSets|Categories)$/,
  /^(GET|PUT) \/Settings\/ScheduledTasks(\/Trigger)?$/,
  /^\w+ \/Settings\/CustomLookupTables(\/\{name\}\/Lookups(\/\{id\})?)?$/,
];

await t.test('additions say so in v3, and are deprecated where v1 and v2 keep them', async (t) => {
  const kept = Object.keys(addedToAllVersions);
  t.equal(kept.length, MOST_ADDED_TO_ALL_VERSIONS, 'a new addition stands in v3 only');
  for (const version of ['v1', 'v2', 'v3']) {
    for (const [path, methods] of Object.entries(ours.paths)) {
      if (!path.startsWith(`/api/${version}/`)) continue;
      for (const [method, { deprecated = false, description = '' }] of Object.entries(methods)) {
        const name = `${method.toUpperCase()} ${path.slice(7)}`;
        const isKept = version !== 'v3' && kept.includes(name) && !theirsInV1.includes(name);
        const isBeyondV1 = version === 'v1' && missingInTheirV1.some((pattern) => pattern.test(name));
        t.equal(deprecated, isKept || isBeyondV1, `${version}: ${name}`);
        t.equal(/Deprecated/.test(description), deprecated, `${version}: ${name} says why`);
        const isAddition = version === 'v3' && name in addedOperations;
        t.equal(/An addition of this service: /.test(description), isAddition, `${version}: ${name}`);
      }
    }
  }
});

await t.test('operations have names of their own, and every version has those of the contract', async (t) => {
  const all = Object.values(ours.paths).flatMap((methods) => Object.values(methods));
  const ids = all.map(({ operationId }) => operationId);
  t.equal(new Set(ids).size, ids.length);
  const byVersion = (version: string) =>
    Object.entries(ours.paths)
      .filter(([path]) => path.startsWith(`/api/${version}/`))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(7)}`),
      )
      .toSorted();
  const olderVersions = [
    ...byVersion('v3').filter((name) => !(name in addedToV3Only)),
    ...onlyBeforeV3,
  ].toSorted();
  t.same(byVersion('v1'), olderVersions);
  t.same(byVersion('v2'), olderVersions);
});
