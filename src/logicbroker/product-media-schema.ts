import { Type, type TUnsafe } from 'typebox';
import { arrayResponse, messageOf } from './envelopes.js';
import { dateTime, int32, listOf, named, ref, text, type Named } from './schema.js';

const ProductFile = named(
  'ProductFile',
  'An image or document that was handed over for products. An addition.',
  {},
  {
    Name: text('What the column of a feed says in place of an address.', 'upload:0f343b0931126a20f133d67c'),
    FileName: text('As its sender calls it.', 'front.jpg'),
    Format: text('By its content: JPEG, PNG, WEBP, BMP, HEIC or PDF.', 'JPEG'),
    Width: int32('In pixels; 0 of a PDF.'),
    Height: int32('In pixels; 0 of a PDF.'),
    Bytes: int32(),
    LastUsed: dateTime('When it was handed over, or read for TikTok last; a month later it is let go.'),
  },
);

export const ProductFileUpload = Type.Unsafe({
  $id: 'ProductFileUpload',
  description: 'An image or PDF in the form field `file`, or as the body itself. An addition.',
}) as Named<TUnsafe>;

const ComplianceEntity = named(
  'ComplianceEntity',
  'A manufacturer or responsible person that TikTok has for products in the EU, once per content. An addition.',
  {},
  {
    Id: int32(),
    Kind: text('Manufacturer or ResponsiblePerson.', 'Manufacturer'),
    State: text('Pending, Made, Refused or NeedsPerson.', 'Made'),
    TikTokId: text('What the column Manufacturer or Responsible Person says.'),
    Reason: text('Why TikTok has not taken it.'),
    Content: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'What it was made from.',
    }),
    AskedAt: dateTime(),
  },
);

export const ComplianceEntityRequest = named(
  'ComplianceEntityRequest',
  'A manufacturer or responsible person to be made at TikTok. An addition.',
  {
    Kind: Type.Enum(['Manufacturer', 'ResponsiblePerson']),
    Content: Type.Object(
      {
        Name: Type.Optional(text(undefined, 'Example Maker GmbH')),
        TradeName: Type.Optional(text('Of a manufacturer.')),
        Email: Type.Optional(text(undefined, 'gpsr@example.com')),
        Phone: Type.Optional(
          Type.Object({
            CountryCode: Type.Optional(text(undefined, '+49')),
            LocalNumber: Type.Optional(text(undefined, '3012345678')),
          }),
        ),
        Address: Type.Optional(text('Of a manufacturer, in one line.', 'Musterstr. 1, 10115 Berlin')),
        Street: Type.Optional(text('Of a responsible person, with the place.')),
        PostalCode: Type.Optional(text('Of a responsible person.')),
        Country: Type.Optional(text('Of a responsible person: two letters, in the EU.', 'DE')),
        Locale: Type.Optional(text('Language of the texts.', 'de-DE')),
      },
      { additionalProperties: true },
    ),
  },
  {},
);

export const ProductFileMessage = messageOf('ProductFile', ref(ProductFile));
export const ProductFileArrayResponse = arrayResponse('ProductFile', listOf(ProductFile));
export const ComplianceEntityMessage = messageOf('ComplianceEntity', ref(ComplianceEntity));
export const ComplianceEntityArrayResponse = arrayResponse('ComplianceEntity', listOf(ComplianceEntity));

export const productMediaSchemas: Named[] = [
  ProductFile,
  ProductFileUpload,
  ComplianceEntity,
  ComplianceEntityRequest,
  ProductFileMessage,
  ProductFileArrayResponse,
  ComplianceEntityMessage,
  ComplianceEntityArrayResponse,
];
