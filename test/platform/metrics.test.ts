import t from 'tap';
import { createLogger } from '../../src/telemetry/logging.js';
import { createMetrics } from '../../src/telemetry/metrics.js';
import type { SyncStats } from '../../src/sync/flows/sync-stats.js';

function stats(change: Partial<SyncStats>): SyncStats {
  return {
    flows: { due: 2, running: 0, failing: 0 },
    oldestDueFlowSeconds: 30,
    outbox: [],
    oldestUnsettledSeconds: 5,
    ...change,
  };
}

const silent = createLogger({ level: 'silent', form: 'json' });

await t.test('a scrape shows requests, calls, flows and outbox by kind', async (t) => {
  const metrics = createMetrics(
    {
      sync: async () => stats({ outbox: [{ state: 'pending', lane: 'urgent', count: 4 }] }),
      staleness: async () => [{ flow: 'pull-orders', seconds: 900 }],
      needsPerson: async () => 7200,
    },
    silent,
  );
  metrics.observeRequest({ method: 'GET', route: '/api/v3/Orders/:key', status: 200, durationMs: 12 });
  metrics.observeTikTokCall({ endpoint: 'POST /order/202309/orders/search', code: '0', durationMs: 80 });
  metrics.observeTikTokCall({
    endpoint: 'POST /order/202309/orders/search',
    code: '36009002',
    durationMs: 5,
  });
  metrics.observeJob({ kind: 'flow', lane: 'urgent', failed: false, durationMs: 40 });
  metrics.observeJob({ kind: 'outbox', lane: 'urgent', failed: true, durationMs: 40 });
  const text = await metrics.text();
  for (const line of [
    'connector_job_seconds_count{kind="flow",lane="urgent",outcome="ended"} 1',
    'connector_job_seconds_count{kind="outbox",lane="urgent",outcome="failed"} 1',
    'connector_outbox_oldest_needs_person_seconds 7200',
    'connector_http_request_seconds_count{method="GET",route="/api/v3/Orders/:key",status="200"} 1',
    'connector_tiktok_call_seconds_count{endpoint="POST /order/202309/orders/search",outcome="ok"} 1',
    'connector_tiktok_call_seconds_count{endpoint="POST /order/202309/orders/search",outcome="throttled"} 1',
    'connector_flows{state="due"} 2',
    'connector_flow_oldest_due_seconds 30',
    'connector_flow_stalest_seconds{flow="pull-orders"} 900',
    'connector_outbox_entries{state="pending",lane="urgent"} 4',
    'connector_outbox_oldest_seconds 5',
  ]) {
    t.ok(text.includes(line), line);
  }
  t.match(text, 'process_cpu_user_seconds_total');
});

await t.test('what is gone from the source is gone from the next scrape', async (t) => {
  let outbox: SyncStats['outbox'] = [{ state: 'in_doubt', lane: 'urgent', count: 1 }];
  const metrics = createMetrics({ sync: async () => stats({ outbox }) }, silent);
  t.match(await metrics.text(), 'connector_outbox_entries{state="in_doubt",lane="urgent"} 1');
  outbox = [];
  t.notMatch(await metrics.text(), 'connector_outbox_entries{state="in_doubt"}');
});

await t.test('a database that is down does not take the process metrics with it', async (t) => {
  const metrics = createMetrics({ sync: () => Promise.reject(new Error('database is down')) }, silent);
  const text = await metrics.text();
  t.match(text, 'connector_scrape_failures_total 1');
  t.match(text, 'process_cpu_user_seconds_total');
});
