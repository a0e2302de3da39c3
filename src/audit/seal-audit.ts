import type { Logger } from '../kernel/log.js';
import { DAY_MS } from '../kernel/time.js';
import { numberChanges } from '../store/change-log/sequencer.js';
import type { Database, SqlTx, Tx } from '../store/database.js';
import type { Sealer } from '../store/secrets.js';
import { auditLog } from './audit.js';
import { chainColumns, ensureAuditKey, linkOf, type ChainRow } from './audit-chain.js';

interface SealDeps {
  db: Pick<Database, 'sqlTransaction' | 'prisma' | 'transaction'>;
  sealer: Sealer;
}

const BATCH_SIZE = 500;

/**
 * Gives every committed row its position and its link. One process seals at a time (the row of the head is its lock); killed at
 * any point, it loses nothing.
 * @returns how many rows were sealed
 */
export async function sealAudit(deps: SealDeps): Promise<number> {
  if (!(await hasUnsealed(deps.db.prisma))) return 0;
  await numberChanges(deps.db, auditLog);
  const key = await ensureAuditKey(deps.db, deps.sealer);
  for (let sum = 0; ;) {
    const count = await deps.db.sqlTransaction((tx) => sealBatch(tx, key));
    sum += count;
    if (count < BATCH_SIZE) return sum;
  }
}

/** Asked with every beat, so it writes nothing. */
async function hasUnsealed(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ waits: boolean }[]>`
    SELECT EXISTS (SELECT FROM audit_entries WHERE position IS NULL)
      OR EXISTS (SELECT FROM audit_entries WHERE position > (SELECT position FROM audit_heads WHERE id = 1)) AS waits`;
  return row?.waits ?? false;
}

async function sealBatch(tx: SqlTx, key: Buffer): Promise<number> {
  const [head] = await tx.$queryRaw<{ position: string; mac: string }[]>`
    SELECT position::text AS position, mac FROM audit_heads WHERE id = 1 FOR UPDATE SKIP LOCKED`;
  if (!head) return 0;
  const rows = await tx.$queryRaw<ChainRow[]>`
    SELECT ${chainColumns} FROM audit_entries WHERE position > ${head.position}::bigint
    ORDER BY audit_entries.position LIMIT ${BATCH_SIZE}::int`;
  const last = rows.at(-1);
  if (!last) return 0;
  let { mac } = head;
  const links = rows.map((row) => {
    mac = linkOf(key, mac, row);
    return { id: row.id, mac };
  });
  await tx.$executeRaw`
    UPDATE audit_entries row SET mac = link.mac
    FROM json_to_recordset(${JSON.stringify(links)}::json) AS link (id bigint, mac text) WHERE row.id = link.id`;
  await tx.$executeRaw`
    UPDATE audit_heads SET position = ${last.position}::bigint, mac = ${mac}, sealed_at = clock_timestamp() WHERE id = 1`;
  return rows.length;
}

/**
 * Once a day the end of the chain goes into the program's log, which nobody who writes to the database can change: `audit verify
 * --head` holds the trail against it.
 * @returns 1 when it was told
 */
export async function tellHead({ db, log }: { db: Pick<Database, 'prisma'>; log: Logger }): Promise<number> {
  const [told] = await db.prisma.$queryRaw<{ position: string; mac: string }[]>`
    UPDATE audit_heads SET logged_at = clock_timestamp()
    WHERE id = 1 AND position > 0
      AND (logged_at IS NULL OR logged_at < clock_timestamp() - make_interval(secs => ${DAY_MS / 1000}::int))
    RETURNING position::text AS position, mac`;
  if (!told) return 0;
  log.info({ auditHead: `${told.position}:${told.mac}` }, 'the audit trail ends here');
  return 1;
}
