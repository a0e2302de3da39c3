import { acknowledgementCommands } from '../../src/acknowledgements/acknowledgement-commands.js';
import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { acknowledgementDeps } from '../../src/compose/effects.js';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { Test } from 'tap';
import { apiRoutes, type ApiRouteDeps } from '../../src/compose/api-routes.js';
import { createApiKey, findCallerByKey } from '../../src/companies/api-key-store.js';
import {
  allocateKeys,
  createDocuments,
  lockDocuments,
  replaceBodies,
} from '../../src/documents/document-store.js';
import { AppError } from '../../src/kernel/errors.js';
import { returnCommands } from '../../src/returns/return-commands.js';
import { buildApi, type ApiDeps } from '../../src/http/server.js';
import type { Logger } from '../../src/kernel/log.js';
import { explainShipment } from '../../src/shipments/explain-shipment.js';
import type { Database } from '../../src/store/database.js';
import { systemClock } from '../../src/kernel/time.js';
import { createSeller, shipmentDocument, orderDocument, type Seller } from './builders.js';
import type { ShipmentCommands } from '../../src/shipments/shipment-route-deps.js';

export interface LogLine {
  level: string;
  facts: Record<string, unknown>;
}

/** Keeps what was logged. */
export function recordingLog(lines: LogLine[] = []): Logger & { lines: LogLine[] } {
  const write = (level: string) => (facts: object) => {
    lines.push({ level, facts: facts as Record<string, unknown> });
  };
  return {
    lines,
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => recordingLog(lines),
  };
}

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

/** The API over a real store, with one seller and its key. Shipments are stored as they come, without rules. */
export async function testApi(
  t: Pick<Test, 'teardown'>,
  db: Database,
  { seller: own, ...changes }: Partial<ApiDeps> & Partial<ApiRouteDeps> & { seller?: Seller } = {},
): Promise<TestApi> {
  const log = recordingLog();
  const seller = own ?? (await createSeller(db));
  const key = await createKey(db, seller);
  const clock = changes.clock ?? systemClock;
  // Acknowledgements ask nobody outside when they are made.
  const domain = {
    db,
    clock,
    log,
    findCancelling,
    openShop: () => Promise.reject(new Error('TikTok is not asked here')),
  };
  const routeDeps: ApiRouteDeps = {
    db,
    clock,
    log,
    explainOrder: async () => {
      throw new AppError('not-found', 'There is no such order.');
    },
    acknowledgements: acknowledgementCommands(acknowledgementDeps(domain)),
    shipments: plainShipments(db),
    returns: returnCommands({ db, clock, log, openShop: noShop }),
    wakeFlow: async () => undefined,
    inventory: { db, clock, log },
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
    routes: apiRoutes(routeDeps),
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

export async function createKey(db: Database, { companyId }: Pick<Seller, 'companyId'>): Promise<string> {
  const { key } = await createApiKey(db.prisma, { companyId, slot: 'primary', now: new Date() });
  return key;
}

/** For shipments of which no test asks why. */
export async function nothingToExplain(): Promise<never> {
  throw new AppError('not-found', 'There is no such shipment.');
}

/** Stands in for the rules of shipping, which have their own tests. */
function plainShipments(db: Database): ShipmentCommands {
  return {
    create: ({ companyId, orderKey = 0, document }) =>
      db.transaction(async (tx) => {
        const [order] = await lockDocuments(tx, { companyId, keys: [orderKey] });
        if (!order) throw new AppError('not-found', 'There is no such order.');
        const seller = { companyId, connectionId: order.connectionId, partnerId: order.senderCompanyId };
        const [key] = await allocateKeys(tx, 1);
        const parent = orderDocument(seller, order.key);
        const reference = document.ShipmentNumber ?? `S-${key}`;
        const statusCode = document.StatusCode ?? 100;
        await createDocuments(tx, [shipmentDocument(seller, key!, parent, { reference, statusCode })]);
        return { key: key!, created: true };
      }),
    updateDraft: ({ companyId, key, document, check }) =>
      db.transaction(async (tx) => {
        const [head] = await lockDocuments(tx, { companyId, keys: [key] });
        if (!head) throw new AppError('not-found', 'There is no such shipment.');
        check(head.version);
        const body = `{"StatusCode":-1,"ShipmentNumber":${JSON.stringify(document.ShipmentNumber)},"ShipmentLines":[]}`;
        await replaceBodies(tx, [{ key, body, rendererVersion: 1 }]);
      }),
    explain: (which) => explainShipment({ db, findCancelling }, which),
    movedByHand: async () => [],
  };
}
