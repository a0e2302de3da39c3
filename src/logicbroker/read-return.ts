import { StatusCode } from './statuses.js';
import { AppError, type ErrorDetail } from '../kernel/errors.js';
import type { AnswerInput, AnswerLine, StatedAmount } from '../domain/return-answer.js';
import { isNumberText, object, objects, text, type JsonObject } from './json-reading.js';

/** Statuses by which an answer says what it is. */
const says: Readonly<Record<number, AnswerInput['says']>> = {
  [StatusCode.responseReceived]: 'accept',
  [StatusCode.complete]: 'refund',
};
/** What a document had when it was read, or that it is new: says nothing. */
const SILENT: readonly number[] = [
  StatusCode.new,
  StatusCode.submitted,
  StatusCode.underReview,
  StatusCode.processing,
];
const NO_STATUSES: readonly number[] = [StatusCode.cancelled, StatusCode.failed, StatusCode.ignored];
/** Attributes in which a document may say no, and how. */
const DECISION_NAME = /^(return|refund)?_?(decision|response|action|status|answer)$/i;
const NO = /\b(reject|refus|den(y|ied)|declin)/i;
const REFUND_AMOUNT = 'refund_amount';
/** TikTok's ids are short; PostgreSQL's index takes no page of text. */
const LONGEST_NAME = 200;

/**
 * A v3 Return that a seller posts, in our words.
 * @throws AppError invalid-document with every value that cannot be read
 */
export function readReturn(document: JsonObject): AnswerInput {
  const problems: ErrorDetail[] = [];
  const identifier = object(document['Identifier']);
  const returnNumber = text(document['ReturnNumber']);
  if (returnNumber === null) {
    problems.push({ field: 'ReturnNumber', message: "required: TikTok's id of the return request" });
  } else if (returnNumber.length > LONGEST_NAME) {
    problems.push({ field: 'ReturnNumber', message: `must have at most ${LONGEST_NAME} characters` });
  }
  const status = numberOf(document['StatusCode']);
  checkStatus(status, problems);
  const input: AnswerInput = {
    returnNumber: returnNumber ?? '',
    linkKey: text(identifier['LinkKey']),
    partnerPo: text(document['PartnerPO']),
    says: status === null ? null : (says[status] ?? null),
    refusedAt: refusedAt(document, status),
    refund: amountOf(document, ''),
    lines: objects(document['ReturnLines']).map((line, index) => readLine(line, index, problems)),
  };
  if (problems.length > 0) {
    throw new AppError('invalid-document', 'The return cannot be read.', { details: problems });
  }
  return input;
}

function checkStatus(status: number | null, problems: ErrorDetail[]): void {
  const known =
    status === null || Object.hasOwn(says, status) || [...SILENT, ...NO_STATUSES].includes(status);
  if (known) return;
  problems.push({
    field: 'StatusCode',
    message:
      '600 accepts the request, 1000 confirms the goods, and TikTok refunds the buyer; nothing else is an answer',
  });
}

function readLine(line: JsonObject, index: number, problems: ErrorDetail[]): AnswerLine {
  const path = `ReturnLines[${index}]`;
  const item = object(line['ItemIdentifier']);
  return {
    path,
    lineNumber: text(line['LineNumber']),
    supplierSku: text(item['SupplierSKU']),
    merchantSku: text(item['PartnerSKU']),
    quantity: quantityOf(line['Quantity'], `${path}.Quantity`, problems),
    refund: amountOf(line, `${path}.`),
  };
}

function quantityOf(value: unknown, field: string, problems: ErrorDetail[]): number | null {
  if (value === undefined || value === null) return null;
  const quantity = numberOf(value);
  if (quantity !== null && Number.isSafeInteger(quantity) && quantity >= 0) return quantity;
  problems.push({ field, message: 'must be a whole number of pieces' });
  return null;
}

function numberOf(value: unknown): number | null {
  if (typeof value !== 'number' && !isNumberText(value)) return null;
  return Number(value);
}

function refusedAt(document: JsonObject, status: number | null): string | null {
  if (status !== null && NO_STATUSES.includes(status)) return 'StatusCode';
  const holders: [path: string, holder: JsonObject][] = [
    ['', document],
    ...objects(document['ReturnLines']).map((line, index): [string, JsonObject] => [
      `ReturnLines[${index}].`,
      line,
    ]),
  ];
  for (const [path, holder] of holders) {
    const found = attributesOf(holder).find(({ name, value }) => DECISION_NAME.test(name) && NO.test(value));
    if (found) return `${path}ExtendedAttributes.${found.name.slice(0, LONGEST_NAME)}`;
  }
  return null;
}

function amountOf(holder: JsonObject, path: string): StatedAmount | null {
  const found = attributesOf(holder).find(({ name }) => name.toLowerCase() === REFUND_AMOUNT);
  return found ? { field: `${path}ExtendedAttributes.Refund_Amount`, text: found.value } : null;
}

function attributesOf(holder: JsonObject): { name: string; value: string }[] {
  return objects(holder['ExtendedAttributes']).flatMap((each) => {
    const name = text(each['Name']);
    const value = text(each['Value']);
    return name !== null && value !== null ? [{ name, value }] : [];
  });
}
