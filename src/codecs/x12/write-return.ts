import { object, objects, text, type JsonObject } from '../../logicbroker/json-reading.js';
import {
  attributeLines,
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
import { unitOf } from './write-order.js';

const LONGEST_N9 = 45;
const MOST_OF_HEAD = 10;
const MOST_OF_LINE = 20;
const LONGEST_NOTE = 80;
const MOST_NOTES = 5;
/** What a seller has to act upon goes before what is good to know: the head has room for ten. */
const FIRST = [
  'TikTokNextAction',
  'TikTokResponseDeadline',
  'TikTokReturnType',
  'TikTokReturnTrackingId',
  'TikTokReturnProviderName',
  'Refund_Amount',
  'Refund_Currency',
  'TikTokReturnStatus',
];

/** A return that a buyer asks for, as a merchandise return (180). @throws AppError rule-violated */
export function writeReturn(document: JsonObject, partner: X12Partner): WrittenSet {
  const { codes } = partner;
  const lines = objects(document['ReturnLines']);
  const head = attributeLines(document, 'N9', LONGEST_N9).toSorted((a, b) => rankOf(a) - rankOf(b));
  const note = text(document['Note']);
  const notes = note === null ? [] : pieces(note.replaceAll(/\s/g, ' '), LONGEST_NOTE);
  const drafts: DraftLine[] = [
    ['BGN', '00', exact(document['ReturnNumber']), dayOf(document['ReturnDate'] ?? document['DocumentDate'])],
    [
      'PRF',
      exact(document['PartnerPO'] ?? document['OrderNumber']),
      null,
      null,
      dayOf(document['OrderDate']),
    ],
    ...head.slice(0, MOST_OF_HEAD),
    ...notes.slice(0, MOST_NOTES).map((part): DraftLine => ['NTE', 'ADD', part]),
    ...partyLines('ST', object(document['ShipToAddress'])),
    ...lines.flatMap((line) => returnLine(line, partner)),
    ...(codes.countsReturnLines ? [['CTT', String(lines.length)] as const] : []),
  ];
  const { body, remarks } = finishSet('180', drafts, partner);
  const left = head.slice(MOST_OF_HEAD).map(nameOf);
  if (left.length > 0)
    remarks.push(`left out, since the head has room for ${MOST_OF_HEAD} attributes: ${left.join(', ')}`);
  if (notes.length > MOST_NOTES) remarks.push(`the note is cut to ${MOST_NOTES * LONGEST_NOTE} characters`);
  return { body, remarks };
}

function nameOf([, , name]: DraftLine): string {
  return typeof name === 'string' ? name : '';
}

function rankOf(line: DraftLine): number {
  const at = FIRST.indexOf(nameOf(line));
  return at === -1 ? FIRST.length : at;
}

function returnLine(line: JsonObject, { codes }: X12Partner): DraftLine[] {
  const item = object(line['ItemIdentifier']);
  const price = decimalOf(line['Price']);
  const supplier = exact(item['SupplierSKU']) ?? exact(item['PartnerSKU']);
  const partnerSku = exact(item['PartnerSKU']);
  const reason = text(line['ReturnReason']);
  const code = text(line['ReturnReasonCode']);
  const description = text(line['Description']);
  const isSupplier = text(item['SupplierSKU']) !== null;
  return [
    [
      'BLI',
      isSupplier ? codes.supplierSku[0] : codes.partnerSku[0],
      supplier,
      decimalOf(line['Quantity']),
      unitOf(line),
      // UNCONFIRMED: PUR as the basis of the price, as in a public sample.
      price && 'PUR',
      price === null ? null : { exact: price },
      null,
      ...(isSupplier && partnerSku ? ['IN', partnerSku] : []),
    ],
    ...attributeLines(line, 'N9', LONGEST_N9).slice(0, MOST_OF_LINE),
    ...(description === null ? [] : [['PID', 'F', null, null, null, description] as const]),
    ['RDR', 'CR', code?.length === 2 ? code : null, null, reason],
  ];
}
