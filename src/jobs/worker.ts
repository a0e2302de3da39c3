import { messageOf } from '../kernel/errors.js';
import { beat } from '../sync/beat.js';
import { deliverEntry, type DeliverDeps } from '../sync/effects/deliver-entry.js';
import { keepHouse, runTasks, type HousekeepingDeps, type Sweep } from '../sync/housekeeping.js';
import { lanes, type Lane } from '../kernel/lane.js';
import { runFlow, type RunFlowDeps } from '../sync/flows/run-flow.js';
import { MINUTE_MS, SECOND_MS, within } from '../kernel/time.js';
import type { Consuming } from './consume-awake.js';
import type { JobPayload, QueueName, Queues, Repetition } from './queues.js';
import { createPulse, type Pulse, type WorkerState } from './worker-pulse.js';

export interface WorkerDeps extends RunFlowDeps, DeliverDeps, HousekeepingDeps {
  queues: Queues;
  /** What is looked at every minute; like housekeeping, it may run in several processes at once. */
  minuteSweeps?: readonly Sweep[];
  /** What is looked at with every beat, in a moment each. */
  beatSweeps?: readonly Sweep[];
  /** Told of every job that has ended, for the metrics. */
  observeJob?: (job: { kind: string; lane: Lane; failed: boolean; durationMs: number }) => void;
}

export interface WorkerOptions {
  /** Jobs at the same time, by lane. */
  concurrency: Readonly<Record<Lane, number>>;
  /** Seconds between two looks at what is due, 1 to 60. */
  beatSeconds: number;
}

export interface RunningWorker {
  state(): WorkerState;
  /**
   * Takes nothing more and waits for what is being worked on; after the deadline it is asked to stop at its next safe
   * point. What still does not end is taken up by others when its lease is over.
   */
  close(deadlineMs?: number): Promise<void>;
}

const CLOSE_DEADLINE_MS = 20 * SECOND_MS;
const STOP_GRACE_MS = 5 * SECOND_MS;
/** How long a queue store may take to begin, and to let go of consumers that have nothing to do. */
const STORE_PATIENCE_MS = 3 * SECOND_MS;
const HOUSEKEEPING = { pattern: '0 17 * * * *', lostAfterMs: 150 * SECOND_MS };
const MINUTE = { pattern: '30 * * * * *', lostAfterMs: 150 * SECOND_MS };
/** All else waits for the beat, so that a lost one is missed soon. */
const LOST_BEATS = 2;
const BEAT_LOST_MS = 20 * SECOND_MS;

/**
 * Takes jobs from the queues. All decisions are in the use cases: a job only names what to look at, and one that comes twice,
 * late or for nothing changes nothing.
 */
export async function startWorker(deps: WorkerDeps, options: WorkerOptions): Promise<RunningWorker> {
  const stop = new AbortController();
  let atWork = 0;
  const pulse = createPulse(options.beatSeconds, beatOf(options.beatSeconds).lostAfterMs);
  const consume = (queue: QueueName, lane: Lane, concurrency: number): Consuming =>
    deps.queues.consume(queue, concurrency, async (payload) => {
      atWork += 1;
      const startedMs = performance.now();
      const failed = !(await doJob(deps, payload, lane, stop.signal));
      atWork -= 1;
      const { kind } = payload as JobPayload;
      if (kind === 'beat' && !failed) pulse.beaten();
      deps.observeJob?.({ kind, lane, failed, durationMs: performance.now() - startedMs });
    });
  const consuming = [
    ...lanes.map((lane) => consume(lane, lane, options.concurrency[lane])),
    consume('beat', 'urgent', 1),
  ];
  const keep = oneAtATime(() => keepSchedules(deps, options, pulse));
  // A store that is away delays the work, and nothing else of this process.
  await within(keep(), STORE_PATIENCE_MS, () => deps.log.warn({}, 'the queue store does not answer yet'));
  const timer = setInterval(() => void keep(), (options.beatSeconds * SECOND_MS) / 2);
  timer.unref();

  return {
    state: () => ({
      consumers: consuming.every((consumer) => consumer.isRunning()),
      beat: pulse.isRegular(),
    }),
    async close(deadlineMs = CLOSE_DEADLINE_MS) {
      clearInterval(timer);
      const closed = Promise.all(consuming.map((consumer) => consumer.close())).then(() => true);
      if (await within(closed, Math.min(STORE_PATIENCE_MS, deadlineMs), () => false)) return;
      if (atWork === 0) {
        // A store that was lost in between does not answer; nothing here is worth waiting for it.
        deps.log.warn({}, 'closing although the queue store does not let go');
        return;
      }
      if (await within(closed, deadlineMs - STORE_PATIENCE_MS, () => false)) return;
      stop.abort(new Error('The process is closing.'));
      if (await within(closed, STOP_GRACE_MS, () => false)) return;
      deps.log.warn({}, 'closing while jobs are at work; their leases will run out');
    },
  };
}

/** Concurrent callers share the pending call, so that calls do not pile up. */
function oneAtATime(ask: () => Promise<void>): () => Promise<void> {
  let asking: Promise<void> | null = null;
  return () => {
    asking ??= ask().finally(() => (asking = null));
    return asking;
  };
}

/** The queue may have been wiped: a worker that finds the beat missing sets it up again and looks at once. Never throws. */
async function keepSchedules(deps: WorkerDeps, options: WorkerOptions, pulse: Pulse): Promise<void> {
  try {
    const wiped = await deps.queues.keepRepeating('beat', { kind: 'beat' }, beatOf(options.beatSeconds));
    if (wiped) await deps.queues.add('beat', { kind: 'beat' });
    pulse.kept(wiped);
    const { queues } = deps;
    if (await queues.keepRepeating('background', { kind: 'housekeeping' }, HOUSEKEEPING)) {
      await queues.add('background', { kind: 'housekeeping' });
    }
    if (deps.minuteSweeps && (await queues.keepRepeating('urgent', { kind: 'minute' }, MINUTE))) {
      await queues.add('urgent', { kind: 'minute' });
    }
  } catch (error) {
    deps.log.warn({ reason: messageOf(error) }, 'the beat is late');
  }
}

function beatOf(seconds: number): Repetition {
  return {
    pattern: seconds === 60 ? '0 * * * * *' : `*/${seconds} * * * * *`,
    lostAfterMs: Math.max(BEAT_LOST_MS, LOST_BEATS * seconds * SECOND_MS),
  };
}

/** Never throws: what goes wrong is on the row by then, or is found again by a beat. Answers whether it went well. */
async function doJob(deps: WorkerDeps, payload: unknown, lane: Lane, stop: AbortSignal): Promise<boolean> {
  const job = payload as JobPayload;
  try {
    switch (job.kind) {
      case 'flow':
        await runFlow(deps, BigInt(job.id), stop);
        return true;
      case 'outbox':
        await deliver(deps, BigInt(job.id), lane, stop);
        return true;
      case 'beat':
        await beat({ ...deps, wake: (due) => deps.queues.wake(due) });
        await runTasks(deps.log, deps.beatSweeps ?? []);
        return true;
      case 'minute':
        await runTasks(deps.log, deps.minuteSweeps ?? []);
        return true;
      case 'housekeeping':
        deps.log.info(await keepHouse(deps), 'housekeeping');
        return true;
      default:
        deps.log.warn({ kind: (job as { kind?: unknown }).kind }, 'a job of another version was left out');
        return true;
    }
  } catch (error) {
    deps.log.error({ job: job.kind, reason: messageOf(error), err: error }, 'job failed');
    return false;
  }
}

async function deliver(deps: WorkerDeps, id: bigint, lane: Lane, stop: AbortSignal): Promise<void> {
  const report = await deliverEntry(deps, id, stop);
  if (report.next !== undefined) await deps.queues.wakeNow({ kind: 'outbox', id: report.next, lane });
  // A beat hands a row out once a minute at most: what is due sooner gets a wake-up call of its own.
  const delayMs = report.retryAt ? report.retryAt.getTime() - deps.clock.now().getTime() : Infinity;
  if (delayMs < MINUTE_MS)
    await deps.queues.wakeNow({ kind: 'outbox', id, lane }, { delayMs: Math.max(0, delayMs) });
}
