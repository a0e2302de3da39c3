import type { TextEncoding } from './encoding-names.js';
import { isGzip } from './unpack.js';
import { createEncodingProbe } from './text-encoding.js';

/** What a file is, by its content; its name and what its sender calls it say little. */
export type FileFormat =
  { format: 'xlsx'; encoding: null } | { format: 'csv' | 'json'; encoding: TextEncoding | null };

const HEAD_BYTES = 64;
/** How a zip begins: of the formats that are read, a workbook is one. */
const ZIP = 'PK\u0003\u0004';
/** No header of a table begins so. */
const JSON_START = /^\uFEFF?\s*(\[\s*[\]{]|\{\s*["}])/;

/** Recognises a file while its bytes pass by. Whatever is nothing else is CSV, whose reader says what is wrong with it. */
export function createRecogniser(): { push(bytes: Uint8Array): void; finding(): FileFormat } {
  const probe = createEncodingProbe();
  let head = Buffer.alloc(0);
  return {
    push(bytes) {
      if (head.length < HEAD_BYTES) head = Buffer.concat([head, bytes.subarray(0, HEAD_BYTES - head.length)]);
      probe.push(bytes);
    },
    finding() {
      if (head.subarray(0, ZIP.length).toString('latin1') === ZIP) return { format: 'xlsx', encoding: null };
      // What is in it is looked at when it is read.
      if (isGzip(head)) return { format: 'csv', encoding: null };
      const { encoding } = probe.finding();
      const isJson = encoding === 'utf-8' && JSON_START.test(head.toString('utf8'));
      return { format: isJson ? 'json' : 'csv', encoding };
    },
  };
}
