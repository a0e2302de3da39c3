import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '../../kernel/errors.js';
import { readAll, type RowProblem } from '../../formats/table.js';
import type { BulkTx } from '../../store/bulk-transaction.js';
import type { ReportRow, RowError } from './current-row.js';
import { readColumns, type FeedColumns } from './feed-columns.js';
import { createFeedRowReader, createMatchRowReader, type FeedRowReader } from './feed-row.js';
import { MOST_ROW_ERRORS, type ImportKind } from './import.js';
import { createPlainRows, type PlainRows } from './plain-rows.js';
import { createRepeatSieve } from './repeat-sieve.js';
import { emptyFile, type TableSource } from './table-source.js';

/** What was found in a file while its good rows went into the staging table. */
export interface StagedRows {
  /** Rows in the staging table. */
  staged: number;
  /** Rows of which nothing was taken. */
  errorCount: number;
  /** Rows that were taken, but for a value that was refused or corrected. */
  warnedCount: number;
  /** The first findings about both. */
  errors: RowError[];
  warnings: string[];
  /** Rows in the staging table without a quantity, and without a price. */
  without: { quantity: number; cost: number };
  /** Keys that may stand there more than once; null: too many to name. */
  suspects: string[] | null;
}

const BLOCK_CHARACTERS = 65_536;

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
 * Reads the rows of a file into a table that this very transaction has made for them: only there they can be written as if
 * they had always been there (FREEZE), and are read faster.
 * @throws AppError invalid-document when the file as a whole cannot be taken
 */
export async function stageRows(
  tx: BulkTx,
  source: TableSource,
  { kind, table: name, caseSensitive }: { kind: ImportKind; table: string; caseSensitive: boolean },
): Promise<StagedRows> {
  const writer = createBlockWriter(tx.copyFrom(`COPY ${name} FROM STDIN WITH (FREEZE)`));
  const errors: RowError[] = [];
  let errorCount = 0;
  let warnedCount = 0;
  const report: ReportRow = (findings, isTaken) => {
    if (isTaken) warnedCount += 1;
    else errorCount += 1;
    if (errors.length < MOST_ROW_ERRORS) errors.push(...findings.slice(0, MOST_ROW_ERRORS - errors.length));
  };
  const sieve = createRepeatSieve(kind === 'feed' ? source.bytes : 0);
  const table: { columns: FeedColumns | null; reader: FeedRowReader | null; plain: PlainRows | null } = {
    columns: null,
    reader: null,
    plain: null,
  };
  let staged = 0;
  const pieces = source.read({
    row(fields, count, rowNumber) {
      if (!table.reader) {
        table.columns = columnsOf(kind, fields.slice(0, count));
        const create = kind === 'feed' ? createFeedRowReader : createMatchRowReader;
        table.reader = create({ columns: table.columns, caseSensitive, report, sieve });
        return;
      }
      const line = table.reader.read(fields, count, rowNumber);
      if (line === null) return;
      staged += 1;
      writer.add(line);
    },
    problem(problem, rowNumber) {
      if (!table.reader) throw unreadableHeader();
      table.reader.refuse(rowNumber, ...problems[problem]);
    },
    lines(delimiter) {
      if (table.columns && kind === 'feed')
        table.plain ??= createPlainRows({
          columns: table.columns,
          caseSensitive,
          delimiter,
          sieve,
          write: writer.addBlock,
        });
      return table.plain;
    },
  });
  await readAll(pieces, writer.drained);
  const { columns, reader, plain } = table;
  if (!columns || !reader) throw emptyFile();
  plain?.flush();
  await writer.end();
  const warnings = [...source.warnings, ...columns.warnings, ...remarksOf(kind, columns, reader)];
  return {
    staged: staged + (plain?.taken ?? 0),
    errorCount,
    warnedCount,
    errors,
    warnings,
    without: {
      quantity: reader.without.quantity + (plain?.without.quantity ?? 0),
      cost: reader.without.cost + (plain?.without.cost ?? 0),
    },
    suspects: sieve.suspects(),
  };
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

interface BlockWriter {
  add(line: string): void;
  /** Lines that were gathered elsewhere. */
  addBlock: (block: Buffer) => void;
  /** Waits until PostgreSQL has taken what was written, so that memory stays flat. */
  drained: () => Promise<void>;
  end(): Promise<void>;
}

/** Gathers rows: each written alone would make COPY six times as slow. */
function createBlockWriter(stream: Writable): BlockWriter {
  const state: { block: string; failure: Error | null } = { block: '', failure: null };
  stream.on('error', (error: Error) => {
    state.failure = error;
  });
  return {
    add(line) {
      state.block += line;
      if (state.block.length < BLOCK_CHARACTERS) return;
      stream.write(state.block);
      state.block = '';
    },
    addBlock(block) {
      stream.write(block);
    },
    async drained() {
      if (state.failure) throw state.failure;
      if (stream.writableNeedDrain) await once(stream, 'drain');
    },
    async end() {
      if (state.failure) throw state.failure;
      stream.end(state.block);
      await finished(stream);
    },
  };
}

function unreadableHeader(): AppError {
  return new AppError('invalid-document', 'The header of the file cannot be read.', {
    details: [{ field: 'file', message: 'the first row must name the columns', next: 'Is this a CSV file?' }],
  });
}
