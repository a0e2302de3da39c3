import { systemActor } from '../../companies/actor.js';
import { AppError, messageOf } from '../../kernel/errors.js';
import type { Logger } from '../../kernel/log.js';
import type { Database } from '../../store/database.js';
import { MINUTE_MS, type Clock } from '../../kernel/time.js';
import {
  decideFailedReadBack,
  decideFailedSend,
  decideReadBack,
  type Decision,
  type DeliveryFacts,
} from './delivery-decision.js';
import { callTimes, doubtMs, type CallTimes } from '../../outbound/call-fence.js';
import { holdMs, leaseFence, type LeaseFence } from '../lease-fence.js';
import { keepLease, LEASE_MS, LeaseLost } from '../lease.js';
import * as outboxLease from './outbox-lease.js';
import type { EntryLease } from './outbox-lease.js';
import { connectionIdOf } from '../subjects/connection-subject.js';
import { targetKindsOf } from './outbox.js';
import type { EffectContext, EffectDefinition, EffectOutcome, EffectRegistry } from './outbox.js';
import { storedReason } from './stored-reason.js';

export interface DeliverDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  effects: EffectRegistry;
  leaseMs?: number;
  /** How long calls may be on their way; tests make it shorter. */
  times?: CallTimes;
}

interface DeliveryReport {
  /** `not-due`: nothing to do, another process is at it, or another entry of its ordering key goes first. */
  state: Decision['state'] | 'lease-lost' | 'not-due';
  /** When this entry is due again. */
  retryAt?: Date;
  /** The entry of the same ordering key that may go now. */
  next?: bigint;
}

/**
 * One step of an entry towards its end: sends what was never sent, asks TikTok about what is in doubt. Safe to call for
 * any entry at any time and by many processes: the row's state and lease decide, and the same effect is never under way
 * twice.
 */
export async function deliverEntry(
  deps: DeliverDeps,
  id: bigint,
  stop?: AbortSignal,
): Promise<DeliveryReport> {
  const { leaseMs = LEASE_MS, times = callTimes } = deps;
  const effects = [...deps.effects.keys()];
  const fenced = effects.filter((name) => deps.effects.get(name)?.leavesByFence);
  const lease = await outboxLease.takeEntry(deps.db.prisma, {
    id,
    now: deps.clock.now(),
    leaseMs,
    effects,
    targets: targetKindsOf(deps.effects),
    fenced,
    doubtMs: doubtMs(times),
  });
  const definition = lease && deps.effects.get(lease.entry.effect);
  if (!lease || !definition) return { state: 'not-due' };
  const held = keepLease(() => outboxLease.renewEntry(deps.db.prisma, lease, leaseMs), {
    leaseMs,
    parent: stop,
  });
  const { signal } = held;
  const leftMs = () => outboxLease.holdForWrite(deps.db.prisma, lease, holdMs(leaseMs, times));
  const fence = leaseFence({ times, signal, leftMs });
  const by = systemActor(definition.name, 'effect');
  const context = { entry: lease.entry, by, signal, fence, now: () => deps.clock.now() };
  const delivery: Delivery = { lease, definition, context, doubt: doubtOf(lease, definition, fence, times) };
  try {
    const decision = await takeStep(delivery);
    return await record(deps, delivery, decision);
  } catch (error) {
    if (!(error instanceof LeaseLost)) throw error;
    const mayHaveLeft = lease.state === 'sending' && delivery.doubt().leftMs > 0;
    deps.log.warn({ ...factsOf(lease), mayHaveLeft }, 'outbox entry taken over by another delivery');
    const doubt = { now: deps.clock.now(), doubtMs: doubtMs(times) };
    if (mayHaveLeft) await outboxLease.raiseDoubt(deps.db.prisma, lease, doubt);
    return { state: 'lease-lost' };
  } finally {
    held.stop();
  }
}

/** One delivery of one entry. */
interface Delivery {
  lease: EntryLease;
  definition: EffectDefinition;
  context: EffectContext;
  /** How long TikTok may still carry out what this delivery has sent; 0: it has sent nothing. */
  doubt: () => { leftMs: number; wholeMs: number };
}

/** Counted from the last write that was let through, or where an effect writes by other ways, from its beginning. */
function doubtOf(
  { state }: EntryLease,
  { leavesByFence }: EffectDefinition,
  fence: LeaseFence,
  times: CallTimes,
): Delivery['doubt'] {
  const began = performance.now();
  const wholeMs = doubtMs(times);
  return () => {
    const leftAt = leavesByFence ? fence.passedAt() : state === 'sending' ? began : null;
    return { wholeMs, leftMs: leftAt === null ? 0 : Math.max(1, wholeMs - (performance.now() - leftAt)) };
  };
}

function takeStep(delivery: Delivery): Promise<Decision> {
  return delivery.lease.state === 'sending' ? send(delivery) : readBack(delivery);
}

async function send(delivery: Delivery): Promise<Decision> {
  const { definition, context } = delivery;
  if (context.signal.aborted) return { state: 'pending', waitMs: 0, counted: false, reason: null };
  try {
    return { state: 'done', result: await definition.send(context) };
  } catch (error) {
    if (!(error instanceof AppError) || !definition.saysDone?.(error)) {
      const { leftMs } = delivery.doubt();
      return decideFailedSend(error, { ...factsFor(delivery), doubtLeftMs: leftMs });
    }
    const decision = await readBack(delivery, { resendSafe: false });
    // TikTok has it and takes no repeat: when it is not ours that it has, ours can never be.
    return decision.state === 'pending' ? { state: 'refused', error } : decision;
  }
}

async function readBack(delivery: Delivery, known: { resendSafe?: boolean } = {}): Promise<Decision> {
  const { definition, context } = delivery;
  const facts = { ...factsFor(delivery), ...known };
  try {
    return decideReadBack(await definition.readBack(context), facts);
  } catch (error) {
    return decideFailedReadBack(error, facts);
  }
}

function factsFor({ lease, definition, doubt }: Delivery): DeliveryFacts {
  const { readBacks, doubtLeftMs, entry } = lease;
  const { resendSafe } = definition;
  return { attempts: entry.attempts, readBacks, resendSafe, doubtLeftMs, doubtMs: doubt().wholeMs };
}

/** Saves the decision, and for an end the business's side of it in the same transaction. */
async function record(deps: DeliverDeps, delivery: Delivery, decision: Decision): Promise<DeliveryReport> {
  const { lease } = delivery;
  const { readBacks } = lease;
  const unsettled = { state: 'in_doubt', readBacks, doubtMs: null } as const;
  try {
    return await save(deps, delivery, decision);
  } catch (error) {
    if (error instanceof outboxLease.DoubtRaised) {
      deps.log.warn(
        { ...factsOf(lease), outcome: decision.state },
        'a late call: the outcome does not count',
      );
      return save(deps, delivery, { ...unsettled, waitMs: 0, reason: error });
    }
    if (error instanceof LeaseLost || decision.state === 'pending' || decision.state === 'in_doubt')
      throw error;
    // The effect is as decided, but our side of it could not be written: TikTok is asked again, and it is tried again.
    deps.log.error({ ...factsOf(lease), outcome: decision.state, err: error }, 'outcome could not be saved');
    return save(deps, delivery, { ...unsettled, waitMs: MINUTE_MS, reason: error });
  }
}

async function save(deps: DeliverDeps, delivery: Delivery, decision: Decision): Promise<DeliveryReport> {
  const { lease, definition } = delivery;
  const now = deps.clock.now();
  const change = { ...changeFor(lease, decision, now), recheckMs: delivery.doubt().wholeMs };
  const reason = reasonOf(decision);
  const attempt = {
    outcome: decision.state,
    message: change.lastError,
    finishedAt: now,
    ...tiktokFacts(decision.state === 'done' ? decision.result : reason),
  };
  await deps.db.transaction(async (tx) => {
    if (isEnd(decision)) {
      await outboxLease.checkEntry(tx, lease, change);
      await definition.settle(tx, lease.entry, decision, delivery.context.by);
    }
    await outboxLease.changeEntry(tx, lease, change);
    await outboxLease.finishAttempt(tx, lease, attempt);
  });
  const facts = { ...factsOf(lease), step: lease.state, outcome: decision.state, attempts: change.attempts };
  if (decision.state === 'done') deps.log.info(facts, 'outbox entry');
  else deps.log.warn({ ...facts, ...(reason ? { reason: messageOf(reason) } : {}) }, 'outbox entry');
  if (!isEnd(decision)) return { state: decision.state, retryAt: change.nextAttemptAt ?? now };
  const next = await outboxLease.nextOfOrderingKey(deps.db.prisma, lease.entry);
  return { state: decision.state, ...(next === null ? {} : { next }) };
}

function changeFor(
  lease: EntryLease,
  decision: Decision,
  now: Date,
): Omit<outboxLease.EntryChange, 'recheckMs'> {
  const { attempts } = lease.entry;
  const reason = reasonOf(decision);
  const common = {
    now,
    attempts,
    readBacks: lease.readBacks,
    lastError: reason ? storedReason(reason) : null,
    doubtMs: null,
  };
  switch (decision.state) {
    case 'pending': {
      const nextAttemptAt = new Date(now.getTime() + decision.waitMs);
      return { ...common, state: 'pending', nextAttemptAt, attempts: attempts - (decision.counted ? 0 : 1) };
    }
    case 'in_doubt': {
      const nextAttemptAt = new Date(now.getTime() + decision.waitMs);
      return {
        ...common,
        state: 'in_doubt',
        nextAttemptAt,
        readBacks: decision.readBacks,
        doubtMs: decision.doubtMs,
      };
    }
    case 'needs_person':
      return { ...common, state: 'needs_person', nextAttemptAt: null, lastError: decision.why };
    case 'done':
      return { ...common, state: 'done', nextAttemptAt: null, result: decision.result };
    default:
      return { ...common, state: 'refused', nextAttemptAt: null };
  }
}

function isEnd(decision: Decision): decision is EffectOutcome<unknown> {
  return decision.state !== 'pending' && decision.state !== 'in_doubt';
}

function reasonOf(decision: Decision): unknown {
  if (decision.state === 'refused') return decision.error;
  return decision.state === 'pending' || decision.state === 'in_doubt' ? decision.reason : null;
}

/** What TikTok's support asks for, where the error is one of TikTok's, or the result of an effect tells it. */
function tiktokFacts(source: unknown): { tiktokCode: string | null; requestId: string | null } {
  const { tiktokCode, requestId } = (source ?? {}) as { tiktokCode?: unknown; requestId?: unknown };
  return {
    tiktokCode: typeof tiktokCode === 'string' ? tiktokCode : null,
    requestId: typeof requestId === 'string' ? requestId : null,
  };
}

function factsOf({ entry }: EntryLease) {
  const { kind, id } = entry.target;
  const connectionId = connectionIdOf(entry.target);
  return {
    effect: entry.effect,
    outbox: entry.id.toString(),
    ...(connectionId === null ? { target: `${kind}:${id}` } : { connectionId }),
    documentKey: entry.documentKey,
  };
}
