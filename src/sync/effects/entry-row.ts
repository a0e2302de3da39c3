import { Prisma } from '../../store/database.js';
import type { OutboxEntry } from './outbox.js';

/** An entry as it is stored. */
export interface EntryRow extends Omit<OutboxEntry, 'target' | 'connectionId' | 'lane'> {
  targetKind: string;
  targetId: number;
  connectionId: number | null;
  lane: string;
}

/** The columns of an EntryRow, of the outbox under this name in the query. */
export function entryColumns(outbox: 't' | 'o'): Prisma.Sql {
  const columns = Prisma.raw(
    ['id', 'effect', 'lane', 'payload', 'attempts'].map((name) => `${outbox}.${name}`).join(', '),
  );
  const of = Prisma.raw(outbox);
  return Prisma.sql`${columns}, ${of}.company_id AS "companyId", ${of}.target_kind AS "targetKind",
    ${of}.target_id AS "targetId", ${of}.connection_id AS "connectionId", ${of}.natural_key AS "naturalKey",
    ${of}.ordering_key AS "orderingKey", ${of}.document_key AS "documentKey"`;
}

/** The entry without what else its row holds. */
export function toEntry(row: EntryRow): OutboxEntry {
  const { id, companyId, effect, naturalKey, orderingKey, documentKey, payload, attempts } = row;
  const entry = { id, companyId, effect, naturalKey, orderingKey, documentKey, payload, attempts };
  const target = { kind: row.targetKind, id: row.targetId };
  // The definition of an effect with another target is written against TargetEntry and asks for no connection.
  return {
    ...entry,
    target,
    connectionId: row.connectionId as number,
    lane: row.lane as OutboxEntry['lane'],
  };
}
