import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { AppError } from '../kernel/errors.js';
import { readAll, type RowProblem } from '../formats/table.js';
import type { BulkTx } from '../store/bulk-transaction.js';
import type { FeedKind, FeedTable, PlainLines, StagedRows } from './feed-kind.js';
import { createHeaderSearch, type HeaderKnowledge } from './find-header.js';
import type { LayoutQuestion } from './layout-question.js';
import { createRowReport } from './row-report.js';
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
  {
    kind,
    table: name,
    caseSensitive,
    numbers,
    known = NOTHING_KNOWN,
    asks,
  }: StageOptions<Rows> & { numbers: Numbers },
): Promise<StagedRows<Rows>> {
  const writer = createBlockWriter(tx.copyFrom(`COPY ${name} FROM STDIN WITH (FREEZE)`));
  let isTable = true;
  const report = createRowReport(
    () => header.letters,
    () => isTable,
  );
  const options = {
    caseSensitive,
    names: known.names,
    bytes: source.bytes,
    report: report.report,
    numbers,
    write: writer.addBlock,
  };
  const open: { table: FeedTable<Rows> | null; plain: PlainLines | null } = { table: null, plain: null };
  const header = createHeaderSearch(known, (headers) => kind.openTable(headers, options));
  const ask = (): void => {
    const question = header.question();
    if (question) asks?.(question);
  };
  let staged = 0;
  const pieces = source.read({
    row(fields, count, rowNumber, isUnended, doubts) {
      if (!open.table) {
        isTable = rowNumber !== 0;
        open.table = header.read(fields.slice(0, count), rowNumber);
        return;
      }
      const line = open.table.read(fields, count, rowNumber, isUnended, doubts);
      if (line === null) return;
      staged += 1;
      writer.add(line);
    },
    problem(problem, rowNumber, line) {
      // A line that is no row may stand above the header, too.
      if (!open.table) throw header.failure() ?? unreadableHeader();
      open.table.refuse(rowNumber, ...problems[problem], line);
    },
    sheet: (isLast) => header.sheet(isLast),
    tableState: () => header.state,
    lines(delimiter) {
      open.plain ??= open.table?.lines?.(delimiter) ?? null;
      return open.plain;
    },
  });
  try {
    await readAll(pieces, writer.drained);
  } finally {
    ask();
  }
  const { table, plain } = open;
  if (!table) throw header.failure() ?? emptyFile();
  plain?.flush();
  await writer.end();
  const { remarks, rows } = table.end();
  return {
    staged: staged + (plain?.taken ?? 0),
    errorCount: report.errorCount,
    warnedCount: report.warnedCount,
    findings: report.findings,
    groups: report.groups,
    warnings: [...source.warnings, ...table.warnings, ...header.warnings, ...remarks],
    rows,
    layout: header.layout,
  };
}

const NOTHING_KNOWN: HeaderKnowledge = { code: '', fields: [], names: [], layouts: new Map() };

interface StageOptions<Rows> {
  kind: Pick<FeedKind<Rows>, 'openTable'>;
  table: string;
  caseSensitive: boolean;
  /** What is known about headers of the kind; left out: nothing but the kind's own. */
  known?: HeaderKnowledge;
  /** Is told what the sender has to be asked, also of a file that is refused for it. */
  asks?: (question: LayoutQuestion) => void;
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
