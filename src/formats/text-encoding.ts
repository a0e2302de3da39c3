import { isAscii, isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { createByteSample } from './byte-sample.js';
import type { TextEncoding } from './encoding-names.js';
import { readsAsWestern } from './encoding-readings.js';

interface EncodingFinding {
  /** Null: the text is neither UTF-8 nor plainly Western European, so that its sender has to be asked. */
  encoding: TextEncoding | null;
  /** Bytes of the byte order mark, which is no text. */
  bomBytes: number;
}

const UTF8_BOM = [0xef, 0xbb, 0xbf];

/** The start of a file, by which UTF-16 without a mark is told. */
const SAMPLE_BYTES = 1_024;

/**
 * Finds the encoding of a text while its bytes pass by: UTF-16 by its byte order mark or by zeros in every second byte of its
 * start, else UTF-8 when every byte agrees, else Windows-1252, which is what spreadsheets write on Western European systems,
 * where it reads as words do.
 */
export function createEncodingProbe(): { push(bytes: Uint8Array): void; finding(): EncodingFinding } {
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  const sample = createByteSample();
  let agrees = true;
  let hasWide = false;
  return {
    push(bytes) {
      if (head.length < SAMPLE_BYTES)
        head = Buffer.concat([head, bytes.subarray(0, SAMPLE_BYTES - head.length)]);
      if (!agrees) {
        sample.push(bytes);
        return;
      }
      const part = tail.length === 0 ? bytes : Buffer.concat([tail, bytes]);
      const end = wholeCharacters(part);
      agrees = isUtf8(part.subarray(0, end));
      if (!agrees) sample.push(part);
      tail = Buffer.from(part.subarray(end));
      hasWide ||= agrees && !isAscii(part.subarray(0, end));
    },
    finding() {
      if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bomBytes: 2 };
      if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bomBytes: 2 };
      const wide = utf16WithoutMark(head);
      if (wide) return { encoding: wide, bomBytes: 0 };
      // A last character that is cut off makes no other text of it.
      if (agrees && tail.length > 0 && !hasWide) return { encoding: 'windows-1252', bomBytes: 0 };
      if (!agrees) {
        return { encoding: readsAsWestern(sample.lines()) ? 'windows-1252' : null, bomBytes: 0 };
      }
      return { encoding: 'utf-8', bomBytes: UTF8_BOM.every((byte, at) => head[at] === byte) ? 3 : 0 };
    },
  };
}

/** A header in Latin letters has a zero in every second byte. */
function utf16WithoutMark(head: Uint8Array): TextEncoding | null {
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2]! += 1;
  const half = head.length / 2;
  if (half < 8) return null;
  if (zeros[1]! > half * 0.7 && zeros[0]! < half * 0.1) return 'utf-16le';
  return zeros[0]! > half * 0.7 && zeros[1]! < half * 0.1 ? 'utf-16be' : null;
}

/** Bytes of the byte order mark at the start of a text, which are no text. */
export function bytesOfMark(start: Uint8Array, encoding: TextEncoding): number {
  if (encoding === 'utf-16le') return start[0] === 0xff && start[1] === 0xfe ? 2 : 0;
  if (encoding === 'utf-16be') return start[0] === 0xfe && start[1] === 0xff ? 2 : 0;
  return encoding === 'utf-8' && UTF8_BOM.every((byte, at) => start[at] === byte) ? 3 : 0;
}

/** The end of the last character that is there as a whole; a cut one has at most three bytes. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) {
      const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return back < wanted ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

interface TextDecoding {
  write(bytes: Buffer): string;
  end(): string;
}

/** Decodes a text piece by piece; characters that are cut between two pieces stay whole. */
export function createTextDecoding(encoding: TextEncoding): TextDecoding {
  if (encoding !== 'utf-8' && encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    const decoder = new TextDecoder(encoding);
    return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
  }
  if (encoding === 'utf-16be') return swapped(new StringDecoder('utf16le'));
  return new StringDecoder(encoding === 'utf-8' ? 'utf8' : 'utf16le');
}

function swapped(decoder: StringDecoder): TextDecoding {
  let odd = Buffer.alloc(0);
  return {
    write(bytes) {
      const part = Buffer.concat([odd, bytes]);
      const even = part.length - (part.length % 2);
      odd = Buffer.from(part.subarray(even));
      return decoder.write(part.subarray(0, even).swap16());
    },
    end: () => decoder.end(odd),
  };
}
