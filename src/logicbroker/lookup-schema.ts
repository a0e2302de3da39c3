import { Type, type Static } from 'typebox';
import { arrayResponse } from './envelopes.js';
import { dateTime, int64, listOf, named, partsOf, text } from './schema.js';

/** Custom lookup tables (CommerceAPI v3: LBCustomLookupTable, LBCustomLookup). */

const CustomLookupColumn = named(
  'CustomLookupColumn',
  'A column of a table.',
  {},
  {
    Title: text(undefined, 'HsCode'),
    Match: text(
      'What of an order the column is compared with, as a path in the SalesOrder. Left out: the column is what a row adds to orders or lines. An addition of this service.',
      'OrderLines.ItemIdentifier.SupplierSKU',
    ),
  },
);

export const LBCustomLookupTable = named(
  'LBCustomLookupTable',
  'A table of values that you keep here.',
  {},
  {
    Name: text('Names it in paths.', 'Carriers'),
    Title: text(),
    Description: text(),
    Columns: partsOf(CustomLookupColumn),
  },
);
export type CustomLookupTableBody = Static<typeof LBCustomLookupTable>;

const CustomLookupValue = named(
  'CustomLookupValue',
  'The value of one column.',
  {},
  {
    Title: text('Of the column, in any case.', 'Carrier'),
    Value: text('Empty: none.', 'UPS Ground'),
  },
);

export const LBCustomLookup = named(
  'LBCustomLookup',
  'A row of a table.',
  {},
  {
    Id: int64(),
    Columns: partsOf(CustomLookupValue),
    LastModified: dateTime(
      'Sent back with PUT, the row is changed only if nobody has changed it since; without it the last write counts.',
    ),
    ModifiedBy: text(),
  },
);
export type CustomLookupBody = Static<typeof LBCustomLookup>;

export const LookupTablesResponse = arrayResponse('LBCustomLookupTable', listOf(LBCustomLookupTable));
export const LookupsResponse = arrayResponse('LBCustomLookup', listOf(LBCustomLookup));

export const lookupSchemas = [
  CustomLookupColumn,
  LBCustomLookupTable,
  CustomLookupValue,
  LBCustomLookup,
  LookupTablesResponse,
  LookupsResponse,
];

export const anyTable = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 60, description: 'Name of the table, in any case.' }),
});
