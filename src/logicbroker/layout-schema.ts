import { Type } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, int32, named, ref, text } from './schema.js';

/** What the columns of files mean: an addition of this service. */
export const FileLayout = named(
  'FileLayout',
  'What the columns of a header mean, for all your files of the kind that have these columns.',
  {},
  {
    LayoutId: text(undefined, 'feed-0a1b2c3d4e5f6071'),
    Kind: text('Of the file: feed, matching.', 'feed'),
    State: text('proposed: files with these columns are asked about; confirmed: they are read so.'),
    Columns: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
      description:
        'Field by column, null for a column that means nothing: SupplierSKU, Quantity, Cost, or Quantity in EAST, for a ' +
        'column with what lies in that warehouse. Columns that are left out keep what was proposed.',
    }),
    Fields: Type.Array(Type.String(), { description: 'What a column may mean.' }),
    ImportId: int32('The last import that had to ask.'),
    SeenAt: dateTime(),
    ConfirmedAt: dateTime(),
    ConfirmedBy: text(),
  },
);

export const FileLayoutMessage = messageOf('FileLayout', ref(FileLayout));
export const FileLayoutArrayResponse = arrayResponse('FileLayout', Type.Array(ref(FileLayout)));

export const layoutSchemas = [FileLayout, FileLayoutMessage, FileLayoutArrayResponse];

export const anyLayout = Type.Object({ LayoutId: Type.String({ maxLength: 60 }) });
