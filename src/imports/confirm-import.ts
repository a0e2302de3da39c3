import { audit } from '../audit/audit.js';
import type { Actor } from '../companies/actor.js';
import { allow } from '../companies/permissions.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';
import { bulkTransaction, type BulkTx } from '../store/bulk-transaction.js';
import { announceImports } from './announce-imports.js';
import type { FeedKind } from './feed-kind.js';
import { kindOf, type ImportDeps } from './import-deps.js';
import type { ImportRecord } from './import.js';
import { endHeld, lockHeld } from './import-store.js';

const CONFIRMED = 'It was held, and was confirmed by hand.';

interface HeldImport {
  connection: Connection;
  record: Pick<ImportRecord, 'id' | 'kind'>;
  /** Who decides. */
  by: Actor;
}

/**
 * Applies a feed that the brake has held: somebody says that it is meant so. It counts from when it arrived, so that what
 * came later stays.
 * @returns what was changed, and of how many SKUs something newer counts
 * @throws AppError not-found; rule-violated when it is not held (any more)
 */
export async function confirmImport(
  deps: ImportDeps,
  { connection, record, by }: HeldImport,
): Promise<Record<string, number>> {
  allow(by, 'operate', connection.companyId);
  const importId = record.id;
  const kind = kindOf(deps, record.kind);
  const { counts = {}, wake } = await bulkTransaction(deps.db, async (tx) => {
    const receivedAt = await lock(tx, kind, { connection, importId });
    const now = deps.clock.now();
    if (!kind.applyHeld) throw notHeld(importId, 'of a kind that is never held');
    const applied = await kind.applyHeld(tx, { connection, importId, receivedAt, now });
    await endHeld(tx, {
      importId,
      state: 'applied',
      reason: CONFIRMED,
      counts: applied.counts ?? {},
      by,
      now,
    });
    await trail(tx, { connection, record, by }, 'import.confirmed', applied.counts ?? {});
    return applied;
  });
  await announceImports(deps, [importId]);
  if (wake) await kind.wake?.(connection.id, { ...wake, by });
  return counts;
}

/**
 * Forgets a feed that the brake has held: it was a mistake. What was let through stays.
 * @throws AppError not-found; rule-violated when it is not held (any more)
 */
export async function refuseImport(deps: ImportDeps, { connection, record, by }: HeldImport): Promise<void> {
  allow(by, 'operate', connection.companyId);
  const importId = record.id;
  const kind = kindOf(deps, record.kind);
  await bulkTransaction(deps.db, async (tx) => {
    await lock(tx, kind, { connection, importId });
    await kind.forgetHeld?.(tx, [importId]);
    const reason = 'It was held, and was refused by hand.';
    await endHeld(tx, { importId, state: 'refused', reason, counts: {}, by, now: deps.clock.now() });
    await trail(tx, { connection, record, by }, 'import.refused', {});
  });
  await announceImports(deps, [importId]);
}

async function trail(
  tx: BulkTx,
  { connection, record, by }: HeldImport,
  action: 'import.confirmed' | 'import.refused',
  counts: Record<string, number>,
): Promise<void> {
  const { companyId, id: connectionId } = connection;
  const subject = `import ${record.id} (${record.kind})`;
  await audit(tx, by, [
    { action, subject, companyId, connectionId, before: { state: 'held' }, after: counts },
  ]);
}

/** @returns when the held feed arrived */
async function lock(
  tx: BulkTx,
  kind: FeedKind,
  { connection, importId }: { connection: Connection; importId: number },
): Promise<Date> {
  await kind.lock(tx, connection);
  const row = await lockHeld(tx, { importId, connectionId: connection.id });
  if (!row) throw new AppError('not-found', `There is no import ${importId}.`);
  if (row.state === 'held') return row.receivedAt;
  throw notHeld(importId, row.state);
}

function notHeld(importId: number, state: string): AppError {
  return new AppError(
    'rule-violated',
    `Import ${importId} does not wait to be confirmed or refused: it is ${state}.`,
    {
      details: [
        {
          field: 'ImportId',
          message: `is ${state}`,
          next: 'Only a held feed can be confirmed or refused',
        },
      ],
    },
  );
}
