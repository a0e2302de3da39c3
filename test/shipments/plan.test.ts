import t from 'tap';
import { AppError } from '../../src/kernel/errors.js';
import { JsonNumber, parseJson } from '../../src/formats/json.js';
import { readShipment } from '../../src/logicbroker/read-shipment.js';
import { contentHash } from '../../src/shipments/shipment-hash.js';
import { planShipment } from '../../src/shipments/plan-shipment.js';
import type { ShippableOrder, ShippableUnit, ShippingRules } from '../../src/domain/shipment.js';

const us: ShippingRules = { model: 'mark-shipped', grain: 'unit' };
const indonesia: ShippingRules = { model: 'ship-package', grain: 'whole-sku' };

function unit(unitId: string, lineNumber: string, changes: Partial<ShippableUnit> = {}): ShippableUnit {
  return {
    unitId,
    lineNumber,
    skuId: `sku-${lineNumber}`,
    cancelled: false,
    shipped: false,
    shipmentKey: null,
    packageId: null,
    trackingNumber: null,
    ...changes,
  };
}

/** Line 1: three shirts (ids 9, 10, 11, so that text order is not number order). Line 2: one sock. */
function order(changes: Partial<Record<string, Partial<ShippableUnit>>> = {}): ShippableOrder {
  return {
    lines: [
      { lineNumber: '1', supplierSku: 'ERP-SHIRT', merchantSku: 'SHIRT', skuId: 'sku-1' },
      { lineNumber: '2', supplierSku: 'SOCK', merchantSku: 'SOCK', skuId: 'sku-2' },
    ],
    units: [unit('10', '1'), unit('9', '1'), unit('11', '1'), unit('20', '2')].map((each) => ({
      ...each,
      ...changes[each.unitId],
    })),
  };
}

interface CartonJson {
  [name: string]: unknown;
}

function line(sku: string, quantity: unknown, cartons: CartonJson[] = [], more: object = {}): CartonJson {
  return { ItemIdentifier: { SupplierSKU: sku }, Quantity: quantity, ShipmentInfos: cartons, ...more };
}

function carton(trackingNumber: string, more: object = {}): CartonJson {
  return { TrackingNumber: trackingNumber, CarrierCode: 'UPS', ...more };
}

function attributes(values: Record<string, string>): { ExtendedAttributes: object[] } {
  return { ExtendedAttributes: Object.entries(values).map(([Name, Value]) => ({ Name, Value })) };
}

function plan(lines: CartonJson[], { on = order(), rules = us, header = {} } = {}) {
  const document = { ShipmentNumber: 'S-1', ShipmentLines: lines, ...header };
  return planShipment(on, readShipment(document).lines, rules);
}

/** `tracking: ids` of each package. */
function packagesOf(...parameters: Parameters<typeof plan>): string[] {
  return plan(...parameters).packages.map((each) => `${each.trackingNumber}: ${each.unitIds.join(',')}`);
}

function problemsOf(...parameters: Parameters<typeof plan>): (string | undefined)[] {
  return fieldsRefused(() => plan(...parameters));
}

function fieldsRefused(work: () => unknown): (string | undefined)[] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error.details.map(({ field }) => field);
    throw error;
  }
  return [];
}

await t.test('pieces become packages by tracking number', async (t) => {
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 3, [carton('A')]), line('SOCK', 1, [carton('A')])]),
    ['A: 9,10,11,20'],
    'the same tracking number twice is one package',
  );
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 3, [carton('A')]), line('SOCK', 1, [carton('B')])]),
    ['A: 9,10,11', 'B: 20'],
    'two lines, two packages',
  );
  t.strictSame(
    packagesOf([line('ERP-SHIRT', null, [carton('A', { Qty: 1 }), carton('B', { Qty: 2 })])]),
    ['A: 9', 'B: 10,11'],
    'one line in two cartons takes the lowest ids first',
  );
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 1, [carton('1z', { Qty: 1 })]), line('SOCK', 1, [carton('1Z')])]),
    ['1z: 9,20'],
  );
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 2), line('SOCK', 1)], { header: { ShipmentInfos: [carton('H')] } }),
    ['H: 9,10,20'],
    'lines without cartons travel in the one of the header',
  );
  t.strictSame(
    packagesOf([line('SOCK', 1, [{ TrackingNumber: 'A' }])], {
      header: { ShipmentInfos: [{ CarrierCode: 'UPS' }] },
    }),
    ['A: 20'],
    'a carton without a carrier takes the one of the header',
  );
  const packages = { ShipmentInfos: [carton('A'), carton('B')] };
  t.strictSame(
    problemsOf([line('ERP-SHIRT', 2), line('SOCK', 1)], { header: packages }),
    ['ShipmentInfos'],
    'of several packages in the header it cannot be told what is in which',
  );
  t.strictSame(packagesOf([line('SOCK', 1, [carton('A')])], { header: packages }), ['A: 20']);
});

await t.test('a line is found by its number, its SKU or its units', async (t) => {
  t.strictSame(
    packagesOf([line('SHIRT', 1, [carton('A')])]),
    ['A: 9'],
    'the merchant SKU in the supplier field',
  );
  t.strictSame(
    packagesOf([{ ItemIdentifier: { PartnerSKU: 'SHIRT' }, Quantity: 1, ShipmentInfos: [carton('A')] }]),
    ['A: 9'],
  );
  t.strictSame(
    packagesOf([{ ItemIdentifier: {}, LineNumber: 2, Quantity: 1, ShipmentInfos: [carton('A')] }]),
    ['A: 20'],
    'a line number that is written as a number',
  );
  t.strictSame(
    packagesOf([
      { ItemIdentifier: {}, ShipmentInfos: [carton('A')], ...attributes({ TikTokOrderLineId: '11,9' }) },
    ]),
    ['A: 9,11'],
    'unit ids alone say line and quantity',
  );
  t.strictSame(problemsOf([line('NOPE', 1, [carton('A')])]), ['ShipmentLines[0].ItemIdentifier.SupplierSKU']);
  t.strictSame(problemsOf([line('SOCK', 1, [carton('A')], { LineNumber: '7' })]), [
    'ShipmentLines[0].LineNumber',
  ]);
  t.strictSame(
    problemsOf([line('SOCK', 1, [carton('A')], { LineNumber: '1' })]),
    ['ShipmentLines[0].ItemIdentifier.SupplierSKU'],
    'number and SKU that do not agree',
  );
  const gift = order();
  gift.lines.push({ lineNumber: '3', supplierSku: 'SOCK', merchantSku: 'SOCK', skuId: 'sku-2' });
  gift.units.push(unit('30', '3', { skuId: 'sku-2' }));
  t.strictSame(problemsOf([line('SOCK', 1, [carton('A')])], { on: gift }), [
    'ShipmentLines[0].ItemIdentifier.SupplierSKU',
  ]);
  t.strictSame(packagesOf([line('SOCK', 1, [carton('A')], { LineNumber: '3' })], { on: gift }), ['A: 30']);
});

await t.test('unit ids choose, and an echo of all ids of the line limits nothing', async (t) => {
  const ids = (value: string) => attributes({ TikTokOrderLineId: value });
  t.strictSame(packagesOf([line('ERP-SHIRT', 1, [carton('A')], ids('11'))]), ['A: 11']);
  t.strictSame(packagesOf([line('ERP-SHIRT', 2, [carton('A')], ids('9,10,11'))]), ['A: 9,10']);
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 1, [carton('A')], ids('9,10,11'))], {
      on: order({ 9: { shipped: true } }),
    }),
    ['A: 10'],
    'what is shipped already is skipped',
  );
  t.strictSame(
    packagesOf([
      line('ERP-SHIRT', 1, [carton('A')]),
      line('ERP-SHIRT', 1, [carton('B', attributes({ TikTokOrderLineId: '9' }))]),
    ]),
    ['A: 10', 'B: 9'],
    'who names ids is served first',
  );
  t.strictSame(
    problemsOf([line('ERP-SHIRT', 1, [carton('A')], ids('20'))]),
    ['ShipmentLines[0].ExtendedAttributes.TikTokOrderLineId'],
    'the place is where the ids stand',
  );
  t.strictSame(problemsOf([line('ERP-SHIRT', 1, [carton('A', ids('20'))])]), [
    'ShipmentLines[0].ShipmentInfos[0].ExtendedAttributes.TikTokOrderLineId',
  ]);
});

await t.test('quantities that cannot be are refused with their place', async (t) => {
  for (const quantity of [0, -1, new JsonNumber('1.5'), '2']) {
    t.strictSame(
      problemsOf([line('SOCK', quantity, [carton('A')])]),
      ['ShipmentLines[0].Quantity'],
      String(quantity),
    );
  }
  t.strictSame(problemsOf([line('SOCK', 1, [carton('A', { Qty: 0 })])]), [
    'ShipmentLines[0].ShipmentInfos[0].Qty',
  ]);
  t.strictSame(problemsOf([line('SOCK', undefined, [carton('A')])]), ['ShipmentLines[0].Quantity']);
  t.strictSame(
    problemsOf([line('SOCK', 2, [carton('A')])]),
    ['ShipmentLines[0].Quantity'],
    'more than ordered',
  );
  t.strictSame(
    problemsOf([line('SOCK', 99, [carton('A', { Qty: 1 })])]),
    ['ShipmentLines[0].ShipmentInfos[0].Qty'],
    'the line says more than its carton',
  );
  t.strictSame(
    problemsOf([line('ERP-SHIRT', 2, [carton('A')]), line('ERP-SHIRT', 2, [carton('B')])]),
    ['ShipmentLines[1].Quantity'],
    'too much together',
  );
  for (const gone of [{ shipped: true }, { cancelled: true }, { shipmentKey: 5 }]) {
    t.strictSame(problemsOf([line('SOCK', 1, [carton('A')])], { on: order({ 20: gone }) }), [
      'ShipmentLines[0].Quantity',
    ]);
  }
  t.strictSame(
    packagesOf([line('ERP-SHIRT', 0, [carton('A', { Qty: 2 })])]),
    ['A: 9,10'],
    'unset beside a carton',
  );
  t.strictSame(
    problemsOf([line('ERP-SHIRT', 3, [carton('A', { Qty: 1 }), carton('B', { Qty: 1 })])]),
    ['ShipmentLines[0].Quantity'],
    'several cartons hold less than their line says',
  );
});

await t.test('a package needs a tracking number and a carrier', async (t) => {
  t.strictSame(problemsOf([line('SOCK', 1)]), [
    'ShipmentLines[0].ShipmentInfos[0].TrackingNumber',
    'ShipmentLines[0].ShipmentInfos[0].CarrierCode',
  ]);
  t.strictSame(problemsOf([line('SOCK', 1, [{ TrackingNumber: '  ', CarrierCode: 'UPS' }])]), [
    'ShipmentLines[0].ShipmentInfos[0].TrackingNumber',
  ]);
  t.strictSame(
    problemsOf([
      line('ERP-SHIRT', 1, [carton('A')]),
      line('SOCK', 1, [carton('A', { CarrierCode: 'USPS' })]),
    ]),
    ['ShipmentLines[1].ShipmentInfos[0].CarrierCode'],
    'one parcel with two carriers',
  );
  t.strictSame(
    problemsOf([line('NOPE', 1), line('SOCK', 5, [carton('A')])]),
    ['ShipmentLines[0].ItemIdentifier.SupplierSKU', 'ShipmentLines[1].Quantity'],
    'every problem is told at once',
  );
  t.strictSame(
    fieldsRefused(() => readShipment({ ShipmentLines: [] })),
    ['ShipmentLines', 'ShipmentNumber'],
  );
  t.strictSame(
    fieldsRefused(() => readShipment({ ShipmentNumber: '1', ShipmentDate: 'soon', ShipmentLines: [{}] })),
    ['ShipmentDate'],
  );
});

await t.test('where packages exist before shipping', async (t) => {
  const packed = order(Object.fromEntries(['9', '10', '11', '20'].map((id) => [id, { packageId: 'P1' }])));
  const all = [line('ERP-SHIRT', 3, [carton('A')]), line('SOCK', 1, [carton('A')])];
  const apart = [line('ERP-SHIRT', 3, [carton('A')]), line('SOCK', 1, [carton('B')])];
  t.match(plan(all, { on: packed, rules: indonesia }).packages, [
    { tiktokPackageId: 'P1', needsSplit: false },
  ]);
  t.match(plan(apart, { on: packed, rules: indonesia }).packages, [
    { tiktokPackageId: null, needsSplit: true },
    { tiktokPackageId: null, needsSplit: true },
  ]);
  t.strictSame(
    problemsOf([line('ERP-SHIRT', 2, [carton('A')])], { on: packed, rules: indonesia }),
    ['ShipmentLines[0].Quantity'],
    'a SKU stays together',
  );
  t.match(plan([line('SOCK', 1, [carton('B')])], { on: packed, rules: indonesia }).packages, [
    { needsSplit: true },
  ]);
  const split = order({
    ...Object.fromEntries(['9', '10', '11'].map((id) => [id, { packageId: 'P1' }])),
    20: { packageId: 'P2' },
  });
  t.match(plan(apart, { on: split, rules: indonesia }).packages, [
    { tiktokPackageId: 'P1', needsSplit: false },
    { tiktokPackageId: 'P2', needsSplit: false },
  ]);
  t.strictSame(
    problemsOf(all, { on: split, rules: indonesia }),
    ['ShipmentLines[0].ShipmentInfos[0].TrackingNumber'],
    'one tracking number for two packages',
  );
  const named = (id: string) => [line('SOCK', 1, [carton('B', attributes({ TikTokPackageId_: id }))])];
  t.match(plan(named('P2'), { on: split, rules: indonesia }).packages, [{ tiktokPackageId: 'P2' }]);
  t.strictSame(problemsOf(named('P1'), { on: split, rules: indonesia }), [
    'ShipmentLines[0].ShipmentInfos[0].ExtendedAttributes.TikTokPackageId_',
  ]);
  const wrong = attributes({ TikTokPackageId_: 'P1' });
  t.strictSame(
    problemsOf([line('SOCK', 1, [carton('B')], wrong)], { on: split, rules: indonesia }),
    ['ShipmentLines[0].ExtendedAttributes.TikTokPackageId_'],
    'named on the line, it is wrong there',
  );
  t.strictSame(
    problemsOf([line('SOCK', 1, [carton('B')])], { on: split, rules: indonesia, header: wrong }),
    ['ExtendedAttributes.TikTokPackageId_'],
    'and so on the header',
  );
  t.strictSame(
    packagesOf(named('P-old'), { on: order({ 20: { packageId: 'P-new' } }) }),
    ['B: 20'],
    'no meaning in the US',
  );
});

function hash(text: string): Promise<string> {
  return contentHash(parseJson(text) as { [name: string]: unknown });
}

await t.test('the same content has the same hash, however it is written', async (t) => {
  const base = await hash('{"ShipmentNumber":"1","ShipmentLines":[{"Quantity":1,"Price":1.50}]}');
  t.equal(
    await hash(
      '{"ShipmentLines":[{"Price":1.50,"Quantity":1,"Note":null}],"ShipmentNumber":"1","StatusCode":100}',
    ),
    base,
  );
  t.not(await hash('{"ShipmentNumber":"1","ShipmentLines":[{"Quantity":2,"Price":1.50}]}'), base);
  t.not(
    await hash('{"ShipmentNumber":"1","ShipmentLines":[{"Quantity":1,"Price":1.50}],"StatusCode":-1}'),
    base,
  );
});
