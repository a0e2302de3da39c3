import { elementOf, type X12Segment, type X12Set } from '../../formats/x12.js';

/** What the partner says about a group of ours (997 or 999). */
export interface GroupReceipt {
  /** GS01 and GS06 of ours. */
  groupId: string;
  control: string;
  result: ReceiptResult;
  sets: { id: string; control: string; result: ReceiptResult; errors: string[] }[];
  errors: string[];
}

/** What the partner says about an interchange of ours (TA1). */
interface InterchangeReceipt {
  /** ISA13 of ours. */
  control: string;
  result: ReceiptResult;
  error: string | null;
}

type ReceiptResult = 'accepted' | 'with-errors' | 'partly' | 'rejected';

const RESULTS: Readonly<Record<string, ReceiptResult>> = { A: 'accepted', E: 'with-errors', P: 'partly' };

/** Whatever is no word of acceptance is none: M, W and X say that a signature did not hold. */
function resultOf(code: string): ReceiptResult {
  return RESULTS[code] ?? 'rejected';
}

/** Reads a 997, or a 999 with its names of the same segments. Null where it names no group. */
export function readReceipt(set: X12Set): GroupReceipt | null {
  const first = set.segments.find(({ name }) => name === 'AK1');
  const last = set.segments.find(({ name }) => name === 'AK9');
  if (!first || !last) return null;
  const sets: GroupReceipt['sets'] = [];
  let errors: string[] = [];
  for (const segment of set.segments) {
    const field = (number: number): string => elementOf(segment, number);
    switch (segment.name) {
      case 'AK2':
        errors = [];
        sets.push({ id: field(1), control: field(2), result: 'rejected', errors });
        break;
      case 'AK3':
      case 'IK3':
        errors.push(`segment ${field(2)} (${field(1)}): code ${field(4)}`);
        break;
      case 'AK4':
      case 'IK4':
        errors.push(`element ${field(1)}: code ${field(3)}`);
        break;
      case 'AK5':
      case 'IK5': {
        const open = sets.at(-1);
        if (open) open.result = resultOf(field(1));
        errors.push(...codesFrom(segment, 2).map((code) => `transaction set: code ${code}`));
        break;
      }
    }
  }
  return {
    groupId: elementOf(first, 1),
    control: elementOf(first, 2),
    result: resultOf(elementOf(last, 1)),
    sets,
    errors: codesFrom(last, 5).map((code) => `group: code ${code}`),
  };
}

export function readTa1(segment: X12Segment): InterchangeReceipt {
  const error = elementOf(segment, 5);
  return {
    control: elementOf(segment, 1),
    result: resultOf(elementOf(segment, 4)),
    error: error === '' || error === '000' ? null : `interchange: code ${error}`,
  };
}

function codesFrom(segment: X12Segment, first: number): string[] {
  return segment.elements
    .slice(first - 1)
    .map((code) => code.trim())
    .filter((code) => code !== '');
}
