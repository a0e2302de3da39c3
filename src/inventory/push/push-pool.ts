/** Calls of one kind under way at once; the shop's budget is what limits them. */
const PARALLEL = 8;
/** So many calls in a row that fail for no reason of their product's: TikTok has a problem, not the products. */
const FAILURES_IN_A_ROW = 5;

/** Jobs that were not begun, and why it ended early; a job that ended it is not among them. */
export interface PoolReport<Job> {
  left: Job[];
  error: unknown;
}

/**
 * Works jobs off in their order, several at once, until all are done, `signal` is aborted or something ends the run.
 * `work` answers the error that all of a job failed with for no reason of its own, or null.
 */
export async function workOff<Job>(
  jobs: readonly Job[],
  signal: AbortSignal,
  work: (job: Job) => Promise<unknown>,
): Promise<PoolReport<Job>> {
  const waiting = [...jobs];
  const report: PoolReport<Job> = { left: waiting, error: null };
  let failures = 0;
  const worker = async (): Promise<void> => {
    while (report.error === null && !signal.aborted) {
      const job = waiting.shift();
      if (job === undefined) return;
      try {
        const failure = await work(job);
        failures = failure === null ? 0 : failures + 1;
        if (failures >= FAILURES_IN_A_ROW) report.error = failure;
      } catch (error) {
        report.error ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return report;
}
