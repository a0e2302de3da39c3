import { readFileSync } from 'node:fs';
import t from 'tap';
import { parseJson } from '../../src/formats/json.js';
import type { OrderDocument } from '../../src/logicbroker/map-order.js';
import { type ShopOrder } from '../../src/domain/order.js';
import { noAmounts } from '../../src/domain/order-amounts.js';
import { documentOf } from './document-of.js';
import { sampleOrder, sampleUnit } from './sample-order.js';

interface Attributed {
  ExtendedAttributes: { Name: string; Value: string }[];
  [field: string]: any; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
}

/** How JSON writes the types that the contract names. */
const JSON_TYPES: Record<string, string> = {
  string: 'string',
  'date-time': 'string',
  double: 'number',
  int32: 'number',
  boolean: 'boolean',
};

function render(changes: Partial<ShopOrder> = {}, more: Partial<OrderDocument> = {}): string {
  return documentOf(sampleOrder(changes), { matches: new Map([['TEE-RED-L', 'ERP-1']]), ...more });
}

function attribute(of: Attributed, name: string): string | undefined {
  return of.ExtendedAttributes.find(({ Name }) => Name === name)?.Value;
}

const text = render();
const order = parseJson(text) as Attributed;
const [line, second] = order['OrderLines'] as Attributed[];
const shown = (value: unknown) => String(value);

await t.test('every row of the article’s order table is in the document', async (t) => {
  const rows: [string, unknown, string][] = [
    ['PartnerPO <- order_id', order['PartnerPO'], '576461413038785752'],
    ['SubTotal <- sub_total', order['SubTotal'], '44.00'],
    ['SubTotal, as attribute', attribute(order, 'SubTotal'), '44.00'],
    ['Currency <- currency', order['Currency'], 'USD'],
    ['DiscountAmount <- seller_discount', order['Discounts'][0].DiscountAmount, '4.00'],
    ['DiscountName', order['Discounts'][0].DiscountName, 'SellerDiscount'],
    ['TaxAmount <- taxes', order['Taxes'][0].TaxAmount, '3.96'],
    ['ShipmentCost <- shipping_fee', order['ShipmentInfos'][0].ShipmentCost, '3.99'],
    ['FirstName <- name', order['ShipToAddress'].FirstName, 'Sample Buyer'],
    ['Address1 <- full_address', order['ShipToAddress'].Address1, sampleOrder().recipient?.fullAddress ?? ''],
    ['City <- city', order['ShipToAddress'].City, 'Sample City'],
    ['State <- state', order['ShipToAddress'].State, 'California'],
    ['Zip <- zipcode', order['ShipToAddress'].Zip, '90000'],
    ['Phone <- phone', order['ShipToAddress'].Phone, '(+1)2135550100'],
    ['RetailPrice <- original_price', line?.['RetailPrice'], '20.00'],
    ['Price <- sale_price', line?.['Price'], '17.00'],
    ['Description <- product_name', line?.['Description'], 'Sample tee'],
    ['Quantity <- quantity', line?.['Quantity'], '2'],
    ['SupplierSKU <- seller_sku, matched', line?.['ItemIdentifier'].SupplierSKU, 'ERP-1'],
    ['SupplierSKU <- seller_sku, unmatched', second?.['ItemIdentifier'].SupplierSKU, 'SOCK-BLK'],
    ['TikTokProductId <- product_id', attribute(line!, 'TikTokProductId'), '1729582718312380123'],
    ['TikTokSkuId <- sku_id', attribute(line!, 'TikTokSkuId'), '2729382476852921560'],
    [
      'TikTokOrderLineId <- order_line_id',
      attribute(line!, 'TikTokOrderLineId'),
      '577086512123755001,577086512123755002',
    ],
    ['TikTokDistrict <- district', attribute(order, 'TikTokDistrict'), 'Sample County'],
    ['TikTokTown <- town', attribute(order, 'TikTokTown'), 'Sample Town'],
    ['TikTokCreatedTimestamp <- create_time', attribute(order, 'TikTokCreatedTimestamp'), '1767225600000'],
    ['Method <- payment_method', order['Payments'][0].Method, 'Credit card'],
  ];
  for (const [name, value, expected] of rows) t.equal(shown(value), expected, name);
});

await t.test('and what users of other connectors get beside it', async (t) => {
  t.match(order, {
    StatusCode: 100,
    Identifier: { SourceKey: '576461413038785752', LogicbrokerKey: '1001', LinkKey: 'L-1001' },
    SenderCompanyId: 7002,
    ReceiverCompanyId: 7001,
    DocumentDate: '2026-01-01T01:15:00Z',
    OrderNumber: '576461413038785752',
    OrderDate: '2026-01-01T00:00:00Z',
    RequestedShipDate: '2026-01-04T00:01:00Z',
    DoNotShipAfter: '2026-01-06T00:01:00Z',
    ExpectedDeliveryDate: '2026-01-15T00:01:00Z',
    TypeCode: 'DS',
    Note: 'Please "ring" twice',
    ShipToAddress: { Country: 'US', Email: 'sample@chat.example' },
  });
  t.equal(shown(order['TotalAmount']), '51.95');
  t.match(shown(order['Discounts'][1].DiscountName), 'PlatformDiscount');
  t.equal(shown(line?.['Taxes'][0].TaxAmount), '2.80', 'tax of both pieces');
  t.equal(shown(line?.['Taxes'][0].TaxRate), '0.0825');
  t.equal(line?.['ItemIdentifier'].PartnerSKU, 'TEE-RED-L');
  for (const [name, value] of [
    ['TikTokShipBy', '2026-01-04T00:01:00Z'],
    ['TikTokOrderStatus', 'AWAITING_SHIPMENT'],
    ['TikTokOrderStatusCode', '111'],
    ['TikTokSellerNote', 'fragile'],
    ['TikTokAddressLine1', '100 Example Ave'],
    ['TikTokAddressLine2', 'Apt 2'],
    ['TikTokFirstName', 'Sample'],
    ['TikTokDropOffLocation', 'Front Door'],
  ] as const) {
    t.equal(attribute(order, name), value, name);
  }
});

await t.test('a status can be spliced into the text, and amounts keep their digits', async (t) => {
  t.match(text, /^\{"StatusCode":100,/);
  t.match(text, /"Price":17\.00,/);
  const rupiah = sampleUnit({ originalPrice: '150000', salePrice: '99000' });
  t.match(render({ currency: 'IDR', units: [rupiah] }), /"Price":99000,"RetailPrice":150000,/);
});

await t.test('one package keeps the article’s name, several are numbered', async (t) => {
  const one = parseJson(render({ packageIds: ['P1'] })) as Attributed;
  t.equal(attribute(one, 'TikTokPackageId_'), 'P1');
  const units = [sampleUnit({ unitId: '1', packageId: 'P1' }), sampleUnit({ unitId: '2', packageId: 'P2' })];
  const two = parseJson(render({ packageIds: ['P1', 'P2'], units })) as Attributed;
  t.equal(attribute(two, 'TikTokPackageId_1'), 'P1');
  t.equal(attribute(two, 'TikTokPackageId_2'), 'P2');
  t.equal(attribute(two['OrderLines'][0], 'TikTokPackageId_2'), 'P2');
});

await t.test('constants of the connection and hostile texts arrive as they are', async (t) => {
  const hostile = '"},{"Name":"x" \\ \u2028 <b>\n😀';
  const made = parseJson(
    render({ buyerMessage: hostile }, { constantAttributes: [{ name: 'Channel', value: hostile }] }),
  ) as Attributed;
  t.equal(made['Note'], hostile);
  t.equal(attribute(made, 'Channel'), hostile);
});

await t.test('an order without money, address, message and dates is still a document', async (t) => {
  const none = null;
  const bare = parseJson(
    render({
      recipient: none,
      buyerEmail: none,
      buyerMessage: none,
      sellerNote: none,
      paymentMethod: none,
      paidAt: none,
      shipBy: none,
      autoCancelAt: none,
      deliverBy: none,
      collectBy: none,
      deliveryOptionId: none,
      deliveryOptionName: none,
      warehouseId: none,
      amounts: noAmounts,
      units: [sampleUnit({ originalPrice: none, salePrice: none, taxes: [] })],
    }),
  ) as Attributed;
  const { ShipToAddress, Payments, ShipmentInfos, TotalAmount } = bare as Record<string, unknown>;
  t.same([Object.values(ShipToAddress as object).join(''), Payments, ShipmentInfos], ['', [], []]);
  t.equal(TotalAmount, undefined);
  t.equal(bare['OrderLines'].length, 1);
});

await t.test('names and types are those of the v3 contract', async (t) => {
  const url = new URL('../../../test/fixtures/logicbroker/v3-contract.json', import.meta.url);
  const { definitions } = JSON.parse(readFileSync(url, 'utf8')) as { definitions: Definitions };
  // The article's SubTotal is the one field that the contract does not have.
  t.same(problems('SalesOrder', JSON.parse(text), definitions), ['SalesOrder.SubTotal']);
});

type Definitions = Record<string, { properties: Record<string, string> }>;

/** Paths that the contract does not have or gives another type. */
function problems(type: string, value: unknown, definitions: Definitions): string[] {
  const item = /^\[(\w+)\]$/.exec(type)?.[1];
  if (item) return (value as unknown[]).flatMap((entry) => problems(item, entry, definitions));
  const definition = definitions[type];
  if (!definition) return typeof value === JSON_TYPES[type] ? [] : [type];
  return Object.entries(value as object).flatMap(([name, member]) => {
    const expected = definition.properties[name];
    if (!expected) return [`${type}.${name}`];
    return problems(expected, member, definitions).map((problem) =>
      problem === expected ? `${type}.${name}` : problem,
    );
  });
}
