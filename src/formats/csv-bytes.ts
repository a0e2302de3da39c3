import {
  createCsvReader,
  declaredDelimiter,
  sniffDelimiter,
  sniffLineEnd,
  type CsvReader,
  type Delimiter,
} from './csv-reader.js';
import type { TableHandlers } from './table.js';
import type { TextEncoding } from './encoding-names.js';
import { createTextDecoding } from './text-encoding.js';

/** The header is looked for in so much of a file. */
const SNIFFED_CHARACTERS = 65_536;
const LINE_FEED = 0x0a;
/** What a taker of lines leaves becomes text: so many bytes, and twice as many as long as it takes nothing after them. */
const FEWEST_BYTES_AS_TEXT = 128;
const MOST_BYTES_AS_TEXT = 65_536;

interface CsvBytesReader {
  write(bytes: Buffer): void;
  end(): void;
}

/**
 * Reads CSV from the pieces of a file, of which it finds out separator and line end. Lines go to the handlers' taker of
 * lines for as long as it takes them; all else becomes text, and fields.
 */
export function createCsvBytesReader(encoding: TextEncoding, handlers: TableHandlers): CsvBytesReader {
  const decoding = createTextDecoding(encoding);
  let csv: CsvReader | null = null;
  let delimiter: Delimiter = ',';
  /** In other encodings, and with other line ends, a line cannot be told by its bytes. */
  let hasPlainLines = false;
  let bytesAsText = FEWEST_BYTES_AS_TEXT;

  function begin(bytes: Buffer): CsvReader {
    const start = createTextDecoding(encoding).write(bytes).slice(0, SNIFFED_CHARACTERS);
    const lineEnd = sniffLineEnd(start);
    delimiter = sniffDelimiter(start);
    hasPlainLines = lineEnd === '\n' && (encoding === 'utf-8' || encoding === 'windows-1252');
    return createCsvReader(
      delimiter,
      lineEnd,
      declaredDelimiter(start) ? withoutFirstRow(handlers) : handlers,
    );
  }

  function takeLines(reader: CsvReader, bytes: Buffer, from: number): number {
    const taker = reader.isBetweenRows() ? handlers.lines?.(delimiter) : null;
    if (!taker) return from;
    const takenBefore = taker.taken;
    const next = taker.take(bytes, from, reader.rowNumber);
    reader.countRows(taker.taken - takenBefore);
    if (next > from) bytesAsText = FEWEST_BYTES_AS_TEXT;
    return next;
  }

  return {
    write(bytes) {
      csv ??= begin(bytes);
      for (let at = 0; at < bytes.length;) {
        let end = bytes.length;
        if (hasPlainLines) {
          at = takeLines(csv, bytes, at);
          // The first line of a piece has mostly begun in the one before.
          end = endOfLine(bytes, at === 0 ? 0 : at + bytesAsText);
          bytesAsText = Math.min(bytesAsText * 2, MOST_BYTES_AS_TEXT);
        }
        csv.write(decoding.write(bytes.subarray(at, end)));
        at = end;
      }
    },
    end() {
      csv?.write(decoding.end());
      csv?.end();
    },
  };
}

/** The first line declares the separator, and is no row. */
function withoutFirstRow(handlers: TableHandlers): TableHandlers {
  return {
    ...handlers,
    row(fields, count, rowNumber, isUnended) {
      if (rowNumber > 1) handlers.row(fields, count, rowNumber, isUnended);
    },
  };
}

function endOfLine(bytes: Buffer, from: number): number {
  const lineFeedAt = from < bytes.length ? bytes.indexOf(LINE_FEED, from) : -1;
  return lineFeedAt === -1 ? bytes.length : lineFeedAt + 1;
}
