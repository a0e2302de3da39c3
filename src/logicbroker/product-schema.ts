import { Type } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { AdvancedFieldMappingCondition } from './inventory-schema.js';
import { dateTime, flag, int32, listOf, named, ref, text, type Named } from './schema.js';

/** One SKU with all that is wanted of it and of its product. */
export const CatalogProduct = named(
  'CatalogProduct',
  'One SKU of a product, by the names of the columns of a product feed.',
  {},
  {
    Id: text('The seller SKU.', 'TEE-RED-L'),
    Attributes: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description:
        'Value by column, such as Title, Parent SKU, Cost or Attribute:Material. null clears a value.',
    }),
    LastModified: dateTime('When it last changed here; read-only.'),
    ErrorMessage: text('What keeps it from TikTok; read-only.'),
  },
);

export const ProductFinding = named(
  'ProductFinding',
  'What a check has found. An addition.',
  {},
  {
    Level: text('error: the product is not sent. warning: it is.', 'error'),
    Rule: text('Name of the rule.', 'title-length'),
    Column: text(undefined, 'Title'),
    Row: int32('Of the newest feed that named it.'),
    Sku: text(),
    Value: text('As it is wanted.'),
    Message: text(),
    TikTokCode: text('What TikTok answers to it.', '12052051'),
    Nearest: text('The nearest value that TikTok takes.'),
    Next: text('What to do.'),
  },
);

const ProductFeedItem = named(
  'ProductFeedItem',
  'A product of a feed.',
  {},
  {
    ProductId: text('Parent SKU, or the SKU of a product that has one.', 'TEE'),
    IsCompliant: flag('Nothing that is known keeps TikTok from taking it.'),
    Row: int32('Its first row in the feed.'),
    Skus: Type.Array(Type.String()),
    Attributes: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'Value of the product by column.',
    }),
    Variants: listOf(CatalogProduct),
    Findings: listOf(ProductFinding),
    TikTokProductId: text(),
    Status: text('Draft, Asked (to be sent) or Listed.', 'Draft'),
    LastModified: dateTime(),
  },
);

export const ProductFeedItemBody = named(
  'ProductFeedItemBody',
  'What is to change of a product: columns that are not named stay.',
  {},
  {
    Attributes: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    Variants: Type.Array(ref(CatalogProduct), { maxItems: 300 }),
  },
);

const FindingGroup = named(
  'ProductFindingGroup',
  'Findings of one kind. An addition.',
  {},
  {
    Rule: text(),
    Level: text(),
    Message: text('Of the first of them.'),
    Next: text(),
    Column: text(),
    Count: int32('Findings.'),
    Products: int32('Products that have one.'),
    Rows: Type.Array(int32(), { description: 'The first of them.' }),
  },
);

const ProductFeedStatus = named(
  'ProductFeedStatus',
  'What became of a product feed.',
  {},
  {
    FeedId: int32(),
    PartnerId: int32(),
    Status: text('Pending, Complete or Failed.', 'Complete'),
    State: text('As GET Inventory/Imports says it.'),
    Reason: text(),
    Products: int32('Products of the feed that no later feed has named.'),
    Compliant: int32(),
    NotCompliant: int32(),
    Asked: int32('Products that are to be sent.'),
    Counts: Type.Unsafe<Record<string, number>>({ type: 'object', additionalProperties: true }),
    Warnings: Type.Array(Type.String()),
    Findings: listOf(FindingGroup),
    ReceivedAt: dateTime(),
  },
);

export const AdvancedFieldMapping = named(
  'AdvancedFieldMapping',
  'How a column is to be read; files are read by their headers here.',
  {},
  { SourceField: text(), TargetField: text(), Condition: ref(AdvancedFieldMappingCondition) },
);

const mappings = () => Type.Array(ref(AdvancedFieldMapping), { maxItems: 1_000 });

export const ProductImportRequest = named(
  'ProductImportRequest',
  'How a file is to be read; files are read by their headers here, so that it has no effect.',
  {},
  { Columns: mappings(), Rules: mappings() },
);

export const ProductExportRequest = named(
  'ProductExportRequest',
  'How the products are wanted; the file has all columns that have a value.',
  {},
  {
    Delimiter: text('Of a CSV file: a comma, semicolon, tab or bar.', ','),
    FileType: text('csv or json.', 'csv'),
    Columns: mappings(),
    Rules: mappings(),
    Filter: ref(AdvancedFieldMappingCondition),
    AcceptCachedValues: flag('Has no effect: nothing is cached.'),
  },
);

export const ProductImportResult = named(
  'ProductImportResult',
  'What became of an import.',
  {},
  {
    Complete: flag(),
    FailedRecords: int32('Rows of which nothing was taken.'),
    ImportedRecords: int32('Rows that were taken.'),
    ErrorReport: text('Address of the report.'),
    OriginalFile: text('Files are not kept once they were read: always empty.'),
    ErrorMessage: text(),
  },
);

const columns = (description: string) =>
  Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true, description });

const ProductTemplateCondition = named(
  'ProductTemplateCondition',
  'What a product has to have for a template. An addition.',
  {},
  {
    Field: text('A column of the feed, or Product for its parent SKU.', 'Category Hint'),
    Operator: text('equals, contains, starts-with, is-empty or is-given; in any case.', 'contains'),
    Value: text(),
    Values: Type.Array(Type.String(), { maxItems: 500, description: 'Of several any one is enough.' }),
  },
);

const templateMembers = {
  Conditions: Type.Array(ref(ProductTemplateCondition), {
    maxItems: 20,
    description: 'All must hold; none: all products.',
  }),
  Fixed: columns('Stands instead of what the feed says.'),
  Defaults: columns('Stands where the feed says nothing.'),
  Priority: int32('Of several that match the higher one says it.'),
};

export const ProductTemplateBody = named(
  'ProductTemplateBody',
  'Values that stand for many products. An addition.',
  {},
  templateMembers,
);

const ProductTemplate = named(
  'ProductTemplate',
  'A template. An addition.',
  {},
  { Name: text(undefined, 'Shirts'), ...templateMembers },
);

const ProductDifference = named(
  'ProductDifference',
  'A difference between what TikTok has and what is wanted. An addition.',
  {},
  { Column: text(), Sku: text(), From: text(), To: text() },
);

const ProductDryRunLine = named(
  'ProductDryRunLine',
  'What sending would do with one product. An addition.',
  {},
  {
    ProductId: text(),
    Outcome: text('Created, Changed, Untouched, Ended, Blocked, Waits, Unconfirmed or Unclear.', 'Changed'),
    Reason: text(),
    Next: text(),
    TikTokProductId: text(),
    Candidates: Type.Array(Type.String(), {
      description: 'Listings that could be it, where there are several.',
    }),
    Changes: listOf(ProductDifference),
    ImagesToUpload: Type.Array(Type.Object({ Url: Type.String(), UseCase: Type.String() })),
    Notes: Type.Array(Type.String()),
  },
);

const ProductDryRun = named(
  'ProductDryRun',
  'What sending would change. An addition.',
  {},
  {
    Summary: columns(
      'Products by outcome, pictures, calls, listings of the daily limit, and when it would be done.',
    ),
    Products: listOf(ProductDryRunLine),
    Missing: Type.Array(Type.Object({ Item: Type.String(), Next: Type.String() }), {
      description: 'What the shop lacks before it can list anything; left out when nobody could ask.',
    }),
  },
);

export const ProductDryRunMessage = messageOf('ProductDryRun', ref(ProductDryRun));
export const ProductTemplateArrayResponse = arrayResponse('ProductTemplate', listOf(ProductTemplate));
export const CatalogProductArrayResponse = arrayResponse('CatalogProduct', listOf(CatalogProduct));
export const ProductFeedItemMessage = messageOf('ProductFeedItem', ref(ProductFeedItem));
export const ProductFeedItemArrayResponse = arrayResponse('ProductFeedItem', listOf(ProductFeedItem));
export const ProductFeedStatusMessage = messageOf('ProductFeedStatus', ref(ProductFeedStatus));

export const productExamples = {
  variants: {
    summary: 'A product of two SKUs',
    value: [
      {
        'Parent SKU': 'TEE',
        'Merchant SKU': 'TEE-RED-L',
        Title: 'Cotton tee with round neck',
        Description: '<p>Soft cotton.</p>',
        Category: '601226',
        'Image 1': 'https://cdn.example.com/tee.jpg',
        'Option 1 Name': 'Color',
        'Option 1 Value': 'Red',
        Cost: '19.99',
        Quantity: '25',
        Weight: '0.2',
        'Weight Unit': 'kg',
      },
      {
        'Parent SKU': 'TEE',
        'Merchant SKU': 'TEE-BLUE-L',
        'Option 1 Value': 'Blue',
        Cost: '19.99',
        Quantity: '5',
      },
    ],
  },
};

export const productSchemas: Named[] = [
  CatalogProduct,
  ProductFinding,
  ProductFeedItem,
  ProductFeedItemBody,
  FindingGroup,
  ProductFeedStatus,
  AdvancedFieldMapping,
  ProductImportRequest,
  ProductExportRequest,
  ProductImportResult,
  ProductDifference,
  ProductDryRunLine,
  ProductDryRun,
  ProductDryRunMessage,
  ProductTemplateCondition,
  ProductTemplateBody,
  ProductTemplate,
  ProductTemplateArrayResponse,
  CatalogProductArrayResponse,
  ProductFeedItemMessage,
  ProductFeedItemArrayResponse,
  ProductFeedStatusMessage,
];
