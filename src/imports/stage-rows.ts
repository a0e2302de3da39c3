import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '../kernel/errors.js';
import { readAll, type RowProblem } from '../formats/table.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { Finding, ReportRow } from './current-row.js';
import type { FeedKind, FeedTable, PlainLines, StagedRows } from './feed-kind.js';
import { MOST_FINDINGS } from './import.js';
import { createNumbers, type Numbers } from './numbers.js';
import { emptyFile, type TableSource } from './table-source.js';

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
  'no-item': ['is no item', 'An item is an object with a SupplierSKU and its values'],
  'text-after-quote': ['has text after a closing quote', 'Write a quote inside of quotes twice'],
};

/**
 * Reads the rows of a file into a table that this very transaction has made for them: only there they can be written as if
 * they had always been there (FREEZE), and are read faster.
 * @throws AppError invalid-document when the file as a whole cannot be taken
 */
export async function stageRows<Rows>(
  tx: BulkTx,
  source: TableSource,
  options: StageOptions<Rows>,
): Promise<StagedRows<Rows>> {
  const numbers = createNumbers(source.decimalSign);
  const staged = await stageOnce(tx, source, { ...options, numbers });
  const learnt = numbers.learnt();
  if (learnt === null) return staged;
  // A number stood before those that tell how it is meant.
  await tx.execute(`TRUNCATE ${options.table}`);
  return stageOnce(tx, source, { ...options, numbers: createNumbers(learnt) });
}

async function stageOnce<Rows>(
  tx: BulkTx,
  source: TableSource,
  { kind, table: name, caseSensitive, numbers }: StageOptions<Rows> & { numbers: Numbers },
): Promise<StagedRows<Rows>> {
  const writer = createBlockWriter(tx.copyFrom(`COPY ${name} FROM STDIN WITH (FREEZE)`));
  const findings: Finding[] = [];
  let errorCount = 0;
  let warnedCount = 0;
  let hasLetters = true;
  const report: ReportRow = (found, isTaken) => {
    if (!hasLetters) for (const { at } of found) delete at.letter;
    if (isTaken) warnedCount += 1;
    else errorCount += 1;
    if (findings.length < MOST_FINDINGS) findings.push(...found.slice(0, MOST_FINDINGS - findings.length));
  };
  const options = { caseSensitive, bytes: source.bytes, report, numbers, write: writer.addBlock };
  const open: { table: FeedTable<Rows> | null; plain: PlainLines | null } = { table: null, plain: null };
  const header = createHeaderSearch((headers) => kind.openTable(headers, options));
  let staged = 0;
  const pieces = source.read({
    row(fields, count, rowNumber, isUnended) {
      if (!open.table) {
        // The members of items have names, and no order.
        hasLetters = rowNumber !== 0;
        open.table = header.read(fields.slice(0, count), rowNumber);
        return;
      }
      const line = open.table.read(fields, count, rowNumber, isUnended);
      if (line === null) return;
      staged += 1;
      writer.add(line);
    },
    problem(problem, rowNumber) {
      if (!open.table) throw unreadableHeader();
      open.table.refuse(rowNumber, ...problems[problem]);
    },
    lines(delimiter) {
      open.plain ??= open.table?.lines?.(delimiter) ?? null;
      return open.plain;
    },
  });
  await readAll(pieces, writer.drained);
  const { table, plain } = open;
  if (!table) throw header.failure ?? emptyFile();
  plain?.flush();
  await writer.end();
  const { remarks, rows } = table.end();
  return {
    staged: staged + (plain?.taken ?? 0),
    errorCount,
    warnedCount,
    findings,
    warnings: [...source.warnings, ...header.warnings, ...table.warnings, ...remarks],
    rows,
  };
}

interface StageOptions<Rows> {
  kind: Pick<FeedKind<Rows>, 'openTable'>;
  table: string;
  caseSensitive: boolean;
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

/** Titles, dates and the like that reports have above their table. */
const MOST_ROWS_ABOVE = 20;

interface HeaderSearch<Table> {
  /** The table whose header this row is; null when it is none. @throws AppError invalid-document after too many rows */
  read(headers: string[], rowNumber: number): Table | null;
  /** Why the first row is no header. */
  readonly failure: AppError | null;
  readonly warnings: string[];
}

/** The header is the first of the first rows that can be one; when none is, the first row is told what it lacks. */
function createHeaderSearch<Table>(open: (headers: string[]) => Table): HeaderSearch<Table> {
  const search: { failure: AppError | null; warnings: string[] } = { failure: null, warnings: [] };
  let rows = 0;
  return {
    read(headers, rowNumber) {
      rows += 1;
      // Items that are objects name their members themselves: none of them is a header.
      if (rowNumber === 0) return open(headers);
      try {
        const table = open(headers);
        if (search.failure)
          search.warnings.push(`The header was found in row ${rowNumber}; the rows above it were skipped`);
        return table;
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'invalid-document') throw error;
        search.failure ??= error;
        if (rows > MOST_ROWS_ABOVE) throw search.failure;
        return null;
      }
    },
    get failure() {
      return search.failure;
    },
    warnings: search.warnings,
  };
}

function unreadableHeader(): AppError {
  return new AppError('invalid-document', 'The header of the file cannot be read.', {
    details: [{ field: 'file', message: 'the first row must name the columns', next: 'Is this a CSV file?' }],
  });
}
