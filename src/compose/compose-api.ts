import { decideEffect } from '../documents/decide-effect.js';
import { runByHand } from '../documents/flows-by-hand.js';
import { createRefusedKeys } from '../administration/refused-keys.js';
import { createRefusalTrail } from '../audit/refusal-trail.js';
import { findCallerByKey } from '../companies/api-key-store.js';
import { examine } from '../doctor/doctor.js';
import type { Finding } from '../doctor/finding.js';
import { feedKindsOf } from './feed-kinds.js';
import { createTurns } from '../imports/import-turns.js';
import { redactText } from '../kernel/redact.js';
import { sealedColumns } from './sealed-columns-list.js';
import { apiParts, askedForProducts } from './api-routes.js';
import { createChecker } from '../products/checks/check-soon.js';
import { createListingFacts } from '../products/checks/read-facts.js';
import { dryRun } from '../products/dry-run/dry-run.js';
import { LARGEST_FILE } from '../codecs/codec.js';
import { shipStationPlugin } from '../channels/shipstation/shipstation-routes.js';
import { startSftpServer, type RunningSftpServer } from '../channels/sftp-server/sftp-server.js';
import { createHandOver } from '../orders/note-handed.js';
import { shopifyEffects } from '../channels/shopify/shopify-order-effects.js';
import { shopifyHookPlugin } from '../channels/shopify/shopify-hook-routes.js';
import { createTakeShopifyHook } from '../channels/shopify/take-shopify-webhook.js';
import { shopifyDeps } from './shopify.js';
import { fileDeps, trialKindsOf } from './file-deps.js';
import { effectsOf, orderUseCases, otherEffects } from './kinds.js';
import { listCarriers } from '../shipments/list-carriers.js';
import type { Config } from '../config/config.js';
import type { HealthDeps } from '../http/health.js';
import { defaultRateLimits, scaledRateLimits } from '../http/rate-limit.js';
import { buildApi, type ApiSettings } from '../http/server.js';
import type { PortalDeps } from '../portal/portal-deps.js';
import { portalPlugin } from '../portal/portal-plugin.js';
import { productFlows } from './product-flows.js';
import { listFlows } from '../sync/flows/flows.js';
import { HELP_PATH } from '../kernel/help.js';
import { troubleshooting } from './troubleshooting.js';
import { createTakeWebhook } from '../webhooks/in/take-webhooks.js';
import { leaveWebhooks } from '../webhooks/in/keep-webhooks.js';
import { offPlugin } from '../alerts/off-routes.js';
import { webhookPlugin } from '../webhooks/in/webhook-in-routes.js';
import { HOUR_MS, MINUTE_MS } from '../kernel/time.js';
import type { Lane } from '../kernel/lane.js';
import { productVersion } from '../kernel/version.js';
import { inventoryDeps, piecesMovedBy, pushForecast, type Parts } from './parts.js';

/** The API's role: the documents' routes, health and the pages of the portal on one server. */
export async function composeApi(parts: Parts, health: HealthDeps, publicUrl: () => string) {
  const { config, log, clock, db, queues, metrics, domain, kinds } = parts;
  const refusals = createRefusalTrail(parts);
  const tellRefusedKey = createRefusedKeys({ db, clock, refusals });
  const api = await buildApi({
    db,
    clock,
    log,
    findCaller: (key) => findCallerByKey(db, key, clock.now()),
    tellRefusedKey: (key, range) => void tellRefusedKey(key, range),
    settings: apiSettings(config),
    ...apiParts({
      db,
      clock,
      log,
      wake: domain.wake,
      kinds,
      trialKinds: trialKindsOf(domain),
      inventory: inventoryDeps(parts),
      webhooks: { sealer: parts.connections.sealer, door: parts.publicDoor },
      shopify: shopifyDeps(parts),
      openShop: domain.openShop,
      ownHosts: parts.media.ownHosts,
      expectPush: pushForecast(parts),
      uploadLimitBytes: config.uploadLimitBytes,
      bodyLimitBytes: config.bodyLimitBytes,
      publicUrl,
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
  api.addHook('onClose', () => refusals.flush());
  const wakeFlow = ({ id, lane }: { id: bigint; lane: Lane }) => queues.wakeNow({ kind: 'flow', id, lane });
  await api.register(webhookPlugin(createTakeWebhook({ ...parts.connections, wakeFlow })));
  await api.register(shopifyHookPlugin(createTakeShopifyHook({ ...shopifyDeps(parts), wakeFlow })));
  await api.register(offPlugin(parts.connections));
  await openShipStation(parts, api);
  const { listing, checkSoon, close } = portalListing(parts, wakeFlow);
  api.addHook('onClose', close);
  const portal = portalDeps(parts, publicUrl, checkSoon);
  await api.register(portalPlugin({ ...portal, listing, refusals }));
  openSftp(parts, api);
  return api;
}

/** ShipStation's Custom Store, for shops that have let it in. */
async function openShipStation(parts: Parts, api: Awaited<ReturnType<typeof buildApi>>): Promise<void> {
  const { config, domain, log, kinds } = parts;
  const { rateLimits, allowKeyInQuery } = apiSettings(config);
  const handOver = createHandOver(parts);
  await api.register(
    shipStationPlugin({
      ...domain,
      log,
      kinds,
      handOver,
      ...(rateLimits && { rateLimits }),
      ...(allowKeyInQuery !== undefined && { allowKeyInQuery }),
    }),
  );
  api.addHook('onClose', () => handOver.settled());
}

/** Beside the API, where a port is set for it; both end together. */
function openSftp(parts: Parts, api: Awaited<ReturnType<typeof buildApi>>): void {
  const { config, log, db, clock, domain, kinds, connections } = parts;
  const { sftpPort: port, host } = config;
  if (port === null) return;
  const imports = {
    db,
    clock,
    log,
    jsonLimitBytes: config.bodyLimitBytes,
    fileLimitBytes: config.uploadLimitBytes,
    feedKinds: feedKindsOf(inventoryDeps(parts)),
  };
  const handOver = createHandOver(parts);
  const deps = {
    ...fileDeps({ ...domain, log, kinds, trialKinds: trialKindsOf(domain), imports }),
    sealer: connections.sealer,
    handOver,
    largestBytes: Math.min(config.uploadLimitBytes, LARGEST_FILE),
  };
  let running: Promise<RunningSftpServer> | null = null;
  api.addHook('onListen', async () => {
    running = startSftpServer(deps, { host, port });
    const { port: opened, hostKey } = await running;
    log.info({ port: opened, hostKey }, 'listening for SFTP');
  });
  api.addHook('onClose', async () => {
    await (await running?.catch(() => null))?.close();
    await handOver.settled();
  });
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

/** The demo's key is public, so the demo answers only under names that its operator gave it. */
function demoHosts({ host, publicUrl, allowedHosts }: Config): string[] {
  return [host, ...(publicUrl ? [new URL(publicUrl).host] : []), ...allowedHosts];
}

/** What the pages of products do; its walks end with the API. */
function portalListing(
  { db, clock, log, domain }: Parts,
  wakeFlow: PortalDeps['wakeFlow'],
): { listing: PortalDeps['listing']; checkSoon: (connectionId: number) => void; close: () => Promise<void> } {
  const deps = { db, clock, log, openShop: domain.openShop };
  const facts = createListingFacts(deps);
  const { check: checkProducts, checkSoon, close } = createChecker({ ...deps, facts });
  return {
    listing: {
      products: deps,
      checkProducts,
      asked: askedForProducts({ db, clock, wakeFlow }),
      dryRun: (connection, products) => dryRun({ ...deps, facts }, connection, products),
    },
    checkSoon,
    close,
  };
}

function portalDeps(
  parts: Parts,
  publicUrl: () => string,
  checkSoon: (connectionId: number) => void,
): Omit<PortalDeps, 'refusals' | 'listing'> {
  const { config, clock, db, queues, connections, kinds, domain, portal, log } = parts;
  const imports = {
    db,
    clock,
    log,
    feedKinds: feedKindsOf(inventoryDeps(parts), checkSoon),
    fileLimitBytes: config.uploadLimitBytes,
    jsonLimitBytes: config.bodyLimitBytes,
  };
  return {
    ...connections,
    publicUrl,
    kinds,
    ...orderUseCases({ ...domain, piecesMoved: piecesMovedBy(parts) }),
    carriersOf: (record) => listCarriers(domain, record),
    wake: domain.wake,
    imports,
    files: fileDeps({ ...domain, log, kinds, trialKinds: trialKindsOf(domain), imports }),
    takeTurn: createTurns(),
    uploadLimitBytes: config.uploadLimitBytes,
    examine: () => examineForPages(parts),
    sessionTimes: {
      idleMs: config.sessionIdleMinutes * MINUTE_MS,
      absoluteMs: config.sessionHours * HOUR_MS,
    },
    listFlows: (companyId) => listFlows(db.prisma, { companyId, now: clock.now(), flows: productFlows }),
    async decideEffect({ companyId, id, decision, by }) {
      await decideEffect(
        {
          db,
          clock,
          effects: effectsOf(kinds, [
            ...otherEffects(domain, parts.media),
            ...shopifyEffects(shopifyDeps(parts)),
          ]),
        },
        { companyId, id, by },
        decision,
      );
      await queues.wakeNow({ kind: 'outbox', id, lane: 'urgent' });
    },
    async runNow({ companyId, connectionId, flow: name, by }) {
      const deps = { db, clock, flows: productFlows };
      const { id, lane } = await runByHand(deps, { companyId, by }, { connectionId, name });
      await queues.wakeNow({ kind: 'flow', id, lane });
    },
    wakeFlow: ({ id, lane }) => queues.wakeNow({ kind: 'flow', id, lane }),
    publicDoor: parts.publicDoor,
    beforeClose: async (connectionId) => {
      await leaveWebhooks(domain, connectionId);
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

/** The doctor's findings for pages: what needs the command line's own connections (queue, TikTok's clock) is left to it. */
async function examineForPages({ config, clock, db, connections }: Parts): Promise<Finding[]> {
  const findings = await examine({
    config,
    clock,
    nodeVersion: process.version,
    database: { url: config.databaseUrl ?? '', db, sealer: connections.sealer, sealed: sealedColumns },
    queueHealth: null,
    tiktokTime: null,
  });
  return findings.map(({ detail, next, ...finding }) => ({
    ...finding,
    detail: redactText(detail),
    ...(next !== undefined && { next: redactText(next) }),
  }));
}
