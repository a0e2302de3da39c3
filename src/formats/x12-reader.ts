import {
  elementOf,
  type X12Fault,
  type X12Group,
  type X12Head,
  type X12Interchange,
  type X12Segment,
  type X12Separators,
  type X12Set,
} from './x12.js';
import { cutSegments, unreadable } from './x12-segments.js';

/**
 * Reads a file of X12 interchanges, decoded, as one: where it is no X12, or breaks off in the middle, nothing of it is read. An interchange whose
 * trailer contradicts its head is answered without groups and with the reason; groups and sets carry their own faults.
 * @throws AppError invalid-document with the segment at which the file cannot be read on
 */
export function readX12(file: string): X12Interchange[] {
  const interchanges: X12Interchange[] = [];
  let open: OpenInterchange | null = null;
  let last: X12Segment | null = null;
  for (const { segment, separators, isEnded } of cutSegments(file)) {
    last = segment;
    if (segment.name === 'ISA') {
      if (open) throw broken(segment, 'an interchange begins before the one before it has ended');
      open = { head: headOf(segment), separators, groups: [], groupCount: 0, ta1: [], group: null };
      continue;
    }
    if (!open) throw broken(segment, 'no interchange begins here: ISA is wanted');
    if (segment.name !== 'IEA') {
      if (!isEnded) break;
      take(open, segment);
      continue;
    }
    // A trailer that is cut off has another number.
    if (!isEnded && elementOf(segment, 2) !== open.head.control) break;
    interchanges.push(closed(open, segment));
    open = null;
  }
  if (last === null) throw unreadable('the file is empty', { segment: 1, name: 'ISA' });
  if (open) throw broken(last, 'the file breaks off: the interchange has no end (IEA)');
  return interchanges;
}

interface OpenInterchange {
  head: X12Head;
  separators: X12Separators;
  groups: X12Group[];
  groupCount: number;
  ta1: X12Segment[];
  group: OpenGroup | null;
}

interface OpenGroup {
  id: string;
  senderId: string;
  receiverId: string;
  control: string;
  version: string;
  sets: X12Set[];
  set: X12Segment[] | null;
}

function headOf(isa: X12Segment): X12Head {
  const field = (number: number): string => elementOf(isa, number);
  return {
    senderQualifier: field(5),
    senderId: field(6),
    receiverQualifier: field(7),
    receiverId: field(8),
    date: field(9),
    time: field(10),
    version: field(12),
    control: field(13),
    wantsTa1: field(14) === '1',
    isTest: field(15) === 'T',
  };
}

function take(open: OpenInterchange, segment: X12Segment): void {
  const { group } = open;
  switch (segment.name) {
    case 'GS':
      if (group) endGroup(open, null);
      open.groupCount += 1;
      open.group = {
        id: elementOf(segment, 1),
        senderId: elementOf(segment, 2),
        receiverId: elementOf(segment, 3),
        control: elementOf(segment, 6),
        version: elementOf(segment, 8),
        sets: [],
        set: null,
      };
      return;
    case 'GE':
      if (!group) throw broken(segment, 'a group ends that has not begun');
      endGroup(open, segment);
      return;
    case 'TA1':
      if (group?.set) throw broken(segment, 'TA1 stands in a transaction set');
      open.ta1.push(segment);
      return;
  }
  if (!group) throw broken(segment, 'a segment stands outside of any group');
  if (segment.name === 'ST') {
    if (group.set) endSet(group, null);
    group.set = [{ ...segment, position: 1 }];
    return;
  }
  if (!group.set) throw broken(segment, 'a segment stands outside of any transaction set');
  group.set.push({ ...segment, position: group.set.length + 1 });
  if (segment.name === 'SE') endSet(group, segment);
}

/** @param trailer null: another set or the end of the group came before it */
function endSet(group: OpenGroup, trailer: X12Segment | null): void {
  const segments = group.set ?? [];
  group.set = null;
  const id = elementOf(segments[0], 1);
  const control = elementOf(segments[0], 2);
  const faults: X12Fault[] = [];
  if (!/^\d{3}$/.test(id)) faults.push({ code: '6', message: 'ST01 is no number of a transaction set' });
  if (!/^[\dA-Za-z]{4,9}$/.test(control))
    faults.push({ code: '7', message: 'ST02 is no control number: 4 to 9 digits are wanted' });
  else if (group.sets.some((other) => other.control === control))
    faults.push({ code: '7', message: `the control number ${control} stands in the group twice` });
  if (trailer === null) faults.push({ code: '2', message: 'the transaction set has no end (SE)' });
  else {
    if (elementOf(trailer, 2) !== control)
      faults.push({ code: '3', message: 'SE02 is not the control number of ST02' });
    if (countOf(trailer) !== segments.length)
      faults.push({
        code: '4',
        message: `SE01 counts other segments than the ${segments.length} that came`,
      });
  }
  group.sets.push({ id, control, segments, faults });
}

function endGroup(open: OpenInterchange, trailer: X12Segment | null): void {
  const { group } = open;
  if (!group) return;
  if (group.set) endSet(group, null);
  const faults: X12Fault[] = [];
  if (!/^\d{1,9}$/.test(group.control))
    faults.push({ code: '6', message: 'GS06 is no control number: 1 to 9 digits are wanted' });
  if (trailer === null) faults.push({ code: '3', message: 'the group has no end (GE)' });
  else {
    if (!isSameNumber(elementOf(trailer, 2), group.control))
      faults.push({ code: '4', message: 'GE02 is not the control number of GS06' });
    if (countOf(trailer) !== group.sets.length)
      faults.push({
        code: '5',
        message: `GE01 counts other transaction sets than the ${group.sets.length} that came`,
      });
  }
  const { set: _set, ...rest } = group;
  open.groups.push({ ...rest, faults });
  open.group = null;
}

function closed(open: OpenInterchange, trailer: X12Segment): X12Interchange {
  if (open.group) endGroup(open, null);
  const { head, separators, ta1 } = open;
  const refusal = refusalOf(open, trailer);
  return { head, separators, ta1, refusal, groups: refusal ? [] : open.groups };
}

function refusalOf({ head, groupCount }: OpenInterchange, trailer: X12Segment): X12Fault | null {
  if (!/^\d{1,9}$/.test(head.control))
    return { code: '018', message: 'ISA13 is no control number: 9 digits are wanted' };
  if (!isSameNumber(elementOf(trailer, 2), head.control))
    return { code: '001', message: 'IEA02 is not the control number of ISA13' };
  if (countOf(trailer) !== groupCount)
    return { code: '021', message: `IEA01 counts other groups than the ${groupCount} that came` };
  return null;
}

/** Some fill control numbers up with zeros in one place only. */
function isSameNumber(one: string, other: string): boolean {
  return one.replace(/^0+(?=\d)/, '') === other.replace(/^0+(?=\d)/, '');
}

function countOf(trailer: X12Segment): number {
  const count = elementOf(trailer, 1);
  return /^\d{1,10}$/.test(count) ? Number(count) : -1;
}

function broken({ position, name }: X12Segment, what: string): Error {
  return unreadable(what, { segment: position, name });
}
