import { sumDecimals } from '../../kernel/money.js';
import { object, objects, text, type JsonObject } from '../../logicbroker/json-reading.js';
import {
  attributeLines,
  centsOf,
  dayOf,
  decimalOf,
  exact,
  finishSet,
  pieces,
  type DraftLine,
  type WrittenSet,
} from './draft.js';
import { partyLines } from './party.js';
import type { X12Partner } from './partner.js';

const LONGEST_REF = 80;
const LONGEST_MESSAGE = 264;

/** An order as a purchase order (850), by the places that docs/edi.md lists. @throws AppError rule-violated */
export function writeOrder(order: JsonObject, partner: X12Partner): WrittenSet {
  const lines = objects(order['OrderLines']);
  const total = decimalOf(order['TotalAmount']);
  const pieceCount = sumDecimals(lines.map((line) => decimalOf(line['Quantity'])));
  const drafts: DraftLine[] = [
    [
      'BEG',
      '00',
      exact(text(order['TypeCode']) ?? 'DS'),
      exact(order['PartnerPO'] ?? order['OrderNumber']),
      null,
      dayOf(order['OrderDate'] ?? order['DocumentDate']),
    ],
    ...whole('CUR', 'ZZ', exact(order['Currency'])),
    ...whole('REF', 'CO', exact(order['OrderNumber'])),
    ...whole('REF', 'IT', exact(order['CustomerNumber'])),
    ...attributeLines(order, 'REF', LONGEST_REF),
    ...charges(order),
    ...whole('DTM', '010', dayOf(order['RequestedShipDate'])),
    ...whole('DTM', '037', dayOf(order['DoNotShipBefore'])),
    ...whole('DTM', '001', dayOf(order['DoNotShipAfter'])),
    ...whole('DTM', '002', dayOf(order['ExpectedDeliveryDate'])),
    ...carrier(objects(order['ShipmentInfos'])[0]),
    ...taxes(order),
    ...note(order, partner),
    ...partyLines('ST', object(order['ShipToAddress'])),
    ...partyLines('BT', object(order['BillToAddress'])),
    ...lines.flatMap((line, index) => orderLine(line, index, partner)),
    ['CTT', String(lines.length), pieceCount],
    ...whole('AMT', 'TT', total === null ? null : { exact: total }),
  ];
  return finishSet('850', drafts, partner);
}

/** Nothing without its value. */
function whole(name: string, code: string, value: DraftLine[1] | ReturnType<typeof exact>): DraftLine[] {
  return value === null || value === undefined ? [] : [[name, code, value]];
}

/** What is added to the goods and taken off: shipping, handling, discounts. Amounts have no point. */
function charges(order: JsonObject): DraftLine[] {
  const costs = objects(order['ShipmentInfos']).map((info) => ({
    code: 'G821',
    amount: centsOf(info['ShipmentCost']),
    name: null,
  }));
  const handling = { code: 'G821', amount: centsOf(order['HandlingAmount']), name: 'Handling' };
  const discounts = objects(order['Discounts']).map((discount) => ({
    amount: centsOf(discount['DiscountAmount']),
    name: text(discount['DiscountName']),
  }));
  return [
    ...[...costs, handling].filter(isAmount).map(({ code, amount, name }) => charge('C', code, amount, name)),
    // UNCONFIRMED: C310 for discounts; Logicbroker's guide shows none.
    ...discounts.filter(isAmount).map(({ amount, name }) => charge('A', 'C310', amount, name)),
  ];
}

function isAmount<T extends { amount: string | null }>(one: T): one is T & { amount: string } {
  return one.amount !== null && !/^-?0*$/.test(one.amount);
}

function charge(kind: string, code: string, amount: string, name: string | null): DraftLine {
  const between = Array.from({ length: 9 }, () => null);
  return ['SAC', kind, code, null, null, { exact: amount }, ...between, name];
}

function carrier(info: JsonObject | undefined): DraftLine[] {
  const code = exact(info?.['CarrierCode']);
  const service = text(info?.['ServiceLevelDescription']);
  const level = text(info?.['ServiceLevelCode']);
  if (code === null && service === null) return [];
  const short = level?.length === 2 ? level : null;
  return [['TD5', null, code && '2', code, null, service, null, null, null, null, null, null, short]];
}

function taxes(holder: JsonObject): DraftLine[] {
  return objects(holder['Taxes']).flatMap((tax): DraftLine[] => {
    const amount = decimalOf(tax['TaxAmount']);
    return amount === null ? [] : [['TXI', 'TX', { exact: amount }]];
  });
}

/** From 005010 on messages are MTX. UNCONFIRMED: its second element, which no table here has. */
function note(order: JsonObject, { envelope }: X12Partner): DraftLine[] {
  const said = text(order['Note']);
  if (said === null) return [];
  const parts = pieces(said.replaceAll(/\s/g, ' '), LONGEST_MESSAGE);
  const isLate = envelope.version >= '005';
  return [
    ['N9', 'L1', 'GFT'],
    ...parts.map((part): DraftLine => (isLate ? ['MTX', null, part] : ['MSG', part])),
  ];
}

function orderLine(line: JsonObject, index: number, { codes }: X12Partner): DraftLine[] {
  const item = object(line['ItemIdentifier']);
  const retail = decimalOf(line['RetailPrice']);
  const price = decimalOf(line['Price']);
  const description = text(line['Description']);
  const ids = [
    [codes.supplierSku[0], exact(item['SupplierSKU'])],
    [codes.partnerSku[0], exact(item['PartnerSKU'])],
    [codes.upc[0], exact(item['UPC'])],
  ] as const;
  return [
    [
      'PO1',
      exact(text(line['LineNumber']) ?? String(index + 1)),
      decimalOf(line['Quantity']),
      unitOf(line),
      price === null ? null : { exact: price },
      null,
      ...ids.flatMap(([qualifier, id]) => (qualifier && id ? [qualifier, id] : [])),
    ],
    // UNCONFIRMED: RTL for the price before discounts.
    ...(retail === null ? [] : [['CTP', null, 'RTL', { exact: retail }] as const]),
    ...(description === null ? [] : [['PID', 'F', null, null, null, description] as const]),
    ...attributeLines(line, 'REF', LONGEST_REF),
    ...taxes(line),
  ];
}

export function unitOf(line: JsonObject): string {
  const unit = text(line['QuantityUOM']);
  return unit?.length === 2 ? unit : 'EA';
}
