import { createHash, type Hash } from 'node:crypto';
import { writeJson } from '../formats/json.js';
import { inSlices, type SlicedWork } from '../formats/slices.js';

/** Texts up to here are hashed together with what follows them. */
const CHARACTERS_AT_ONCE = 16_384;

/**
 * The same for two contents that say the same: order of members and absent or null members make no difference. Large ones
 * are hashed in slices.
 */
export function hashOfContent(content: unknown): Promise<string> {
  return inSlices(hashing(content));
}

function* hashing(content: unknown): SlicedWork<string> {
  const writer = createWriter(createHash('sha256'));
  yield* writeCanonical(content, writer);
  return writer.digest();
}

interface Writer {
  write(text: string): void;
  digest(): string;
}

function createWriter(hash: Hash): Writer {
  let gathered = '';
  return {
    write(text) {
      gathered += text;
      if (gathered.length < CHARACTERS_AT_ONCE) return;
      hash.update(gathered);
      gathered = '';
    },
    digest: () => hash.update(gathered).digest('hex'),
  };
}

function* writeCanonical(value: unknown, writer: Writer): SlicedWork<void> {
  if (Array.isArray(value)) yield* writeAll(value, writer, null);
  else if (isPlainObject(value)) {
    const members = canonicalMembers(value);
    const names = Object.keys(members);
    yield* writeAll(Object.values(members), writer, names);
  } else writer.write(writeJson(value));
}

/** The entries of a list, or the members of these names. */
function* writeAll(values: readonly unknown[], writer: Writer, names: string[] | null): SlicedWork<void> {
  writer.write(names ? '{' : '[');
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (at > 0) writer.write(',');
    if (names) writer.write(`${JSON.stringify(names[at])}:`);
    if (typeof value === 'object' && value !== null) yield* writeCanonical(value, writer);
    else writer.write(writeJson(value));
    if (at % 100 === 99) yield;
  }
  writer.write(names ? '}' : ']');
  yield;
}

function canonicalMembers(value: Record<string, unknown>): Record<string, unknown> {
  const members = Object.entries(value)
    .filter(([, member]) => member !== null && member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  // As the members of an object: names that are numbers come first, which the hashes that are stored have been made with.
  return Object.fromEntries(members);
}

/** Numbers with a text of their own are objects too, and stay whole. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
