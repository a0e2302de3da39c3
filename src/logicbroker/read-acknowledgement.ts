import type { AcknowledgementInput, AckLine } from '../domain/acknowledgement.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { checkLength, wholePieces } from './field-reading.js';
import { isNumberText, object, objects, text, type JsonObject } from './json-reading.js';

/**
 * A v3 Acknowledgement in our words (Logicbroker: Acknowledgement standard).
 * @throws AppError invalid-document with every value that cannot be read
 */
export function readAcknowledgement(document: JsonObject): AcknowledgementInput {
  const problems: ErrorDetail[] = [];
  const lines = objects(document['AckLines']);
  if (lines.length === 0) problems.push({ field: 'AckLines', message: 'required: at least one line' });
  const acknowledgementNumber = text(document['AcknowledgementNumber']);
  if (acknowledgementNumber === null) {
    problems.push({
      field: 'AcknowledgementNumber',
      message: 'required: your own number of this acknowledgement',
    });
  }
  checkLength(acknowledgementNumber, 'AcknowledgementNumber', problems);
  const identifier = object(document['Identifier']);
  const input: AcknowledgementInput = {
    acknowledgementNumber: acknowledgementNumber ?? '',
    order: {
      linkKey: text(identifier['LinkKey']),
      partnerPo: text(document['PartnerPO']),
      sourceKey: text(identifier['SourceKey']),
    },
    type: typeOf(document),
    reason: text(document['ChangeReason']),
    lines: lines.map((line, index) => readLine(line, `AckLines[${index}]`, problems)),
  };
  if (problems.length > 0)
    throw new AppError('invalid-document', 'The acknowledgement cannot be read.', { details: problems });
  return input;
}

function readLine(line: JsonObject, path: string, problems: ErrorDetail[]): AckLine {
  const item = object(line['ItemIdentifier']);
  const pieces = (name: string) => wholePieces(line[name], `${path}.${name}`, problems);
  return {
    path,
    type: typeOf(line),
    lineNumber: text(line['LineNumber']),
    supplierSku: text(item['SupplierSKU']),
    merchantSku: text(item['PartnerSKU']),
    reason: text(line['ChangeReason']),
    accepted: pieces('Quantity'),
    cancelled: pieces('QuantityCancelled'),
    backordered: pieces('QuantityBackordered'),
  };
}

/** The schema has seen to it that it is a number from 0 to 3. */
function typeOf(holder: JsonObject): number | null {
  const type = holder['Type'];
  return typeof type === 'number' || isNumberText(type) ? Number(type) : null;
}
