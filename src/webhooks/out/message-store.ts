import type { StoredEvent } from '../../documents/event-store.js';
import { Prisma, type SqlTx, type Tx } from '../../store/database.js';

/** One change that one address is told of. */
export interface WebhookMessage {
  webhookId: number;
  position: bigint;
  orderingKey: string;
  state: 'pending' | 'delivered' | 'failed';
  attempts: number;
  failures: number;
  nextAttemptAt: Date;
  settledAt: Date | null;
  lastOutcome: string | null;
}

interface MessageChange {
  state: WebhookMessage['state'];
  failures: number;
  nextAttemptAt: Date;
  settledAt: Date | null;
  lastOutcome: string;
}

/** Its id for the receiver: the same with every call, and with every replay. */
export function messageIdOf({ webhookId, position }: Pick<WebhookMessage, 'webhookId' | 'position'>): string {
  return `msg_${webhookId}_${position}`;
}

/** The position in the id of a message of this webhook; null: it is no such id. */
export function positionIn(id: string, webhookId: number): bigint | null {
  const [, webhook, position] = /^msg_(\d{1,10})_(\d{1,18})$/.exec(id) ?? [];
  return position !== undefined && Number(webhook) === webhookId ? BigInt(position) : null;
}

/** Of one document, one after the other; what is about none, in the order of its shop or company. */
function orderingKeyOf({ documentKey, connectionId }: StoredEvent): string {
  if (documentKey !== null) return `document ${documentKey}`;
  return connectionId === null ? 'company' : `connection ${connectionId}`;
}

/** How many are pending, counted up to `most`. */
export async function countPending(tx: Tx, webhookId: number, most: number): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT 1 FROM webhook_messages WHERE webhook_id = ${webhookId} AND state = 'pending' LIMIT ${most}::int) counted`;
  return row?.count ?? 0;
}

/** Those that are there already stay as they are. */
export async function addMessages(
  tx: SqlTx,
  webhookId: number,
  events: readonly StoredEvent[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO webhook_messages (webhook_id, position, ordering_key, next_attempt_at)
    SELECT ${webhookId}::int, given.position, given.key, ${now}::timestamptz
    FROM unnest(${events.map(({ position }) => position)}::bigint[], ${events.map(orderingKeyOf)}::text[])
      AS given(position, key)
    ON CONFLICT (webhook_id, position) DO NOTHING`;
}

/** The same, and those that are there are sent once more: at once, and with all their tries. */
export async function replayMessages(
  tx: SqlTx,
  webhookId: number,
  events: readonly StoredEvent[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE webhook_messages SET state = 'pending', failures = 0, settled_at = NULL, next_attempt_at = ${now}
    WHERE webhook_id = ${webhookId} AND position = ANY(${events.map(({ position }) => position)}::bigint[])`;
  await addMessages(tx, webhookId, events, now);
}

const isFirstOfItsKey = Prisma.sql`NOT EXISTS (
  SELECT 1 FROM webhook_messages e WHERE e.webhook_id = m.webhook_id AND e.ordering_key = m.ordering_key
    AND e.state = 'pending' AND e.position < m.position)`;

/**
 * Those that may be sent now, the oldest first: no two of one document, and none before an older one of its document.
 * @param which `now` of null: also those that wait for their next try
 */
export async function dueMessages(
  tx: Tx,
  { webhookId, now, limit }: { webhookId: number; now: Date | null; limit: number },
): Promise<WebhookMessage[]> {
  return tx.$queryRaw<WebhookMessage[]>`
    SELECT m.webhook_id AS "webhookId", m.position, m.ordering_key AS "orderingKey", m.state, m.attempts, m.failures,
      m.next_attempt_at AS "nextAttemptAt", m.settled_at AS "settledAt", m.last_outcome AS "lastOutcome"
    FROM webhook_messages m
    WHERE m.webhook_id = ${webhookId} AND m.state = 'pending' AND (${now}::timestamptz IS NULL OR m.next_attempt_at <= ${now}::timestamptz) AND ${isFirstOfItsKey}
    ORDER BY m.position LIMIT ${limit}::int`;
}

/** When the next one is due; null: none is pending. */
export async function nextMessageAt(tx: Tx, webhookId: number): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ at: Date | null }[]>`
    SELECT min(m.next_attempt_at) AS at FROM webhook_messages m
    WHERE m.webhook_id = ${webhookId} AND m.state = 'pending' AND ${isFirstOfItsKey}`;
  return row?.at ?? null;
}

/** The address is well again: what waits for its next try need not wait any longer. */
export async function hurryMessages(tx: SqlTx, webhookId: number, now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE webhook_messages SET next_attempt_at = ${now}::timestamptz
    WHERE webhook_id = ${webhookId} AND state = 'pending' AND next_attempt_at > ${now}::timestamptz`;
}

/** Calls that are about to leave. @returns their ids, in the order of the messages */
export async function beginAttempts(
  tx: SqlTx,
  messages: readonly WebhookMessage[],
  now: Date,
): Promise<bigint[]> {
  const positions = messages.map(({ position }) => position);
  const webhookId = messages[0]?.webhookId ?? 0;
  await tx.$executeRaw`
    UPDATE webhook_messages SET attempts = attempts + 1
    WHERE webhook_id = ${webhookId} AND position = ANY(${positions}::bigint[])`;
  const rows = await tx.$queryRaw<{ id: bigint; position: bigint }[]>`
    INSERT INTO webhook_attempts (webhook_id, position, started_at)
    SELECT ${webhookId}::int, given, ${now}::timestamptz FROM unnest(${positions}::bigint[]) AS given
    RETURNING id, position`;
  const ids = new Map(rows.map(({ id, position }) => [position, id]));
  return positions.map((position) => ids.get(position)!);
}

/** How a call has ended, and what becomes of its message; one that was asked for again meanwhile stays pending. */
export async function endAttempt(
  tx: Tx,
  message: WebhookMessage,
  call: { id: bigint; finishedAt: Date; status: number | null; change: MessageChange },
): Promise<void> {
  const { id, finishedAt, status, change } = call;
  await tx.webhookAttempt.updateMany({
    where: { id },
    data: { finishedAt, status, outcome: change.lastOutcome },
  });
  const { webhookId, position, failures, nextAttemptAt } = message;
  await tx.webhookMessage.updateMany({
    where: { webhookId, position, state: 'pending', failures, nextAttemptAt },
    data: change,
  });
}

/** The newest first. */
export async function listMessages(
  tx: Tx,
  filter: { webhookId: number; state?: WebhookMessage['state']; position?: bigint },
  { skip, take }: { skip: number; take: number },
): Promise<{ messages: WebhookMessage[]; total: number }> {
  const messages = await tx.webhookMessage.findMany({
    where: filter,
    orderBy: { position: 'desc' },
    skip,
    take,
  });
  return { messages: messages as WebhookMessage[], total: await tx.webhookMessage.count({ where: filter }) };
}

const MOST_ATTEMPTS_SHOWN = 100;

/** The calls of one message, the newest first. */
export async function listAttempts(tx: Tx, which: { webhookId: number; position: bigint }) {
  return tx.webhookAttempt.findMany({ where: which, orderBy: { id: 'desc' }, take: MOST_ATTEMPTS_SHOWN });
}

/** What has come to its end before this time. @returns how many */
export async function deleteOldMessages(db: SqlTx, before: Date): Promise<number> {
  return db.$executeRaw`DELETE FROM webhook_messages WHERE settled_at < ${before}::timestamptz`;
}
