import type { Job, Queue, Worker as Consumer } from 'bullmq';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';

/** A consumer that took nothing between two looks, with jobs waiting at both, has stopped. */
const ASLEEP_AFTER_MS = 15_000;

export interface Consuming {
  /** False when the consumer has ended by itself: nothing takes its jobs. */
  isRunning(): boolean;
  /** Takes nothing more and waits for what is being worked on. */
  close(): Promise<void>;
}

/**
 * A consumer that is replaced when it has stopped taking jobs. BullMQ's may wait for ever for an answer of its store that
 * was lost with a connection; the jobs that it held come back to the queue by themselves, and a second look does no harm.
 */
export function consumeAwake(
  queue: Queue,
  log: Logger,
  work: (payload: unknown) => Promise<void>,
  begin: (takeOne: (job: Job<unknown>) => Promise<void>) => Consumer,
): Consuming {
  let atWork = 0;
  let taken = 0;
  const takeOne = async (job: Job<unknown>): Promise<void> => {
    taken += 1;
    atWork += 1;
    await work(job.data).finally(() => (atWork -= 1));
  };
  let consumer = begin(takeOne);
  let takenBefore = -1;
  const look = async (): Promise<void> => {
    const isIdle = atWork === 0 && taken === takenBefore;
    takenBefore = (await queue.getWaitingCount()) > 0 ? taken : -1;
    if (!isIdle || takenBefore < 0 || atWork > 0 || taken !== takenBefore) return;
    log.warn({ queue: queue.name }, 'a consumer has stopped taking jobs and is replaced');
    const asleep = consumer;
    consumer = begin(takeOne);
    takenBefore = -1;
    await asleep.close(true);
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'queue store error'));
  }, ASLEEP_AFTER_MS);
  timer.unref();
  return {
    isRunning: () => consumer.isRunning(),
    close() {
      clearInterval(timer);
      return consumer.close();
    },
  };
}
