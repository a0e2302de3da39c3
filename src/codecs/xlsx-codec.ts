import { readAll } from '../formats/table.js';
import { readXlsx } from '../formats/xlsx-reader.js';
import { writeXlsx } from '../formats/xlsx-writer.js';
import type { Codec } from './codec.js';
import { fileShapes } from './document-shape.js';
import { createTableTaker } from './read-table.js';
import { tableOf } from './write-table.js';

/** The table of CSV as a workbook. Every cell is text, so that no id is rounded and nothing is a formula. */
export const xlsxCodec: Codec = {
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  extension: 'xlsx',
  write: (kind, documents, columns = null) =>
    writeXlsx([{ name: fileShapes[kind].plural, rows: tableOf(kind, documents, { guard: false, columns }) }]),
  // A part of a zip is packed as a whole here.
  stream: null,
  async read(kind, bytes, columns) {
    const taker = createTableTaker(kind, true, columns);
    const file = {
      bytes: bytes.length,
      async *pieces(start: number, end: number) {
        yield await Promise.resolve(bytes.subarray(start, end));
      },
    };
    const reader = readXlsx(file, {
      row: (fields, count, rowNumber, _isUnended, doubts) =>
        taker.row(fields, count, rowNumber, true, doubts),
      problem: (problem, rowNumber) => taker.problem(problem, rowNumber),
    });
    await readAll(reader);
    return taker.finish();
  },
};
