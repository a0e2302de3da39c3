import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { messageOf } from './errors.js';
import type { Logger } from './log.js';

/** Facts that are asked for when somebody scrapes, so that an idle process computes nothing. */
export interface MetricSources {
  /** Over all connections; ages in seconds, null when there is none. */
  flows?: () => Promise<
    { flow: string; due: number; oldestDueSeconds: number | null; stalestSeconds: number | null }[]
  >;
  outbox?: () => Promise<{ state: string; entries: number; oldestSeconds: number | null }[]>;
}

export interface Metrics {
  contentType: string;
  /** The page that Prometheus reads. A source that fails is counted and left out: the rest is most needed just then. */
  text(): Promise<string>;
  /** `route` is the pattern (`/api/v3/Orders/:key`), never the path: ids would make a series each. */
  observeRequest(request: { method: string; route: string; status: number; durationMs: number }): void;
  /** `endpoint` is method and path with placeholders; `code` TikTok's envelope code, null when no answer came. */
  observeTikTokCall(call: { endpoint: string; code: string | null; durationMs: number }): void;
}

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
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
  const scrapes = [...flowScrapes(sources, registers), ...outboxScrapes(sources, registers)];
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

function flowScrapes({ flows }: MetricSources, registers: Registry[]): Scrape[] {
  if (!flows) return [];
  const labelNames = ['flow'];
  const due = new Gauge({
    name: 'connector_flows_due',
    help: 'Flows that are due now.',
    labelNames,
    registers,
  });
  const oldest = new Gauge({
    name: 'connector_flow_oldest_due_seconds',
    help: 'How long the most overdue flow has been waiting.',
    labelNames,
    registers,
  });
  const stalest = new Gauge({
    name: 'connector_flow_stalest_seconds',
    help: 'Time since the last success of the connection that has waited longest for one.',
    labelNames,
    registers,
  });
  return [
    async () => {
      const rows = await flows();
      for (const gauge of [due, oldest, stalest]) gauge.reset();
      for (const row of rows) {
        due.set({ flow: row.flow }, row.due);
        oldest.set({ flow: row.flow }, row.oldestDueSeconds ?? 0);
        if (row.stalestSeconds !== null) stalest.set({ flow: row.flow }, row.stalestSeconds);
      }
    },
  ];
}

function outboxScrapes({ outbox }: MetricSources, registers: Registry[]): Scrape[] {
  if (!outbox) return [];
  const labelNames = ['state'];
  const entries = new Gauge({
    name: 'connector_outbox_entries',
    help: 'Effects on TikTok that are not settled, by state; needs_person waits for a human.',
    labelNames,
    registers,
  });
  const oldest = new Gauge({
    name: 'connector_outbox_oldest_seconds',
    help: 'Age of the oldest effect in that state.',
    labelNames,
    registers,
  });
  return [
    async () => {
      const rows = await outbox();
      for (const gauge of [entries, oldest]) gauge.reset();
      for (const row of rows) {
        entries.set({ state: row.state }, row.entries);
        oldest.set({ state: row.state }, row.oldestSeconds ?? 0);
      }
    },
  ];
}
