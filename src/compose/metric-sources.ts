import { productFlows } from './product-flows.js';
import { countDrift, readOldestPendingSeconds } from '../inventory/push/push-report.js';
import type { MetricSources } from '../telemetry/metrics.js';
import type { Database } from '../store/database.js';
import { readLongestWait } from '../sync/effects/waiting-effects.js';
import { readRefusedBudgets } from '../sync/budgets/list-budgets.js';
import { readStaleness, readSyncStats } from '../sync/flows/sync-stats.js';
import type { Clock } from '../kernel/time.js';

/** What a scrape asks the store; nothing is counted in between. */
export function metricSources(db: Database, clock: Clock): MetricSources {
  return {
    sync: () => readSyncStats(db.prisma, clock.now(), productFlows),
    needsPerson: () => readLongestWait(db.prisma, clock.now()),
    inventoryDrift: () => countDrift(db.prisma),
    inventoryBehind: () => readOldestPendingSeconds(db.prisma, clock.now()),
    refusedBudgets: () => readRefusedBudgets(db.prisma),
    staleness: () => readStaleness(db.prisma, clock.now(), productFlows),
  };
}
