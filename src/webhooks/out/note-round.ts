import { recordEvents, type NewEvent } from '../../documents/document-store.js';
import type { Database, Tx } from '../../store/database.js';
import type { SubjectRun } from '../../sync/flows/flows.js';
import type { CallOutcome } from './call-receiver.js';
import { hurryMessages, messageIdOf, type WebhookMessage } from './message-store.js';
import { DISABLED_AFTER_MS, pauseAfter, ROUNDS_UNTIL_PAUSE } from './retry-schedule.js';
import { updateWebhook, type Webhook } from './webhook-store.js';

/** One call of a round. */
export interface CallEnd {
  message: WebhookMessage;
  outcome: CallOutcome;
  /** The message is given up. */
  isLast: boolean;
}

/**
 * What a round of calls says about the address: that it is well, that it is to be spared for a while, or that it is gone. Told in
 * the history when it begins to fail, when it is well again, and when it is switched off.
 */
export async function noteRound(
  { db }: { db: Database },
  run: SubjectRun,
  webhook: Webhook,
  ends: readonly CallEnd[],
): Promise<void> {
  await db.transaction(async (tx) => {
    await run.guard(tx);
    const standing = ends.some(({ outcome }) => outcome.isTaken)
      ? await noteSuccess(tx, run, webhook, ends)
      : await noteFailure(tx, run, webhook, ends);
    const events = [...standing, ...givenUp(webhook, ends)];
    await recordEvents(tx, run.by, events);
  });
}

type Told = Pick<NewEvent, 'companyId' | 'event' | 'summary' | 'details' | 'additional'>;

async function noteSuccess(
  tx: Tx,
  run: SubjectRun,
  { id, companyId, failures }: Webhook,
  ends: readonly CallEnd[],
): Promise<Told[]> {
  const askedMs = longestAsked(ends);
  if (failures === 0 && askedMs === null) return [];
  const pausedUntil = askedMs === null ? null : new Date(run.now().getTime() + pauseAfter(0, askedMs));
  await updateWebhook(tx, id, { failures: 0, failingSince: null, pausedUntil });
  if (failures < ROUNDS_UNTIL_PAUSE) return [];
  await hurryMessages(tx, id, run.now());
  const summary = `Webhook ${id} takes messages again.`;
  return [{ companyId, event: 'webhook-recovered', summary, additional: { webhook: id } }];
}

async function noteFailure(
  tx: Tx,
  run: SubjectRun,
  webhook: Webhook,
  ends: readonly CallEnd[],
): Promise<Told[]> {
  const { id, companyId } = webhook;
  const now = run.now();
  const failures = webhook.failures + 1;
  const failingSince = webhook.failingSince ?? now;
  const why = ends[0]?.outcome.outcome ?? '';
  const isGone = ends.some(({ outcome }) => outcome.isGone);
  const about = { companyId, additional: { webhook: id } };
  if (isGone || now.getTime() - failingSince.getTime() >= DISABLED_AFTER_MS) {
    const stateReason = isGone
      ? 'the receiver answered 410: it is gone'
      : `nothing was taken since ${failingSince.toISOString()}; last: ${why}`;
    await updateWebhook(tx, id, { state: 'disabled', stateReason, failures, failingSince, updatedAt: now });
    return [
      {
        ...about,
        event: 'webhook-disabled',
        summary: `Webhook ${id} was switched off: ${stateReason}.`,
        details: `Mend the receiver, try it with GET Webhooks/${id}/Test, and switch it on with PUT Webhooks/${id}. Everything since then is sent then.`,
      },
    ];
  }
  const pauseMs = pauseAfter(failures, longestAsked(ends));
  const pausedUntil = pauseMs > 0 ? new Date(now.getTime() + pauseMs) : null;
  await updateWebhook(tx, id, { failures, failingSince, pausedUntil });
  if (failures !== ROUNDS_UNTIL_PAUSE) return [];
  return [
    {
      ...about,
      event: 'webhook-failing',
      summary: `Webhook ${id} takes no messages: ${why}.`,
      details: `They are sent again for three days, and nothing is lost. See GET Webhooks/${id}/Messages.`,
    },
  ];
}

/** Messages that were sent as often as they are: one line for all of a round. */
function givenUp({ id, companyId }: Webhook, ends: readonly CallEnd[]): Told[] {
  const lost = ends.filter(({ isLast }) => isLast).map(({ message }) => messageIdOf(message));
  if (lost.length === 0) return [];
  return [
    {
      companyId,
      event: 'webhook-message-failed',
      summary: `Webhook ${id} has not taken ${lost.join(', ')} in three days; they are not sent any more.`,
      details: `Send them again with POST Webhooks/${id}/Replay.`,
      additional: { webhook: id },
    },
  ];
}

function longestAsked(ends: readonly CallEnd[]): number | null {
  const asked = ends.flatMap(({ outcome }) =>
    outcome.retryAfterMs !== null && !outcome.isTaken ? [outcome.retryAfterMs] : [],
  );
  return asked.length === 0 ? null : Math.max(...asked);
}
