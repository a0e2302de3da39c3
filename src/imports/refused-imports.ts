import { AppError } from '../kernel/errors.js';
import { bulkTransaction } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import type { Finding } from './current-row.js';
import { answerDetail } from './file-report.js';
import type { FeedKind } from './feed-kind.js';
import type { ImportDeps } from './import-deps.js';
import type { ImportRecord } from './import.js';
import { finishImport, type ReceivedImport } from './import-store.js';

const MOST_IN_ANSWER = 10;

/** Ends a file that cannot be taken as a whole; it has an event: whoever sent it may be a machine. */
export async function endRefused(deps: ImportDeps, received: ReceivedImport, error: AppError): Promise<void> {
  await bulkTransaction(deps.db, (tx) =>
    finishImport(tx, {
      ...received,
      state: 'refused',
      reason: [error.message, ...error.details.map(({ message }) => message)].join(' '),
      finishedAt: deps.clock.now(),
    }),
  );
  await announceImports(deps, [received.id]);
}

/** The answer to a feed of which every row is bad: its record has them all. */
export function nothingTaken(
  { label }: FeedKind,
  { id, counts: { errors = 0 }, warnings }: ImportRecord,
  findings: readonly Finding[],
): AppError {
  const shown = findings.slice(0, MOST_IN_ANSWER).map(answerDetail);
  const rest = {
    field: 'file',
    message: errors > 0 ? `none of its ${errors} rows can be taken` : 'it has no rows below its header',
    next:
      errors > 0 ? `GET Inventory/Imports/${id}/Errors has them` : 'Send it when there is something to say',
  };
  return new AppError('invalid-document', `${label} ${id} was refused: nothing was taken.`, {
    details: [rest, ...warnings.map((message) => ({ field: 'file', message })), ...shown],
  });
}
