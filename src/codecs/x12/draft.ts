import { Decimal } from 'decimal.js';
import { cutText, x12Text } from '../../formats/x12-text.js';
import { separatorsOf, type X12Body, type X12Line } from '../../formats/x12-writer.js';
import { AppError, type ErrorDetail } from '../../kernel/errors.js';
import { isNumberText, objects, text, type JsonObject } from '../../logicbroker/json-reading.js';
import type { X12Partner } from './partner.js';
import { elementRules } from './set-tables.js';

/** An element that must arrive as it is: an id, a code, a number. Anything else is text, and may be folded and cut. */
interface Exact {
  exact: string;
}

type DraftElement = string | Exact | null | undefined;
export type DraftLine = readonly [name: string, ...elements: DraftElement[]];

/** A transaction set to write, and what of the document did not go into it whole. */
export interface WrittenSet {
  body: X12Body;
  remarks: string[];
}

/** An id that X12 would have to change or to cut is refused: half an id is another id. */
export function exact(value: unknown): Exact | null {
  const given = text(value);
  return given === null ? null : { exact: given };
}

const OTHER_ID =
  'Give the item or document another id, or choose other separators or another character set for the partner';
/** First elements of pairs. */
const PAIRS: Readonly<Record<string, readonly number[]>> = {
  PER: [3, 5, 7],
  N1: [3],
  N4: [5],
  TD5: [2],
  PO1: [6, 8, 10],
  POC: [8, 10],
  BLI: [5, 8],
};
/** Segments whose other elements only say what these are. */
const NEEDS_ONE_OF: Readonly<Record<string, readonly number[]>> = {
  REF: [2, 3],
  N9: [2, 3],
  PER: [2, 4, 6, 8],
  PID: [5],
  DTM: [2],
  TXI: [2],
  SAC: [5],
  CTP: [3],
};
/** Without these a set says nothing. Any other segment that nothing is left of is left out. */
const ESSENTIAL = new Set(['BEG', 'BGN', 'BAK', 'BCH', 'PRF', 'PO1', 'BLI', 'POC', 'ACK']);

/**
 * Holds the lines of a set against the partner's separators, characters and the lengths of the version.
 * @throws AppError rule-violated with each id that cannot be written
 */
export function finishSet(id: string, lines: readonly DraftLine[], { envelope }: X12Partner): WrittenSet {
  const separators = separatorsOf(envelope);
  const problems: ErrorDetail[] = [];
  const remarks = new Set<string>();
  const finished: X12Line[] = [];
  for (const [name, ...elements] of lines) {
    const rules = elementRules(name, envelope.version);
    const segment = finished.length + 2;
    const cells = elements.map((value, at) => {
      if (value === null || value === undefined) return null;
      const rule = rules?.[at];
      const place = `${name}${String(at + 1).padStart(2, '0')}`;
      const given = typeof value === 'string' ? value : value.exact;
      const { text: clean, lost } = x12Text(given, separators, envelope.characterSet);
      const digits = rule?.kind === 'R' || rule?.kind === 'N2' ? clean.replaceAll(/[-.]/g, '') : clean;
      const isLong = rule !== undefined && digits.length > rule.most;
      if (typeof value !== 'string') {
        const same = clean === given || (envelope.characterSet === 'basic' && clean === given.toUpperCase());
        if (same && rule !== undefined && digits.length < rule.least) {
          remarks.add(`${place} is left out: it has fewer than ${rule.least} characters`);
          return null;
        }
        if (same && !isLong) return clean;
        const message = isLong
          ? `is longer than the ${rule.most} characters that ${place} holds`
          : `has a character that cannot stand in ${place}`;
        problems.push({ at: { segment, name, element: at + 1 }, message, next: OTHER_ID });
        return null;
      }
      if (lost > 0) remarks.add(`${place}: ${lost} characters have no likeness in the character set`);
      if (isLong) remarks.add(`${place} is cut to ${rule.most} characters`);
      if (rule && clean.length < rule.least) return null;
      return isLong ? cutText(clean, rule.most) : clean;
    });
    leaveOutHalves(name, cells);
    const isEmpty = !NEEDS_ONE_OF[name]?.some((element) => cells[element - 1]) && name in NEEDS_ONE_OF;
    const missing = rules?.findIndex(({ isRequired }, at) => isRequired && !cells[at]) ?? -1;
    if (missing !== -1 && ESSENTIAL.has(name)) {
      const element = missing + 1;
      if (problems.every(({ at }) => !isPlace(at, segment, element)))
        problems.push({
          at: { segment, name, element },
          message: 'is required, and the document has nothing for it',
        });
    } else if (missing !== -1 || isEmpty || cells.every((cell) => !cell)) continue;
    finished.push([name, ...cells]);
  }
  if (problems.length > 0) {
    throw new AppError('rule-violated', 'The document cannot be written as X12 for this partner.', {
      details: problems,
    });
  }
  return { body: { id, lines: finished }, remarks: [...remarks] };
}

/** A qualifier says nothing without its value, nor a value without its qualifier. */
function leaveOutHalves(name: string, cells: (string | null)[]): void {
  for (const first of PAIRS[name] ?? [])
    if (!cells[first - 1] || !cells[first]) {
      if (first <= cells.length) cells[first - 1] = null;
      if (first < cells.length) cells[first] = null;
    }
}

function isPlace(at: ErrorDetail['at'], segment: number, element: number): boolean {
  return at !== undefined && 'segment' in at && at.segment === segment && at.element === element;
}

/** CCYYMMDD, UTC; null for what is no time. */
export function dayOf(value: unknown): string | null {
  const given = text(value);
  if (given === null) return null;
  const date = new Date(/(z|[+-]\d\d:?\d\d)$/i.test(given) || !given.includes('T') ? given : `${given}Z`);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().slice(0, 10).replaceAll('-', '');
}

/** A decimal as X12 has it, without a needless zero at its end; null for what is none. */
export function decimalOf(value: unknown): string | null {
  if (typeof value !== 'number' && !isNumberText(value)) return null;
  return new Decimal(String(value)).toFixed();
}

/** An amount with two decimals and no point; what is finer is rounded. */
export function centsOf(value: unknown): string | null {
  const decimal = decimalOf(value);
  return decimal === null ? null : new Decimal(decimal).times(100).toFixed(0, Decimal.ROUND_HALF_UP);
}

const LONGEST_NAME = 30;

/**
 * Extended attributes as segments. A name that is too long loses its prefix; a value that is too long goes on in further segments of the
 * same name, lists of ids between two of them.
 */
export function attributeLines(holder: JsonObject, segment: 'REF' | 'N9', longest: number): DraftLine[] {
  return objects(holder['ExtendedAttributes']).flatMap((each) => {
    const name = text(each['Name']);
    const value = text(each['Value']);
    if (name === null || value === null) return [];
    const short = name.length > LONGEST_NAME ? name.replace(/^TikTok/, '') : name;
    return pieces(value, longest).map((piece): DraftLine => [segment, 'ZZ', short, piece]);
  });
}

/** Cut at the last comma or blank that fits, else anywhere. */
export function pieces(value: string, longest: number): string[] {
  const found: string[] = [];
  let rest = Array.from(value);
  while (rest.length > longest) {
    const part = rest.slice(0, longest + 1);
    const at = Math.max(part.lastIndexOf(','), part.lastIndexOf(' '));
    const end = at > longest / 2 ? at : longest;
    found.push(rest.slice(0, end).join('').trim());
    rest = rest.slice(at > longest / 2 ? end + 1 : end);
  }
  const last = rest.join('').trim();
  return [...found, last].filter((piece) => piece !== '');
}
