import { AppError } from '../kernel/errors.js';
import { separatorProblem, type X12Segment, type X12Separators } from './x12.js';

/** No partner's file comes near: these bound what a hostile one costs. */
const LONGEST_FILE = 64 * 1_048_576;
const LONGEST_SEGMENT = 65_536;
const MOST_SEGMENTS = 2_000_000;
const MOST_ELEMENTS = 200;
/** ISA has 106 characters with its terminator; some have line breaks within, and padding of a few characters more. */
const LONGEST_ISA = 160;
const ISA_ELEMENTS = 16;
const NAME = /^[A-Z][A-Z0-9]{1,2}$/;

/** Where repetition came in; before, ISA11 said by whom the standard is kept. */
const FIRST_WITH_REPETITION = '00402';

/** Cuts a file into the segments of its interchanges, of which each brings separators of its own. */
export function* cutSegments(
  file: string,
): Generator<{ segment: X12Segment; separators: X12Separators; isEnded: boolean }, void> {
  if (file.length > LONGEST_FILE)
    throw unreadable(`the file has more than ${LONGEST_FILE} characters`, { segment: 1, name: 'ISA' });
  let at = afterBlanks(file, 0);
  let separators: X12Separators | null = null;
  let position = 0;
  for (let count = 1; at < file.length; count++) {
    if (count > MOST_SEGMENTS) throw unreadable(`the file has more than ${MOST_SEGMENTS} segments`);
    if (separators === null) {
      separators = readSeparators(file, at);
      position = 0;
    }
    const found = file.indexOf(separators.terminator, at);
    const end = found === -1 ? file.length : found;
    position += 1;
    if (end - at > LONGEST_SEGMENT)
      throw unreadable(`a segment has more than ${LONGEST_SEGMENT} characters`, {
        segment: position,
        name: nameAt(file, at),
      });
    const segment = cutSegment(file.slice(at, end), separators, position);
    yield { segment, separators, isEnded: found !== -1 };
    if (segment.name === 'IEA') separators = null;
    at = afterBlanks(file, end + 1, separators?.terminator);
  }
}

function cutSegment(raw: string, { element, terminator }: X12Separators, position: number): X12Segment {
  // Networks that wrap at a fixed width break lines anywhere; no data has a line break.
  const line = terminator === '\r' || terminator === '\n' ? raw : raw.replaceAll(/[\r\n]/g, '');
  const [name = '', ...elements] = line.split(element, MOST_ELEMENTS + 2);
  if (!NAME.test(name)) {
    throw unreadable('a segment begins with something that is no name of one', {
      segment: position,
      name: nameAt(name, 0),
    });
  }
  if (elements.length > MOST_ELEMENTS)
    throw unreadable(`a segment has more than ${MOST_ELEMENTS} elements`, { segment: position, name });
  if (elements.some((value) => value.includes('\0')))
    throw unreadable('a segment has a character that is not text (NUL)', { segment: position, name });
  return { name, elements, position };
}

/** What stands behind ISA, behind its sixteenth separator, and behind that. Widths are the sender's affair. */
function readSeparators(file: string, at: number): X12Separators {
  const start = { segment: 1, name: 'ISA' };
  if (!file.startsWith('ISA', at)) throw unreadable('no interchange begins here: ISA is wanted', start);
  const element = file[at + 3] ?? '';
  const most = Math.min(file.length, at + LONGEST_ISA);
  let next = at + 3;
  let before = next;
  for (let count = 1; count <= ISA_ELEMENTS; count++, next++) {
    next = file.indexOf(element, next);
    if (next === -1 || next >= most)
      throw unreadable('the head of the interchange is not whole: ISA has 16 elements', {
        ...start,
        element: count,
      });
    if (count === ISA_ELEMENTS - 5) before = next;
  }
  const standard = file[before + 1] ?? '';
  const version = file
    .slice(before + 2, next)
    .split(element)[1]
    ?.trim();
  if (file[next] === '\r' || file[next] === '\n') next = afterBlanks(file, next);
  const separators = {
    element,
    component: file[next] ?? '',
    repetition: null,
    terminator: file[next + 1] ?? '',
  };
  const problem = separatorProblem(separators);
  if (problem) throw unreadable(problem, { ...start, element: 16 });
  const repeating = { ...separators, repetition: standard };
  const repeats = (version ?? '') >= FIRST_WITH_REPETITION && separatorProblem(repeating) === null;
  return repeats ? repeating : separators;
}

/** Files are often indented, or have a line for each segment; some begin with a mark. */
function afterBlanks(file: string, from: number, terminator?: string): number {
  let at = from;
  while (at < file.length && (' \t\r\n\u00a0\ufeff\u001a\0'.includes(file[at]!) || file[at] === terminator))
    at += 1;
  return at;
}

function nameAt(text: string, at: number): string {
  return text.slice(at, at + 3).replaceAll(/[^A-Za-z0-9]/g, '?');
}

/** Nothing of the file is read: what names the place holds none of its data. */
export function unreadable(what: string, at?: { segment: number; name: string; element?: number }): AppError {
  return new AppError('invalid-document', 'The X12 file cannot be read, and nothing of it is taken.', {
    details: [{ ...(at && { at }), message: what }],
  });
}
