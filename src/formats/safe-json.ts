import { AppError } from '../kernel/errors.js';
import { JsonNumber, keepText } from './json.js';
import { closingQuote, endOfWhole } from './json-text.js';
import { atOnce, type SlicedWork } from './slices.js';

export interface ParsedJson {
  /** Plain data for validation and code. Null members are gone: Logicbroker's clients write unset fields so. */
  plain: unknown;
  /** The same with every number in the digits that were sent, nulls included. */
  kept: unknown;
}

const DEEPEST = 32;
const MOST_VALUES = 200_000;
/** No honest object has so many; as keys of one object they take far more time and room than as entries of a list. */
const MOST_MEMBERS = 10_000;
/** In a row, between two values: no indentation is that deep. */
const MOST_BLANKS = 100_000;
const LONGEST_NUMBER = 100;
/** PostgreSQL writes `1e131071` out with all its zeros: a few bytes of request would fill a disk. */
const LARGE_EXPONENT = /e[+-]?0*[1-9]\d{2,}$/i;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** With the u flag a whole pair is one character, so only a lone half matches. */
const HALF_A_PAIR = /\p{Surrogate}/u;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BLANK = 0x20;

/** Texts up to here are read character by character; of longer ones the engine's own parser is faster. */
const SHORT_TEXT = 200;
/** What is read between two chances to stop. */
const VALUES_AT_ONCE = 300;
const TEXT_AT_ONCE = 65_536;

const literals: [word: string, value: boolean | null][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** An object or list that is being read, twice: see ParsedJson. */
interface Frame {
  list: { plain: unknown[]; kept: unknown[] } | null;
  object: { plain: Record<string, unknown>; kept: Record<string, unknown> } | null;
  /** Of the member that is being read. */
  name: string;
  members: number;
}

/**
 * Parses JSON of unknown origin. Refused beside malformed text: deeper than 32 levels, more than 200,000 values, more than
 * 10,000 members of one object, a `__proto__` member, a member named twice with different values, characters that no database
 * column can hold (NUL, half a surrogate pair), and numbers of more than 100 digits.
 * @throws AppError invalid-document with the position, or the path of the offending member
 */
export function parseUntrustedJson(text: string): ParsedJson {
  return atOnce(readUntrustedJson(text));
}

/** The same in pieces: ten megabytes of it must not delay all other requests. */
export function* readUntrustedJson(text: string): SlicedWork<ParsedJson> {
  const stack: Frame[] = [];
  let frame = null as Frame | null;
  let at = 0;
  let values = 0;
  /** Values since the last stop. */
  let work = 0;
  let plain: unknown;
  let kept: unknown;

  for (;;) {
    if (work >= VALUES_AT_ONCE) {
      work = 0;
      yield;
    }
    work += 1;
    skipBlanks();
    if (text.charCodeAt(at) === QUOTE) {
      plain = readShortText() ?? (yield* readLongText());
      kept = plain;
    } else if (open()) continue;
    // A value is complete; it may be the last one of what is around it.
    for (;;) {
      const around: Frame | null = frame;
      skipBlanks();
      if (around === null) {
        if (at < text.length) throw notJson(at);
        return { plain, kept };
      }
      attach(around);
      const next = text.charCodeAt(at);
      if (next === COMMA) {
        at += 1;
        if (around.object) readName(around);
        break;
      }
      if (next !== (around.list ? CLOSE_LIST : CLOSE_OBJECT)) throw notJson(at);
      close(around);
    }
  }

  function skipBlanks(): void {
    const most = Math.min(text.length, at + MOST_BLANKS);
    for (; at < most; at++) {
      const code = text.charCodeAt(at);
      if (code !== BLANK && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
    }
    if (at < text.length) throw unreadable('there are too many blanks in a row', at);
  }

  /** Reads a scalar, or an empty object or list; true when it has opened one whose first entry comes next. */
  function open(): boolean {
    const code = text.charCodeAt(at);
    if (code !== OPEN_OBJECT && code !== OPEN_LIST) {
      readLiteral();
      return false;
    }
    if (stack.length >= DEEPEST) throw refused('', `nested deeper than ${DEEPEST} levels`);
    at += 1;
    if (frame) stack.push(frame);
    const opened: Frame = {
      list: code === OPEN_LIST ? { plain: [], kept: [] } : null,
      object: code === OPEN_OBJECT ? { plain: {}, kept: {} } : null,
      name: '',
      members: 0,
    };
    frame = opened;
    skipBlanks();
    if (text.charCodeAt(at) === (opened.list ? CLOSE_LIST : CLOSE_OBJECT)) {
      close(opened);
      return false;
    }
    if (opened.object) readName(opened);
    return true;
  }

  function close({ list, object }: Frame): void {
    at += 1;
    plain = list ? list.plain : object!.plain;
    kept = list ? list.kept : object!.kept;
    frame = stack.pop() ?? null;
  }

  function attach({ list, object, name }: Frame): void {
    values += 1;
    if (values > MOST_VALUES) throw refused('', `more than ${MOST_VALUES} values in one document`);
    if (list) {
      list.plain.push(plain);
      list.kept.push(kept);
      return;
    }
    if (Object.hasOwn(object!.kept, name) && !isSame(object!.kept[name], kept))
      throw unreadable('one member is named twice', at);
    object!.kept[name] = kept;
    if (plain !== null) object!.plain[name] = plain;
  }

  function readName(around: Frame): void {
    skipBlanks();
    around.name = '';
    if (text.charCodeAt(at) !== QUOTE) throw notJson(at);
    const name = readShortText() ?? atOnce(readLongText());
    if (name === '__proto__') throw refused(pathTo(around), 'a member must not be named __proto__');
    around.members += 1;
    if (around.members > MOST_MEMBERS)
      throw refused(pathTo(around), `more than ${MOST_MEMBERS} members in one object`);
    around.name = name;
    skipBlanks();
    if (text.charCodeAt(at) !== COLON) throw notJson(at);
    at += 1;
  }

  function readLiteral(): void {
    for (const [word, value] of literals) {
      if (!text.startsWith(word, at)) continue;
      at += word.length;
      plain = value;
      kept = value;
      return;
    }
    readNumber();
  }

  function readNumber(): void {
    const start = at;
    while (isOfNumber(text.charCodeAt(at))) {
      at += 1;
      if (at - start > LONGEST_NUMBER) throw tooManyDigits();
    }
    const digits = text.slice(start, at);
    if (!NUMBER.test(digits)) throw notJson(start);
    if (LARGE_EXPONENT.test(digits)) throw tooManyDigits();
    plain = Number(digits);
    kept = keepText(digits);
  }

  /** The text whose opening quote is at `at`; null, with nothing read, when it is long or has escapes. */
  function readShortText(): string | null {
    const start = at + 1;
    const most = Math.min(text.length, start + SHORT_TEXT);
    for (let end = start; end < most; end++) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) {
        at = end + 1;
        return text.slice(start, end);
      }
      if (code === BACKSLASH || code < BLANK) return null;
    }
    return null;
  }

  /** The same for any text, in parts that the engine's own parser reads. */
  function* readLongText(): SlicedWork<string> {
    const parts: string[] = [];
    let hasCodes = false;
    for (let isLast = false; !isLast;) {
      const part = text.slice(at + 1, at + 1 + TEXT_AT_ONCE);
      const quote = closingQuote(part);
      isLast = quote !== -1;
      if (!isLast && part.length < TEXT_AT_ONCE) throw notJson(text.length);
      const read = part.slice(0, isLast ? quote : endOfWhole(part));
      parts.push(parseText(`"${read}"`));
      hasCodes ||= read.includes('\\u');
      at += read.length + (isLast ? 2 : 0);
      if (!isLast) yield;
    }
    const whole = parts.join('');
    // Raw they do not get through: the one is no JSON, the other no UTF-8.
    if (hasCodes && (whole.includes('\u0000') || HALF_A_PAIR.test(whole)))
      throw refused(pathTo(frame), 'has a character that is not text (NUL or half a surrogate pair)');
    return whole;
  }

  function parseText(quoted: string): string {
    try {
      return JSON.parse(quoted) as string;
    } catch {
      throw notJson(at);
    }
  }

  function pathTo(last: Frame | null): string {
    return [...stack, ...(last ? [last] : [])].reduce((path, { list, name }) => {
      if (list) return `${path}[${list.plain.length}]`;
      return path && name ? `${path}.${name}` : path || name;
    }, '');
  }
}

function isOfNumber(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2e ||
    code === 0x2b ||
    (code | 0x20) === 0x65
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return one instanceof JsonNumber && other instanceof JsonNumber ? one.text === other.text : one === other;
}

function notJson(position: number): AppError {
  return unreadable('this is not JSON', position);
}

/** Without the text around the position, which can be a buyer's address. */
function unreadable(what: string, position: number): AppError {
  return new AppError('invalid-document', `The body cannot be read: ${what} (at position ${position}).`);
}

function tooManyDigits(): AppError {
  return refused('', `has a number of more than ${LONGEST_NUMBER} digits`);
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid-document', 'The document is not valid.', {
    details: [{ field: path || 'body', message }],
  });
}
