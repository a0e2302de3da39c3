/** Syntax of X12 interchanges: what reader and writer share. Nothing here knows what a segment means. */

export interface X12Separators {
  element: string;
  component: string;
  /** From version 00402 on; before, the place says `U` and nothing repeats. */
  repetition: string | null;
  terminator: string;
}

export interface X12Segment {
  name: string;
  /** Without the name; the first element is at 0. */
  elements: readonly string[];
  /** Its place in the transaction set, ST being 1; outside of one, in the interchange, ISA being 1. */
  position: number;
}

/** What is wrong with an envelope, by the code that its acknowledgement gives. */
export interface X12Fault {
  code: string;
  message: string;
}

/** The head of an interchange (ISA), fields without padding. */
export interface X12Head {
  senderQualifier: string;
  senderId: string;
  receiverQualifier: string;
  receiverId: string;
  /** YYMMDD and HHMM. */
  date: string;
  time: string;
  /** Such as 00401. */
  version: string;
  control: string;
  wantsTa1: boolean;
  isTest: boolean;
}

export interface X12Set {
  /** Such as 850. */
  id: string;
  control: string;
  /** ST and, where there is one, SE included. */
  segments: readonly X12Segment[];
  /** With the codes of AK502. A set that has any is not read any further. */
  faults: readonly X12Fault[];
}

export interface X12Group {
  /** Such as PO. */
  id: string;
  senderId: string;
  receiverId: string;
  control: string;
  /** Such as 004010VICS. */
  version: string;
  sets: readonly X12Set[];
  /** With the codes of AK905. */
  faults: readonly X12Fault[];
}

export interface X12Interchange {
  head: X12Head;
  separators: X12Separators;
  groups: readonly X12Group[];
  /** TA1 segments: what the partner says about interchanges of ours. */
  ta1: readonly X12Segment[];
  /** Why nothing of it counts, with the code of TA105; it has no groups then. */
  refusal: X12Fault | null;
}

/** Element of a segment by its number from 1, without surrounding blanks; empty where there is none. */
export function elementOf(segment: X12Segment | undefined, number: number): string {
  return segment?.elements[number - 1]?.trim() ?? '';
}

/** Neither what numbers, dates and names are made of, nor what is read over between segments. */
const NO_SEPARATOR = /[\p{L}\p{N} .+-]/u;

/** Why these separators cannot be told from data, or from each other; null when they can. */
export function separatorProblem({
  element,
  component,
  repetition,
  terminator,
}: X12Separators): string | null {
  const all = [element, component, terminator, ...(repetition === null ? [] : [repetition])];
  if (all.some((one) => one.length !== 1)) return 'each separator is one character';
  if (all.some((one) => NO_SEPARATOR.test(one)))
    return 'a letter, a digit, a blank, a point and a sign cannot separate';
  if (new Set(all).size < all.length) return 'two separators are the same character';
  if (/[\t\r\n]/.test(element + component + (repetition ?? ''))) return 'a line break can only end a segment';
  return null;
}
