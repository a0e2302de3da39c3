import type { X12Group, X12Set } from '../../formats/x12.js';
import type { X12Body, X12Line } from '../../formats/x12-writer.js';
import type { SegmentFinding } from './check-set.js';

/** What became of a set by its syntax. What a rule of the business says about its document is no matter of this. */
export interface SetOutcome {
  set: X12Set;
  /** Accepted, accepted with errors noted, rejected. */
  result: 'A' | 'E' | 'R';
  /** AK502 and on. */
  codes: readonly string[];
  findings: readonly SegmentFinding[];
}

const SEGMENT_ERRORS = '5';
const MOST_CODES = 5;
const LONGEST_COPY = 99;

/** @param isSupported whether such a set is read here, and belongs to its group */
export function outcomeOf(
  set: X12Set,
  isSupported: boolean,
  findings: readonly SegmentFinding[],
): SetOutcome {
  const codes = [
    ...set.faults.map(({ code }) => code),
    ...(isSupported || set.faults.length > 0 ? [] : ['1']),
    ...(findings.length > 0 ? [SEGMENT_ERRORS] : []),
  ];
  const isRejected = set.faults.length > 0 || !isSupported || findings.some(({ isFatal }) => isFatal);
  return {
    set,
    result: isRejected ? 'R' : findings.length > 0 ? 'E' : 'A',
    codes: [...new Set(codes)],
    findings,
  };
}

/**
 * The functional acknowledgement (997) of a group that was received. A group whose own envelope is wrong is rejected as a
 * whole, so that none of its sets counts.
 */
export function acknowledgementOf(group: X12Group, outcomes: readonly SetOutcome[]): X12Body {
  const isRejected = group.faults.length > 0;
  const accepted = isRejected ? 0 : outcomes.filter(({ result }) => result !== 'R').length;
  const isLate = group.version >= '005';
  const lines: X12Line[] = [
    ['AK1', group.id, group.control, isLate ? group.version.slice(0, 12) : null],
    ...outcomes.flatMap((outcome) => setLines(outcome)),
    [
      'AK9',
      groupResult(isRejected, accepted, outcomes),
      String(outcomes.length),
      String(outcomes.length),
      String(accepted),
      ...group.faults.slice(0, MOST_CODES).map(({ code }) => code),
    ],
  ];
  return { id: '997', lines };
}

function groupResult(isRejected: boolean, accepted: number, outcomes: readonly SetOutcome[]): string {
  if (isRejected || (accepted === 0 && outcomes.length > 0)) return 'R';
  if (accepted < outcomes.length) return 'P';
  return outcomes.some(({ result }) => result === 'E') ? 'E' : 'A';
}

function setLines({ set, result, codes, findings }: SetOutcome): X12Line[] {
  return [
    ['AK2', set.id.slice(0, 3).padStart(3, '0'), set.control.slice(0, 9).padStart(4, '0')],
    ...findings.flatMap(({ name, position, code, elements }): X12Line[] => [
      ['AK3', name, String(position), null, code],
      ...elements.map(({ element, code: problem, value }): X12Line => {
        return ['AK4', String(element), null, problem, value.slice(0, LONGEST_COPY)];
      }),
    ]),
    ['AK5', result, ...codes.slice(0, MOST_CODES)],
  ];
}
