import { documentKinds } from './kinds.js';
import { metricSources } from './metric-sources.js';
import { keyReadinessOf, readinessOf, workerReadinessOf } from './readiness.js';
import { composeShopify } from './shopify.js';
import { composeTikTok } from './tiktok.js';
import { createKeyKeeper } from './key-keeper.js';
import { untilStoreAnswers } from './until-store-answers.js';
import { openWorkerPort } from './worker-port.js';
import { poolSizes, type Config } from '../config/config.js';
import type { ConnectionsDeps } from '../connections/connections-deps.js';
import { checkConnectionBudget, refuseUnmigrated } from '../doctor/database-checks.js';
import { refuseDemoCredentials } from '../doctor/demo-credentials.js';
import { encryptionKeysOf } from '../config/encryption-key-file.js';
import { AppError } from '../kernel/errors.js';
import type { HealthDeps } from '../http/health.js';
import { buildApi } from '../http/server.js';
import { openQueues, type Queues } from '../jobs/queues.js';
import type { RunningWorker } from '../jobs/worker.js';
import type { Logger } from '../kernel/log.js';
import { createMediaFetcher } from '../products/media/media-fetcher.js';
import { createMetrics } from '../telemetry/metrics.js';
import { openDatabase, type Database } from '../store/database.js';
import { createSealer } from '../store/secrets.js';
import { productFlows } from './product-flows.js';
import { ensureFlows } from '../sync/flows/flows.js';
import { SECOND_MS, systemClock, within, type Clock } from '../kernel/time.js';
import { composeApi } from './compose-api.js';
import { composeWorker } from './compose-worker.js';
import { mailDoorOf, mediaDoor, webhookDoor } from './public-doors.js';
import { createPublicDoor } from '../outbound/public-door.js';
import { domainDeps, piecesMovedBy, type ComposeOptions, type Parts } from './parts.js';

const LET_GO_MS = 4 * SECOND_MS;
const LEAVE_MS = SECOND_MS;

/** A composed program that does nothing yet. */
export interface Connector {
  db: Database;
  queues: Queues;
  clock: Clock;
  /**
   * Starts the roles of the configuration; waits a minute for a database that is away. `url` is where the API listens, or
   * the port of a worker; empty for a worker without one, or when it was closed meanwhile.
   */
  start(): Promise<{ url: string }>;
  /** Lets requests and jobs end, then gives everything back. Safe after a start that failed half-way. */
  close(): Promise<void>;
}

/**
 * Builds everything from the configuration: the one place that knows all parts. `main` and the tests start the product
 * through it, so what is tested is what is shipped.
 * @throws AppError configuration-invalid
 */
export async function compose(options: ComposeOptions): Promise<Connector> {
  const { config, log, clock = systemClock } = options;
  const databaseUrl = databaseUrlOf(config);
  const db = openDatabase({
    url: databaseUrl,
    ...poolSizes(config),
    applicationName: `connector-${config.role}`,
  });
  const queues = openQueues({
    redisUrl: config.redisUrl ?? undefined,
    databaseUrl,
    consumes: config.role !== 'api',
    log,
  });
  const metrics = createMetrics(metricSources(db, clock), log);
  const { tiktok, door } = composeTikTok(config, { db, clock, log, metrics });
  const publicDoor = createPublicDoor(webhookDoor(config));
  const shopify = composeShopify(config, clock);
  const media = createMediaFetcher(mediaDoor(config));
  const sealer = createSealer(await encryptionKeysOf(config));
  const keys = createKeyKeeper({ db, sealer, log, role: config.role });
  const connections: ConnectionsDeps = {
    db,
    clock,
    log,
    sealer,
    tiktok,
    ensureFlows: (tx, which) => ensureFlows(tx, { ...which, flows: productFlows }),
  };
  const domain = domainDeps(connections, queues);
  const parts: Parts = {
    ...options,
    clock,
    db,
    queues,
    metrics,
    connections,
    domain,
    keys,
    publicDoor,
    shopify,
    mail: mailDoorOf(config),
    media,
    kinds: documentKinds({ ...domain, piecesMoved: piecesMovedBy({ db, clock, queues }) }),
  };
  let server: Awaited<ReturnType<typeof buildApi>> | null = null;
  let worker: RunningWorker | null = null;
  let starting: Promise<unknown> = Promise.resolve();
  const closing = new AbortController();
  const startRoles = async (): Promise<{ url: string }> => {
    if (config.role !== 'api') worker = await composeWorker(parts);
    if (closing.signal.aborted) return { url: '' };
    const health = healthOf(parts, worker);
    if (config.role === 'worker') {
      const port = await openWorkerPort(config, { ...health, log });
      server = port?.server ?? null;
      return { url: port?.url ?? '' };
    }
    const listening = { url: '' };
    const api = await composeApi(parts, health, () => config.publicUrl ?? listening.url);
    server = api;
    if (closing.signal.aborted) return listening;
    listening.url = await api.listen({ host: config.host, port: config.port });
    log.info({ url: listening.url, role: config.role }, 'listening');
    return listening;
  };

  return {
    db,
    queues,
    clock,
    async start() {
      const isReady = await untilStoreAnswers(() => prepareStore(parts), { log, stop: closing.signal });
      if (!isReady || closing.signal.aborted) return { url: '' };
      const started = startRoles();
      starting = started.catch(() => undefined);
      return started;
    },
    async close() {
      closing.abort();
      // What is just being started is closed with the rest, not left behind.
      await starting;
      const deadlineMs = config.shutdownSeconds * SECOND_MS;
      const requestsEnded = within(server?.close() ?? Promise.resolve(), deadlineMs, () =>
        log.warn({}, 'closing while requests are under way'),
      );
      await Promise.all([requestsEnded, worker?.close(deadlineMs)]);
      parts.mail?.close();
      await Promise.all([
        letGo(log, 'queue store', queues.close()),
        letGo(log, 'TikTok', door.close()),
        letGo(log, 'webhooks', publicDoor.close()),
        letGo(log, 'Shopify', shopify.door.close()),
        letGo(log, 'images', media.close()),
        letGo(log, 'database', leaveStore(parts)),
      ]);
    },
  };
}

/** Its note among the keys counts for a minute and a half when it stays behind: not worth waiting for a silent database. */
async function leaveStore({ db, keys }: Parts): Promise<void> {
  await within(keys.leave(), LEAVE_MS, () => undefined);
  await db.close();
}

/** Closing waits only briefly for a server that does not answer any more. */
async function letGo(log: Logger, server: string, closed: Promise<void>): Promise<void> {
  await within(closed, LET_GO_MS, () =>
    log.warn({ server }, 'closing although the server still holds connections'),
  );
}

/** What a start asks of the database. Safe to repeat. */
async function prepareStore({ config, clock, db, queues, keys }: Parts): Promise<void> {
  await checkConnectionBudget(db, db.connectionBudget + queues.connectionBudget);
  await refuseUnmigrated(db);
  await refuseDemoCredentials(db, config, clock.now());
  await keys.join();
  // Flows that this version brings, for connections that are there already.
  if (config.role !== 'api') await ensureFlows(db.prisma, { now: clock.now(), flows: productFlows });
}

/** What every process tells those who watch it. */
function healthOf({ db, queues, metrics, keys }: Parts, worker: RunningWorker | null): HealthDeps {
  return {
    readiness: async () => [
      ...(await (worker ? workerReadinessOf(db, queues, worker.state()) : readinessOf(db, queues))),
      ...keyReadinessOf(keys.missing()),
    ],
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
  };
}

function databaseUrlOf({ databaseUrl }: Config): string {
  if (databaseUrl) return databaseUrl;
  throw new AppError('configuration-invalid', 'DATABASE_URL is not set, and this is not the demo.');
}
