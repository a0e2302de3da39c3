import { listChanges } from '../../documents/list-changes.js';
import { findEventsAt } from '../../documents/event-store.js';
import { AppError } from '../../kernel/errors.js';
import { SECOND_MS, type Clock } from '../../kernel/time.js';
import type { PublicDoor } from '../../outbound/public-door.js';
import type { Database } from '../../store/database.js';
import type { Sealer } from '../../store/secrets.js';
import type { FlowResult, SubjectRun } from '../../sync/flows/flows.js';
import { typesOf } from '../changes/topics.js';
import { callReceiver, type CallOutcome } from './call-receiver.js';
import { messageBody } from './message-body.js';
import {
  addMessages,
  beginAttempts,
  countPending,
  dueMessages,
  endAttempt,
  messageIdOf,
  nextMessageAt,
  type WebhookMessage,
} from './message-store.js';
import { noteRound, type CallEnd } from './note-round.js';
import { ROUNDS_UNTIL_PAUSE, waitAfterFailure } from './retry-schedule.js';
import { findWebhook, openSecrets, updateWebhook, type Webhook } from './webhook-store.js';

interface SendWebhooksDeps {
  db: Database;
  clock: Clock;
  sealer: Sealer;
  door: PublicDoor;
}

/** Calls of one address at a time, each about another document. */
const CALLS_AT_ONCE = 8;
/** So many messages of one address wait; the changes behind them stay where they are until there is room. */
const MOST_PENDING = 1_000;
const CHANGES_AT_ONCE = 500;
/** Then the next address has its turn. */
const LONGEST_TURN_MS = 20 * SECOND_MS;

/**
 * The flow `send-webhooks` of one address. Every change that fits becomes a message in the transaction that moves the address's
 * position, so that none is missed and none comes twice; a message is sent until it is taken, after a crash once more, always
 * under the same id. The flow's lease sees to it that one process sends at a time.
 */
export async function sendWebhooks(deps: SendWebhooksDeps, run: SubjectRun): Promise<FlowResult> {
  const { db } = deps;
  const { id } = run.subject;
  const began = performance.now();
  const counts: Record<string, number> = {};
  for (;;) {
    const webhook = await findWebhook(db.prisma, { id });
    if (webhook?.state !== 'on') return { counts };
    const isBehind = await takeChanges(deps, run, webhook);
    const restMs = (webhook.pausedUntil?.getTime() ?? 0) - run.now().getTime();
    if (restMs > 0) return { counts, againAfterMs: restMs };
    const due = await nextCalls(deps, run, webhook);
    if (due.length === 0 && !isBehind) return { counts, ...(await againAfter(deps, run)) };
    const taken = await sendRound(deps, run, webhook, due);
    counts['sent'] = (counts['sent'] ?? 0) + taken;
    if (run.signal.aborted || performance.now() - began > LONGEST_TURN_MS)
      return { counts, againAfterMs: SECOND_MS };
  }
}

/** An address that fails gets one call at a time, and one also when no message is due: so it is found well within the hour. */
async function nextCalls(
  { db }: SendWebhooksDeps,
  run: SubjectRun,
  { id: webhookId, failures }: Webhook,
): Promise<WebhookMessage[]> {
  const now = run.now();
  if (failures < ROUNDS_UNTIL_PAUSE) return dueMessages(db.prisma, { webhookId, now, limit: CALLS_AT_ONCE });
  const due = await dueMessages(db.prisma, { webhookId, now, limit: 1 });
  return due.length > 0 ? due : dueMessages(db.prisma, { webhookId, now: null, limit: 1 });
}

/** @returns whether there are more changes than were taken, and room for them */
async function takeChanges({ db }: SendWebhooksDeps, run: SubjectRun, webhook: Webhook): Promise<boolean> {
  const { id, companyId, topic, position } = webhook;
  const room = MOST_PENDING - (await countPending(db.prisma, id, MOST_PENDING));
  if (room <= 0) return false;
  const after = Number(position);
  const typeIds = topic === '*' ? {} : { typeIds: typesOf(topic) };
  const limit = Math.min(room, CHANGES_AT_ONCE);
  const { events, next, more } = await listChanges(db, { companyId, after, limit, ...typeIds });
  if (next === after) return false;
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await addMessages(tx, id, events, run.now());
    await updateWebhook(tx, id, { position: BigInt(next) });
  });
  return more;
}

/** Several calls at once, and what they mean for the address. @returns how many messages were taken */
async function sendRound(
  deps: SendWebhooksDeps,
  run: SubjectRun,
  webhook: Webhook,
  messages: readonly WebhookMessage[],
): Promise<number> {
  const { db, sealer } = deps;
  if (messages.length === 0) return 0;
  const { secrets } = await openSecrets({ tx: db.prisma, sealer }, webhook.id, run.now());
  if (secrets.length === 0)
    throw new AppError('configuration-invalid', 'The webhook has no secret: rotate it.');
  const positions = messages.map(({ position }) => position);
  const events = await findEventsAt(db.prisma, webhook.companyId, positions);
  const attempts = await db.transaction(async (tx) => {
    await run.guard(tx);
    return beginAttempts(tx, messages, run.now());
  });
  const calls = messages.map(async (message, nth): Promise<CallEnd> => {
    const event = events.find(({ position }) => position === message.position);
    const outcome = event ? await call(deps, run, webhook, { secrets, message, event }) : forgotten;
    return {
      message,
      outcome,
      isLast: await end(deps, run, { message, attemptId: attempts[nth]!, outcome }),
    };
  });
  const settled = await Promise.allSettled(calls);
  const ends = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  if (ends.length > 0) await noteRound(deps, run, webhook, ends);
  // Held back, or lost: what was not sent is pending, and the next run has it.
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return ends.filter(({ outcome }) => outcome.isTaken).length;
}

async function call(
  { door }: SendWebhooksDeps,
  run: SubjectRun,
  { address }: Webhook,
  what: {
    secrets: string[];
    message: WebhookMessage;
    event: Awaited<ReturnType<typeof findEventsAt>>[number];
  },
): Promise<CallOutcome> {
  const leaveBefore = await run.fence.pass();
  const { secrets, message, event } = what;
  const body = messageBody(event);
  return callReceiver(door, { address, secrets, id: messageIdOf(message), at: run.now(), body, leaveBefore });
}

/** Its event is older than the history that is kept. */
const forgotten: CallOutcome = {
  isTaken: false,
  status: null,
  outcome: 'not sent: what it tells of is older than the history that is kept',
  isGone: false,
  retryAfterMs: null,
};

/** @returns whether the message is given up */
async function end(
  { db }: SendWebhooksDeps,
  run: SubjectRun,
  done: { message: WebhookMessage; attemptId: bigint; outcome: CallOutcome },
): Promise<boolean> {
  const { message, attemptId, outcome } = done;
  const finishedAt = run.now();
  // A call that only looked whether the address is well is none of the message's tries.
  const isOwnTry = message.nextAttemptAt <= finishedAt || outcome === forgotten;
  const failures = message.failures + (isOwnTry ? 1 : 0);
  const waitMs = outcome === forgotten ? null : waitAfterFailure(failures);
  const isLast = isOwnTry && !outcome.isTaken && waitMs === null;
  const isSettled = outcome.isTaken || isLast;
  await db.transaction(async (tx) => {
    await run.guard(tx);
    await endAttempt(tx, message, {
      id: attemptId,
      finishedAt,
      status: outcome.status,
      change: {
        state: outcome.isTaken ? 'delivered' : isLast ? 'failed' : 'pending',
        failures: outcome.isTaken ? 0 : failures,
        nextAttemptAt: isOwnTry ? new Date(finishedAt.getTime() + (waitMs ?? 0)) : message.nextAttemptAt,
        settledAt: isSettled ? finishedAt : null,
        lastOutcome: outcome.outcome,
      },
    });
  });
  return isLast;
}

async function againAfter(
  { db }: SendWebhooksDeps,
  run: SubjectRun,
): Promise<Pick<FlowResult, 'againAfterMs'>> {
  const at = await nextMessageAt(db.prisma, run.subject.id);
  return at === null ? {} : { againAfterMs: Math.max(SECOND_MS, at.getTime() - run.now().getTime()) };
}
