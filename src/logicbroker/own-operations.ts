import { documentPath, documentTypes } from './document-types.js';

/** As `apiVersions` of the HTTP floor. */
type ApiVersionName = 'v1' | 'v2' | 'v3';

/** Calls that no version of Logicbroker's API has. They stand in v3; v1 and v2 keep what they had before that rule. */
const ADDITIONS = [
  'GET /Acknowledgements/{LogicbrokerKey}/Events',
  'GET /Acknowledgements/{LogicbrokerKey}/Explain',
  'GET /Changes',
  'GET /Deadlines',
  'GET /Deliveries',
  'GET /Deliveries/{DeliveryId}',
  'GET /Deliveries/{DeliveryId}/Content',
  'PUT /Deliveries/{DeliveryId}/PickedUp',
  'PUT /Deliveries/{DeliveryId}/Replay',
  'PUT /Deliveries/Replay',
  'POST /EDI',

  'GET /Imports/{ImportId}',
  'GET /Imports/{ImportId}/Errors',
  'GET /Explain',
  'GET /Inventory/Imports/{ImportId}',
  'PUT /Inventory/Imports/{ImportId}/Confirm',
  'GET /Inventory/Imports/{ImportId}/Errors',
  'PUT /Inventory/Imports/{ImportId}/Refuse',
  'GET /Inventory/{partnerId}/DuplicateSkus',
  'GET /Inventory/{partnerId}/Freshness',
  'GET /Inventory/{partnerId}/Imports',
  'GET /Inventory/{partnerId}/Item/{sku}/Explain',
  'GET /Inventory/{partnerId}/NotSent',
  'GET /Layouts',
  'PUT /Layouts/{LayoutId}',
  'DELETE /Layouts/{LayoutId}',
  'POST /Orders/Pull',
  'POST /Orders/{LogicbrokerKey}/ForgetBuyer',
  'GET /Orders/{LogicbrokerKey}/Explain',
  'GET /Partners/{partnerId}/CancellationReasons',
  'GET /Product/{partnerId}/Brands',
  'GET /Product/{partnerId}/Specification',
  'GET /Product/{partnerId}/Specification/Template',
  'GET /Returns/Explain',
  'GET /Returns/{LogicbrokerKey}/Explain',
  'GET /Shipments/{LogicbrokerKey}/Explain',
  'GET /Product/{partnerId}/Templates',
  'PUT /Product/{partnerId}/Templates/{name}',
  'DELETE /Product/{partnerId}/Templates/{name}',
  'PUT /Product/{partnerId}/Templates/{name}/CopyTo/{targetPartnerId}',
  'GET /Product/{partnerId}/DryRun',
  'POST /Product/{partnerId}/Files',
  'GET /Product/{partnerId}/Files',
  'DELETE /Product/{partnerId}/Files/{name}',
  'GET /Product/{partnerId}/Compliance',
  'GET /Product/{partnerId}/Compliance/{entityId}',
  'POST /Product/{partnerId}/Compliance',
  'PUT /Product/{partnerId}/TakeOver/{productId}',
  'PUT /Product/{partnerId}/Send',
  'GET /Product/{partnerId}/Listings',
  'GET /Product/{partnerId}/Listings/{productId}',
  'PUT /Settings/CustomLookupTables/{name}',
  'DELETE /Settings/CustomLookupTables/{name}',
  'GET /Settings/Catalogue',
  'GET /Settings/Company',
  'PUT /Settings/Company',
  'GET /Settings/Partners/{partnerId}',
  'PUT /Settings/Partners/{partnerId}',
  'GET /Settings/Partners/{partnerId}/ShipStation',
  'POST /Settings/Partners/{partnerId}/ShipStation/Password',
  'DELETE /Settings/Partners/{partnerId}/ShipStation',
  'GET /Settings/Partners/{partnerId}/Shopify',
  'PUT /Settings/Partners/{partnerId}/Shopify',
  'DELETE /Settings/Partners/{partnerId}/Shopify',
  'GET /Settings/ApiKeys',
  'POST /Settings/ApiKeys/Rotate',
  'GET /Alerts',
  'GET /Settings/AlertRecipients',
  'POST /Settings/AlertRecipients',
  'GET /Settings/AlertRecipients/{RecipientId}',
  'PUT /Settings/AlertRecipients/{RecipientId}',
  'DELETE /Settings/AlertRecipients/{RecipientId}',
  'GET /Settings/SftpServers',
  'POST /Settings/SftpServers',
  'GET /Settings/SftpServers/{ServerId}',
  'PUT /Settings/SftpServers/{ServerId}',
  'DELETE /Settings/SftpServers/{ServerId}',
  'GET /Webhooks/{WebhookId}/Secret',
  'POST /Webhooks/{WebhookId}/RotateSecret',
  'GET /Webhooks/{WebhookId}/Messages',
  'GET /Webhooks/{WebhookId}/Messages/{MessageId}/Attempts',
  'POST /Webhooks/{WebhookId}/Replay',
];

/** Logicbroker: Swagger of CommerceAPI v1. In v3 the first has no counterpart, the second is called ActivityEvents. */
const ONLY_IN_V1 = ['POST /ActivityEvents', 'GET /Orders/{LogicbrokerKey}/Events'];

const DOCUMENTS = documentTypes.map((type) => documentPath(type));

/** Logicbroker: Swagger of CommerceAPI v1 does not have these, that of v3 has. */
const NOT_IN_V1 = [
  ...DOCUMENTS.flatMap((path) => [
    `GET /${path}/LogicbrokerKeys/Ready`,
    `GET /${path}/Ready`,
    `PUT /${path}/Status`,
  ]),
  'POST /Inventory/All/Export',
  'POST /Inventory/{partnerId}/Export',
  'GET /Inventory/{partnerId}/Match/{sku}',
  'PUT /Inventory/{partnerId}/ZeroOut',
  'GET /Orders/{LogicbrokerKey}/ActivityEvents',
  'GET /Product/{partnerId}/SupplierProducts',
  'POST /Product/{partnerId}/SupplierProducts',
  'GET /Product/{partnerId}/SupplierProducts/{id}',
  'PUT /Product/{partnerId}/SupplierProducts/{id}',
  'DELETE /Product/{partnerId}/SupplierProducts/{id}',
  'POST /Product/{partnerId}/Exports/SupplierProducts',
  'POST /Product/{partnerId}/Imports/SupplierProducts',
  'POST /Product/{partnerId}/Imports/SupplierProducts/Upload',
  'GET /Product/{partnerId}/Imports/SupplierProducts/Status',
  'GET /Product/{partnerId}/AttributeSets',
  'GET /Product/{partnerId}/Attributes',
  'GET /Product/{partnerId}/Categories',
  'GET /Settings/CustomLookupTables',
  'GET /Settings/CustomLookupTables/{name}/Lookups',
  'POST /Settings/CustomLookupTables/{name}/Lookups',
  'DELETE /Settings/CustomLookupTables/{name}/Lookups',
  'PUT /Settings/CustomLookupTables/{name}/Lookups/{id}',
  'DELETE /Settings/CustomLookupTables/{name}/Lookups/{id}',
  'GET /Settings/ScheduledTasks',
  'PUT /Settings/ScheduledTasks/Trigger',
];

const added = new Set(ADDITIONS.map((name) => name.toLowerCase()));
const onlyInV1 = new Set(ONLY_IN_V1.map((name) => name.toLowerCase()));
const notInV1 = new Set(NOT_IN_V1.map((name) => name.toLowerCase()));

export interface OperationStanding {
  isDeprecated: boolean;
  /** One sentence for the description of the call. */
  note: string;
}

/**
 * How a call of ours stands beside Logicbroker's API; null: Logicbroker has it in this version.
 * UNCONFIRMED: what v2 has. Its Swagger is not public, so v2 is taken to have what v1 or v3 has.
 * @param path below `/api/<version>`, parameters in braces
 */
export function standingOf(version: ApiVersionName, method: string, path: string): OperationStanding | null {
  const name = `${method} ${path}`.toLowerCase();
  if (added.has(name)) return addition(version);
  if (onlyInV1.has(name)) return version === 'v3' ? addition('v3') : null;
  if (version === 'v1' && notInV1.has(name)) {
    return {
      isDeprecated: true,
      note: "Deprecated: Logicbroker's v1 does not have this call; it keeps working here, and v3 has it.",
    };
  }
  return null;
}

function addition(version: ApiVersionName): OperationStanding {
  return version === 'v3'
    ? { isDeprecated: false, note: "An addition of this service: Logicbroker's v3 does not have this call." }
    : {
        isDeprecated: true,
        note: `Deprecated in ${version}: an addition of this service, which keeps working here and stands in v3.`,
      };
}
