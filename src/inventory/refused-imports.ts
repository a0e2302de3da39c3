import type { Connection } from '../connections/connection.js';
import type { AppError } from '../errors.js';
import { bulkTransaction } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import type { ImportKind } from './import.js';
import { insertImport, nextImportId } from './import-store.js';
import type { InventoryDeps } from './inventory-deps.js';
import type { TableSource } from './table-source.js';

/** A file that was refused as a whole leaves a record and an event too: whoever sent it may be a machine. */
export async function recordRefusal(
  deps: InventoryDeps,
  refused: {
    connection: Connection;
    source: TableSource;
    kind: ImportKind;
    dryRun: boolean;
    receivedAt: Date;
  },
  error: AppError,
): Promise<void> {
  const { connection, kind, dryRun, receivedAt } = refused;
  const { format, fileName, sha256, bytes } = refused.source;
  await bulkTransaction(deps.db, async (tx) => {
    await insertImport(tx, {
      id: await nextImportId(tx),
      companyId: connection.companyId,
      connectionId: connection.id,
      kind,
      state: 'refused',
      format,
      fileName,
      sha256,
      bytes,
      dryRun,
      counts: {},
      warnings: [],
      reason: [error.message, ...error.details.map(({ message }) => message)].join(' '),
      receivedAt,
      finishedAt: deps.clock.now(),
    });
  });
  await announceImports(deps);
}
