import t from 'tap';
import { firstObstacle } from '../../src/kernel/gate.js';
import { parseJson, writeJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { renderShipment } from '../../src/logicbroker/map-shipment.js';
import type { OrderUnit, ShopOrder } from '../../src/domain/order.js';
import { carrierAliases } from '../../src/shipments/carrier-aliases.js';
import { findOurPackage } from '../../src/shipments/compare-with-tiktok.js';
import { describeMismatch } from '../../src/shipments/carrier-mismatch.js';
import { matchProvider } from '../../src/shipments/match-provider.js';
import { shippingGates, type ShippingFacts } from '../../src/shipments/shipment-gates.js';
import { shipmentProgress } from '../../src/shipments/shipment-progress.js';
import { readSplit } from '../../src/shipments/split-effect.js';

const providers = [
  { id: '1', name: 'UPS' },
  { id: '2', name: 'USPS' },
  { id: '3', name: 'FedEx' },
  { id: '4', name: 'DHL eCommerce' },
  { id: '5', name: 'DHL express' },
  { id: '6', name: 'J&T Express' },
];

function match(hint: { providerId?: string; carrierCode?: string; classCode?: string }, list = providers) {
  const given = { path: 'P', providerId: null, carrierCode: null, classCode: null, ...hint };
  const result = matchProvider(given, list);
  return 'provider' in result ? result.provider.id : result.problem;
}

await t.test('a carrier is known by id, name or alias, and never by likeness', async (t) => {
  t.equal(match({ providerId: '3', carrierCode: 'UPS' }), '3', "TikTok's id wins");
  t.equal(match({ providerId: '99', carrierCode: 'UPS' }), 'unknown', 'an id off the list never falls back');
  t.equal(match({ providerId: 'fedex' }), '3', "a name in the id's place");
  for (const code of ['ups', ' U P S ', 'UPSN', 'ups_walleted'])
    t.equal(match({ carrierCode: code }), '1', code);
  for (const code of ['USPS', 'stamps_com']) t.equal(match({ carrierCode: code }), '2', code);
  t.equal(match({ carrierCode: 'FDEG' }), '3');
  t.equal(match({ carrierCode: 'jt express' }), '6', 'without punctuation');
  t.equal(match({ carrierCode: 'UP' }), 'unknown');
  t.equal(match({ carrierCode: 'USP' }), 'unknown');
  t.equal(match({ carrierCode: 'DHL' }), 'ambiguous');
  t.equal(match({ carrierCode: 'DHL', classCode: 'DHL eCommerce' }), '4', 'the ship method decides');
  t.equal(match({ carrierCode: 'DHL' }, providers.slice(0, 4)), '4', 'only one of them on the list');
  t.equal(match({ classCode: 'UPSN' }), '1');
  t.equal(match({ carrierCode: 'UPSN' }, [{ id: '2', name: 'USPS' }]), 'unknown');
  const text = describeMismatch(
    { problem: 'unknown', field: 'F', given: 'X', candidates: providers },
    { partnerId: 7002 },
  );
  t.match(text, { field: 'F', message: /UPS \(1\), USPS \(2\)/ });
});

await t.test('an alias that means one carrier is listed for one carrier only', async (t) => {
  const owners = new Map<string, number>();
  for (const { codes } of carrierAliases) {
    for (const code of new Set(codes.map((each) => each.toLowerCase()))) {
      owners.set(code, (owners.get(code) ?? 0) + 1);
    }
  }
  const shared = [...owners].filter(([, count]) => count > 1).map(([code]) => code);
  t.strictSame(shared, ['dhl']);
});

function facts(
  changes: Partial<ShippingFacts['order']> = {},
  more: Partial<ShippingFacts> = {},
): ShippingFacts {
  return {
    order: {
      state: 'exported',
      tiktokStatus: 'AWAITING_SHIPMENT',
      shipping: 'seller',
      fulfillment: 'seller',
      buyerRequestsCancel: false,
      answerBy: null,
      lines: [],
      units: [
        {
          unitId: '1',
          lineNumber: '1',
          skuId: 's',
          cancelled: false,
          shipped: false,
          shipmentKey: null,
          packageId: null,
          trackingNumber: null,
        },
      ],
      ...changes,
    },
    orderStatusCode: 200,
    connection: { status: 'active', statusReason: null, shopRegion: 'US' },
    cancellingKey: null,
    waitsFor: [],
    model: 'mark-shipped',
    ...more,
  };
}

function obstacle(given: ShippingFacts): string | null {
  return firstObstacle(shippingGates, given)?.gate ?? null;
}

function connectedAs(status: ShippingFacts['connection']['status']) {
  const connection = { status, statusReason: null, shopRegion: 'US' };
  return firstObstacle(shippingGates, facts({}, { connection }))?.outcome;
}

await t.test('gates name the reason why an order cannot be shipped', async (t) => {
  t.equal(obstacle(facts()), null);
  t.equal(obstacle(facts({ tiktokStatus: 'PARTIALLY_SHIPPING' })), null);
  const cases: [string, ShippingFacts][] = [
    ['order-exported', facts({ state: 'waiting' })],
    ['shipped-by-seller', facts({ shipping: 'tiktok' })],
    ['fulfilled-by-seller', facts({ fulfillment: 'tiktok' })],
    ['not-cancelled', facts({ tiktokStatus: 'CANCELLED' })],
    ['not-cancelled', facts({}, { orderStatusCode: 1100 })],
    ['not-being-cancelled', facts({}, { cancellingKey: 1002 })],
    ['not-on-hold', facts({ tiktokStatus: 'ON_HOLD' })],
    ['awaiting-shipment', facts({ tiktokStatus: 'IN_TRANSIT' })],
    ['awaiting-shipment', facts({ tiktokStatus: 'SOMETHING_NEW' })],
    ['units-free', facts({ units: [] })],
    ['region-known', facts({}, { model: null })],
  ];
  for (const [gate, given] of cases) t.equal(obstacle(given), gate, gate);
});

await t.test('a request to cancel stops a shipment everywhere but in the US', async (t) => {
  const asked = { buyerRequestsCancel: true };
  t.equal(firstObstacle(shippingGates, facts(asked)), null);
  const connection = { status: 'active', statusReason: null, shopRegion: 'ID' } as const;
  t.match(firstObstacle(shippingGates, facts(asked, { connection })), { gate: 'cancellation-request' });
});

await t.test(
  'a connection that must be authorised again makes a shipment wait, a closed one refuses it',
  async (t) => {
    t.equal(connectedAs('needs_reauthorization'), 'wait');
    t.equal(connectedAs('paused'), 'wait');
    t.equal(connectedAs('closed'), 'refuse');
    t.equal(connectedAs('draft'), 'refuse');
  },
);

function shown(units: Partial<OrderUnit>[]): ShopOrder {
  const blank = { cancelled: false, packageId: null, trackingNumber: null, shippedAt: null };
  return { units: units.map((unit) => ({ ...blank, ...unit })) } as unknown as ShopOrder;
}

await t.test('only our tracking number on our pieces counts as our shipment', async (t) => {
  const ours = { unitIds: ['1', '2'], trackingNumber: 'TN' };
  const state = (units: Partial<OrderUnit>[]) => findOurPackage(shown(units), ours).state;
  const packed = { trackingNumber: 'tn ', packageId: 'P', shippedAt: new Date() };
  t.equal(state([{ unitId: '1' }, { unitId: '2' }]), 'not-done');
  t.match(
    findOurPackage(
      shown([
        { unitId: '1', ...packed },
        { unitId: '2', ...packed },
      ]),
      ours,
    ),
    {
      state: 'done',
      result: { packageId: 'P' },
    },
  );
  t.equal(state([{ unitId: '1', ...packed }, { unitId: '2' }]), 'unknown');
  t.equal(
    state([
      { unitId: '1', ...packed },
      { unitId: '2', cancelled: true },
    ]),
    'done',
  );
  const elsewhere = { trackingNumber: 'X', shippedAt: new Date() };
  t.equal(state([{ unitId: '1', ...elsewhere }, { unitId: '2' }]), 'not-done', 'the rest can go');
  t.equal(
    state([
      { unitId: '1', ...elsewhere },
      { unitId: '2', ...elsewhere },
    ]),
    'refused',
  );
  t.equal(
    state([
      { unitId: '1', cancelled: true },
      { unitId: '2', cancelled: true },
    ]),
    'refused',
  );
  t.equal(findOurPackage(undefined, ours).state, 'unknown');
});

await t.test('a split is read back from the packages of the pieces', async (t) => {
  const groups = [
    { position: 1, unitIds: ['1', '2'] },
    { position: 2, unitIds: ['3'] },
  ];
  const at = (...packageIds: (string | null)[]) =>
    readSplit(
      shown(packageIds.map((packageId, index) => ({ unitId: String(index + 1), packageId }))),
      groups,
    );
  t.equal(at('P', 'P', 'P').state, 'not-done');
  t.match(at('A', 'A', 'B'), {
    state: 'done',
    result: [
      { position: 1, packageId: 'A' },
      { position: 2, packageId: 'B' },
    ],
  });
  t.equal(at('A', 'B', 'C').state, 'unknown', 'split otherwise, so a person has to look');
});

function pack(position: number, state: 'pending' | 'sent' | 'refused' | 'in_doubt') {
  return { position, trackingNumber: `T${position}`, state, reason: state === 'refused' ? 'No.' : null };
}

await t.test('a shipment is complete when every package is, and tells at once what went wrong', async (t) => {
  t.match(shipmentProgress([pack(1, 'sent'), pack(2, 'pending')]), { to: 200, errorMessage: null });
  t.match(shipmentProgress([pack(1, 'sent'), pack(2, 'sent')]), { to: 1000, errorMessage: null });
  t.match(shipmentProgress([pack(1, 'sent'), pack(2, 'refused')]), {
    to: 1200,
    errorMessage: /Package 2 \(T2\): No\./,
  });
  t.match(shipmentProgress([pack(1, 'pending'), pack(2, 'refused')]), { to: 200, errorMessage: /No\./ });
  t.match(shipmentProgress([pack(1, 'in_doubt')]), { to: 200, errorMessage: /In doubt/ });
});

await t.test(
  'the document keeps all that the ERP sent, digit by digit, and gains what was decided',
  async (t) => {
    const input = parseJson(
      '{"StatusCode":-1,"Identifier":{"SourceKey":"mine"},"ShipmentNumber":"S","Custom":{"a":1.50},' +
        '"ShipmentLines":[{"ItemIdentifier":{"SupplierSKU":"M","UPC":"1"},"Price":19.90,"ShipmentInfos":' +
        '[{"TrackingNumber":"T1","Weight":2.0,"Qty":2}]}],"ExtendedAttributes":[{"Name":"Mine","Value":"1"}]}',
    ) as JsonObject;
    const path = 'ShipmentLines[0].ShipmentInfos[0]';
    const text = writeJson(
      renderShipment({
        key: 1002,
        companyId: 7001,
        partnerId: 7002,
        statusCode: 200,
        order: {
          linkKey: 'L-1001',
          sourceKey: '576',
          partnerPo: '576',
          orderNumber: '576',
          lines: [{ lineNumber: '1', supplierSku: 'ERP', merchantSku: 'M' }],
        },
        documentDate: new Date('2026-11-01T10:00:00Z'),
        shipmentDate: new Date('2026-11-01T09:00:00Z'),
        input,
        parts: [{ path, linePath: 'ShipmentLines[0]', lineNumber: '1', unitIds: ['8', '9'], position: 1 }],
        packages: [{ position: 1, trackingNumber: 'T1', tiktokPackageId: '1153' }],
      }),
    );
    t.ok(text.startsWith('{"StatusCode":200,'));
    t.match(text, '"Price":19.90');
    t.match(text, '"Custom":{"a":1.50}');
    t.match(JSON.parse(text), {
      Identifier: { SourceKey: 'mine', LogicbrokerKey: '1002', LinkKey: 'L-1001' },
      SenderCompanyId: 7001,
      ReceiverCompanyId: 7002,
      PartnerPO: '576',
      ShipmentDate: '2026-11-01T09:00:00Z',
      ShipmentLines: [
        {
          ItemIdentifier: { SupplierSKU: 'ERP', PartnerSKU: 'M', UPC: '1' },
          LineNumber: '1',
          Quantity: 2,
          ShipmentInfos: [
            {
              TrackingNumber: 'T1',
              ContainerCode: 'T1',
              Qty: 2,
              ExtendedAttributes: [{ Name: 'TikTokPackageId_', Value: '1153' }],
            },
          ],
          ExtendedAttributes: [{ Name: 'TikTokOrderLineId', Value: '8,9' }],
        },
      ],
      ExtendedAttributes: [
        { Name: 'Mine', Value: '1' },
        { Name: 'TikTokPackageId_', Value: '1153' },
      ],
    });
  },
);
