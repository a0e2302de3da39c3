import type { Config } from '../config/config.js';
import { AppError, messageOf } from '../kernel/errors.js';
import type { Database } from '../store/database.js';
import type { SealedColumn } from '../store/sealed-columns.js';
import type { Sealer } from '../store/secrets.js';
import type { Clock } from '../kernel/time.js';
import {
  checkConnections,
  checkDatabaseVersion,
  checkMigrations,
  checkPartitions,
} from './database-checks.js';
import { checkDemoCredentials } from './demo-credentials.js';
import { checkEncryption } from './encryption-check.js';
import { fail, warn, type Finding } from './finding.js';
import {
  checkClock,
  checkDisk,
  checkNode,
  checkProxies,
  checkQueueStore,
  describeMode,
  type QueueStoreHealth,
} from './process-checks.js';
import { checkMail } from './mail-check.js';
import { checkShopify } from './shopify-check.js';
import { checkWebhooks } from './webhook-check.js';
import { checkBudgets, checkShopLimits } from './budget-check.js';
import { checkAuthorizations, checkFlows, checkOutbox } from './tiktok-checks.js';

export interface DoctorDeps {
  config: Config;
  clock: Clock;
  /** As `process.version`. */
  nodeVersion: string;
  /** Null when there is no database to look at, as before the first start of the demo. */
  database: { url: string; db: Database; sealer: Sealer; sealed: readonly SealedColumn[] } | null;
  queueHealth: (() => Promise<QueueStoreHealth>) | null;
  /** TikTok's clock as an answer shows it; null when this installation has no app for TikTok yet. */
  tiktokTime: (() => Promise<Date | null>) | null;
}

type Check = () => Promise<Finding | Finding[]> | Finding;

/** Looks at everything, one after the other. A check that breaks is a finding itself and stops no other. */
export async function examine(deps: DoctorDeps): Promise<Finding[]> {
  const { config, clock, database, queueHealth, tiktokTime } = deps;
  const findings = await runAll([
    ['node', () => checkNode(deps.nodeVersion)],
    ['configuration', () => describeMode(config)],
    ['proxies', () => checkProxies(config)],
    ...(config.databaseUrl ? [] : [['disk', () => checkDisk(config.dataDir)] as [string, Check]]),
  ]);
  findings.push(...(database ? await examineDatabase(database, deps) : [noDatabase()]));
  return [
    ...findings,
    ...(await runAll([
      ...(queueHealth ? [['queue', () => checkQueueStore(queueHealth)] as [string, Check]] : []),
      ...(tiktokTime ? [['clock', () => checkClock(clock, tiktokTime)] as [string, Check]] : []),
    ])),
  ];
}

async function examineDatabase(
  { url, db, sealer, sealed }: NonNullable<DoctorDeps['database']>,
  { config, clock }: DoctorDeps,
): Promise<Finding[]> {
  const first = await runAll([
    ['database', () => checkDatabaseVersion(db)],
    ['migrations', () => checkMigrations(url)],
  ]);
  // Without its tables everything else would only say the same thing again.
  if (first.some((finding) => finding.state === 'fail')) return first;
  const now = clock.now();
  const others = await runAll([
    ['connections', () => checkConnections(db, config)],
    ['partitions', () => checkPartitions(db, now)],
    ['demo-credentials', () => checkDemoCredentials(db, config, now)],
    ['encryption', () => checkEncryption(db, sealer, sealed)],
    ['webhooks', () => checkWebhooks(db, config)],
    ['mail', () => checkMail(db, config)],
    ['shopify', () => checkShopify(db, now)],
    ['authorisations', () => checkAuthorizations(db, now)],
    ['flows', () => checkFlows(db, now)],
    ['outbox', () => checkOutbox(db)],
    ['budgets', () => checkBudgets(db)],
    ['shops', () => checkShopLimits(db)],
  ]);
  return [...first, ...others];
}

async function runAll(checks: [string, Check][]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, check] of checks) {
    try {
      findings.push(...[await check()].flat());
    } catch (error) {
      findings.push(fail(name, `could not be checked: ${messageOf(error)}`, nextFor(name)));
    }
  }
  return findings;
}

function nextFor(check: string): string {
  if (check === 'database') return 'Start PostgreSQL, or mend DATABASE_URL.';
  return 'See the text above; the other checks went on.';
}

function noDatabase(): Finding {
  return warn(
    'database',
    'The demo does not run, so there is no database to look at.',
    'Run npm start, then ask again.',
  );
}

/** A configuration that cannot be loaded, as findings: one per variable. */
export function findingsOfConfiguration(error: unknown): Finding[] {
  if (!(error instanceof AppError) || error.code !== 'configuration-invalid') throw error;
  const details = error.details.length > 0 ? error.details : [{ message: error.message }];
  return details.map(({ field, message }) =>
    fail('configuration', [field, message].filter(Boolean).join(' '), 'Set the variable and ask again.'),
  );
}
