import { allow } from '../../companies/permissions.js';
import { findEventsAt, type StoredEvent } from '../../documents/event-store.js';
import { changesBetween } from '../../documents/list-changes.js';
import { AppError } from '../../kernel/errors.js';
import type { Tx } from '../../store/database.js';
import { typesOf } from '../changes/topics.js';
import { ALL_TOPICS, note, type WebhookChange, type WebhookDeps } from './manage-webhooks.js';
import { listMessages, positionIn, replayMessages } from './message-store.js';
import { lockWebhook, type Webhook } from './webhook-store.js';

const MOST_AT_ONCE = 1_000;

/** What is to be sent once more: one message, those that were given up, or all changes of a time. */
export interface ReplayWish {
  messageId?: string;
  onlyFailed?: boolean;
  from?: Date;
  to?: Date;
  /** A position: where an answer before has left off. */
  after?: number;
}

interface Replayed {
  count: number;
  /** Where to go on; null: that was all. */
  next: number | null;
}

/**
 * Sends messages once more, each under its own id, so that a receiver that has it knows it. Changes of which there was no message,
 * since the webhook is younger or they are long ago, become one.
 * @throws AppError not-found, invalid-request
 */
export async function replayWebhook(
  { db, clock }: WebhookDeps,
  { companyId, by, id }: WebhookChange & { id: number },
  wish: ReplayWish,
): Promise<Replayed> {
  allow(by, 'settings', companyId);
  return db.transaction(async (tx) => {
    const webhook = await lockWebhook(tx, { companyId, id });
    if (!webhook) throw new AppError('not-found', 'There is no such webhook.');
    const found = await findWanted(tx, webhook, wish);
    const events = found
      .slice(0, MOST_AT_ONCE)
      .filter(({ position }) => (position ?? 0n) <= webhook.position);
    if (events.length > 0) await replayMessages(tx, id, events, clock.now());
    await note(tx, { companyId, by, id }, 'webhook.replayed', { after: { messages: events.length } });
    const hasMore = found.length > MOST_AT_ONCE;
    return { count: events.length, next: hasMore ? Number(events.at(-1)?.position) : null };
  });
}

async function findWanted(tx: Tx, webhook: Webhook, wish: ReplayWish): Promise<StoredEvent[]> {
  const { id, companyId, topic } = webhook;
  const { messageId, onlyFailed, from, to, after = 0 } = wish;
  if (messageId !== undefined) return [await eventOf(tx, webhook, messageId)];
  if (onlyFailed) {
    const { messages } = await listMessages(
      tx,
      { webhookId: id, state: 'failed' },
      { skip: 0, take: MOST_AT_ONCE },
    );
    return findEventsAt(
      tx,
      companyId,
      messages.map(({ position }) => position),
    );
  }
  if (!from)
    throw new AppError('invalid-request', 'What is to be sent again was not said.', {
      details: [{ field: 'From', message: 'or MessageId or OnlyFailed must be given' }],
    });
  const types = topic === ALL_TOPICS ? {} : { typeIds: typesOf(topic) };
  return changesBetween(tx, { companyId, after, limit: MOST_AT_ONCE, from, ...(to && { to }), ...types });
}

async function eventOf(tx: Tx, { id, companyId }: Webhook, messageId: string): Promise<StoredEvent> {
  const position = positionIn(messageId, id);
  const [message] =
    position === null
      ? []
      : (await listMessages(tx, { webhookId: id, position }, { skip: 0, take: 1 })).messages;
  const [event] = message ? await findEventsAt(tx, companyId, [message.position]) : [];
  if (event) return event;
  throw new AppError('not-found', 'There is no such message.');
}
