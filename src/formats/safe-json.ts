import { AppError, messageOf } from '../errors.js';
import { keepText, parseJson } from './json.js';

export interface ParsedJson {
  /** Plain data for validation and code. Null members are gone: Logicbroker's clients write unset fields so. */
  plain: unknown;
  /** The same with every number in the digits that were sent, nulls included. */
  kept: unknown;
}

const DEEPEST = 32;
const MOST_VALUES = 200_000;
const LONGEST_NUMBER = 100;
/** PostgreSQL writes `1e131071` out with all its zeros: a few bytes of request would fill a disk. */
const LARGE_EXPONENT = /e[+-]?0*[1-9]\d{2,}$/i;
/** With the u flag a whole pair is one character, so only a lone half matches. */
const HALF_A_PAIR = /\p{Surrogate}/u;

/**
 * Parses JSON of unknown origin. Refused beside malformed text: deeper than 32 levels, more than 200,000 values, a
 * `__proto__` member, characters that no database column can hold (NUL, half a surrogate pair), and numbers of more than
 * 100 digits.
 * @throws AppError invalid-document with the position, or the path of the offending member
 */
export function parseUntrustedJson(text: string): ParsedJson {
  const plain = attempt(text, () => JSON.parse(text) as unknown);
  inspect(plain);
  const kept = attempt(text, () => parseJson(text, readNumber));
  return { plain: withoutNulls(plain), kept };
}

/** The engines' messages quote the text around the position; ours must not repeat a buyer's address. */
function attempt<T>(text: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = messageOf(error);
    const position = /position (\d+)/.exec(reason)?.[1] ?? text.length;
    const what = reason.startsWith('Duplicate key') ? 'one member is named twice' : 'this is not JSON';
    throw new AppError('invalid-document', `The body cannot be read: ${what} (at position ${position}).`);
  }
}

/** Walks level by level, not by recursion: the depth is what we distrust. */
function inspect(root: unknown): void {
  let level: [path: string, value: unknown][] = [['', root]];
  let values = 0;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) throw refused('', `nested deeper than ${DEEPEST} levels`);
    // Counted before anything is made of them: millions of paths would hold up everybody else for seconds.
    for (const [, value] of level) values += sizeOf(value);
    if (values > MOST_VALUES) throw refused('', `more than ${MOST_VALUES} values in one document`);
    level = level.flatMap(([path, value]) => membersOf(path, value));
  }
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

function readNumber(text: string): unknown {
  if (text.length <= LONGEST_NUMBER && !LARGE_EXPONENT.test(text)) return keepText(text);
  throw refused('', `has a number of more than ${LONGEST_NUMBER} digits`);
}

function membersOf(path: string, value: unknown): [string, unknown][] {
  if (typeof value === 'string') checkText(path, value);
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.map((member, index) => [`${path}[${index}]`, member]);
  return Object.entries(value).map(([name, member]) => {
    if (name === '__proto__') throw refused(path, 'a member must not be named __proto__');
    checkText(path, name);
    return [path ? `${path}.${name}` : name, member];
  });
}

function checkText(path: string, text: string): void {
  if (text.includes('\u0000') || HALF_A_PAIR.test(text)) {
    throw refused(path, 'has a character that is not text (NUL or half a surrogate pair)');
  }
}

function refused(path: string, message: string): AppError {
  return new AppError('invalid-document', 'The document is not valid.', {
    details: [{ field: path || 'body', message }],
  });
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
