import { productFlows } from '../../src/compose/product-flows.js';
import type { Test } from 'tap';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { noteBuyerRequests } from '../../src/cancellations/note-buyer-requests.js';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { getConnection } from '../../src/connections/connection-store.js';
import type { ActiveConnection } from '../../src/connections/connection.js';
import { openShopOptions, usableShop } from '../../src/connections/open-shop.js';
import { eventTypes, type EventTypeName } from '../../src/documents/event-types.js';
import { pullOrders } from '../../src/orders/pull-orders.js';
import type { PullOrdersDeps } from '../../src/orders/pull-orders-deps.js';
import { pullReturns } from '../../src/returns/pull-returns.js';
import { DEMO_APP_KEY, DEMO_APP_SECRET, DEMO_SERVICE_ID } from '../../src/simulator/options.js';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/server.js';
import type { Database } from '../../src/store/database.js';
import type { Order as OrderRow } from '../../src/store/generated/client.js';
import { ensureFlows, type FlowHandler, type FlowResult } from '../../src/sync/flows/flows.js';
import type { FlowReport } from '../../src/sync/flows/run-flow.js';
import { createTikTokClient, type CallBudget } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createShopApi, type ShopApi } from '../../src/tiktok/shop-api.js';
import { systemClock, type Clock } from '../../src/kernel/time.js';
import { silentLog } from '../support/logs.js';
import { noBudget, runFlowNow } from '../support/test-world.js';

export { silentLog };

/** Our clock, moved away from the real one. */
export function clockOff(minutes: number): Clock {
  return { now: () => new Date(Date.now() + minutes * 60_000) };
}

export interface TestShop {
  db: Database;
  simulator: Simulator;
  shopId: string;
  companyId: number;
  connection: ActiveConnection;
  deps: PullOrdersDeps;
  /** TikTok as the shop sees it, on a clock of the test's. */
  opener(clock: Clock): PullOrdersDeps['openShop'];
  api: ShopApi;
  /** Runs the pull as "run now" does, on this or another connection. */
  pull(options?: PullOptions): Promise<FlowReport & { results: FlowResult[] }>;
  /** The order's document as the ERP sees it; null while there is none. */
  document(tiktokOrderId: string): Promise<OrderText | null>;
  documentCount(): Promise<number>;
  /** Summaries of one kind of event, oldest first. */
  events(event: EventTypeName): Promise<string[]>;
  /** Our row of the order. */
  row(tiktokOrderId: string): Promise<OrderRow>;
}

export interface OrderText {
  key: number;
  version: number;
  text: string;
  json: Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field
}

export interface PullOptions {
  clock?: Clock;
  connectionId?: number;
  stop?: AbortSignal;
  /** Left out: pull-orders. */
  flow?: string;
  /** Calls of TikTok's that answer otherwise during this pull. */
  change?: (api: ShopApi) => Partial<ShopApi>;
}

let shopsStarted = 0;

/** One shop in a simulator of its own, connected, with an empty order book. */
export async function startShop(
  t: Test,
  db: Database,
  options: { region?: string; simulator?: SimulatorOptions; settings?: object; budget?: CallBudget } = {},
): Promise<TestShop> {
  const simulator = await startSimulator({ seed: 'empty', fast: true, ...options.simulator });
  t.teardown(() => simulator.close());
  const seller = simulator.control.addSeller({
    name: 'Harbor',
    email: 'seller@example.test',
    password: 'harbor',
    baseRegion: options.region ?? 'US',
  });
  // Every simulator counts its ids from the same number, but all shops of a test file share one database.
  shopsStarted += 1;
  const shop = simulator.control.addShop({
    id: `74940000000000000${String(shopsStarted).padStart(2, '0')}`,
    name: 'Harbor Goods',
    region: options.region ?? 'US',
    sellerType: 'LOCAL',
    openId: seller.openId,
  });
  const company = await db.prisma.company.create({ data: { name: 'Harbor Inc.' } });
  const connectionId = await connect(db, {
    companyId: company.id,
    shopId: shop.id,
    region: shop.region,
    cipher: shop.ciphers[DEMO_APP_KEY] ?? '',
    openId: `${seller.openId}-${shop.id}`,
    settings: options.settings ?? {},
  });
  const { accessToken } = simulator.control.grantTokens({ openId: seller.openId });
  const openShop = shopOpener(t, db, {
    origin: simulator.url,
    accessToken,
    budget: options.budget ?? noBudget,
  });
  const deps: PullOrdersDeps = {
    db,
    clock: systemClock,
    log: silentLog,
    openShop: openShop(systemClock),
    findCancellations: findKnownCancellations,
  };
  const { connection, api } = await deps.openShop(connectionId, 'urgent');
  return {
    db,
    simulator,
    shopId: shop.id,
    companyId: company.id,
    connection,
    deps,
    opener: openShop,
    api,
    pull: async ({
      clock = systemClock,
      connectionId: id = connectionId,
      stop,
      flow = 'pull-orders',
      change = () => ({}),
    } = {}) => {
      const { companyId } = await getConnection(db.prisma, { id });
      const opener = openShop(clock);
      const shopDeps = {
        ...deps,
        clock,
        openShop: async (...given: Parameters<typeof opener>) => {
          const opened = await opener(...given);
          return { ...opened, api: { ...opened.api, ...change(opened.api) } };
        },
      };
      const pullDeps = { ...shopDeps, noteBuyerRequests: noteBuyerRequests(shopDeps) };
      const results: FlowResult[] = [];
      const kept = (pull: FlowHandler): FlowHandler => {
        return async (run) => {
          const result = await pull(run);
          results.push(result);
          return result;
        };
      };
      const handlers = new Map<string, FlowHandler>([
        ['pull-orders', kept((run) => pullOrders(pullDeps, run))],
        ['pull-cancellations', kept((run) => pullCancellations(shopDeps, run))],
        ['pull-returns', kept((run) => pullReturns(shopDeps, run))],
        ['pull-catalogue', kept((run) => pullCatalogue(shopDeps, run))],
      ]);
      const which = { companyId, connectionId: id, name: flow };
      const report = await runFlowNow({ db, clock }, which, handlers, stop);
      return { ...report, results };
    },
    async document(tiktokOrderId) {
      const row = await db.prisma.document.findFirst({
        where: { companyId: company.id, sourceKey: tiktokOrderId, type: 'order' },
      });
      return row && { key: row.key, version: row.version, text: row.body, json: JSON.parse(row.body) };
    },
    row: (tiktokOrderId) =>
      db.prisma.order.findFirstOrThrow({ where: { companyId: company.id, tiktokOrderId } }),
    documentCount: () => db.prisma.document.count({ where: { companyId: company.id, type: 'order' } }),
    async events(event) {
      const { id: typeId } = eventTypes[event];
      const rows = await db.prisma.event.findMany({
        where: { companyId: company.id, typeId },
        orderBy: { id: 'asc' },
      });
      return rows.map(({ summary }) => summary);
    },
  };
}

/** Another connection of the same shop, as it is after the seller (or another company) has connected it anew. */
export async function connectAgain(shop: TestShop, companyId = shop.companyId): Promise<number> {
  const { db, connection } = shop;
  await db.prisma.connection.update({
    where: { id: connection.id },
    data: { status: 'closed', closedAt: new Date() },
  });
  return connect(db, {
    companyId,
    shopId: connection.shopId,
    region: connection.shopRegion,
    cipher: connection.shopCipher,
    openId: `again-${connection.id}`,
    settings: {},
  });
}

async function connect(
  db: Database,
  shop: {
    companyId: number;
    shopId: string;
    region: string;
    cipher: string;
    openId: string;
    settings: object;
  },
): Promise<number> {
  const { companyId, shopId, region, cipher, openId, settings } = shop;
  const authorization = await db.prisma.authorization.create({
    data: { companyId, environment: 'simulator', appKey: DEMO_APP_KEY, openId },
  });
  const { id } = await db.prisma.connection.create({
    data: {
      companyId,
      shopId,
      settings,
      name: 'Harbor Goods',
      environment: 'simulator',
      status: 'active',
      authorizationId: authorization.id,
      shopRegion: region,
      shopCipher: cipher,
    },
  });
  await ensureFlows(db.prisma, { flows: productFlows, connectionId: id, now: new Date() });
  return id;
}

function shopOpener(
  t: Test,
  db: Database,
  { origin, accessToken, budget }: { origin: string; accessToken: string; budget: CallBudget },
) {
  const app = {
    environment: 'simulator' as const,
    appKey: DEMO_APP_KEY,
    appSecret: DEMO_APP_SECRET,
    serviceId: DEMO_SERVICE_ID,
  };
  const tokens = {
    current: async () => ({ token: accessToken, version: 1 }),
    refresh: async () => ({ token: accessToken, version: 2 }),
  };
  const hosts = () => hostsFor('simulator', { allowSimulator: true, simulatorOrigin: origin });
  return (clock: Clock): PullOrdersDeps['openShop'] => {
    const door = createHttpDoor({ clock });
    t.teardown(() => door.close());
    const client = createTikTokClient({ door, hosts, clock, log: silentLog });
    return async (connectionId, lane, options) => {
      const { fence, evenPaused } = openShopOptions(options);
      const found = await getConnection(db.prisma, { id: connectionId });
      const { connection, isPaused } = usableShop(found, evenPaused);
      const shop = { shopId: connection.shopId, cipher: connection.shopCipher };
      const api = createShopApi({ client, app, tokens, budget, shop, lane, fence });
      return { connection, isPaused, api };
    };
  };
}
