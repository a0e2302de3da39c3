import { createHmac, randomBytes } from 'node:crypto';
import { Prisma, type Database, type SqlTx } from '../store/database.js';
import { sealingKey } from '../store/key-ring.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';

/** A row as the chain sees it; numbers and times as PostgreSQL's own texts, so that every reader has the same. */
export interface ChainRow {
  id: string;
  position: string;
  createdMs: string;
  companyId: number | null;
  connectionId: number | null;
  actorKind: string;
  actorId: string;
  actorVia: string;
  actorRole: string;
  action: string;
  subject: string;
  digest: string;
}

/** Columns of a `ChainRow`. */
export const chainColumns = Prisma.sql`id::text AS id, position::text AS position,
  round(extract(epoch FROM created_at) * 1000)::bigint::text AS "createdMs", company_id AS "companyId",
  connection_id AS "connectionId", actor_kind AS "actorKind", actor_id AS "actorId", actor_via AS "actorVia",
  actor_role AS "actorRole", action, subject, digest`;

/** Envelopes of this area, for a change of the encryption key. */
export const sealedAuditKey: readonly SealedColumn[] = [
  { table: 'audit_keys', column: 'sealed_key', row: 'id' },
];

const KEY_BYTES = 32;
const KEY_ROW = 1;
const PLACE = { table: 'audit_keys', row: KEY_ROW, column: 'sealed_key' };

/** The link of a row: HMAC-SHA-256 of the link before it and of everything in the row that can never be wiped. */
export function linkOf(key: Buffer, before: string, row: ChainRow): string {
  const { id, position, createdMs, companyId, connectionId, actorKind, actorId, actorVia } = row;
  const { actorRole, action, subject, digest } = row;
  const content = [before, id, position, createdMs, companyId, connectionId, actorKind, actorId, actorVia];
  return createHmac('sha256', key)
    .update(JSON.stringify([...content, actorRole, action, subject, digest]))
    .digest('hex');
}

/** The key of the chain; null when there is none yet. @throws AppError configuration-invalid when it cannot be opened */
export async function findAuditKey(tx: SqlTx, sealer: Sealer): Promise<Buffer | null> {
  const [row] = await tx.$queryRaw<{ sealed: string }[]>`
    SELECT sealed_key AS sealed FROM audit_keys WHERE id = ${KEY_ROW}`;
  return row ? Buffer.from(sealer.open(row.sealed, PLACE), 'hex') : null;
}

/** The same, made where it is missing. */
export async function ensureAuditKey(db: Pick<Database, 'transaction'>, sealer: Sealer): Promise<Buffer> {
  return db.transaction(async (tx) => {
    // Two processes that begin at once must not make two keys.
    await tx.$queryRaw`SELECT id FROM audit_heads WHERE id = 1 FOR UPDATE`;
    const found = await findAuditKey(tx, sealer);
    if (found) return found;
    const key = randomBytes(KEY_BYTES);
    const sealed = sealer.seal(key.toString('hex'), PLACE, await sealingKey(tx, sealer));
    await tx.$executeRaw`INSERT INTO audit_keys (id, sealed_key) VALUES (${KEY_ROW}, ${sealed})`;
    return key;
  });
}

/**
 * Gives up a key of the chain that nobody can open any more: the chain goes on with a new one, and what it held before cannot be
 * checked from then on.
 * @returns whether it was sealed with that encryption key
 */
export async function forgetAuditKey(tx: SqlTx, keyId: string): Promise<boolean> {
  const count = await tx.$executeRaw`DELETE FROM audit_keys WHERE split_part(sealed_key, '.', 2) = ${keyId}`;
  return count > 0;
}
