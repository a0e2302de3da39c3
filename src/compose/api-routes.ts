import type { FastifyInstance } from 'fastify';
import { keyRoutes } from '../administration/key-routes.js';
import { settingsRoutes } from '../administration/settings-routes.js';
import { cancellationReasonRoutes } from '../acknowledgements/cancellation-reason-routes.js';
import { partnerRoutes } from '../connections/partner-routes.js';
import { deadlineRoutes } from '../deadlines/deadline-routes.js';
import { createDeadlineLister } from '../deadlines/list-deadlines.js';
import { documentImportRoutes } from '../deliveries/document-import-routes.js';
import { makeSshKey } from '../channels/make-ssh-key.js';
import { remoteServerRoutes } from '../deliveries/remote-server-routes.js';
import { deliveryRoutes, ediRoutes } from '../deliveries/delivery-routes.js';
import { shipStationSettingsRoutes } from '../channels/shipstation/shipstation-settings-routes.js';
import type { ShopifyDeps } from '../channels/shopify/open-shopify.js';
import { shopifyRoutes } from '../channels/shopify/shopify-routes.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { documentRoutes } from '../documents/document-routes.js';
import { runByHand } from '../documents/flows-by-hand.js';
import { eventRoutes } from '../documents/event-routes.js';
import { createDocumentLister } from '../documents/list-documents.js';
import type { Waking } from '../documents/wake-effects.js';
import { statusRoutes } from '../documents/status-routes.js';
import type { Api, RouteModule } from '../http/api.js';
import { registerDocumentFiles } from '../http/document-files.js';
import { buildApi, type ApiDeps } from '../http/server.js';
import { lookupRoutes } from '../lookups/lookup-routes.js';
import { documentPath } from '../logicbroker/document-types.js';
import type { Lane } from '../kernel/lane.js';
import type { Logger } from '../kernel/log.js';
import { pushRoutes } from '../inventory/push/push-routes.js';
import { exportRoutes } from '../inventory/items/export-routes.js';
import { feedKindsOf } from './feed-kinds.js';
import { fileDeps, schemasOfKinds } from './file-deps.js';
import type { FeedKind } from '../imports/feed-kind.js';
import { importRoutes, type ImportRouteDeps } from '../imports/import-routes.js';
import { layoutRoutes } from '../imports/layout-routes.js';
import { createTurns } from '../imports/import-turns.js';
import { uploadRoutes } from '../imports/upload-routes.js';
import type { ExpectPush } from '../inventory/push/expected-push.js';
import type { InventoryDeps } from '../inventory/inventory-deps.js';
import { inventoryRoutes } from '../inventory/inventory-routes.js';
import { forgetBuyerRoutes } from '../retention/forget-buyer-routes.js';
import { createHandOver } from '../orders/note-handed.js';
import { createChecker } from '../products/checks/check-soon.js';
import type { ListingFacts } from '../products/checks/listing-facts.js';
import { createListingFacts } from '../products/checks/read-facts.js';
import { productExportRoutes } from '../products/product-export-routes.js';
import { productFeedRoutes } from '../products/product-feed-routes.js';
import { productImportRoutes } from '../products/product-import-routes.js';
import { supplierProductRoutes } from '../products/supplier-product-routes.js';
import { complianceRoutes } from '../products/compliance/compliance-routes.js';
import { mediaFileRoutes } from '../products/media/media-file-routes.js';
import { dryRunRoutes } from '../products/dry-run/dry-run-routes.js';
import { templateRoutes } from '../products/templates/template-routes.js';
import type { AskedForProducts, ProductRouteDeps } from '../products/product-route-deps.js';
import { pushProductsFlow } from '../products/push/push-products-flow.js';
import { sendRoutes } from '../products/send-routes.js';
import { listingRoutes } from '../products/review/listing-routes.js';
import { requestRun } from '../sync/flows/request-run.js';
import { AppError } from '../kernel/errors.js';
import type { OpenShop } from '../connections/open-shop.js';
import { catalogueRoutes } from '../products/specification/catalogue-routes.js';
import { specificationRoutes } from '../products/specification/specification-routes.js';
import type { Database } from '../store/database.js';
import { productFlows } from './product-flows.js';
import { changeRoutes } from '../webhooks/changes/change-routes.js';
import type { WebhookDeps } from '../webhooks/out/manage-webhooks.js';
import { alertRoutes } from '../alerts/alert-routes.js';
import { webhookRoutes } from '../webhooks/out/webhook-routes.js';
import { taskRoutes } from '../sync/flows/task-routes.js';
import type { Clock } from '../kernel/time.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import { documentKinds } from './kinds.js';

export interface ApiRouteDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  kinds: readonly DocumentKind[];
  /** The same over a store in which nothing stays. */
  trialKinds: readonly DocumentKind[];
  wake?: Waking['wake'];
  /** Wakes a worker after the commit; when that fails, the next beat finds the request. */
  wakeFlow: (flow: { id: bigint; lane: Lane }) => Promise<void>;
  /** Seals the secrets of webhooks, and leads to their addresses. */
  webhooks: Pick<WebhookDeps, 'sealer' | 'door'>;
  shopify: ShopifyDeps;
  inventory: InventoryDeps;
  openShop: OpenShop;
  expectPush?: ExpectPush;
  /** Those of the inventory when left out. */
  feedKinds?: readonly FeedKind[];
  /** What checks have to know of TikTok; read from there when left out. */
  listingFacts?: ListingFacts;
  /** Of images that may be inside (PRIVATE_HOSTS). */
  ownHosts?: readonly string[];
  uploadLimitBytes: number;
  bodyLimitBytes?: number;
  /** Where this service is reached from outside. */
  publicUrl?: () => string;
}

/** Everything that is offered below /api/<version>, and what the server has to know of the documents in it. */
export function apiParts(deps: ApiRouteDeps): Pick<ApiDeps, 'routes' | 'documents'> {
  const tags = deps.kinds.map(({ type, about }) => ({ name: documentPath(type), description: about }));
  const schemas = schemasOfKinds(deps.kinds);
  return { routes: apiRoutes(deps), documents: { tags, schemas } };
}

function apiRoutes(deps: ApiRouteDeps): RouteModule[] {
  const { db, clock, log, uploadLimitBytes, bodyLimitBytes: jsonLimitBytes } = deps;
  const facts = deps.listingFacts ?? createListingFacts(deps);
  const checker = createChecker({ ...deps, facts });
  const feedKinds = deps.feedKinds ?? feedKindsOf(deps.inventory, checker.checkSoon);
  const imports: ImportRouteDeps = {
    imports: { db, clock, log, feedKinds, jsonLimitBytes, fileLimitBytes: uploadLimitBytes },
    takeTurn: createTurns(),
    uploadLimitBytes,
  };
  const products: ProductRouteDeps = {
    products: { db, clock, log },
    checkProducts: checker.check,
    asked: askedForProducts(deps),
  };
  const handOver = createHandOver(deps);
  const files = fileDeps({ ...deps, imports: imports.imports });
  const { checkDocument } = files;
  const documents = { ...deps, listDocuments: createDocumentLister(deps), handOver, checkDocument };
  const deadlines = { ...deps, listDeadlines: createDeadlineLister(deps) };
  return [
    (api, version) => {
      api.addHook('onClose', () => Promise.all([handOver.settled(), checker.close()]).then(() => undefined));
      // In a scope of their own: no other call takes documents as files.
      void api.register((scope: Api, _options, done) => {
        registerDocumentFiles(scope);
        for (const kind of deps.kinds) documentRoutes(scope, version, kind, documents);
        done();
      });
    },
    (api, version) => pushRoutes(api, version, deps),
    (api, version) => inventoryRoutes(api, version, deps),
    (api, version) => exportRoutes(api, version, deps),
    (api, version) => importRoutes(api, version, imports),
    (api, version) => layoutRoutes(api, version, imports.imports),
    (api, version) => uploadRoutes(api, version, imports),
    (api, version) => productImportRoutes(api, version, imports),
    (api, version) => productFeedRoutes(api, version, products),
    (api, version) => supplierProductRoutes(api, version, products),
    (api, version) => sendRoutes(api, version, products),
    (api, version) => listingRoutes(api, version, products),
    (api, version) => productExportRoutes(api, version, products),
    (api, version) => templateRoutes(api, version, products),
    (api, version) => mediaFileRoutes(api, version, products.products),
    (api, version) => complianceRoutes(api, version, deps),
    (api, version) => dryRunRoutes(api, version, { ...deps, facts, asked: askedForProducts(deps) }),
    (api, version) => catalogueRoutes(api, version, deps),
    (api, version) => specificationRoutes(api, version, deps),
    (api, version) => deadlineRoutes(api, version, deadlines),
    (api, version) => statusRoutes(api, version),
    (api, version) => partnerRoutes(api, version, deps),
    (api, version) => cancellationReasonRoutes(api, version, deps),
    (api, version) =>
      taskRoutes(api, version, {
        ...deps,
        flows: productFlows,
        runNow: async (caller, flowId) =>
          deps.wakeFlow(await runByHand({ ...deps, flows: productFlows }, caller, { flowId })),
        expectFlow: deps.expectPush?.ofFlow,
      }),
    (api, version) => forgetBuyerRoutes(api, version, deps),
    (api, version) => lookupRoutes(api, version, deps),
    (api, version) => documentImportRoutes(api, version, { files, uploadLimitBytes }),
    (api, version) => ediRoutes(api, version, { ...deps, handOver }),
    (api, version) => {
      if (version !== 'v3') return;
      deliveryRoutes(api, { ...deps, handOver });
      remoteServerRoutes(api, { ...deps, ...deps.webhooks, makeSshKey });
      settingsRoutes(api, deps);
      shopifyRoutes(api, deps.shopify);
      keyRoutes(api, deps);
      shipStationSettingsRoutes(api, { ...deps, publicUrl: deps.publicUrl ?? (() => '') });
    },
    (api, version) => eventRoutes(api, version, documents),
    (api, version) => changeRoutes(api, version, deps),
    (api, version) => alertRoutes(api, version, { ...deps, ...deps.webhooks }),
    (api, version) => webhookRoutes(api, version, { ...deps, ...deps.webhooks }),
  ];
}

/** A shop that does not run just now sends them when it does again. */
export function askedForProducts({
  db,
  clock,
  wakeFlow,
}: Pick<ApiRouteDeps, 'db' | 'clock' | 'wakeFlow'>): AskedForProducts {
  return async ({ id: connectionId, companyId }, by) => {
    try {
      const which = { companyId, connectionId, name: pushProductsFlow.name, now: clock.now(), by };
      const { flowId: id, lane } = await requestRun(db.prisma, which);
      await wakeFlow({ id, lane });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  };
}

/** The OpenAPI document of the API, made without a store: no route is ever called. */
export async function apiOpenApi({ version }: { version: string }): Promise<object> {
  const nothing = {} as ApiRouteDeps & ApiDeps;
  const app: FastifyInstance = await buildApi({
    ...nothing,
    settings: { version },
    ...apiParts({
      ...nothing,
      kinds: documentKinds({} as ShipmentDeps),
      trialKinds: [],
      inventory: {} as InventoryDeps,
      uploadLimitBytes: 1,
    }),
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
