import { productFlows } from '../../src/compose/product-flows.js';
import { setTimeout } from 'node:timers/promises';
import { createApiKey } from '../../src/companies/api-key-store.js';
import { createCompany } from '../../src/companies/company-store.js';
import type { ActiveConnection } from '../../src/connections/connection.js';
import { getConnection, requireActive } from '../../src/connections/connection-store.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { createConnection } from '../../src/connections/manage-connection.js';
import { exchangeCode, keepConsent } from '../../src/connections/seller-consent.js';
import { openShop } from '../../src/connections/open-shop.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import type { Logger } from '../../src/kernel/log.js';
import {
  DEMO_APP_KEY,
  DEMO_APP_SECRET,
  DEMO_SERVICE_ID,
  startSimulator,
  type Simulator,
} from '../../src/simulator/server.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { createSealer } from '../../src/store/secrets.js';
import { ensureFlows } from '../../src/sync/flows/flows.js';
import { createTikTokClient } from '../../src/tiktok/client.js';
import { hostsFor } from '../../src/tiktok/hosts.js';
import { createHttpDoor, type DoorAnswer, type HttpDoor } from '../../src/outbound/http-door.js';
import type { ShopApi } from '../../src/tiktok/shop-api.js';
import { createTokenApi } from '../../src/tiktok/token-api.js';
import { systemClock } from '../../src/kernel/time.js';
import { somebody } from '../support/actors.js';
import { encryptionKey } from './processes.js';

const PAGE_SIZE = 100;
/** Far sooner than TikTok answers, but as from any network not at once: whoever asks ahead gets on with his work first. */
const ANSWER_MS = 5;
/**
 * Two pieces each, of fifty articles, paid over the last day and a half: none is on hold, and none has to be shipped within
 * a day, of which a worker's minute would warn in the middle of a round.
 */
const ORDERS = { unitsPerOrder: 2, skuCount: 50, spreadMinutes: 36 * 60 };

export const silentLog: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLog,
};

export interface ShopWithOrders {
  simulator: Simulator;
  shopId: string;
  openId: string;
  orders: number;
}

/** A simulator without rate limits whose one shop has `orders` orders that await shipment. */
export async function startShopWithOrders(orders: number): Promise<ShopWithOrders> {
  const simulator = await startSimulator({ seed: 'empty', fast: true });
  const { openId } = simulator.control.addSeller({
    name: 'Harbor',
    email: 'seller@example.test',
    password: 'harbor',
    baseRegion: 'US',
  });
  const shop = simulator.control.addShop({ name: 'Harbor Goods', region: 'US', sellerType: 'LOCAL', openId });
  simulator.control.generate(shop.id, { ...ORDERS, count: orders });
  return { simulator, shopId: shop.id, openId, orders };
}

export interface Connected {
  companyId: number;
  connectionId: number;
  /** The company's API key. */
  key: string;
}

/** Connects the shop in an empty database, the way that the pages do it. */
export async function connectShop(databaseUrl: string, shop: ShopWithOrders): Promise<Connected> {
  const db = openDatabase({ url: databaseUrl, prismaConnections: 2, readConnections: 1 });
  const door = createHttpDoor({ clock: systemClock });
  try {
    const deps = connectionsDeps(db, door, shop.simulator.url);
    const { id: companyId } = await createCompany(db.prisma, { name: 'Harbor Inc.' });
    const { key } = await createApiKey(db.prisma, { companyId, slot: 'primary', now: new Date() });
    const baseUrl = shop.simulator.url;
    const { id: connectionId } = await createConnection(deps, {
      by: somebody,
      companyId,
      name: 'US',
      baseUrl,
      isUs: true,
    });
    const { code } = shop.simulator.control.authorize({ openId: shop.openId });
    const grant = await exchangeCode(deps, 'simulator', code);
    await keepConsent(deps, { by: somebody, connectionId, environment: 'simulator', grant });
    const [offer] = await getShops(deps, { connectionId });
    await saveShop(deps, { by: somebody, connectionId, cipher: offer?.cipher ?? '' });
    return { companyId, connectionId, key };
  } finally {
    await door.close();
    await db.close();
  }
}

/** TikTok's answers to a search for all orders, page by page, as they came over the wire. */
export async function recordPages(
  databaseUrl: string,
  { connectionId }: Connected,
  simulatorUrl: string,
): Promise<DoorAnswer[]> {
  const db = openDatabase({ url: databaseUrl, prismaConnections: 2, readConnections: 1 });
  const door = createHttpDoor({ clock: systemClock });
  const answers: DoorAnswer[] = [];
  const recording: HttpDoor = {
    async send(request) {
      const answer = await door.send(request);
      answers.push(answer);
      return answer;
    },
    close: () => door.close(),
  };
  try {
    const { api } = await openShop(connectionsDeps(db, recording, simulatorUrl), connectionId, 'urgent');
    let pageToken: string | null = null;
    do pageToken = (await searchPage(api, pageToken)).nextPageToken;
    while (pageToken);
    return answers;
  } finally {
    await door.close();
    await db.close();
  }
}

/** The shop as the product's own client sees it, with recorded answers in TikTok's place: text in, orders out. */
export async function replayedShop(
  db: Database,
  { connectionId }: Connected,
  answers: readonly DoorAnswer[],
): Promise<{ connection: ActiveConnection; api: ShopApi }> {
  let next = 0;
  const door: HttpDoor = {
    async send() {
      await setTimeout(ANSWER_MS);
      const answer = answers[next++ % answers.length];
      if (!answer) throw new Error('There is no recorded answer.');
      return answer;
    },
    close: async () => undefined,
  };
  const connection = requireActive(await getConnection(db.prisma, { id: connectionId }));
  const { api } = await openShop(connectionsDeps(db, door, 'http://127.0.0.1:1'), connectionId, 'urgent');
  return { connection, api };
}

function searchPage(api: ShopApi, pageToken: string | null = null) {
  return api.searchOrders({
    pageSize: PAGE_SIZE,
    sort: 'create_time',
    order: 'ASC',
    status: 'AWAITING_SHIPMENT',
    pageToken,
  });
}

function connectionsDeps(db: Database, door: HttpDoor, simulatorOrigin: string): ConnectionsDeps {
  const hostSettings = { allowSimulator: true, simulatorOrigin };
  const hosts = () => hostsFor('simulator', hostSettings);
  const app = { appKey: DEMO_APP_KEY, appSecret: DEMO_APP_SECRET, serviceId: DEMO_SERVICE_ID };
  return {
    db,
    clock: systemClock,
    log: silentLog,
    sealer: createSealer([encryptionKey]),
    tiktok: {
      client: createTikTokClient({ door, hosts, clock: systemClock, log: silentLog }),
      tokenApi: createTokenApi({ door, hosts, log: silentLog }),
      budget: { take: async () => undefined, throttled: async () => undefined },
      hostSettings,
      apps: { simulator: { environment: 'simulator', ...app } },
    },
    ensureFlows: (tx, which) => ensureFlows(tx, { ...which, flows: productFlows }),
  };
}
