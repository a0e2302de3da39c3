import { AsyncLocalStorage } from 'node:async_hooks';

/** A call to somebody outside, as it has ended. */
export interface EndedCall {
  /** Its name without ids. */
  endpoint: string;
  /** Of the answer; null when none came. */
  code: string | null;
  requestId: string | null;
  durationMs: number;
}

interface EndpointCalls {
  endpoint: string;
  calls: number;
  failed: number;
  totalMs: number;
  slowestMs: number;
  /** Of the slowest call. */
  slowestRequestId: string | null;
}

interface FailedCall extends Omit<EndedCall, 'durationMs'> {
  at: string;
  ms: number;
}

/** The calls of one piece of work; of those that failed the last ones. Nothing of what was said is in it. */
export interface CallSummary {
  endpoints: EndpointCalls[];
  failures: FailedCall[];
}

const MOST_FAILURES = 20;
const SUCCESS = '0';

const under = new AsyncLocalStorage<CallSummary>();

/** Does a piece of work, and counts the calls that it makes, wherever it makes them, into `summary`. */
export function countCalls<T>(summary: CallSummary, work: () => Promise<T>): Promise<T> {
  return under.run(summary, work);
}

export function noCalls(): CallSummary {
  return { endpoints: [], failures: [] };
}

/** A call has ended. Outside of work that counts its calls it is counted nowhere. */
export function noteCall({ endpoint, code, requestId, durationMs }: EndedCall, now: Date): void {
  const summary = under.getStore();
  if (!summary) return;
  const ms = Math.round(durationMs);
  let line = summary.endpoints.find((each) => each.endpoint === endpoint);
  if (!line) {
    line = { endpoint, calls: 0, failed: 0, totalMs: 0, slowestMs: -1, slowestRequestId: null };
    summary.endpoints.push(line);
  }
  line.calls += 1;
  line.totalMs += ms;
  if (ms > line.slowestMs) {
    line.slowestMs = ms;
    line.slowestRequestId = requestId;
  }
  if (code === SUCCESS) return;
  line.failed += 1;
  summary.failures.push({ at: now.toISOString(), endpoint, code, requestId, ms });
  if (summary.failures.length > MOST_FAILURES) summary.failures.shift();
}
