import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { AppError } from '../errors.js';
import type { RowProblem } from '../formats/table.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { RowError } from './current-row.js';
import { readColumns, type FeedColumns } from './feed-columns.js';
import { createFeedRowReader, createMatchRowReader, type FeedRowReader } from './feed-row.js';
import { MOST_ROW_ERRORS, type ImportKind } from './import.js';
import { emptyFile, type TableSource } from './table-source.js';

/** What was found in a file while its good rows went into the staging table. */
export interface StagedRows {
  /** Rows in the staging table. */
  staged: number;
  errorCount: number;
  /** The first of them. */
  errors: RowError[];
  warnings: string[];
}

const BLOCK_CHARACTERS = 65_536;

/** Gone with the transaction: of an import that breaks off nothing stays. */
export const feedStaging = `CREATE TEMP TABLE feed_rows (row_number int NOT NULL, sku_key text COLLATE "C" NOT NULL,
  supplier_sku text, quantity int, warehouse text, warehouses jsonb, cost numeric(20,6), details jsonb) ON COMMIT DROP`;
const matchStaging = `CREATE TEMP TABLE match_rows (row_number int NOT NULL, sku_key text COLLATE "C" NOT NULL,
  supplier_sku text, merchant_sku text NOT NULL, merchant_key text NOT NULL) ON COMMIT DROP`;
const staging: Record<ImportKind, string> = { feed: feedStaging, matching: matchStaging };
const tables: Record<ImportKind, string> = { feed: 'feed_rows', matching: 'match_rows' };

const problems: Record<RowProblem, [message: string, next: string]> = {
  'too-long': [
    'is longer than 65,536 characters',
    'Is there a quote that is never closed, or no line break?',
  ],
  'open-quote': [
    'a quote is opened and never closed',
    'Close the quote, or write a quote inside of quotes twice',
  ],
  'text-after-quote': ['has text after a closing quote', 'Write a quote inside of quotes twice'],
};

/**
 * Reads the rows of a file into a temporary table of the transaction (`feed_rows` or `match_rows`).
 * @throws AppError invalid-document when the file as a whole cannot be taken
 */
export async function stageRows(
  tx: BulkTx,
  source: TableSource,
  { kind, caseSensitive }: { kind: ImportKind; caseSensitive: boolean },
): Promise<StagedRows> {
  await tx.query(staging[kind]);
  const writer = createBlockWriter(tx.copyFrom(`COPY ${tables[kind]} FROM STDIN`));
  const errors: RowError[] = [];
  let errorCount = 0;
  const report = (error: RowError): void => {
    errorCount += 1;
    if (errors.length < MOST_ROW_ERRORS) errors.push(error);
  };
  let columns: FeedColumns | null = null;
  let reader: FeedRowReader | null = null;
  let staged = 0;
  const pieces = source.read({
    row(fields, count, rowNumber) {
      if (reader) {
        const line = reader.read(fields, count, rowNumber);
        if (line === null) return;
        staged += 1;
        writer.add(line);
      } else {
        columns = columnsOf(kind, fields.slice(0, count));
        const create = kind === 'feed' ? createFeedRowReader : createMatchRowReader;
        reader = create({ columns, caseSensitive, report });
      }
    },
    problem(problem, rowNumber) {
      if (!reader) throw unreadableHeader();
      reader.refuse(rowNumber, ...problems[problem]);
    },
  });
  for await (const _ of pieces) {
    void _;
    await writer.drained();
  }
  const { columns: found, reader: last } = { columns, reader } as {
    columns: FeedColumns | null;
    reader: FeedRowReader | null;
  };
  if (!found || !last) throw emptyFile();
  await writer.end();
  const warnings = [...source.warnings, ...found.warnings, ...remarksOf(kind, found, last)];
  return { staged, errorCount, errors, warnings };
}

function columnsOf(kind: ImportKind, headers: string[]): FeedColumns {
  const columns = readColumns(headers);
  if (kind === 'matching' && columns.merchantSku === null) {
    throw new AppError('invalid-document', 'The file has no column MerchantSKU.', {
      details: [
        { field: 'MerchantSKU', message: 'a matching file has the columns SupplierSKU and MerchantSKU' },
      ],
    });
  }
  if (
    kind === 'feed' &&
    columns.quantity === null &&
    columns.cost === null &&
    columns.warehouses.length === 0
  ) {
    throw new AppError('invalid-document', 'The file has neither a column Quantity nor Cost.', {
      details: [{ field: 'Quantity', message: 'a feed has SupplierSKU and Quantity, Cost or both' }],
    });
  }
  return columns;
}

function remarksOf(kind: ImportKind, columns: FeedColumns, { leftOut }: FeedRowReader): string[] {
  const remarks = [...leftOut].map(
    ([column, { count, firstRow }]) =>
      `${column}: ${count} ${count === 1 ? 'value' : 'values'} could not be read and ${count === 1 ? 'was' : 'were'} left out (first in row ${firstRow})`,
  );
  if (kind === 'feed' && columns.merchantSku !== null) {
    remarks.push(
      'MerchantSKU has no effect in a feed; matches come from a matching file (POST .../Matching)',
    );
  }
  return remarks;
}

/** Gathers rows: each written alone would make COPY six times as slow. */
function createBlockWriter(stream: Writable) {
  let block = '';
  let failure: Error | null = null;
  stream.on('error', (error: Error) => {
    failure = error;
  });
  let isFull = false;

  function flush(): void {
    isFull = !stream.write(block) || isFull;
    block = '';
  }
  return {
    add(line: string): void {
      block += line;
      if (block.length >= BLOCK_CHARACTERS) flush();
    },
    /** Waits until PostgreSQL has taken what was written, so that memory stays flat. */
    async drained(): Promise<void> {
      if (failure) throw failure as Error;
      if (!isFull) return;
      isFull = false;
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
    async end(): Promise<void> {
      if (failure) throw failure as Error;
      if (block !== '') stream.write(block);
      stream.end();
      if (!stream.writableFinished) await once(stream, 'finish');
    },
  };
}

function unreadableHeader(): AppError {
  return new AppError('invalid-document', 'The header of the file cannot be read.', {
    details: [{ field: 'file', message: 'the first row must name the columns', next: 'Is this a CSV file?' }],
  });
}
