import { AppError } from '../kernel/errors.js';
import { separatorProblem, type X12Separators } from './x12.js';
import { x12Text, type X12CharacterSet } from './x12-text.js';

/** A segment to write: its name and its elements; what is absent at the end is left out. */
export type X12Line = readonly [name: string, ...elements: (string | null | undefined)[]];

/** Who exchanges interchanges with whom, and how. */
export interface X12Envelope {
  sender: X12Party;
  receiver: X12Party;
  separators: X12Separators;
  characterSet: X12CharacterSet;
  /** GS08, such as 004010 or 005010. */
  version: string;
  isTest: boolean;
  wantsTa1: boolean;
}

interface X12Party {
  qualifier: string;
  id: string;
  /** GS02 and GS03; the id of the interchange where it is absent. */
  groupId?: string;
}

/** Numbers that the caller has taken for this file, once for ever. */
export interface X12Controls {
  interchange: number;
  group: number;
}

/** A transaction set without ST and SE. */
export interface X12Body {
  /** Such as 850. */
  id: string;
  lines: readonly X12Line[];
}

const HIGHEST_CONTROL = 999_999_999;
const REPETITION = '^';

/**
 * One interchange with one group, whatever stands in the data: every element goes through `x12Text`, so that no separator and
 * no line break in it can be taken for syntax. Sets are numbered from 1. The same input gives the same text.
 * @param groupId GS01, such as PO
 * @throws AppError configuration-invalid for an envelope that nobody could read
 */
export function writeX12(
  groupId: string,
  sets: readonly X12Body[],
  envelope: X12Envelope,
  controls: X12Controls,
  time: Date,
): string {
  const separators = usable(envelope, controls);
  const { sender, receiver, version, characterSet } = envelope;
  const iso = time.toISOString();
  const day = iso.slice(0, 10).replaceAll('-', '');
  const minute = iso.slice(11, 16).replace(':', '');
  const control = padded(controls.interchange, 9);
  const write = ([name, ...elements]: X12Line): string => {
    const cells = elements.map((value) => (value ? x12Text(value, separators, characterSet).text : ''));
    while (cells.at(-1) === '') cells.pop();
    return [name, ...cells].join(separators.element) + separators.terminator;
  };
  const isa = [
    'ISA',
    '00',
    ' '.repeat(10),
    '00',
    ' '.repeat(10),
    sender.qualifier.padEnd(2),
    sender.id.padEnd(15),
    receiver.qualifier.padEnd(2),
    receiver.id.padEnd(15),
    day.slice(2),
    minute,
    separators.repetition ?? 'U',
    interchangeVersion(version),
    control,
    envelope.wantsTa1 ? '1' : '0',
    envelope.isTest ? 'T' : 'P',
    separators.component,
  ];
  const bodies = sets.map(({ id, lines }, index) => {
    const setControl = padded(index + 1, 4);
    const body = lines.map(write);
    return write(['ST', id, setControl]) + body.join('') + write(['SE', String(body.length + 2), setControl]);
  });
  const group = String(controls.group);
  return (
    isa.join(separators.element) +
    separators.terminator +
    write([
      'GS',
      groupId,
      sender.groupId ?? sender.id,
      receiver.groupId ?? receiver.id,
      day,
      minute,
      group,
      'X',
      version,
    ]) +
    bodies.join('') +
    write(['GE', String(sets.length), group]) +
    write(['IEA', '1', control])
  );
}

/** Such as 00501 for 005010. */
function interchangeVersion(version: string): string {
  return version.slice(0, 5);
}

/** The separators as the version has them: one for repetition from 005010 on. */
export function separatorsOf({
  separators,
  version,
}: Pick<X12Envelope, 'separators' | 'version'>): X12Separators {
  const repeats = version >= '004020';
  return { ...separators, repetition: repeats ? (separators.repetition ?? REPETITION) : null };
}

function usable(envelope: X12Envelope, controls: X12Controls): X12Separators {
  const separators = separatorsOf(envelope);
  const problem =
    separatorProblem(separators) ??
    partyProblem(envelope.sender) ??
    partyProblem(envelope.receiver) ??
    (/^\d{6}[A-Z0-9]{0,6}$/.test(envelope.version) ? null : 'the version is six digits, such as 004010') ??
    (isControl(controls.interchange) && isControl(controls.group)
      ? null
      : `a control number is from 1 to ${HIGHEST_CONTROL}`);
  if (problem)
    throw new AppError('configuration-invalid', `No X12 can be written for this partner: ${problem}.`);
  return separators;

  function partyProblem({ qualifier, id, groupId = id }: X12Party): string | null {
    if (!/^[A-Z0-9]{2}$/.test(qualifier)) return 'a qualifier has two letters or digits';
    if (id.trim() === '' || id.length > 15) return 'an id has 1 to 15 characters';
    if (groupId.length < 2 || groupId.length > 15) return 'an id of the group has 2 to 15 characters';
    const changed = [id, groupId].some((one) => x12Text(one, separators, envelope.characterSet).text !== one);
    return changed ? 'an id has a character that the separators or the character set do not allow' : null;
  }
}

function isControl(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= HIGHEST_CONTROL;
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}
