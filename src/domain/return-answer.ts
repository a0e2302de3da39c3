import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { sumDecimals } from '../kernel/money.js';
import { piecesPerUnit, shareOfLine } from './bundle.js';
import type { ReturnLine, ShopReturn } from './return.js';
import { skusMeant } from './sku.js';

/**
 * An answer in this program's words. Pure data: `logicbroker/read-return` makes it from the ERP's document. `path` leads
 * back to the place in that document, for messages.
 */
export interface AnswerInput {
  returnNumber: string;
  linkKey: string | null;
  partnerPo: string | null;
  /** What the document says it is; null leaves it to where the request stands. */
  says: AnswerStep | null;
  /** Where the document says no, in any way; null when it does not. */
  refusedAt: string | null;
  /** The amount that the document wants to give back. */
  refund: StatedAmount | null;
  /** Empty: the whole request. */
  lines: AnswerLine[];
}

export interface StatedAmount {
  field: string;
  text: string;
}

export interface AnswerLine {
  path: string;
  lineNumber: string | null;
  supplierSku: string | null;
  merchantSku: string | null;
  /** Null: all pieces of the line. */
  quantity: number | null;
  refund: StatedAmount | null;
}

const SELLER_CENTER = 'Do this in TikTok Seller Center; it is followed from there.';

/** TikTok's API can refuse, this connector cannot: the article leaves refusals to TikTok's own pages. */
export function cannotRefuse(field: string): AppError {
  return new AppError('rule-violated', 'A return cannot be refused here.', {
    details: [
      { field, message: 'a return cannot be refused here', next: 'Refuse it in TikTok Seller Center.' },
    ],
  });
}

/**
 * Whether an answer is about the whole request, which is all that TikTok takes.
 * @throws AppError invalid-document with every problem and its field path
 */
export function checkAnswer(
  input: AnswerInput,
  request: { shown: ShopReturn; lines: readonly ReturnLine[] },
): void {
  const problems: ErrorDetail[] = [];
  checkAmount(input.refund, request.shown.refund?.total ?? null, problems);
  const named = new Map<ReturnLine, number>();
  for (const line of input.lines) {
    const found = findLine(line, request.lines, problems);
    if (!found) continue;
    named.set(found, (named.get(found) ?? 0) + (line.quantity ?? piecesOf(found)));
    checkAmount(line.refund, refundOf(found, request), problems);
  }
  if (input.lines.length > 0 && problems.length === 0) checkWhole(input, request.lines, named, problems);
  if (problems.length > 0) {
    throw new AppError('invalid-document', 'The answer does not fit the return.', { details: problems });
  }
}

function checkWhole(
  input: AnswerInput,
  lines: readonly ReturnLine[],
  named: ReadonlyMap<ReturnLine, number>,
  problems: ErrorDetail[],
): void {
  for (const line of lines) {
    const { lineNumber, supplierSku } = line;
    const given = named.get(line) ?? 0;
    const wanted = piecesOf(line);
    if (given === wanted) continue;
    const own = input.lines.find((each) => named.has(line) && findLine(each, [line], []) === line);
    problems.push({
      field: own ? `${own.path}.Quantity` : 'ReturnLines',
      message: `line ${lineNumber} (${supplierSku}) has ${wanted} pieces in the request, not ${given}: TikTok takes an answer to the whole request only`,
      next:
        given < wanted
          ? `Answer for all pieces. For a part of them: ${SELLER_CENTER}`
          : 'Correct the quantity.',
    });
  }
}

function findLine(
  line: AnswerLine,
  lines: readonly ReturnLine[],
  problems: ErrorDetail[],
): ReturnLine | undefined {
  const known = lines.map((each) => `${each.lineNumber} ${each.supplierSku}`).join(', ');
  if (line.lineNumber !== null) {
    const number = line.lineNumber.replace(/^0+(?=.)/, '');
    const found = lines.find((each) => each.lineNumber === number);
    if (found && linesMeant(lines, line).includes(found)) return found;
    problems.push({
      field: found ? `${line.path}.ItemIdentifier.SupplierSKU` : `${line.path}.LineNumber`,
      message: `the return has no such line; it has ${known}`,
    });
    return undefined;
  }
  const found = linesMeant(lines, line);
  if (found.length === 1) return found[0];
  problems.push({
    field: `${line.path}.ItemIdentifier.SupplierSKU`,
    message:
      found.length === 0
        ? `is not in the return; it has ${known}`
        : 'is on several lines of the return: name the line by its LineNumber',
  });
  return undefined;
}

/** An ERP without a matching file knows only the merchant SKU and may send it in either field. */
function linesMeant(lines: readonly ReturnLine[], { supplierSku, merchantSku }: AnswerLine): ReturnLine[] {
  const bySupplierSku = supplierSku === null ? lines : skusMeant(supplierSku, lines, skusOf, {});
  return merchantSku === null ? [...bySupplierSku] : skusMeant(merchantSku, bySupplierSku, skusOf, {});
}

function skusOf({ supplierSku, merchantSku }: ReturnLine): string[] {
  return [supplierSku, merchantSku];
}

function piecesOf(line: ReturnLine): number {
  return line.returnUnitIds.length * piecesPerUnit(line);
}

function refundOf(
  line: ReturnLine,
  { shown, lines }: { shown: ShopReturn; lines: readonly ReturnLine[] },
): string | null {
  const own = shown.units.filter(({ returnUnitId }) => line.returnUnitIds.includes(returnUnitId));
  const totals = own.flatMap(({ refund }) => refund?.total ?? []);
  const currency = shown.refund?.currency ?? shown.units[0]?.refund?.currency ?? '';
  return totals.length > 0 ? shareOfLine(sumDecimals(totals), line, lines, currency) : null;
}

/** TikTok gives back what it shows; a part of it can only be offered in Seller Center. */
function checkAmount(stated: StatedAmount | null, shown: string | null, problems: ErrorDetail[]): void {
  if (stated === null || (shown !== null && isSameAmount(stated.text, shown))) return;
  problems.push({
    field: stated.field,
    message: `the refund is ${shown ?? 'what TikTok decides'}, not ${stated.text.slice(0, 40)}`,
    next: `Leave it out or send TikTok's amount. For a partial refund: ${SELLER_CENTER}`,
  });
}

const AMOUNT = /^-?\d{1,30}(\.\d{1,30})?$/;

/** However many zeros they end in. */
function isSameAmount(a: string, b: string): boolean {
  return AMOUNT.test(a) && AMOUNT.test(b) && sumDecimals([a]) === sumDecimals([b]);
}

/** The two answers that a seller gives: yes to the request, and the one that gives the money back. */
export type AnswerStep = 'accept' | 'refund';
