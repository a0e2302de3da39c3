import { AppError } from '../../kernel/errors.js';
import { bulkTransaction } from '../../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import type { RowError } from './current-row.js';
import type { ImportKind, ImportRecord } from './import.js';
import type { Arrival } from './import-arrivals.js';
import { deleteReceiving, finishImport } from './import-store.js';
import type { InventoryDeps } from '../inventory-deps.js';
import type { TableSource } from './table-source.js';

const MOST_IN_ANSWER = 10;

/**
 * Ends the record of a file that was not taken in. One that was refused as a whole keeps it and has an event: whoever sent
 * it may be a machine. Of one that is to be sent again nothing stays.
 */
export async function endRefused(
  deps: InventoryDeps,
  refused: { arrival: Arrival; source: TableSource; kind: ImportKind; dryRun: boolean },
  error: unknown,
): Promise<void> {
  const { connection, importId, receivedAt } = refused.arrival;
  if (!(error instanceof AppError) || error.code !== 'invalid-document') {
    // What went wrong is what the caller has to hear of; a record that stays here is ended by the sweep.
    await deleteReceiving(deps.db.prisma, [importId]).catch(() => undefined);
    return;
  }
  const { format, fileName, sha256, bytes } = refused.source;
  await bulkTransaction(deps.db, (tx) =>
    finishImport(tx, {
      id: importId,
      companyId: connection.companyId,
      connectionId: connection.id,
      kind: refused.kind,
      state: 'refused',
      format,
      fileName,
      sha256,
      bytes,
      dryRun: refused.dryRun,
      counts: {},
      warnings: [],
      reason: [error.message, ...error.details.map(({ message }) => message)].join(' '),
      receivedAt,
      finishedAt: deps.clock.now(),
    }),
  );
  await announceImports(deps);
}

/** The answer to a feed of which every row is bad: its record has them all. */
export function nothingTaken({ id, counts: { errors = 0 } }: ImportRecord, findings: RowError[]): AppError {
  const shown = findings.slice(0, MOST_IN_ANSWER).map(({ rowNumber, column, message, next }) => ({
    field: column ?? 'file',
    message: `row ${rowNumber} ${message}`,
    ...(next === null ? {} : { next }),
  }));
  const rest = {
    field: 'file',
    message: `none of its ${errors} rows can be taken`,
    next: `GET Inventory/Imports/${id}/Errors has them`,
  };
  return new AppError('invalid-document', `Inventory feed ${id} was refused: nothing was taken.`, {
    details: [rest, ...shown],
  });
}
