import type { X12Segment, X12Set } from '../../formats/x12.js';
import { elementRules, isKnownSegment, setTree, type ElementRule, type SetNode } from './set-tables.js';

/** What is wrong with a segment, in the codes of the acknowledgement. */
export interface SegmentFinding {
  name: string;
  position: number;
  /** AK304. */
  code: string;
  /** AK4: element from 1, AK403, and the data. */
  elements: { element: number; code: string; value: string }[];
  /** Whether the set cannot be read because of it; all else is noted, and read all the same. */
  isFatal: boolean;
}

/** Required element missing, wrong character, wrong date: what is read would be another thing than what was meant. */
const FATAL_ELEMENTS = ['1', '6', '8'];
const MOST_FINDINGS = 100;

/**
 * Holds a set against the standard. Segments out of their order, too many of them, and elements that are too long are
 * noted and read: refusing them would refuse files of partners who have sent them for years.
 */
export function checkSet(set: X12Set, version: string): SegmentFinding[] {
  const findings: SegmentFinding[] = [];
  const tree = setTree(set.id, version);
  if (tree) checkOrder(set.segments, tree, findings);
  for (const segment of set.segments) {
    if (findings.length >= MOST_FINDINGS) break;
    const elements = checkElements(segment, version);
    if (elements.length === 0) continue;
    const isFatal = elements.some(({ code }) => FATAL_ELEMENTS.includes(code));
    const { name, position } = segment;
    findings.push({ name, position, code: '8', elements, isFatal });
  }
  return findings.toSorted((a, b) => a.position - b.position);
}

interface Frame {
  nodes: readonly SetNode[];
  index: number;
  count: number;
}

function checkOrder(segments: readonly X12Segment[], root: SetNode, findings: SegmentFinding[]): void {
  const frames: Frame[] = [{ nodes: root.below, index: 0, count: 0 }];
  const note = (name: string, position: number, code: string): void => {
    if (findings.length < MOST_FINDINGS)
      findings.push({ name, position, code, elements: [], isFatal: code === '3' });
  };
  for (const { name, position } of segments.slice(1)) {
    const found = findPlace(frames, name);
    if (!found) {
      note(name, position, misplaced(frames, root, name));
      continue;
    }
    for (const { nodes, index, count } of frames.splice(found.depth + 1))
      for (const missing of missingIn(nodes, index, count, nodes.length)) note(missing, position, '3');
    const frame = frames[found.depth]!;
    for (const missing of missingIn(frame.nodes, frame.index, frame.count, found.index))
      note(missing, position, '3');
    frame.count = found.index === frame.index ? frame.count + 1 : 1;
    frame.index = found.index;
    const { below } = frame.nodes[found.index]!;
    if (below.length > 0) frames.push({ nodes: below, index: 0, count: 0 });
  }
}

/** The deepest place that comes after where the set has got to. */
function findPlace(frames: readonly Frame[], name: string): { depth: number; index: number } | null {
  for (let depth = frames.length - 1; depth >= 0; depth--) {
    const { nodes, index, count } = frames[depth]!;
    for (let at = index; at < nodes.length; at++) {
      const node = nodes[at]!;
      if (node.name === name && (at > index || count < node.most)) return { depth, index: at };
    }
  }
  return null;
}

/** Required ones that were passed over. */
function missingIn(nodes: readonly SetNode[], index: number, count: number, upTo: number): string[] {
  return nodes
    .slice(index, upTo)
    .filter((node, at) => node.least > 0 && (at > 0 || count === 0))
    .map(({ name }) => name);
}

function misplaced(frames: readonly Frame[], root: SetNode, name: string): string {
  const full = frames.map(({ nodes, index }) => nodes[index]).find((node) => node?.name === name);
  if (full) return full.below.length > 0 ? '4' : '5';
  if (holds(root, name)) return '7';
  return isKnownSegment(name) ? '6' : '1';
}

function holds({ below }: SetNode, name: string): boolean {
  return below.some((node) => node.name === name || holds(node, name));
}

function checkElements({ name, elements }: X12Segment, version: string): SegmentFinding['elements'] {
  const rules = elementRules(name, version);
  if (!rules) return [];
  const found: SegmentFinding['elements'] = [];
  const count = Math.max(elements.length, rules.findLastIndex(({ isRequired }) => isRequired) + 1);
  for (let at = 0; at < count; at++) {
    const value = elements[at] ?? '';
    const rule = rules[at];
    const code = rule ? problemOf(value, rule) : value === '' ? null : '3';
    if (code !== null) found.push({ element: at + 1, code, value });
    if (code === '3') break;
  }
  return found;
}

/** The code of AK403. */
function problemOf(value: string, { isRequired, least, most, kind }: ElementRule): string | null {
  const text = value.trim();
  if (text === '') return isRequired ? '1' : null;
  if (kind === 'X') return null;
  if (kind === 'DT' && !isDate(text)) return '8';
  if (kind === 'TM' && !isTime(text)) return '9';
  if ((kind === 'R' && !isDecimal(text)) || (kind === 'N2' && !/^-?\d{1,30}$/.test(text))) return '6';
  const { length } = kind === 'R' || kind === 'N2' ? text.replaceAll(/[-.]/g, '') : text;
  if (length > most) return '5';
  return length < least ? '4' : null;
}

/** CCYYMMDD. */
export function isDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${year}-${month}-${day}`);
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{1,2})?)?$/.test(text);
}

export function isDecimal(text: string): boolean {
  return /^-?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})$/.test(text);
}
