import { Type, type TUnsafe } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, decimal, flag, int32, listOf, named, ref, text, type Named } from './schema.js';

/** Warehouses that an item can name (CommerceAPI v3). */
export const MOST_WAREHOUSES = 25;

export const LBInventoryItem = named(
  'LBInventoryItem',
  'What there is of one SKU. Files have the same names as columns, in any order and case.',
  {},
  {
    SupplierSKU: text("The ERP's SKU.", 'TEE-RED-L'),
    SupplierId: int32('Your company number; read-only.'),
    MerchantId: int32('Company number of the TikTok shop; read-only.'),
    UPC: text(),
    MerchantDescription: text(),
    SupplierDescription: text(),
    ManufacturerSKU: text(),
    MerchantSKU: text('The seller SKU in TikTok; set by the matching file only.'),
    Quantity: int32('Pieces that can be sold. Left out: the quantity stays.'),
    Cost: decimal('The price that TikTok gets. Left out: the price stays.'),
    MSRP: decimal(),
    RetailPrice: decimal(),
    Size: text(),
    Color: text(),
    Style: text(),
    Weight: text(),
    Warehouse: text('Code of the warehouse that the quantity is in. Left out: the default warehouse.'),
    NextAvailableQuantity: int32(),
    NextAvailableDate: dateTime(),
    UOM: text(),
    WarehouseQuantity: int32('Goes before Quantity, which is then the sum of all warehouses.'),
    ...moreWarehouses(),
    Status: text(),
    VendorNumber: text(),
    LeadTime: text(),
    Custom1: text(),
    Custom2: text(),
    Custom3: text(),
    Custom4: text(),
    Custom5: text(),
    LastUpdate: dateTime('When it last changed here; read-only.'),
  },
);

function moreWarehouses() {
  const columns: Record<string, ReturnType<typeof text> | ReturnType<typeof int32>> = {};
  for (let nth = 2; nth <= MOST_WAREHOUSES; nth++) {
    columns[`Warehouse${nth}`] = text();
    columns[`Warehouse${nth}Quantity`] = int32();
    columns[`Warehouse${nth}NextAvailableQuantity`] = int32();
    columns[`Warehouse${nth}NextAvailableDate`] = dateTime();
  }
  return columns;
}

export const AdvancedFieldMappingCondition = named(
  'AdvancedFieldMappingCondition',
  'A condition of an export; exports here take none.',
  {},
  {
    Logic: text(),
    Field: text(),
    Operator: text(),
    Value: text(),
    Conditions: Type.Array(Type.Unsafe<object>({ $ref: 'AdvancedFieldMappingCondition#' }), {
      maxItems: 100,
    }),
  },
);

export const InventoryExportRequest = named(
  'InventoryExportRequest',
  'Which items are wanted, and how.',
  {},
  {
    Delimiter: text('Of a CSV file: a comma, semicolon, tab or bar.', ','),
    FileType: text('csv or json.', 'csv'),
    Filter: ref(AdvancedFieldMappingCondition),
    IncludeNullQuantity: flag('Items of which only a price is known, too.'),
    Mapped: flag('Only items with a match in TikTok, or only those without.'),
    ModifiedAfter: dateTime('Only items that changed after this time; without a zone UTC.'),
    Transform: flag('Has no effect.'),
  },
);

/** Of any type, so that one bad item is a row error like in a file, and does not refuse the body. */
export const InventoryUpload = Type.Unsafe({
  $id: 'InventoryUpload',
  description:
    'A file in the form field `file` (CSV or XLSX), or a JSON list of items (LBInventoryItem). Additions: the list as ' +
    '`data` of an object, and the file itself as the body (text/csv and the like).',
}) as Named<TUnsafe>;

export const inventoryExamples = {
  quantitiesAndPrices: {
    summary: 'Quantities; the Cost of an item is its price in TikTok',
    value: [
      { SupplierSKU: 'TEE-RED-L', Quantity: 25, Cost: 19.9 },
      { SupplierSKU: 'MUG-BLUE', Quantity: 0 },
      { SupplierSKU: 'CAP-BLACK', Cost: 12.5 },
    ],
  },
  perWarehouse: {
    summary: 'Quantities of several warehouses',
    value: [
      {
        SupplierSKU: 'TEE-RED-L',
        Warehouse: 'EAST',
        WarehouseQuantity: 20,
        Warehouse2: 'WEST',
        Warehouse2Quantity: 5,
      },
    ],
  },
};

export const matchingExamples = {
  matches: {
    summary: 'Which SKU in TikTok yours is',
    value: [
      { SupplierSKU: 'ERP-1001', MerchantSKU: 'TEE-RED-L' },
      { SupplierSKU: 'ERP-1002', MerchantSKU: 'MUG-BLUE' },
    ],
  },
};

const RowCounts = named(
  'InventoryRowCounts',
  'What became of the rows of a file.',
  {},
  {
    Rows: int32('Rows with content, the header left out.'),
    Errors: int32('Rows of which nothing was taken.'),
    Warned: int32('Rows that were taken, but for a value that was refused or corrected.'),
    Overridden: int32('Rows whose value a later row of the file says again.'),
    Added: int32('SKUs that were not known before.'),
    Changed: int32('Known SKUs of which something changed.'),
    Unchanged: int32('Known SKUs of which the file says nothing new.'),
    Superseded: int32('SKUs of which something that arrived later counts.'),
    LeftOut: int32('SKUs that a complete file leaves out, and that are 0 for it.'),
    Zeroed: int32('Of those changed: quantities that fell to 0.'),
    Multiplied: int32('Of those changed: quantities that rose to ten times or more.'),
    Repriced: int32('Of those changed: prices that fell below half or rose above double.'),
    Ignored: int32('New SKUs without a match that are not kept (setting ignoreUnmatched).'),
    Unmatched: int32('SKUs without a match after this file.'),
  },
);

const FindingGroup = named(
  'InventoryFindingGroup',
  'Findings that say the same of the same column.',
  {},
  {
    Level: text('error, warning or overridden, as in the report of rows.'),
    Column: text(),
    Message: text(),
    Next: text('What to do.'),
    Count: int32(),
    FirstRow: int32(),
  },
);

const InventoryImport = named(
  'InventoryImport',
  'The record of one file.',
  {},
  {
    ImportId: int32(),
    PartnerId: int32('Company number of the TikTok shop.'),
    Kind: text('feed or matching.'),
    State: text(
      'receiving (on the way), received (stored, and read soon), applied, held (waits to be confirmed or refused), tried (a dry run), refused, or replaced (was ' +
        'held by an older version).',
    ),
    Reason: text('Why it is held or was refused.'),
    Format: text('csv, xlsx or json.'),
    FileName: text(),
    Sha256: text(),
    Bytes: Type.Integer({ format: 'int64' }),
    DryRun: flag(),
    Counts: ref(RowCounts),
    WouldSend: Type.Record(Type.String(), Type.Integer(), {
      description:
        'What the next push would send, of how many items something would not be sent (notSent) and at which rule ' +
        '(notSent.matched), how many calls that takes, and how many seconds (dry runs, in the answer only).',
    }),
    Complete: flag('Whether the file was said to be complete; left out: as the setting says.'),
    Layout: text('By which the columns were understood (GET Layouts); left out: their names told.'),
    Warnings: Type.Array(Type.String()),
    Findings: listOf(FindingGroup, 'What is to be said about rows, grouped.'),
    ReceivedAt: dateTime(),
    FinishedAt: dateTime(),
  },
);

const InventoryRowError = named(
  'InventoryRowError',
  'What is to be said about a row.',
  {},
  {
    Level: text(
      'error: nothing of the row was taken. warning: the rest of it was. overridden: a later row says it again. left-out: the ' +
        'file is complete and has no row for it.',
    ),
    Row: int32('As a spreadsheet counts: the header is row 1. In a JSON list the first item is 1.'),
    SupplierSKU: text('Of the row, as it came.'),
    Column: text('Name in the header; the letter where the header names none.'),
    Letter: text(
      'Of the column, as a spreadsheet shows it. Left out for a JSON list, and in reports of older versions.',
    ),
    Value: text(),
    Message: text(),
    Next: text('What to do.'),
    RowText: text('The row as it came, as a line of CSV.'),
  },
);

/** Logicbroker's answer to an upload says in words what was done; ours has the records beside it. */
export const InventoryAnswer = named(
  'InventoryAnswer',
  'LBMessage of a text, with the record of each import beside it.',
  {},
  {
    Code: text(undefined, '200'),
    Message: text(),
    Body: text('What was done, in a sentence for each shop.'),
    Imports: listOf(InventoryImport),
  },
);

export const InventoryItemMessage = messageOf('LBInventoryItem', ref(LBInventoryItem));
export const InventoryItemArrayResponse = arrayResponse('LBInventoryItem', listOf(LBInventoryItem));
export const InventoryImportMessage = messageOf('InventoryImport', ref(InventoryImport));
export const InventoryImportArrayResponse = arrayResponse('InventoryImport', listOf(InventoryImport));
export const InventoryErrorsMessage = messageOf('InventoryRowError.List', listOf(InventoryRowError));

export const inventorySchemas = [
  LBInventoryItem,
  AdvancedFieldMappingCondition,
  InventoryExportRequest,
  InventoryUpload,
  RowCounts,
  FindingGroup,
  InventoryImport,
  InventoryRowError,
  InventoryAnswer,
  InventoryItemMessage,
  InventoryItemArrayResponse,
  InventoryImportMessage,
  InventoryImportArrayResponse,
  InventoryErrorsMessage,
];
