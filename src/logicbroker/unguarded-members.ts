import { parseJson, writeJson } from '../formats/json.js';
import { object, objects, type JsonObject } from './json-reading.js';

/** Empty texts: clients that copy an address field by field stop at the first one that is not there. */
const emptyContact: JsonObject = {
  CompanyName: '',
  FirstName: '',
  LastName: '',
  Address1: '',
  Address2: '',
  City: '',
  State: '',
  Zip: '',
  Country: '',
  Phone: '',
  Email: '',
};

const ADDRESSES = [
  'ShipToAddress',
  'BillToAddress',
  'OrderedByAddress',
  'ShipFromAddress',
  'RemitToAddress',
  'MarkForAddress',
];

const emptyOrder: JsonObject = {
  SupplierPO: '',
  Note: '',
  HandlingAmount: 0,
  DropshipAmount: 0,
  PaymentTerm: {},
  Discounts: [],
  Taxes: [],
  HandlingTaxes: [],
  Payments: [],
  ShipmentInfos: [],
  ExtendedAttributes: [],
};

const emptyLine: JsonObject = {
  Description: '',
  Note: '',
  Discounts: [],
  Taxes: [],
  ShipmentInfos: [],
  ExtendedAttributes: [],
};

/**
 * An order's text with the members that clients of Logicbroker's read without asking whether they are there (found in
 * clients that others wrote): empty, and behind what the order has. What is there stays as it is, with every digit.
 */
export function withUnguardedMembers(text: string): string {
  const order = parseJson(text) as JsonObject;
  const addresses = ADDRESSES.map((name) => [
    name,
    { ...object(order[name]), ...missing(emptyContact, object(order[name])) },
  ]);
  const lines = objects(order['OrderLines']).map((line) => ({ ...line, ...missing(emptyLine, line) }));
  return writeJson({
    ...order,
    ...(Object.fromEntries(addresses) as JsonObject),
    OrderLines: lines,
    ...missing(emptyOrder, order),
  });
}

function missing(empty: JsonObject, given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(empty).filter(([name]) => !Object.hasOwn(given, name)));
}
