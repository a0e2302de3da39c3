import { createHmac, randomBytes } from 'node:crypto';
import type { SqlTx } from '../store/database.js';
import { Prisma } from '../store/database.js';
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

/** The same, made where it is missing. The caller holds the lock of the chain. */
export async function ensureAuditKey(tx: SqlTx, sealer: Sealer): Promise<Buffer> {
  const found = await findAuditKey(tx, sealer);
  if (found) return found;
  const key = randomBytes(KEY_BYTES);
  await tx.$executeRaw`
    INSERT INTO audit_keys (id, sealed_key) VALUES (${KEY_ROW}, ${sealer.seal(key.toString('hex'), PLACE)})`;
  return key;
}

/** Housekeeping after a change of the encryption key: seals the key of the chain with the present one. @returns how many */
export async function resealAuditKey(tx: SqlTx, sealer: Sealer): Promise<number> {
  const [row] = await tx.$queryRaw<{ sealed: string }[]>`
    SELECT sealed_key AS sealed FROM audit_keys WHERE id = ${KEY_ROW}`;
  if (!row || !sealer.isOutdated(row.sealed)) return 0;
  const sealed = sealer.seal(sealer.open(row.sealed, PLACE), PLACE);
  return tx.$executeRaw`
    UPDATE audit_keys SET sealed_key = ${sealed} WHERE id = ${KEY_ROW} AND sealed_key = ${row.sealed}`;
}
