import { findCancelling } from '../acknowledgements/acknowledgement-store.js';
import { pullCatalogue, type PullCatalogueDeps } from '../catalogue/pull-catalogue.js';
import { findCaseTwins } from '../catalogue/find-case-twins.js';
import { findKnownCancellations } from '../cancellations/cancellation-store.js';
import { noteBuyerRequests } from '../cancellations/note-buyer-requests.js';
import { pullCancellations } from '../cancellations/pull-cancellations.js';
import { findCallerByKey } from '../companies/api-key-store.js';
import { apiParts } from './api-routes.js';
import { feedKindsOf } from './feed-kinds.js';
import { documentKinds, effectsOf } from './kinds.js';
import { metricSources } from './metric-sources.js';
import { readinessOf, workerReadinessOf } from './readiness.js';
import { beatSweepsOf, minuteSweepsOf, sweepsOf } from './sweeps.js';
import { composeTikTok } from './tiktok.js';
import { untilStoreAnswers } from './until-store-answers.js';
import { openWorkerPort } from './worker-port.js';
import { poolSizes, type Config } from '../config/config.js';
import type { ConnectionsDeps } from '../connections/connections-deps.js';
import { openShop } from '../connections/open-shop.js';
import { checkConnectionBudget, refuseUnmigrated } from '../doctor/database-checks.js';
import { refuseDemoCredentials } from '../doctor/demo-credentials.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { recordEvents } from '../documents/document-store.js';
import { encryptionKeysOf } from '../config/encryption-key-file.js';
import { AppError } from '../kernel/errors.js';
import type { HealthDeps } from '../http/health.js';
import { defaultRateLimits, scaledRateLimits } from '../http/rate-limit.js';
import { buildApi, type ApiSettings } from '../http/server.js';
import { compareInventory } from '../inventory/heal/compare-inventory.js';
import { inventoryChanged, type InventoryChangedDeps } from '../inventory/items/inventory-changed.js';
import type { InventoryDeps } from '../inventory/inventory-deps.js';
import { pushInventory } from '../inventory/push/push-inventory.js';
import { createPushForecast, type ExpectPush } from '../inventory/push/expected-push.js';
import { piecesMoved } from '../inventory/heal/pieces-moved.js';
import { previewPush } from '../inventory/push/push-preview.js';
import type { PushDeps } from '../inventory/push/push-state.js';
import { openQueues, type Queues } from '../jobs/queues.js';
import { startWorker, type RunningWorker } from '../jobs/worker.js';
import type { Logger } from '../kernel/log.js';
import { matchSkus, usesMatching } from '../inventory/matching/match-skus.js';
import { createMetrics } from '../telemetry/metrics.js';
import type { PiecesMoved } from '../orders/piece.js';
import { pullOrders } from '../orders/pull-orders.js';
import type { PortalDeps } from '../portal/portal-deps.js';
import { portalPlugin } from '../portal/portal-plugin.js';
import { pullReturns } from '../returns/pull-returns.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import { openDatabase, type Database } from '../store/database.js';
import { createSealer } from '../store/secrets.js';
import { defaultRates, scaledRates } from '../sync/budgets/call-rates.js';
import { createForecast } from '../sync/budgets/expected-finish.js';
import { productFlows } from './product-flows.js';
import { checkFlows, findFlow } from '../sync/flows/flow-catalogue.js';
import { decideWaiting } from '../sync/effects/waiting-effects.js';
import { ensureFlows, listFlows, requestRun, type FlowHandler } from '../sync/flows/flows.js';
import { HELP_PATH } from '../kernel/help.js';
import { troubleshooting } from './troubleshooting.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS, systemClock, within, type Clock } from '../kernel/time.js';
import { productVersion } from '../kernel/version.js';

const LET_GO_MS = 4 * SECOND_MS;

export interface ComposeOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** What the pages say beside the ordinary: the demo tells its log-in and where the simulator is. */
  portal?: Partial<Pick<PortalDeps, 'links' | 'loginHint'>>;
}

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
  const sealer = createSealer(await encryptionKeysOf(config));
  const connections: ConnectionsDeps = { db, clock, log, sealer, tiktok, ensureFlows };
  const domain = domainDeps(connections, queues);
  const parts: Parts = {
    ...options,
    clock,
    db,
    queues,
    metrics,
    connections,
    domain,
    kinds: documentKinds(domain),
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
      await Promise.all([
        letGo(log, 'queue store', queues.close()),
        letGo(log, 'TikTok', door.close()),
        letGo(log, 'database', db.close()),
      ]);
    },
  };
}

/** Nobody waits long for a server that does not answer any more, not even to take leave of it. */
async function letGo(log: Logger, server: string, closed: Promise<void>): Promise<void> {
  await within(closed, LET_GO_MS, () =>
    log.warn({ server }, 'closing although the server still holds connections'),
  );
}

interface Parts extends ComposeOptions {
  clock: Clock;
  db: Database;
  queues: Queues;
  metrics: ReturnType<typeof createMetrics>;
  connections: ConnectionsDeps;
  domain: ShipmentDeps;
  kinds: readonly DocumentKind[];
}

/** What a start asks of the database. Safe to repeat. */
async function prepareStore({ config, clock, db, queues }: Parts): Promise<void> {
  await checkConnectionBudget(db, db.connectionBudget + queues.connectionBudget);
  await refuseUnmigrated(db);
  await refuseDemoCredentials(db, config, clock.now());
  // Flows that this version brings, for connections that are there already.
  if (config.role !== 'api') await ensureFlows(db.prisma, { now: clock.now(), flows: productFlows });
}

/** What the use cases of orders and shipments need: the store, TikTok as a shop sees it, and a way to wake a worker. */
function domainDeps(connections: ConnectionsDeps, queues: Queues): ShipmentDeps {
  const { db, clock, log } = connections;
  return {
    db,
    clock,
    log,
    openShop: (connectionId, lane, options) => openShop(connections, connectionId, lane, options),
    findCancelling,
    wake: (id) => void queues.wakeNow({ kind: 'outbox', id, lane: 'urgent' }),
  };
}

function wakeFlowOf(queues: Queues): InventoryChangedDeps['wakeFlow'] {
  return ({ id, lane }, options) => queues.wakeNow({ kind: 'flow', id, lane }, options);
}

async function composeWorker(parts: Parts): Promise<RunningWorker> {
  const { config, log, clock, db, queues, metrics, domain, kinds, connections } = parts;
  const wakeFlow = wakeFlowOf(queues);
  const moved: PiecesMoved = (connection, pieces) => piecesMoved({ db, clock, wakeFlow }, connection, pieces);
  const orders = {
    ...domain,
    piecesMoved: moved,
    matchSkus,
    usesMatching,
    findTwins: findCaseTwins,
    findCancellations: findKnownCancellations,
    noteBuyerRequests: noteBuyerRequests(domain),
  };
  const stock: PushDeps = {
    ...orders,
    wakeFlow: (flow) => wakeFlow(flow, { delayMs: 0 }),
  };
  /** Adding a flow: its row in the catalogue, and its handler here. */
  const handlers = new Map<string, FlowHandler>([
    ['pull-orders', (run) => pullOrders(orders, run)],
    ['pull-cancellations', (run) => pullCancellations({ ...domain, piecesMoved: moved }, run)],
    ['pull-returns', (run) => pullReturns({ ...domain, matchSkus }, run)],
    ['pull-catalogue', (run) => pullCatalogue({ ...domain, firstRead: requestPush(clock) }, run)],
    ['push-inventory', (run) => pushInventory(stock, run)],
    ['compare-inventory', (run) => compareInventory(stock, run)],
  ]);
  checkFlows(handlers, productFlows);
  const effects = effectsOf(kinds);
  const imports = {
    db,
    clock,
    log,
    jsonLimitBytes: config.bodyLimitBytes,
    feedKinds: feedKindsOf(inventoryDeps(parts)),
  };
  const { urgentConcurrency: urgent, backgroundConcurrency: background, beatSeconds } = config;
  return startWorker(
    {
      db,
      clock,
      log,
      queues,
      flows: productFlows,
      handlers,
      effects,
      recordEvents,
      keepMonths: config.historyMonths,
      leaseMs: config.leaseSeconds * SECOND_MS,
      sweeps: sweepsOf({ ...connections, feedKinds: imports.feedKinds, kinds }),
      minuteSweeps: minuteSweepsOf(
        { db, clock, log, effects, leaseMs: config.leaseSeconds * SECOND_MS },
        imports,
      ),
      beatSweeps: beatSweepsOf({ db }),
      observeJob: (job) => metrics.observeJob(job),
    },
    { concurrency: { urgent, background }, beatSeconds },
  );
}

/** What the seller has uploaded before goes to TikTok as soon as it is known what TikTok has. */
function requestPush(clock: Clock): NonNullable<PullCatalogueDeps['firstRead']> {
  return async (tx, { companyId, id: connectionId }) => {
    await requestRun(tx, { companyId, connectionId, name: 'push-inventory', now: clock.now() });
  };
}

/** What files and buttons of inventory need: a change wakes the push, a dry run asks what it would send. */
function inventoryDeps(parts: Parts): InventoryDeps {
  const { db, clock, log, queues } = parts;
  const wakeFlow = wakeFlowOf(queues);
  return {
    db,
    clock,
    log,
    wakeFlow: (flow) => wakeFlow(flow, { delayMs: 0 }),
    inventoryChanged: (connectionId, options) =>
      inventoryChanged({ db, clock, wakeFlow }, connectionId, options),
    previewPush: previewPush({ db, clock, expectPush: pushForecast(parts) }),
  };
}

/** When a push will be done, by what the shop's budgets have learnt. */
function pushForecast({ db, config, connections }: Parts): ExpectPush {
  const rates = scaledRates(defaultRates, config.tiktokRateFactor);
  const { apps } = connections.tiktok;
  return createPushForecast({
    db,
    forecast: createForecast({ db: db.prisma }, rates),
    appKeyOf: (environment) => apps[environment]?.appKey,
  });
}

/** What every process tells those who watch it. */
function healthOf({ db, queues, metrics }: Parts, worker: RunningWorker | null): HealthDeps {
  return {
    readiness: () => (worker ? workerReadinessOf(db, queues, worker.state()) : readinessOf(db, queues)),
    metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
  };
}

async function composeApi(parts: Parts, health: HealthDeps, publicUrl: () => string) {
  const { config, log, clock, db, queues, metrics, domain, kinds } = parts;
  const api = await buildApi({
    db,
    clock,
    log,
    findCaller: (key) => findCallerByKey(db, key, clock.now()),
    settings: apiSettings(config),
    ...apiParts({
      db,
      clock,
      log,
      wake: domain.wake,
      kinds,
      inventory: inventoryDeps(parts),
      expectPush: pushForecast(parts),
      uploadLimitBytes: config.uploadLimitBytes,
      bodyLimitBytes: config.bodyLimitBytes,
      wakeFlow: ({ id, lane }) => queues.wakeNow({ kind: 'flow', id, lane }),
    }),
    ...health,
  });
  api.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions } = request;
    const route = routeOptions.url ?? 'unknown';
    metrics.observeRequest({ method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
    done();
  });
  await api.register(portalPlugin(portalDeps(parts, publicUrl)));
  return api;
}

function apiSettings(config: Config): ApiSettings {
  return {
    version: productVersion(),
    bodyLimitBytes: config.bodyLimitBytes,
    rateLimits: scaledRateLimits(defaultRateLimits, config.apiRateFactor),
    allowKeyInQuery: config.allowKeyInQuery,
    hosts: config.mode === 'demo' ? demoHosts(config) : null,
    secure: config.publicUrl?.startsWith('https:') ?? false,
    trustedProxies: config.trustedProxies,
  };
}

/** Everybody knows the demo's key, so it answers only under names that a person here gave it. */
function demoHosts({ host, publicUrl, allowedHosts }: Config): string[] {
  return [host, ...(publicUrl ? [new URL(publicUrl).host] : []), ...allowedHosts];
}

function portalDeps(parts: Parts, publicUrl: () => string): PortalDeps {
  const { config, clock, db, queues, connections, kinds, portal } = parts;
  return {
    ...connections,
    publicUrl,
    sessionTimes: {
      idleMs: config.sessionIdleMinutes * MINUTE_MS,
      absoluteMs: config.sessionHours * HOUR_MS,
    },
    listFlows: (companyId) => listFlows(db.prisma, { companyId, now: clock.now(), flows: productFlows }),
    async decideEffect({ companyId, id, decision }) {
      const which = { companyId, id, now: clock.now() };
      await db.transaction((tx) => decideWaiting(tx, effectsOf(kinds), which, decision));
      await queues.wakeNow({ kind: 'outbox', id, lane: 'urgent' });
    },
    async runNow({ companyId, connectionId, flow }) {
      const known = findFlow(flow);
      if (!known) throw new AppError('not-found', `There is no flow ${flow}.`);
      const choice = { companyId, connectionId, name: known.name, now: clock.now() };
      const { flowId: id, lane } = await db.transaction((tx) => requestRun(tx, choice));
      await queues.wakeNow({ kind: 'flow', id, lane });
    },
    links: [
      { label: 'API description', href: '/docs', note: 'for the ERP team' },
      { label: 'Troubleshooting', href: HELP_PATH, note: 'every rule and error with its next step' },
      ...(portal?.links ?? []),
    ],
    help: troubleshooting,
    ...(portal?.loginHint === undefined ? {} : { loginHint: portal.loginHint }),
  };
}

function databaseUrlOf({ databaseUrl }: Config): string {
  if (databaseUrl) return databaseUrl;
  throw new AppError('configuration-invalid', 'DATABASE_URL is not set, and this is not the demo.');
}
