import { Prisma, type SqlTx, type Tx } from '../store/database.js';
import type { AlertKind, FoundAlert } from './alert-kinds.js';

/** Something that is or was wrong. */
export interface Alert extends FoundAlert {
  id: number;
  beganAt: Date;
  /** Null while it lasts. */
  endedAt: Date | null;
}

const columns = Prisma.sql`a.id, a.company_id AS "companyId", a.kind, a.cause, a.connection_id AS "connectionId", a.title,
  a.next, a.link, a.count, a.began_at AS "beganAt", a.ended_at AS "endedAt"`;

/** One keeper at a time, so that two workers never begin the same alert. @returns false when another one is at it */
export async function lockAlerts(tx: Tx): Promise<boolean> {
  const [lock] = await tx.$queryRaw<
    { mine: boolean }[]
  >`SELECT pg_try_advisory_xact_lock(72707372::int, 0) AS mine`;
  return lock?.mine ?? false;
}

/** Those that last, and those whose end nobody was told of yet. */
export async function alertsToKeep(tx: Tx): Promise<Alert[]> {
  return tx.$queryRaw<
    Alert[]
  >`SELECT ${columns} FROM alerts a WHERE a.ended_at IS NULL OR a.count > 0 ORDER BY a.id`;
}

export async function beginAlert(tx: Tx, found: FoundAlert, now: Date): Promise<Alert> {
  const row = await tx.alert.create({ data: { ...found, beganAt: now } });
  return { ...row, kind: found.kind };
}

/** It lasts, or lasts again; as it was found last. */
export async function goOn(tx: Tx, id: number, { title, next, link, count }: FoundAlert): Promise<void> {
  await tx.alert.update({ where: { id }, data: { title, next, link, count, endedAt: null } });
}

export async function endAlert(tx: Tx, id: number, now: Date): Promise<void> {
  await tx.alert.update({ where: { id }, data: { endedAt: now } });
}

/** Its end is told, so that it never goes on: a count of 0 says so. */
export async function closeAlert(tx: Tx, id: number): Promise<void> {
  await tx.alert.update({ where: { id }, data: { count: 0 } });
}

export async function listAlerts(
  tx: Tx,
  { companyId, isOpen }: { companyId: number; isOpen?: boolean },
  most: number,
): Promise<Alert[]> {
  const which = isOpen === undefined ? {} : { endedAt: isOpen ? null : { not: null } };
  const rows = await tx.alert.findMany({
    where: { companyId, ...which },
    orderBy: { id: 'desc' },
    take: most,
  });
  return rows.map((row) => ({ ...row, kind: row.kind as AlertKind }));
}

/** Recipients of the company that want to be told of it. */
export async function noteBegin(tx: Tx, { id, companyId, kind }: Alert, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO alert_notices (recipient_id, alert_id, phase, created_at)
    SELECT r.id, ${id}::int, 'began', ${now}::timestamptz FROM alert_recipients r
    WHERE r.company_id = ${companyId} AND r.state = 'on' AND NOT (${kind} = ANY(r.kinds_off))
    ON CONFLICT DO NOTHING`;
}

/** Whoever was told, or is to be told, of its beginning. */
export async function noteEnd(tx: Tx, { id }: Alert, now: Date): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO alert_notices (recipient_id, alert_id, phase, created_at)
    SELECT n.recipient_id, n.alert_id, 'ended', ${now}::timestamptz FROM alert_notices n
    WHERE n.alert_id = ${id}::int AND n.phase = 'began' AND n.state <> 'dropped'
    ON CONFLICT DO NOTHING`;
}

/** What a recipient is to be told, the oldest first. */
export async function waitingNotices(
  tx: Tx,
  recipientId: number,
): Promise<(Alert & { phase: 'began' | 'ended' })[]> {
  return tx.$queryRaw`
    SELECT ${columns}, n.phase FROM alert_notices n JOIN alerts a ON a.id = n.alert_id
    WHERE n.recipient_id = ${recipientId} AND n.state = 'waiting' ORDER BY a.id, n.phase`;
}

export async function settleNotices(
  tx: SqlTx,
  which: { recipientId: number; alertIds: readonly number[]; phases: readonly string[] },
  now: Date,
): Promise<void> {
  const { recipientId, alertIds, phases } = which;
  await tx.$executeRaw`
    UPDATE alert_notices n SET state = 'told', settled_at = ${now}::timestamptz
    FROM unnest(${[...alertIds]}::int[], ${[...phases]}::text[]) AS given(id, phase)
    WHERE n.recipient_id = ${recipientId} AND n.alert_id = given.id AND n.phase = given.phase AND n.state = 'waiting'`;
}

/** What a recipient does not want to be told any more. */
export async function dropNotices(
  tx: SqlTx,
  recipientId: number,
  kinds: readonly string[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE alert_notices n SET state = 'dropped', settled_at = ${now}::timestamptz FROM alerts a
    WHERE a.id = n.alert_id AND n.recipient_id = ${recipientId} AND n.state = 'waiting' AND a.kind = ANY(${[...kinds]}::text[])`;
}

/** Alerts that have ended before this time, with who was told of them. @returns how many */
export async function deleteOldAlerts(db: SqlTx, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM alerts WHERE ended_at < ${before}::timestamptz`;
}
