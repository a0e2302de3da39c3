import { stateCode } from '../../codecs/x12/states.js';
import { xmlElement, xmlText } from '../../formats/xml-writer.js';
import { renderAmount, type DecimalString } from '../../kernel/money.js';
import { toIsoSeconds } from '../../kernel/time.js';
import type { OrderLine } from '../../domain/order.js';
import type { OrderRecord } from '../../orders/order-record.js';
import type { PackAddress, PackStanding } from './order-standing.js';
import { usTime } from './us-dates.js';

/** An order as an element of ShipStation's Orders document (Custom Store; the schema is in test/fixtures/shipstation). */
export interface WrittenOrder {
  key: number;
  changedAt: Date;
  record: Pick<
    OrderRecord,
    'order' | 'lines' | 'units' | 'cancelRequest' | 'together' | 'constantAttributes'
  >;
  standing: PackStanding;
  /** ShipStation's word for the state. */
  status: string;
  /** What the three custom fields show. */
  customFields: readonly string[];
  /** The seller's code by TikTok's id of a warehouse. */
  warehouseCodes: Readonly<Record<string, string>>;
}

/** Lengths of the schema; of names and addresses what is longer is cut, of SKUs and ids never. */
const LONGEST = { id: 50, name: 100, line: 200, city: 100, zip: 50, phone: 50, note: 1000, field: 100 };
const MOST_PAGES = 32_767;
/** A cancellation has to come through although nothing is known of the buyer any more. */
const FORGOTTEN: PackAddress = {
  name: 'Removed',
  line1: 'Removed',
  line2: '',
  city: 'Removed',
  state: '',
  postalCode: 'Removed',
  country: 'US',
};

/** The parts of an Orders document, one after the other: none of them is larger than an order. */
export function* ordersXml(orders: Iterable<WrittenOrder>, pages: number): Generator<string> {
  yield `<?xml version="1.0" encoding="utf-8"?>\n<Orders pages="${Math.min(pages, MOST_PAGES)}">\n`;
  for (const order of orders) yield `${orderXml(order)}\n`;
  yield '</Orders>\n';
}

function orderXml(written: WrittenOrder): string {
  const { key, changedAt, record, standing, status, customFields, warehouseCodes } = written;
  const { order } = record;
  const { amounts, currency } = order;
  const money = (name: string, value: DecimalString | null) =>
    value === null ? '' : xmlElement(name, renderAmount(value, currency));
  const [field1 = '', field2 = '', field3 = ''] = customFields.map((name) => fieldOf(written, name));
  return xmlElement(
    'Order',
    textOf('OrderID', String(key)) +
      textOf('OrderNumber', order.tiktokOrderId) +
      textOf('OrderDate', usTime(order.createdAt)) +
      textOf('OrderStatus', status) +
      textOf('LastModified', usTime(changedAt)) +
      optional('ShippingMethod', order.deliveryOptionName, LONGEST.field) +
      optional('PaymentMethod', order.paymentMethod, LONGEST.id) +
      xmlElement('OrderTotal', renderAmount(amounts.total ?? '0', currency)) +
      money('TaxAmount', amounts.tax) +
      money('ShippingAmount', amounts.shippingFee) +
      optional('CustomerNotes', order.buyerMessage, LONGEST.note) +
      optional('InternalNotes', internalNotes(written).join('\n'), LONGEST.note) +
      optional('CustomField1', field1, LONGEST.field) +
      optional('CustomField2', field2, LONGEST.field) +
      optional('CustomField3', field3, LONGEST.field) +
      optional('RequestedWarehouse', warehouseCodes[order.warehouseId ?? ''], LONGEST.field) +
      textOf('Source', 'TikTok Shop') +
      customer(written) +
      xmlElement(
        'Items',
        record.lines.map((line) => item(line, standing.pieces.get(line.lineNumber) ?? 0, currency)).join(''),
      ),
  );
}

function customer({ record: { order }, standing }: WrittenOrder): string {
  const { name, line1, line2, city, state, postalCode, country } = standing.address ?? FORGOTTEN;
  const email = plain(order.buyerEmail);
  const phone = optional('Phone', plain(order.recipient?.phone ?? null), LONGEST.phone);
  return xmlElement(
    'Customer',
    // TikTok names its buyers to nobody.
    textOf('CustomerCode', cut(email ?? order.tiktokOrderId, LONGEST.name)) +
      xmlElement(
        'BillTo',
        textOf('Name', cut(name, LONGEST.name)) + phone + (email === null ? '' : textOf('Email', email)),
      ) +
      xmlElement(
        'ShipTo',
        textOf('Name', cut(name, LONGEST.name)) +
          textOf('Address1', cut(line1, LONGEST.line)) +
          optional('Address2', line2, LONGEST.line) +
          textOf('City', cut(city, LONGEST.city)) +
          optional('State', country === 'US' ? (stateCode(state) ?? state) : state, LONGEST.city) +
          textOf('PostalCode', cut(postalCode, LONGEST.zip)) +
          textOf('Country', country.toUpperCase()) +
          phone,
      ),
  );
}

function item(line: OrderLine, quantity: number, currency: string): string {
  if (quantity === 0) return '';
  const { lineNumber, supplierSku, productName, skuName, isGift, salePrice, originalPrice, bundle } = line;
  const options = [
    ['Variation', skuName],
    ['Gift', isGift ? 'yes' : ''],
    ['Bundle', bundle?.name ?? ''],
  ].flatMap(([name = '', value = '']) =>
    value === ''
      ? []
      : [xmlElement('Option', textOf('Name', name) + textOf('Value', cut(value, LONGEST.field)))],
  );
  return xmlElement(
    'Item',
    textOf('LineItemID', lineNumber) +
      textOf('SKU', supplierSku) +
      textOf('Name', cut(productName || supplierSku, LONGEST.line)) +
      xmlElement('Quantity', String(quantity)) +
      xmlElement('UnitPrice', renderAmount(salePrice ?? originalPrice ?? '0', currency)) +
      (options.length > 0 ? xmlElement('Options', options.join('')) : ''),
  );
}

/** What a packer has to know, most urgent first: the field has an end. */
function internalNotes({ record, standing }: WrittenOrder): string[] {
  const { order, cancelRequest, together } = record;
  const hold = standing.state === 'on-hold' ? standing.obstacle : null;
  return [
    hold ? `Do not ship: ${hold.reason}` : '',
    cancelRequest?.answerBy
      ? `TikTok cancels it by itself on ${toIsoSeconds(cancelRequest.answerBy)} when nobody answers.`
      : '',
    order.shipBy ? `Ship by ${toIsoSeconds(order.shipBy)}.` : '',
    together.length > 0 ? `Travels with ${together.join(', ')}.` : '',
    order.sellerNote ?? '',
  ].filter((text) => text !== '');
}

/** What a custom field is set to (setting shipStationCustomFields); other words name an attribute that the shop adds to its orders. */
function fieldOf({ key, record }: WrittenOrder, name: string): string {
  const { order, units, together, constantAttributes } = record;
  switch (name) {
    case 'LogicbrokerKey':
      return String(key);
    case 'TikTokPackageId':
      return [...new Set([...order.packageIds, ...units.flatMap(({ packageId }) => packageId ?? [])])].join(
        ',',
      );
    case 'TikTokOrderLineId':
      return wholeIds(units.filter(({ cancelled }) => !cancelled).map(({ unitId }) => unitId));
    case 'TikTokDeliveryOptionId':
      return order.deliveryOptionId ?? '';
    case 'TikTokWarehouseId':
      return order.warehouseId ?? '';
    case 'TikTokOrderType':
      return order.orderType;
    case 'ShipBy':
      return order.shipBy ? toIsoSeconds(order.shipBy) : '';
    case 'TravelsWith':
      return wholeIds(together);
    default:
      return constantAttributes.find((each) => each.name === name && each.line === undefined)?.value ?? '';
  }
}

/** As many as the field takes: a cut id is another id. */
function wholeIds(ids: readonly string[]): string {
  let text = '';
  for (const id of ids) {
    const longer = text === '' ? id : `${text},${id}`;
    if (longer.length > LONGEST.field) return text;
    text = longer;
  }
  return text;
}

/** Null for what TikTok has masked. */
function plain(text: string | null): string | null {
  return text === null || text === '' || text.includes('*') ? null : text;
}

function textOf(name: string, text: string): string {
  return xmlElement(name, xmlText(text));
}

function optional(name: string, text: string | null | undefined, longest: number): string {
  return text == null || text.trim() === '' ? '' : textOf(name, cut(text, longest));
}

/** Readers count characters of one or of two units: within both. Half a character is none. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\ud800-\udbff]$/, '');
}
