import type { Tx } from '../../store/database.js';

/** A line of the history of an order and all that belongs to it. */
export interface HistoryLine {
  createdAt: Date;
  level: string;
  documentKey: number | null;
  documentType: string | null;
  summary: string;
  details: string | null;
  actorKind: string | null;
  actorName: string | null;
  actorVia: string | null;
}

const MOST_LINES = 200;

/** What happened to the documents with this link key, the newest first. */
export async function historyOf(
  tx: Tx,
  { companyId, linkKey }: { companyId: number; linkKey: string },
): Promise<HistoryLine[]> {
  return tx.event.findMany({
    where: { companyId, linkKey },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_LINES,
    select: {
      createdAt: true,
      level: true,
      documentKey: true,
      documentType: true,
      summary: true,
      details: true,
      actorKind: true,
      actorName: true,
      actorVia: true,
    },
  });
}

/** Something that is, or was, to be done on TikTok for a document, with its calls. */
export interface EffectWithCalls {
  id: bigint;
  documentKey: number | null;
  effect: string;
  state: string;
  attempts: number;
  nextAttemptAt: Date;
  lastError: string | null;
  calls: {
    startedAt: Date;
    finishedAt: Date | null;
    kind: string;
    outcome: string | null;
    tiktokCode: string | null;
    requestId: string | null;
    message: string | null;
  }[];
}

const MOST_CALLS = 100;

/** In the order in which they were asked for; calls oldest first. */
export async function effectsOfDocuments(tx: Tx, keys: readonly number[]): Promise<EffectWithCalls[]> {
  if (keys.length === 0) return [];
  const rows = await tx.outboxEntry.findMany({
    where: { documentKey: { in: [...keys] } },
    orderBy: { id: 'asc' },
    select: {
      id: true,
      documentKey: true,
      effect: true,
      state: true,
      attempts: true,
      nextAttemptAt: true,
      lastError: true,
    },
  });
  const calls = await tx.outboxAttempt.findMany({
    where: { outboxId: { in: rows.map(({ id }) => id) } },
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: MOST_CALLS,
  });
  return rows.map((row) => ({
    ...row,
    calls: calls.filter(({ outboxId }) => outboxId === row.id).toReversed(),
  }));
}
