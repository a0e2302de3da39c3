import { Prisma, type Tx } from '../../store/database.js';
import type { WebhookMessage } from '../../webhooks/out/message-store.js';
import type { Webhook } from '../../webhooks/out/webhook-store.js';
import { MOST_COUNTED } from '../parts/list-parts.js';

export interface WebhookRow extends Pick<
  Webhook,
  'id' | 'companyId' | 'address' | 'topic' | 'state' | 'stateReason' | 'failingSince' | 'pausedUntil'
> {
  /** Messages that are to be sent, and that were given up; counting stops at a limit. */
  pending: number;
  failed: number;
  /** When the last message was taken or given up. */
  lastAt: Date | null;
}

/** Webhooks of these companies, with how they do. */
export async function webhookRows(tx: Tx, companyIds: readonly number[]): Promise<WebhookRow[]> {
  return tx.$queryRaw<WebhookRow[]>`
    SELECT w.id, w.company_id AS "companyId", w.address, w.topic, w.state, w.state_reason AS "stateReason",
      w.failing_since AS "failingSince", w.paused_until AS "pausedUntil",
      ${countOf('pending')} AS pending, ${countOf('failed')} AS failed,
      (SELECT max(m.settled_at) FROM webhook_messages m WHERE m.webhook_id = w.id) AS "lastAt"
    FROM webhook_subscriptions w
    WHERE w.company_id = ANY(${[...companyIds]}::int[]) AND w.state <> 'deleted' ORDER BY w.id`;
}

function countOf(state: WebhookMessage['state']): Prisma.Sql {
  return Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM webhook_messages m
    WHERE m.webhook_id = w.id AND m.state = ${state} LIMIT ${MOST_COUNTED + 1}::int) counted)`;
}

interface MessageFilter {
  webhookId: number;
  state: WebhookMessage['state'] | null;
  /** Only those of changes before this position. */
  before: bigint | null;
  limit: number;
}

/** A message, with the change that it tells. */
export interface MessageRow extends WebhookMessage {
  /** What has happened; null once the history is gone. */
  summary: string | null;
}

/** What a webhook was and is to be sent, the newest change first. */
export async function messageRows(
  tx: Tx,
  { webhookId, state, before, limit }: MessageFilter,
): Promise<MessageRow[]> {
  const ofState = state === null ? Prisma.empty : Prisma.sql`AND m.state = ${state}`;
  const behind = before === null ? Prisma.empty : Prisma.sql`AND m.position < ${before}`;
  return tx.$queryRaw<MessageRow[]>`
    SELECT m.webhook_id AS "webhookId", m.position, m.ordering_key AS "orderingKey", m.state, m.attempts, m.failures,
      m.next_attempt_at AS "nextAttemptAt", m.settled_at AS "settledAt", m.last_outcome AS "lastOutcome", e.summary
    FROM webhook_messages m JOIN webhook_subscriptions w ON w.id = m.webhook_id
    LEFT JOIN events e ON e.position = m.position AND e.company_id = w.company_id
    WHERE m.webhook_id = ${webhookId} ${ofState} ${behind} ORDER BY m.position DESC LIMIT ${limit}::int`;
}
