import { createCsvBytesReader } from '../formats/csv-bytes.js';
import { LARGEST_FILE, refusedFile, type Codec } from './codec.js';
import { findEncoding } from './decode-text.js';
import { createTableTaker } from './read-table.js';
import { tableOf } from './write-table.js';

const NEEDS_QUOTES = /[",\r\n;\t|]|^\s|\s$/;
const READ_AT_ONCE = 65_536;

/** CSV as Logicbroker has it: headers are paths of the JSON, one row for each line. */
export const csvCodec: Codec = {
  mediaType: 'text/csv',
  extension: 'csv',
  write(kind, documents) {
    const rows = tableOf(kind, documents).map((cells) => cells.map(quoted).join(','));
    return Buffer.from(rows.map((row) => `${row}\r\n`).join(''));
  },
  // eslint-disable-next-line require-await -- others wait
  async read(kind, bytes) {
    if (bytes.length > LARGEST_FILE)
      throw refusedFile('The file is too large.', { message: 'send several files' });
    const { encoding, bomBytes } = findEncoding(bytes);
    const taker = createTableTaker(kind, false);
    const reader = createCsvBytesReader(encoding, {
      row: (fields, count, rowNumber, isUnended = false) => taker.row(fields, count, rowNumber, !isUnended),
      problem: (problem, rowNumber) => taker.problem(problem, rowNumber),
    });
    for (let at = bomBytes; at < bytes.length; at += READ_AT_ONCE)
      reader.write(bytes.subarray(at, Math.min(at + READ_AT_ONCE, bytes.length)));
    reader.end();
    return taker.finish();
  },
};

function quoted(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
