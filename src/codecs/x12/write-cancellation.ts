import { AppError } from '../../kernel/errors.js';
import { object, objects, text, type JsonObject } from '../../logicbroker/json-reading.js';
import {
  attributeLines,
  dayOf,
  decimalOf,
  exact,
  finishSet,
  type DraftLine,
  type WrittenSet,
} from './draft.js';
import type { X12Partner } from './partner.js';
import { unitOf } from './write-order.js';

const LONGEST_REF = 80;
/** Logicbroker's number of an acknowledgement that refuses the whole order. */
const REJECTED = 2;

/**
 * An acknowledgement by which a buyer's cancellation reaches the seller, as the set that the partner's profile names.
 * @throws AppError configuration-invalid where it names none: a seller who does not hear of it ships the order
 */
export function writeCancellation(document: JsonObject, partner: X12Partner): WrittenSet {
  const { cancellations } = partner.codes;
  if (cancellations === null) {
    throw new AppError(
      'configuration-invalid',
      'A cancellation cannot be delivered by X12: the profile names no set for it.',
      {
        details: [
          {
            field: 'cancellations',
            message: 'is empty',
            next: 'Choose 860 or 855 in the profile of the partner',
          },
        ],
      },
    );
  }
  return finishSet(
    cancellations,
    cancellations === '860' ? change(document, partner) : rejection(document, partner),
    partner,
  );
}

/** UNCONFIRMED: BCH01 01 cancels, 04 changes; POC02 DI takes a line out, QD lessens it. The sets are X12's, no guide was read. */
function change(document: JsonObject, { codes }: X12Partner): DraftLine[] {
  const lines = objects(document['AckLines']);
  const isWhole = Number(document['Type'] ?? REJECTED) === REJECTED;
  return [
    [
      'BCH',
      isWhole ? '01' : '04',
      'DS',
      exact(document['PartnerPO']),
      null,
      null,
      dayOf(document['OrderDate'] ?? document['AcknowledgementDate']),
      null,
      null,
      null,
      null,
      dayOf(document['AcknowledgementDate']),
    ],
    ...reason(document),
    ...lines.map((line, index): DraftLine => {
      const cancelled = decimalOf(line['QuantityCancelled']);
      return [
        'POC',
        exact(text(line['LineNumber']) ?? String(index + 1)),
        isWhole ? 'DI' : 'QD',
        cancelled,
        null,
        unitOf(line),
        null,
        null,
        ...ids(line, codes),
      ];
    }),
    ['CTT', String(lines.length)],
  ];
}

function rejection(document: JsonObject, { codes }: X12Partner): DraftLine[] {
  const lines = objects(document['AckLines']);
  const isWhole = Number(document['Type'] ?? REJECTED) === REJECTED;
  return [
    [
      'BAK',
      '00',
      isWhole ? 'RD' : 'AC',
      exact(document['PartnerPO']),
      dayOf(document['AcknowledgementDate']),
      null,
      null,
      null,
      exact(document['AcknowledgementNumber']),
      dayOf(document['OrderDate']),
    ],
    ...reason(document),
    ...lines.flatMap((line, index): DraftLine[] => {
      const cancelled = decimalOf(line['QuantityCancelled']);
      const unit = unitOf(line);
      return [
        [
          'PO1',
          exact(text(line['LineNumber']) ?? String(index + 1)),
          cancelled,
          unit,
          null,
          null,
          ...ids(line, codes),
        ],
        ['ACK', 'IR', cancelled, unit],
      ];
    }),
    ['CTT', String(lines.length)],
  ];
}

function reason(document: JsonObject): DraftLine[] {
  const said = text(document['ChangeReason']);
  return [
    ...(said === null ? [] : [['REF', 'ZZ', 'ChangeReason', said] as const]),
    ...attributeLines(document, 'REF', LONGEST_REF),
  ];
}

function ids(line: JsonObject, codes: X12Partner['codes']): DraftLine[number][] {
  const item = object(line['ItemIdentifier']);
  const supplier = exact(item['SupplierSKU']);
  const partnerSku = exact(item['PartnerSKU']);
  return [
    ...(supplier ? [codes.supplierSku[0], supplier] : []),
    ...(partnerSku ? [codes.partnerSku[0], partnerSku] : []),
  ];
}
