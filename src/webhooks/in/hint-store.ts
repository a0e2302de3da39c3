import { Prisma, type SqlTx, type Tx } from '../../store/database.js';

/** What is to be read for a connection. `pull`: too much to name, everything is pulled. */
export interface Hint {
  kind: 'order' | 'cancellation' | 'return' | 'product' | 'authorization' | 'pull';
  /** TikTok's id; empty where the kind says it all. */
  objectId: string;
}

interface NewHint extends Hint {
  connectionId: number;
  /** When it may be read. */
  dueAt: Date;
}

export interface WaitingHint extends Hint {
  /** How often it was said; a hint that is said again meanwhile is not the one that was read. */
  asked: number;
}

/** So many hints of one connection may wait; beyond them everything is pulled, which costs less. */
export const MOST_HINTS = 2_000;

/** Hints that are there already are asked for once more. */
export async function storeHints(tx: Tx, hints: readonly NewHint[]): Promise<void> {
  if (hints.length === 0) return;
  const fits = await withRoom(tx, hints);
  const rows = Prisma.sql`unnest(${fits.map(({ connectionId }) => connectionId)}::int[],
    ${fits.map(({ kind }) => kind)}::text[], ${fits.map(({ objectId }) => objectId)}::text[],
    ${fits.map(({ dueAt }) => dueAt)}::timestamptz[])`;
  await tx.$executeRaw`
    INSERT INTO webhook_hints AS hint (connection_id, kind, object_id, due_at)
    SELECT DISTINCT ON (1, 2, 3) * FROM ${rows} AS fresh(connection_id, kind, object_id, due_at) ORDER BY 1, 2, 3, 4
    ON CONFLICT (connection_id, kind, object_id) DO UPDATE SET
      asked = (hint.asked + 1) % 1000000000, due_at = LEAST(hint.due_at, EXCLUDED.due_at)`;
}

/** Of a connection with too many hints one remains: that it is to be pulled. What the authorisation is, no pull tells. */
async function withRoom(tx: Tx, hints: readonly NewHint[]): Promise<NewHint[]> {
  const ids = [...new Set(hints.map(({ connectionId }) => connectionId))];
  const counts = await tx.$queryRaw<{ id: number; count: number }[]>`
    SELECT connection_id AS id, count(*)::int AS count FROM webhook_hints
    WHERE connection_id = ANY(${ids}::int[]) GROUP BY 1`;
  const full = new Set(counts.filter(({ count }) => count >= MOST_HINTS).map(({ id }) => id));
  return hints.map((hint) =>
    full.has(hint.connectionId) && hint.kind !== 'authorization'
      ? { ...hint, kind: 'pull', objectId: '' }
      : hint,
  );
}

/** Those that are due, the longest waiting first. */
export async function dueHints(
  tx: Tx,
  { connectionId, now, limit }: { connectionId: number; now: Date; limit: number },
): Promise<WaitingHint[]> {
  const rows = await tx.webhookHint.findMany({
    where: { connectionId, dueAt: { lte: now } },
    orderBy: [{ dueAt: 'asc' }, { kind: 'asc' }, { objectId: 'asc' }],
    take: limit,
  });
  return rows.map(({ kind, objectId, asked }) => ({ kind: kind as Hint['kind'], objectId, asked }));
}

/** When the next hint of a connection is to be read; null: none waits. */
export async function nextHintAt(tx: Tx, connectionId: number): Promise<Date | null> {
  const first = await tx.webhookHint.findFirst({
    where: { connectionId },
    orderBy: { dueAt: 'asc' },
    select: { dueAt: true },
  });
  return first?.dueAt ?? null;
}

/** They were read; one that was said again since stays. */
export async function forgetHints(
  tx: SqlTx,
  connectionId: number,
  hints: readonly WaitingHint[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM webhook_hints hint
    USING unnest(${hints.map(({ kind }) => kind)}::text[], ${hints.map(({ objectId }) => objectId)}::text[],
      ${hints.map(({ asked }) => asked)}::int[]) AS seen(kind, object_id, asked)
    WHERE hint.connection_id = ${connectionId} AND hint.kind = seen.kind AND hint.object_id = seen.object_id
      AND hint.asked = seen.asked`;
}
