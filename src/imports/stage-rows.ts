import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '../kernel/errors.js';
import { readAll, type RowProblem } from '../formats/table.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { Finding, ReportRow } from './current-row.js';
import type { FeedKind, FeedTable, PlainLines, StagedRows } from './feed-kind.js';
import { MOST_FINDINGS } from './import.js';
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
  { kind, table: name, caseSensitive }: StageOptions<Rows>,
): Promise<StagedRows<Rows>> {
  const writer = createBlockWriter(tx.copyFrom(`COPY ${name} FROM STDIN WITH (FREEZE)`));
  const findings: Finding[] = [];
  let errorCount = 0;
  let warnedCount = 0;
  const report: ReportRow = (found, isTaken) => {
    if (isTaken) warnedCount += 1;
    else errorCount += 1;
    if (findings.length < MOST_FINDINGS) findings.push(...found.slice(0, MOST_FINDINGS - findings.length));
  };
  const options = { caseSensitive, bytes: source.bytes, report, write: writer.addBlock };
  const open: { table: FeedTable<Rows> | null; plain: PlainLines | null } = { table: null, plain: null };
  let staged = 0;
  const pieces = source.read({
    row(fields, count, rowNumber) {
      if (!open.table) {
        open.table = kind.openTable(fields.slice(0, count), options);
        return;
      }
      const line = open.table.read(fields, count, rowNumber);
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
  if (!table) throw emptyFile();
  plain?.flush();
  await writer.end();
  const { remarks, rows } = table.end();
  return {
    staged: staged + (plain?.taken ?? 0),
    errorCount,
    warnedCount,
    findings,
    warnings: [...source.warnings, ...table.warnings, ...remarks],
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

function unreadableHeader(): AppError {
  return new AppError('invalid-document', 'The header of the file cannot be read.', {
    details: [{ field: 'file', message: 'the first row must name the columns', next: 'Is this a CSV file?' }],
  });
}
