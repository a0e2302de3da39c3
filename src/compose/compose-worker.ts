import { followNumbers } from '../shipments/follow-numbers.js';
import { confirmAuthorization } from '../connections/confirm-authorization.js';
import { keepWebhooks } from '../webhooks/in/keep-webhooks.js';
import { readHints } from '../webhooks/in/read-hints.js';
import { deliverToShopify } from '../channels/shopify/deliver-shopify-orders.js';
import { shopifyEffects } from '../channels/shopify/shopify-order-effects.js';
import { readShopify } from '../channels/shopify/read-shopify.js';
import { deliverShopifyFlow, readShopifyFlow } from '../channels/shopify/shopify-subject.js';
import { shopifyDeps } from './shopify.js';
import { sendAlerts } from '../alerts/send-alerts.js';
import { sendAlertsFlow } from '../alerts/recipient-subject.js';
import { exchangeFiles } from '../channels/sftp-client/exchange-files.js';
import { LARGEST_FILE } from '../codecs/codec.js';
import { exchangeFilesFlow } from '../deliveries/remote-server-subject.js';
import { mediaDoor } from './public-doors.js';
import { sendWebhooks } from '../webhooks/out/send-webhooks.js';
import { sendWebhooksFlow } from '../webhooks/out/webhook-subject.js';
import { keepWebhooksFlow, readWebhooksFlow } from '../webhooks/in/webhook-flows.js';
import { findGoods } from '../catalogue/find-goods.js';
import { pullCancellationsFlow } from '../cancellations/cancellation-flow.js';
import { pullCatalogueFlow } from '../catalogue/catalogue-flow.js';
import { compareInventoryFlow, pushInventoryFlow } from '../inventory/inventory-flows.js';
import { pullOrdersFlow, sweepOrdersFlow } from '../orders/order-flow.js';
import { pullReturnsFlow } from '../returns/return-flow.js';
import { pullCatalogue, type PullCatalogueDeps } from '../catalogue/pull-catalogue.js';
import { findCaseTwins } from '../catalogue/find-case-twins.js';
import { findKnownCancellations } from '../cancellations/cancellation-store.js';
import { noteBuyerRequests } from '../cancellations/note-buyer-requests.js';
import { pullCancellations } from '../cancellations/pull-cancellations.js';
import { feedKindsOf } from './feed-kinds.js';
import { fileDeps, trialKindsOf } from './file-deps.js';
import { effectsOf, otherEffects, productPushDeps } from './kinds.js';
import { beatSweepsOf, minuteSweepsOf, sweepsOf } from './sweeps.js';
import { recordEvents } from '../documents/document-store.js';
import { compareInventory } from '../inventory/heal/compare-inventory.js';
import { pushInventory } from '../inventory/push/push-inventory.js';
import type { PushDeps } from '../inventory/push/push-state.js';
import { startWorker, type RunningWorker } from '../jobs/worker.js';
import { matchSkus, usesMatching } from '../inventory/matching/match-skus.js';
import { pullOrders } from '../orders/pull-orders.js';
import { sweepOrders } from '../orders/sweep-orders.js';
import { pullReturns } from '../returns/pull-returns.js';
import { pushProducts, type PushProductsDeps } from '../products/push/push-products.js';
import { pushProductsFlow } from '../products/push/push-products-flow.js';
import { inventoryOfProducts } from './inventory-of-products.js';
import { productFlows } from './product-flows.js';
import { checkFlows } from '../sync/flows/flow-catalogue.js';
import type { FlowHandler } from '../sync/flows/flows.js';
import { requestRun } from '../sync/flows/request-run.js';
import { SECOND_MS, type Clock } from '../kernel/time.js';
import { inventoryDeps, piecesMovedBy, wakeFlowOf, type Parts } from './parts.js';

/** The worker's role: every flow with its handler, the effects, and what is swept. */
export async function composeWorker(parts: Parts): Promise<RunningWorker> {
  const { config, log, clock, db, queues, metrics, domain, kinds, connections } = parts;
  const wakeFlow = wakeFlowOf(queues);
  const moved = piecesMovedBy(parts);
  const orders = {
    ...domain,
    piecesMoved: moved,
    matchSkus,
    usesMatching,
    findTwins: findCaseTwins,
    findGoods,
    numbersChanged: followNumbers,
    findCancellations: findKnownCancellations,
    noteBuyerRequests: noteBuyerRequests(domain),
  };
  const stock: PushDeps = {
    ...orders,
    wakeFlow: (flow) => wakeFlow(flow, { delayMs: 0 }),
  };
  const hints = {
    orders,
    cancellations: { ...domain, piecesMoved: moved },
    returns: { ...domain, matchSkus, findGoods },
    confirmAuthorization: (id: number) => confirmAuthorization(connections, id),
  };
  const products: PushProductsDeps = {
    ...productPushDeps(domain, parts.media),
    productsLive: requestPush(clock),
    inventory: inventoryOfProducts(inventoryDeps(parts)),
    wakeEntries: async (ids) => {
      for (const id of ids) await queues.wakeNow({ kind: 'outbox', id, lane: 'background' });
    },
  };
  const webhooks = { db, clock, sealer: connections.sealer, door: parts.publicDoor };
  const base = () => config.publicUrl ?? `http://${config.host}:${config.port}`;
  const alerts = { db, sealer: connections.sealer, mail: parts.mail, base };
  const imports = {
    db,
    clock,
    log,
    jsonLimitBytes: config.bodyLimitBytes,
    feedKinds: feedKindsOf(inventoryDeps(parts)),
  };
  const files = fileDeps({ ...domain, log, kinds, trialKinds: trialKindsOf(domain), imports });
  const shop = { ...shopifyDeps(parts), wake: domain.wake };
  const remote = {
    ...files,
    sealer: connections.sealer,
    largestBytes: Math.min(config.uploadLimitBytes, LARGEST_FILE),
    anywhere: mediaDoor(config).anywhere ?? [],
  };
  /** Adding a flow: its definition in product-flows.ts, and its handler here. */
  const handlers = new Map<string, FlowHandler>([
    [pullOrdersFlow.name, (run) => pullOrders(orders, run)],
    [sweepOrdersFlow.name, (run) => sweepOrders(orders, run)],
    [pullCancellationsFlow.name, (run) => pullCancellations({ ...domain, piecesMoved: moved }, run)],
    [pullReturnsFlow.name, (run) => pullReturns({ ...domain, matchSkus, findGoods }, run)],
    [pullCatalogueFlow.name, (run) => pullCatalogue({ ...domain, firstRead: requestPush(clock) }, run)],
    [pushProductsFlow.name, (run) => pushProducts(products, run)],
    [pushInventoryFlow.name, (run) => pushInventory(stock, run)],
    [compareInventoryFlow.name, (run) => compareInventory(stock, run)],
    [readWebhooksFlow.name, (run) => readHints(hints, run)],
    [sendAlertsFlow.name, (run) => sendAlerts(alerts, run)],
    [sendWebhooksFlow.name, (run) => sendWebhooks(webhooks, run)],
    [readShopifyFlow.name, (run) => readShopify({ ...shop, ...files, publicUrl: config.publicUrl }, run)],
    [deliverShopifyFlow.name, (run) => deliverToShopify(shop, run)],
    [exchangeFilesFlow.name, (run) => exchangeFiles(remote, run)],
    [keepWebhooksFlow.name, (run) => keepWebhooks({ ...domain, publicUrl: config.publicUrl }, run)],
  ]);
  checkFlows(handlers, productFlows);
  const effects = effectsOf(kinds, [
    ...otherEffects(domain, parts.media),
    ...shopifyEffects(shopifyDeps(parts)),
  ]);
  const { urgentConcurrency: urgent, backgroundConcurrency: background, beatSeconds } = config;
  const { outgoingConcurrency: outgoing } = config;
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
        files,
      ),
      beatSweeps: beatSweepsOf({ ...connections, wakeFlow: (flow) => wakeFlow(flow, { delayMs: 0 }) }),
      observeJob: (job) => metrics.observeJob(job),
    },
    { concurrency: { urgent, background, outgoing }, beatSeconds },
  );
}

/** What the seller has uploaded before goes to TikTok as soon as it is known what TikTok has. */
function requestPush(clock: Clock): NonNullable<PullCatalogueDeps['firstRead']> {
  return async (tx, { companyId, id: connectionId }) => {
    await requestRun(tx, { companyId, connectionId, name: pushInventoryFlow.name, now: clock.now() });
  };
}
