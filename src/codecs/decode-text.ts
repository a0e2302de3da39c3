import type { TextEncoding } from '../formats/encoding-names.js';
import { createEncodingProbe } from '../formats/text-encoding.js';
import { createTextDecoding } from '../formats/text-encoding.js';
import { refusedFile } from './codec.js';

/** The encoding of a file that says nothing about it, and the bytes of its mark. @throws AppError invalid-document */
export function findEncoding(bytes: Buffer): { encoding: TextEncoding; bomBytes: number } {
  const probe = createEncodingProbe();
  probe.push(bytes);
  const { encoding, bomBytes } = probe.finding();
  if (encoding === null) {
    throw refusedFile('The file cannot be read: its encoding cannot be told.', {
      message: 'is neither UTF-8 nor Western European text',
      next: 'Save it as UTF-8 and send that',
    });
  }
  return { encoding, bomBytes };
}

export function decodeText(bytes: Buffer): string {
  const { encoding, bomBytes } = findEncoding(bytes);
  const decoding = createTextDecoding(encoding);
  return decoding.write(bytes.subarray(bomBytes)) + decoding.end();
}
