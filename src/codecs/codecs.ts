import type { Codec } from './codec.js';
import { csvCodec } from './csv-codec.js';
import { jsonCodec } from './json-codec.js';
import { xlsxCodec } from './xlsx-codec.js';
import { xmlCodec } from './xml-codec.js';

/** The formats whose files stand by themselves. X12 besides needs to know who exchanges it with whom. */
export const codecs = {
  json: jsonCodec,
  csv: csvCodec,
  xlsx: xlsxCodec,
  xml: xmlCodec,
} as const satisfies Readonly<Record<string, Codec>>;
