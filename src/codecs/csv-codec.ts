import { createCsvBytesReader } from '../formats/csv-bytes.js';
import type { Delimiter } from '../formats/csv-reader.js';
import { LARGEST_FILE, refusedFile, type Codec, type TableOptions } from './codec.js';
import { findEncoding } from './decode-text.js';
import type { FileKind } from './document-shape.js';
import { createTableTaker } from './read-table.js';
import { headerRow, inOrder, namesIn, tableOf, tableRows, type WrittenColumn } from './write-table.js';

const NEEDS_QUOTES = /[",\r\n;\t|]|^\s|\s$/;
const READ_AT_ONCE = 65_536;

/** CSV as Logicbroker has it: headers are paths of the JSON, one row for each line. */
export const csvCodec: Codec = {
  mediaType: 'text/csv',
  extension: 'csv',
  write: (kind, documents, columns = null) => Buffer.from(textOf(tableOf(kind, documents, { columns }), ',')),
  stream: streamTable,
  // eslint-disable-next-line require-await -- others wait
  async read(kind, bytes, columns) {
    if (bytes.length > LARGEST_FILE)
      throw refusedFile('The file is too large.', { message: 'send several files' });
    const { encoding, bomBytes } = findEncoding(bytes);
    const taker = createTableTaker(kind, false, columns);
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

async function* streamTable(
  kind: FileKind,
  pages: () => AsyncIterable<readonly string[]>,
  { columns, delimiter }: TableOptions,
): AsyncGenerator<string> {
  const wanted = columns ?? (await columnsOfAll(kind, pages()));
  yield textOf([headerRow(wanted, true)], delimiter);
  for await (const documents of pages()) yield textOf(tableRows(kind, documents, wanted, true), delimiter);
}

async function columnsOfAll(
  kind: FileKind,
  pages: AsyncIterable<readonly string[]>,
): Promise<WrittenColumn[]> {
  const names = new Set<string>();
  for await (const documents of pages) for (const name of namesIn(kind, documents)) names.add(name);
  return inOrder(kind, names);
}

function textOf(rows: readonly (readonly string[])[], delimiter: Delimiter): string {
  return rows.map((cells) => `${cells.map(quoted).join(delimiter)}\r\n`).join('');
}

function quoted(cell: string): string {
  return NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
