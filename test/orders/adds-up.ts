import { parseJson } from '../../src/formats/json.js';

interface Named {
  [field: string]: any; // oxlint-disable-line typescript/no-explicit-any -- read field by field
}

/** An amount in millionths: sums of decimals are not for floating point. */
function exact(value: { toString(): string } | undefined): bigint {
  // Numbers of a parsed document are objects that keep their text.
  const given = (value ?? '0').toString();
  const amount = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(given);
  if (!amount) throw new Error(`${given} is no amount`);
  const [, sign = '', whole = '0', rest = ''] = amount;
  return BigInt(`${sign}${whole}${rest.padEnd(6, '0')}`);
}

export function attributeOf(of: Named, name: string): string | undefined {
  const found = (of['ExtendedAttributes'] as { Name: string; Value: string }[]).find(
    (each) => each.Name === name,
  );
  return found?.Value;
}

const FEES = [
  'TikTokRetailDeliveryFee',
  'TikTokBuyerServiceFee',
  'TikTokSmallOrderFee',
  'TikTokHandlingFee',
  'TikTokShippingInsuranceFee',
  'TikTokItemInsuranceFee',
  'TikTokDistanceFee',
  'TikTokPaymentDiscountServiceFee',
  'TikTokDeposit',
];

const sum = (values: Parameters<typeof exact>[0][]): bigint =>
  values.reduce<bigint>((total, value) => total + exact(value), 0n);

/** What docs/orders.md says of the amounts of a document, and where this one (a v3 order as text) says otherwise. */
export function contradictions(text: string): string[] {
  const order = parseJson(text) as Named;
  const shown = (name: string) => exact(attributeOf(order, name));
  const lines = order['OrderLines'] as Named[];
  const [freight = {}] = (order['ShipmentInfos'] ?? []) as Named[];
  const amounts = (list: Named[] | undefined, field: string) => sum((list ?? []).map((each) => each[field]));
  const ofLines = (value: (line: Named) => bigint) =>
    lines.reduce((total, line) => total + value(line) * BigInt(line['Quantity']), 0n);
  const price = (line: Named) => exact(line['Price']);
  const checks: [name: string, given: bigint, expected: bigint][] = [
    [
      'total',
      exact(order['TotalAmount']),
      exact(order['SubTotal']) +
        exact(freight['ShipmentCost']) +
        amounts(order['Taxes'], 'TaxAmount') +
        sum(FEES.map((name) => attributeOf(order, name))) -
        shown('TikTokPaymentPlatformDiscount') +
        shown('TikTokTotalDifference'),
    ],
    ['paid', exact(order['Payments']?.[0]?.Amount), exact(order['TotalAmount'])],
    ['sub-total', exact(order['SubTotal']), ofLines(price) + shown('TikTokSubTotalDifference')],
    ['handling', exact(order['HandlingAmount']), shown('TikTokHandlingFee')],
    ['insurance', exact(freight['InsuranceCost']), shown('TikTokShippingInsuranceFee')],
  ];
  return checks.flatMap(([name, given, expected]) =>
    given === expected ? [] : [`${name}: ${given} is not ${expected}`],
  );
}

/** The same for what holds only as long as TikTok itself says nothing that contradicts itself. */
export function looseEnds(text: string): string[] {
  const order = parseJson(text) as Named;
  const lines = order['OrderLines'] as Named[];
  const [freight = {}] = (order['ShipmentInfos'] ?? []) as Named[];
  const discounts = (of: Named, field: string, name?: string) =>
    sum(
      ((of[field] ?? []) as Named[])
        .filter(({ DiscountName }) => name === undefined || DiscountName === name)
        .map(({ DiscountAmount }) => DiscountAmount),
    );
  const perLine = (name: string) => sum(lines.map((line) => attributeOf(line, name)));
  const checks: [name: string, given: bigint, expected: bigint][] = [
    ['nothing is unexplained in the total', exact(attributeOf(order, 'TikTokTotalDifference')), 0n],
    ['nothing is unexplained in the sub-total', exact(attributeOf(order, 'TikTokSubTotalDifference')), 0n],
    ...['SellerDiscount', 'PlatformDiscount'].map((name): [string, bigint, bigint] => [
      `${name} by line`,
      lines.reduce((total, line) => total + discounts(line, 'Discounts', name), 0n),
      discounts(order, 'Discounts', name),
    ]),
    ...['TikTokRetailDeliveryFee', 'TikTokBuyerServiceFee', 'TikTokSmallOrderFee', 'TikTokDeposit'].map(
      (name): [string, bigint, bigint] => [`${name} by line`, perLine(name), exact(attributeOf(order, name))],
    ),
    [
      'shipping',
      exact(freight['ShipmentCost']),
      exact(attributeOf(order, 'TikTokOriginalShippingFee')) - discounts(freight, 'ShippingDiscounts'),
    ],
    ...lines.map((line): [string, bigint, bigint] => [
      `line ${line['LineNumber']}`,
      exact(line['Price']) * BigInt(line['Quantity']),
      exact(line['RetailPrice']) * BigInt(line['Quantity']) - discounts(line, 'Discounts'),
    ]),
  ];
  return checks.flatMap(([name, given, expected]) =>
    given === expected ? [] : [`${name}: ${given} is not ${expected}`],
  );
}
