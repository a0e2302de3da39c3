import { list, text } from './json-members.js';

/**
 * Members that clients of Logicbroker's read without asking whether they are there (found in clients that others wrote): where
 * an order has nothing to say, they are there and empty.
 */

/** `member` as it is, or an empty text, list or number in its place. */
export function orEmpty(member: string, name: string, empty: '""' | '[]' | '0' = '""'): string {
  return member === '' ? `,"${name}":${empty}` : member;
}

export function textOrEmpty(name: string, value: string | null | undefined): string {
  return orEmpty(text(name, value), name);
}

export function listOrEmpty(name: string, items: readonly string[]): string {
  return orEmpty(list(name, items), name, '[]');
}

/** Of an address nothing is known: clients copy it field by field, and stop at the first one that is not there. */
const nobodyMembers = [
  'CompanyName',
  'FirstName',
  'LastName',
  'Address1',
  'Address2',
  'City',
  'State',
  'Zip',
  'Country',
  'Phone',
  'Email',
].map((name) => orEmpty('', name));

const nobody = `{${nobodyMembers.join('').slice(1)}}`;

/** Addresses that TikTok has none of. */
export const otherAddresses = [
  'BillToAddress',
  'OrderedByAddress',
  'ShipFromAddress',
  'RemitToAddress',
  'MarkForAddress',
]
  .map((name) => `,"${name}":${nobody}`)
  .join('');

/** What TikTok never says of an order, and of a line. */
export const neverOfOrder = ',"SupplierPO":"","DropshipAmount":0,"PaymentTerm":{},"HandlingTaxes":[]';
export const neverOfLine = ',"Note":"","ShipmentInfos":[]';
