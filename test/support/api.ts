import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { randomBytes } from 'node:crypto';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createPublicDoor } from '../../src/outbound/public-door.js';
import { createSealer } from '../../src/store/secrets.js';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Test } from 'tap';
import { apiParts, type ApiRouteDeps } from '../../src/compose/api-routes.js';
import { trialKindsOf } from '../../src/compose/file-deps.js';
import { documentKinds } from '../../src/compose/kinds.js';
import { createApiKey, findCallerByKey } from '../../src/companies/api-key-store.js';
import {
  allocateKeys,
  createDocuments,
  lockDocuments,
  replaceBodies,
} from '../../src/documents/document-store.js';
import type { DocumentKind, EditDocument, PostDocument } from '../../src/documents/document-kind.js';
import { AppError } from '../../src/kernel/errors.js';
import type { Shipment } from '../../src/logicbroker/shipment-schema.js';
import type { ExplainOrder } from '../../src/orders/explain-order-routes.js';
import { orderKind } from '../../src/orders/order-kind.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import { buildApi, type ApiDeps } from '../../src/http/server.js';
import type { Database } from '../../src/store/database.js';
import { systemClock, type Clock } from '../../src/kernel/time.js';
import { createSeller, shipmentDocument, orderDocument, type Seller } from './builders.js';
import { recordingLog } from './logs.js';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface CallOptions {
  payload?: string | Buffer | object;
  headers?: Record<string, string>;
}

export interface TestApi {
  app: FastifyInstance;
  log: ReturnType<typeof recordingLog>;
  seller: Seller;
  key: string;
  /** Calls with the seller's key in the header. */
  call: (method: Method, url: string, options?: CallOptions) => Promise<LightMyRequestResponse>;
}

/** These tests have no TikTok. */
const noShop = () => Promise.reject(new AppError('connection-not-ready', 'There is no shop.'));

type TestApiOptions = Partial<ApiDeps> &
  Partial<ApiRouteDeps> & {
    seller?: Seller;
    /** Documents with a shop behind them. Left out: nobody asks TikTok, and shipments are stored as they come, without rules. */
    domain?: ShipmentDeps;
    /** Stands in for what taking a shipment does. */
    takeShipment?: PostDocument['take'];
    explainOrder?: ExplainOrder;
  };

/** The API over a real store, with one seller and its key. */
export async function testApi(
  t: Pick<Test, 'teardown'>,
  db: Database,
  { seller: own, domain, takeShipment, explainOrder, ...changes }: TestApiOptions = {},
): Promise<TestApi> {
  const log = recordingLog();
  const seller = own ?? (await createSeller(db));
  const key = await createKey(db, seller);
  const clock = changes.clock ?? systemClock;
  const alone = { db, clock, log, findCancelling, openShop: noShop };
  const kinds = documentKinds(domain ?? alone).map((kind): DocumentKind => {
    if (kind.type === 'order' && explainOrder) return orderKind({ explainOrder });
    if (kind.type !== 'shipment' || domain) return kind;
    return plainShipments(db, kind, takeShipment);
  });
  const routeDeps: ApiRouteDeps = {
    db,
    clock,
    log,
    kinds,
    trialKinds: trialKindsOf(domain ?? alone),
    wakeFlow: async () => undefined,
    inventory: { db, clock, log },
    webhooks: changes.webhooks ?? testWebhooks(t),
    shopify: changes.shopify ?? { db, clock, log, sealer: testSealer(), shopify: testShopify(t, clock) },
    openShop: domain?.openShop ?? noShop,
    uploadLimitBytes: 50_000_000,
    ...changes,
  };
  const app = await buildApi({
    db,
    clock,
    log,
    findCaller: (text) => findCallerByKey(db, text, clock.now()),
    settings: { version: '0.0.0' },
    readiness: async () => [{ name: 'postgresql', ok: true }],
    ...apiParts(routeDeps),
    ...changes,
  });
  t.teardown(() => app.close());
  return {
    app,
    log,
    seller,
    key,
    call: (method, url, { headers, ...rest } = {}) =>
      app.inject({ method, url, ...rest, headers: { subscriptionkey: key, ...headers } }),
  };
}

/** Secrets of webhooks are sealed with a key of the test, and nobody is called but public addresses. */
function testWebhooks(t: Pick<Test, 'teardown'>): ApiRouteDeps['webhooks'] {
  const door = createPublicDoor();
  t.teardown(() => door.close());
  return { door, sealer: testSealer() };
}

function testSealer(): ApiRouteDeps['webhooks']['sealer'] {
  return createSealer([{ id: 'test', bytes: randomBytes(32) }]);
}

/** Leads nowhere: these tests have no Shopify. */
function testShopify(t: Pick<Test, 'teardown'>, clock: Clock): ApiRouteDeps['shopify']['shopify'] {
  const door = createHttpDoor({ clock, leadsTo: () => false });
  t.teardown(() => door.close());
  return { door, originOf: (domain) => `https://${domain}` };
}

export async function createKey(db: Database, { companyId }: Pick<Seller, 'companyId'>): Promise<string> {
  const { key } = await createApiKey(db.prisma, { companyId, slot: 'primary', now: new Date() });
  return key;
}

/** Stands in for the rules of shipping, which have their own tests. */
function plainShipments(
  db: Database,
  kind: DocumentKind,
  take: PostDocument['take'] = takePlainly(db),
): DocumentKind {
  const { post, edit, ...rest } = kind;
  return {
    ...rest,
    byHand: { ...kind.byHand, moved: async () => [] },
    ...(post && { post: { ...post, take } }),
    ...(edit && { edit: { ...edit, change: changePlainly(db) } }),
  };
}

function takePlainly(db: Database): PostDocument['take'] {
  return ({ companyId, orderKey = 0, document }) =>
    db.transaction(async (tx) => {
      const [order] = await lockDocuments(tx, { companyId, keys: [orderKey] });
      if (!order) throw new AppError('not-found', 'There is no such order.');
      const seller = { companyId, connectionId: order.connectionId, partnerId: order.senderCompanyId };
      const [key] = await allocateKeys(tx, 1);
      const parent = orderDocument(seller, order.key);
      const { ShipmentNumber, StatusCode } = document as Shipment;
      const reference = ShipmentNumber ?? `S-${key}`;
      const statusCode = StatusCode ?? 100;
      await createDocuments(tx, [shipmentDocument(seller, key!, parent, { reference, statusCode })]);
      return { key: key! };
    });
}

function changePlainly(db: Database): EditDocument['change'] {
  return ({ companyId, key, document, check }) =>
    db.transaction(async (tx) => {
      const [head] = await lockDocuments(tx, { companyId, keys: [key] });
      if (!head) throw new AppError('not-found', 'There is no such shipment.');
      check(head);
      const number = JSON.stringify((document as Shipment).ShipmentNumber);
      const body = `{"StatusCode":-1,"ShipmentNumber":${number},"ShipmentLines":[]}`;
      await replaceBodies(tx, [{ key, body, rendererVersion: 1 }]);
    });
}
