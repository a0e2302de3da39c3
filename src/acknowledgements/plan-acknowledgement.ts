import { AppError, type ErrorDetail } from '../kernel/errors.js';
import { findOrderLine } from '../orders/find-order-line.js';
import { piecesPerUnit, unitLineOf } from '../domain/bundle.js';
import type { OrderLine, StoredUnit } from '../domain/order.js';
import type { AckLine, AcknowledgementInput, AcknowledgementPlan } from '../domain/acknowledgement.js';

type NamedLine = Pick<OrderLine, 'lineNumber' | 'supplierSku' | 'merchantSku' | 'bundle'>;

/** The order as far as acknowledging it is concerned. */
export interface AcknowledgedOrder {
  lines: readonly NamedLine[];
  units: readonly Pick<StoredUnit, 'unitId' | 'lineNumber' | 'cancelled'>[];
  /** Setting caseSensitiveSkus. */
  caseSensitive?: boolean;
}

const quantityNames = {
  accepted: 'Quantity',
  cancelled: 'QuantityCancelled',
  backordered: 'QuantityBackordered',
};
type QuantityName = keyof typeof quantityNames;
const names = Object.keys(quantityNames) as QuantityName[];

/** Logicbroker's numbers. UNCONFIRMED: what 3 stands for; it is taken with any quantities and never chosen by us. */
const AckType = { withChange: 0, accept: 1, reject: 2 } as const;

/**
 * What an acknowledgement does to its order, every line and quantity held against the order's.
 * @throws AppError invalid-document with every problem; rule-violated for a cancellation that is not the whole order
 */
export function planAcknowledgement(
  order: AcknowledgedOrder,
  input: AcknowledgementInput,
): AcknowledgementPlan {
  const problems: ErrorDetail[] = [];
  const matched = input.lines.map((line) => matchLine(order, line, problems));
  const found = matched.filter((match) => match !== null);
  for (const { line } of found) checkQuantities(line, problems);
  if (problems.length === 0) checkSums(order, found, problems);
  checkTypes(input, problems);
  if (problems.length > 0) {
    throw new AppError('invalid-document', 'The acknowledgement does not fit the order.', {
      details: problems,
    });
  }
  if (kindOf(input) === 'cancel') return planCancellation(order, input, found);
  const lines = found.map(({ line, of }) => ({ path: line.path, lineNumber: of.lineNumber, unitIds: [] }));
  return { kind: kindOf(input), lines, unitIds: [] };
}

interface Match {
  line: AckLine;
  of: NamedLine;
}

function matchLine(order: AcknowledgedOrder, line: AckLine, problems: ErrorDetail[]): Match | null {
  const found = findOrderLine(order.lines, line, problems, order);
  return found && { line, of: found };
}

function checkQuantities(line: AckLine, problems: ErrorDetail[]): void {
  for (const name of names) {
    if ((line[name] ?? 0) < 0) {
      problems.push({ field: `${line.path}.${quantityNames[name]}`, message: 'must not be negative' });
    }
  }
  if (names.every((name) => (line[name] ?? 0) === 0)) {
    problems.push({
      field: `${line.path}.Quantity`,
      message: 'says nothing about any piece',
      next: 'Give Quantity to accept, QuantityCancelled to cancel or QuantityBackordered; leave lines without any out.',
    });
  }
}

/** Lines may be repeated; together they must not speak of more pieces than are left. */
function checkSums(order: AcknowledgedOrder, found: readonly Match[], problems: ErrorDetail[]): void {
  const spokenOf = new Map<string, number>();
  for (const { line, of } of found) {
    const { lineNumber } = of;
    const total = (spokenOf.get(lineNumber) ?? 0) + sumOfLine(line);
    spokenOf.set(lineNumber, total);
    const open = openPieces(order, of);
    if (total <= open) continue;
    const name = names.find((each) => (line[each] ?? 0) > 0) ?? 'accepted';
    problems.push({
      field: `${line.path}.${quantityNames[name]}`,
      message: `${total} pieces of line ${lineNumber}, of which ${open} are left that are not cancelled`,
    });
  }
}

/** A type that contradicts the quantities tells that one of the two is a mistake. */
function checkTypes(input: AcknowledgementInput, problems: ErrorDetail[]): void {
  const holders = [
    { field: 'Type', type: input.type, lines: input.lines },
    ...input.lines.map((line) => ({ field: `${line.path}.Type`, type: line.type, lines: [line] })),
  ];
  for (const { field, type, lines } of holders) {
    const message = contradiction(type, lines);
    if (message) problems.push({ field, message, next: 'Leave Type out: it follows from the quantities.' });
  }
}

function contradiction(type: number | null, lines: readonly AckLine[]): string | null {
  if (type === AckType.accept && sum(lines, 'cancelled') + sum(lines, 'backordered') > 0) {
    return '1 accepts, but there are cancelled or backordered quantities';
  }
  if (type === AckType.reject && sum(lines, 'accepted') + sum(lines, 'backordered') > 0) {
    return '2 rejects, but there are accepted or backordered quantities';
  }
  return null;
}

/** TikTok: sellers cancel whole orders through this service; what is left of an order counts as the whole. */
function planCancellation(
  order: AcknowledgedOrder,
  input: AcknowledgementInput,
  found: readonly Match[],
): AcknowledgementPlan {
  if (sum(input.lines, 'accepted') + sum(input.lines, 'backordered') > 0) {
    throw refusedParts('An acknowledgement cannot cancel some pieces and accept or backorder others.');
  }
  const all = order.units.filter((unit) => !unit.cancelled);
  // A piece that TikTok has added after the export is on no line, so that the ERP cannot speak of it.
  const listed = order.lines.reduce((count, line) => count + openPieces(order, line), 0);
  const count = sum(input.lines, 'cancelled');
  if (count < listed) {
    throw refusedParts(`This cancels ${count} of the ${listed} pieces that are left of the order.`);
  }
  const taken = new Set<string>();
  const lines = found.map(({ line, of }) => {
    const { lineNumber } = of;
    const unitIds = openUnits(order, of)
      .filter((unitId) => !taken.has(`${lineNumber} ${unitId}`))
      .slice(0, Math.ceil((line.cancelled ?? 0) / piecesPerUnit(of)));
    for (const unitId of unitIds) taken.add(`${lineNumber} ${unitId}`);
    return { path: line.path, lineNumber, unitIds };
  });
  return {
    kind: 'cancel',
    lines,
    unitIds: all.map(({ unitId }) => unitId),
  };
}

/** What the quantities are about, before anything is held against the order. */
export function kindOf({ lines }: AcknowledgementInput): AcknowledgementPlan['kind'] {
  if (sum(lines, 'cancelled') > 0) return 'cancel';
  return sum(lines, 'accepted') > 0 ? 'accept' : 'backorder';
}

/** Logicbroker's number, as given, or as it follows from the quantities against what was ordered. */
export function typeOf(input: AcknowledgementInput, ordered: readonly Pick<OrderLine, 'quantity'>[]): number {
  if (input.type !== null) return input.type;
  if (kindOf(input) === 'cancel') return AckType.reject;
  const total = ordered.reduce((count, line) => count + line.quantity, 0);
  return sum(input.lines, 'accepted') === total ? AckType.accept : AckType.withChange;
}

function refusedParts(message: string): AppError {
  return new AppError('rule-violated', message, {
    details: [
      {
        field: 'AckLines',
        message: `whole-order: ${message}`,
        next: 'Cancel all pieces that are left of the order, or cancel single pieces in TikTok Seller Center.',
      },
    ],
  });
}

function openUnits(order: AcknowledgedOrder, line: NamedLine): string[] {
  return order.units
    .filter((unit) => unit.lineNumber === unitLineOf(line) && !unit.cancelled)
    .map(({ unitId }) => unitId);
}

/** Of the line's goods, of which a piece of TikTok's may hold several. */
function openPieces(order: AcknowledgedOrder, line: NamedLine): number {
  return openUnits(order, line).length * piecesPerUnit(line);
}

function sumOfLine(line: AckLine): number {
  return names.reduce((total, name) => total + (line[name] ?? 0), 0);
}

function sum(lines: readonly AckLine[], name: QuantityName): number {
  return lines.reduce((total, line) => total + (line[name] ?? 0), 0);
}
