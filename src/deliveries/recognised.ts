import { createRecogniser } from '../formats/recognise.js';
import type { FileFormat } from './received-file.js';

/** The format that a file looks like. */
export function recognised(bytes: Buffer): FileFormat {
  const start = bytes
    .subarray(0, 200)
    .toString('latin1')
    .replace(/^(?:\u00EF\u00BB\u00BF)?\s*/, '');
  if (start.startsWith('<')) return 'xml';
  if (/^ISA[^A-Za-z0-9]/.test(start)) return 'x12';
  const recogniser = createRecogniser();
  recogniser.push(bytes);
  const { format } = recogniser.finding();
  return format === 'xlsx' || format === 'json' ? format : 'csv';
}
