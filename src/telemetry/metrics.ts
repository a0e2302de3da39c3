import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { messageOf } from '../kernel/errors.js';
import type { Logger } from '../kernel/log.js';
import type { RefusedBudgets } from '../sync/budgets/list-budgets.js';
import type { SyncStats } from '../sync/flows/sync-stats.js';

/** Facts that are asked for when somebody scrapes, so that an idle process computes nothing. */
export interface MetricSources {
  sync?: () => Promise<SyncStats>;
  /** Per kind of flow: seconds since the last success of the connection that has waited longest for one. */
  staleness?: () => Promise<{ flow: string; seconds: number }[]>;
  /** Seconds for which the effect that has waited longest for a person has been waiting; 0 when none does. */
  needsPerson?: () => Promise<number>;
  /** Age in seconds of the oldest change of inventory that is still to be sent. */
  inventoryBehind?: () => Promise<number>;
  /** Items of which TikTok shows other values than are wanted, by somebody else's hand. */
  inventoryDrift?: () => Promise<number>;
  /** Budgets of calls that TikTok has refused within the hour, by endpoint. */
  refusedBudgets?: () => Promise<RefusedBudgets[]>;
}

export interface Metrics {
  contentType: string;
  /** The page that Prometheus reads. A source that fails is counted and left out: the rest is most needed just then. */
  text(): Promise<string>;
  /** `route` is the pattern (`/api/v3/Orders/:key`), never the path: ids would make a series each. */
  observeRequest(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** `endpoint` is method and path with placeholders; `code` TikTok's envelope code, null when no answer came. */
  observeTikTokCall(call: { endpoint: string; code: string | null; durationMs: number }): void;
  /** `kind` is what a worker was at (flow, outbox, beat, ...); `failed`: by an error of ours, not by TikTok's answer. */
  observeJob(job: { kind: string; lane: string; failed: boolean; durationMs: number }): void;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const JOB_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A registry of its own per process start. Labels name kinds of things, never tenants, shops, ids or people. */
export function createMetrics(sources: MetricSources, log: Logger): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'connector_http_request_seconds',
    help: 'Answered HTTP requests by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers,
  });
  const calls = new Histogram({
    name: 'connector_tiktok_call_seconds',
    help: 'Calls to TikTok Shop by endpoint and outcome: ok, throttled, refused, or none (no answer).',
    labelNames: ['endpoint', 'outcome'],
    buckets: CALL_BUCKETS,
    registers,
  });
  const jobs = new Histogram({
    name: 'connector_job_seconds',
    help: 'Jobs of this worker by kind, lane and outcome: ended, or failed by an error of the program.',
    labelNames: ['kind', 'lane', 'outcome'],
    buckets: JOB_BUCKETS,
    registers,
  });
  const scrapes = [
    ...syncScrapes(sources, registers),
    ...needsPersonScrapes(sources, registers),
    ...stalenessScrapes(sources, registers),
    ...inventoryScrapes(sources, registers),
    ...budgetScrapes(sources, registers),
  ];
  const failures = new Counter({
    name: 'connector_scrape_failures_total',
    help: 'Sources of metrics that could not be asked.',
    registers,
  });
  return {
    contentType: registry.contentType,
    async text() {
      await Promise.all(scrapes.map((scrape) => scrape().catch((error: unknown) => noteFailure(error))));
      return registry.metrics();
    },
    observeRequest({ method, route, status, durationMs }) {
      requests.observe({ method, route, status }, durationMs / 1_000);
    },
    observeTikTokCall({ endpoint, code, durationMs }) {
      calls.observe({ endpoint, outcome: outcomeOf(code) }, durationMs / 1_000);
    },
    observeJob({ kind, lane, failed, durationMs }) {
      jobs.observe({ kind, lane, outcome: failed ? 'failed' : 'ended' }, durationMs / 1_000);
    },
  };

  function noteFailure(error: unknown): void {
    failures.inc();
    log.warn({ reason: messageOf(error) }, 'a source of metrics failed');
  }
}

/** TikTok's codes are a thousand: only their kind is a label. */
function outcomeOf(code: string | null): string {
  if (code === null) return 'none';
  if (code === '0') return 'ok';
  return code === '36009002' ? 'throttled' : 'refused';
}

type Scrape = () => Promise<void>;

function syncScrapes({ sync }: MetricSources, registers: Registry[]): Scrape[] {
  if (!sync) return [];
  const flows = new Gauge({
    name: 'connector_flows',
    help: 'Flows of active connections that are due, running or failing.',
    labelNames: ['state'],
    registers,
  });
  const overdue = new Gauge({
    name: 'connector_flow_oldest_due_seconds',
    help: 'How long the most overdue flow has been waiting.',
    registers,
  });
  const outbox = new Gauge({
    name: 'connector_outbox_entries',
    help: 'Effects on TikTok that are not settled; needs_person waits for a human.',
    labelNames: ['state', 'lane'],
    registers,
  });
  const unsettled = new Gauge({
    name: 'connector_outbox_oldest_seconds',
    help: 'Age of the oldest effect that is not settled and waits for no person.',
    registers,
  });
  return [
    async () => {
      const stats = await sync();
      for (const [state, count] of Object.entries(stats.flows)) flows.set({ state }, count);
      overdue.set(stats.oldestDueFlowSeconds);
      outbox.reset();
      for (const { state, lane, count } of stats.outbox) outbox.set({ state, lane }, count);
      unsettled.set(stats.oldestUnsettledSeconds);
    },
  ];
}

function needsPersonScrapes({ needsPerson }: MetricSources, registers: Registry[]): Scrape[] {
  if (!needsPerson) return [];
  const gauge = new Gauge({
    name: 'connector_outbox_oldest_needs_person_seconds',
    help: 'How long the effect that has waited longest for a person has been waiting; 0 when none does.',
    registers,
  });
  return [async () => gauge.set(await needsPerson())];
}

function stalenessScrapes({ staleness }: MetricSources, registers: Registry[]): Scrape[] {
  if (!staleness) return [];
  const gauge = new Gauge({
    name: 'connector_flow_stalest_seconds',
    help: 'Time since the last success of the connection that has waited longest for one.',
    labelNames: ['flow'],
    registers,
  });
  return [
    async () => {
      const rows = await staleness();
      gauge.reset();
      for (const { flow, seconds } of rows) gauge.set({ flow }, seconds);
    },
  ];
}

function inventoryScrapes(
  { inventoryBehind, inventoryDrift }: MetricSources,
  registers: Registry[],
): Scrape[] {
  const gauge = (name: string, help: string, read: () => Promise<number>): Scrape => {
    const own = new Gauge({ name, help, registers });
    return async () => own.set(await read());
  };
  return [
    ...(inventoryBehind
      ? [
          gauge(
            'connector_inventory_oldest_pending_seconds',
            'Age of the oldest change of inventory that is still to be sent to TikTok.',
            inventoryBehind,
          ),
        ]
      : []),
    ...(inventoryDrift
      ? [
          gauge(
            'connector_inventory_drift_items',
            'Items of which TikTok shows other values than are wanted, because another writer has set them there.',
            inventoryDrift,
          ),
        ]
      : []),
  ];
}

function budgetScrapes({ refusedBudgets }: MetricSources, registers: Registry[]): Scrape[] {
  if (!refusedBudgets) return [];
  const refused = new Gauge({
    name: 'connector_tiktok_budgets_refused',
    help: 'Shops whose calls of an endpoint TikTok has refused as too many within the last hour.',
    labelNames: ['endpoint'],
    registers,
  });
  const slowest = new Gauge({
    name: 'connector_tiktok_budget_slowest_per_second',
    help: 'Calls a second that the slowest of these shops makes now.',
    labelNames: ['endpoint'],
    registers,
  });
  return [
    async () => {
      const rows = await refusedBudgets();
      refused.reset();
      slowest.reset();
      for (const { endpoint, shops, slowestPerSecond } of rows) {
        refused.set({ endpoint }, shops);
        slowest.set({ endpoint }, slowestPerSecond);
      }
    },
  ];
}
