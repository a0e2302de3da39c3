import fc from 'fast-check';
import { cleanText } from '../../src/formats/clean-text.js';
import { JsonNumber, writeJson } from '../../src/formats/json.js';
import { fileShapes, type FileKind, type Shape } from '../../src/codecs/document-shape.js';

/** An order as it is stored, with what formats stumble over. */
export const ORDER = JSON.stringify({
  StatusCode: 100,
  Identifier: { SourceKey: '576461413038785752', LogicbrokerKey: '1001', LinkKey: 'L-1001' },
  SenderCompanyId: 7,
  ReceiverCompanyId: 3,
  DocumentDate: '2026-11-23T10:05:00Z',
  OrderNumber: '576461413038785752',
  PartnerPO: '576461413038785752',
  OrderDate: '2026-11-23T09:00:00Z',
  RequestedShipDate: '2026-11-25T09:00:00Z',
  TypeCode: 'DS',
  ShipToAddress: {
    CompanyName: '',
    FirstName: 'Zoë "Z" D*e ~ 😀',
    Address1: '1 Main St\nApt 2, rear',
    City: 'Austin',
    State: 'Texas',
    Zip: '00701',
    Country: 'US',
    CountryCode: 'US',
    Phone: '(+1)213-***-1234',
  },
  OrderLines: [
    {
      ItemIdentifier: { SupplierSKU: '00123', PartnerSKU: '=HYPERLINK("x")' },
      LineNumber: '1',
      Quantity: 2,
      QuantityUOM: 'EA',
      Price: '@9.90@',
      RetailPrice: '@12.00@',
      Description: 'Tee <red> & more',
      IsDropShip: true,
      ExtendedAttributes: [{ Name: 'TikTokOrderLineId', Value: '577086512123486582,577086512123486583' }],
    },
    {
      ItemIdentifier: { SupplierSKU: 'MUG-BLUE', PartnerSKU: 'MUG-BLUE' },
      LineNumber: '2',
      Quantity: 1,
      Price: '@5.00@',
      Description: 'Mug',
    },
  ],
  Discounts: [
    { DiscountName: 'SellerDiscount', DiscountAmount: '@2.00@' },
    { DiscountName: 'PlatformDiscount', DiscountAmount: '@1.00@' },
  ],
  Taxes: [{ TaxTitle: 'Tax', TaxAmount: '@1.65@' }],
  ShipmentInfos: [{ ServiceLevelCode: 'std', ServiceLevelDescription: 'Standard', ShipmentCost: '@4.99@' }],
  SubTotal: '@24.80@',
  TotalAmount: '@28.44@',
  Currency: 'USD',
  Note: '-please ring',
  ExtendedAttributes: [
    { Name: 'TikTokCreatedTimestamp', Value: '1795424400000' },
    { Name: 'TikTokDistrict', Value: 'Travis' },
  ],
}).replaceAll(/"@([\d.]+)@"/g, '$1');

/** Any document that the schema of the kind allows, as JSON. `isTable`: what a table can hold, where nothing and an empty text are one. */
export function anyDocument(kind: FileKind, isTable: boolean): fc.Arbitrary<string> {
  const { shape, lines, number } = fileShapes[kind];
  return fc.tuple(anyValue(shape, isTable, 0), fc.integer({ min: 1, max: 1e9 })).map(([value, own]) => {
    const document = value as Record<string, unknown>;
    document[number] = `N${own}`;
    const list = (document[lines] ?? []) as Record<string, unknown>[];
    if (isTable && list.length === 0) list.push({});
    for (const line of list) {
      line['ItemIdentifier'] ??= {};
      // A line of which nothing is said has no row.
      if (isTable) line['LineNumber'] ??= '1';
    }
    document[lines] = list;
    return writeJson(document);
  });
}

const word = fc.string({ unit: 'grapheme', maxLength: 12 });
const nasty = fc.string({ unit: fc.constantFrom(...Array.from(`=+-@'" ,;|\t<>&a1é😀]`)), maxLength: 8 });

function anyText(isTable: boolean): fc.Arbitrary<string> {
  // XML holds no control characters, tables no blanks around a text.
  const text = fc
    .oneof(word, nasty)
    .map((value) => value.replaceAll(/(?![\t\n\r])\p{Cc}|[\p{Cs}\ufffe\uffff]/gu, ''));
  if (!isTable) return text;
  return text
    .map((value) => `x${value}`.slice(value.length % 3 === 0 ? 1 : 0))
    .map(cleanText)
    .filter((value) => value !== '' && cleanText(value) === value);
}

function anyValue(shape: Shape, isTable: boolean, depth: number): fc.Arbitrary<unknown> {
  switch (shape.is) {
    case 'number':
      return fc.oneof(
        fc.integer({ min: -1_000, max: 100_000 }),
        fc.constantFrom('19.90', '0.00', '-0.5', '576461413038785752.10').map((text) => new JsonNumber(text)),
      );
    case 'flag':
      return fc.boolean();
    case 'list': {
      const list = fc.array(anyValue(shape.of, isTable, depth + 1), {
        maxLength: depth > 1 ? 1 : 3,
        minLength: isTable ? 1 : 0,
      });
      return isTable && shape.item === 'ExtendedAttribute'
        ? fc
            .uniqueArray(fc.stringMatching(/^[A-Za-z_]{1,8}$/), { minLength: 1, maxLength: 3 })
            .chain((names) =>
              fc
                .tuple(...names.map(() => anyText(true)))
                .map((values) => names.map((Name, at) => ({ Name, Value: values[at] }))),
            )
        : list;
    }
    case 'object': {
      const members = [...shape.members].filter(([name]) => depth < 3 || name !== 'ExtendedAttributes');
      return fc
        .subarray(members, { minLength: 1, maxLength: Math.min(members.length, depth > 0 ? 4 : 8) })
        .chain((some) =>
          fc.record(
            Object.fromEntries(some.map(([name, member]) => [name, anyValue(member, isTable, depth + 1)])),
            { noNullPrototype: true },
          ),
        );
    }
    default:
      return anyText(isTable);
  }
}
