import type { AppError } from '../errors.js';
import type { Database, Tx } from '../store/database.js';
import type { FlowDefinition, FlowName } from './flow-catalogue.js';

/** What the handler of a flow gets: one connection's turn, under a lease. */
export interface FlowRun {
  flowId: bigint;
  flow: FlowDefinition;
  connectionId: number;
  companyId: number;
  /** TikTok's time up to which everything was read; null before the first run. */
  watermark: Date | null;
  /** Where a run that was stopped goes on; as it was saved. */
  cursor: unknown;
  /** Aborted when the process closes or the lease is lost: stop between two pages. */
  signal: AbortSignal;
  now(): Date;
  /**
   * First thing in every transaction that writes: locks the flow's row, so that no other run can take over before the
   * transaction ends.
   * @throws LeaseLost when another run has taken over
   */
  guard(tx: Tx): Promise<void>;
  /**
   * Saves how far this run is, in the transaction of what it has read. The watermark never goes back; what is left out
   * stays, a cursor of null is cleared.
   * @throws LeaseLost
   */
  saveProgress(tx: Tx, progress: FlowProgress): Promise<void>;
}

export interface FlowProgress {
  watermark?: Date;
  cursor?: unknown;
}

export interface FlowResult {
  /** What happened, by name, such as `{ exported: 3, unchanged: 12 }`. All but `unchanged` count as an effect. */
  counts: Record<string, number>;
  windowFrom?: Date;
  windowTo?: Date;
  /** There is more to do at once: the handler is called again. */
  more?: boolean;
}

/** Safe to repeat at any point: what was committed with `saveProgress` is where the next call begins. */
export type FlowHandler = (run: FlowRun) => Promise<FlowResult>;

/** Another run has taken over. Let it through: the transaction that it is thrown in must not be committed. */
export class LeaseLost extends Error {
  constructor(what: string) {
    super(`The lease on ${what} was lost to another run.`);
    this.name = 'LeaseLost';
  }
}

/** A connection's flow with its state, as lists and pages show it. Times in UTC. */
export interface FlowView {
  id: bigint;
  connectionId: number;
  connectionName: string;
  partnerId: number;
  flow: FlowDefinition;
  /** Cron expression in UTC that counts for this connection. */
  schedule: string;
  enabled: boolean;
  running: boolean;
  nextAttemptAt: Date;
  lastStartedAt: Date | null;
  lastFinishedAt: Date | null;
  lastSuccessAt: Date | null;
  lastOutcome: string | null;
  lastError: string | null;
  failures: number;
  watermark: Date | null;
}

/** How a call of `runFlow` ended. `not-due`: nothing to do, or another process is at it. */
export type FlowOutcome =
  'done' | 'nothing-to-do' | 'failed' | 'paused' | 'throttled' | 'interrupted' | 'lease-lost' | 'not-due';

export interface FlowReport {
  outcome: FlowOutcome;
  counts: Record<string, number>;
  error?: AppError | Error;
}
