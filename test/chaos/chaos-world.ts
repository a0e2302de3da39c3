import { randomBytes } from 'node:crypto';
import { createCompany } from '../../src/companies/company-store.js';
import { createConnection } from '../../src/connections/manage-connection.js';
import { exchangeCode, keepConsent } from '../../src/connections/seller-consent.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import { inventoryChanged } from '../../src/inventory/items/inventory-changed.js';
import type { Clock } from '../../src/kernel/time.js';
import { createHttpDoor, type HttpDoor } from '../../src/outbound/http-door.js';
import { startSimulator, type Simulator } from '../../src/simulator/server.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { somebody } from '../support/actors.js';
import { testApi, type TestApi } from '../support/api.js';
import { harborGoods, tokoPelangi } from '../support/connect-shop.js';
import { testDatabaseUrl } from '../support/database.js';
import { createErp, type Erp } from '../support/erp.js';
import { silentLog } from '../support/logs.js';
import { connectionsTo } from '../support/test-world.js';
import { beginLife, type Fate, type Life } from './life.js';
import type { Planted } from './planted/planted-bug.js';
import { productOf, wakeFlow, type Product } from './product.js';
import type { Scope } from './scope.js';

/** One of TikTok's shops as the seller knows it. */
export interface ChaosShop {
  shopId: string;
  openId: string;
  region: 'US' | 'ID';
  connectionId: number;
  partnerId: number;
}

/** A database, a TikTok, the API for an ERP, and shops of one seller; time moves for everybody when the driver says so. */
export interface ChaosWorld {
  db: Database;
  simulator: Simulator;
  clock: Clock;
  companyId: number;
  shops: ChaosShop[];
  api: TestApi;
  erp: Erp;
  /** Later by so many seconds, for everybody. */
  wait(seconds: number): void;
  /** A worker that begins its turn. */
  begin(fate: Fate): { life: Life; product: Product };
  /** The seller gives his consent once more where it was lost. */
  reconnect(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 400;
/** Nothing that is not stuck takes so long. */
const STUCK_MS = 15_000;
const accounts = [
  { ...harborGoods, region: 'US' },
  { ...tokoPelangi, region: 'ID' },
] as const;

export async function openChaosWorld(
  scope: Scope,
  { shops: count, planted }: { shops: number; planted?: Planted | undefined },
): Promise<ChaosWorld> {
  const url = await testDatabaseUrl(scope);
  const db = openDatabase({ url });
  scope.teardown(() => db.close());
  const simulator = await startSimulator({ fast: true, seed: 'empty' });
  scope.teardown(() => simulator.close());
  const { control } = simulator;
  let nowMs = Date.now();
  control.setClock({ now: nowMs, frozen: true });
  const clock: Clock = { now: () => new Date(nowMs) };
  // Somebody who waits for the lease of a dead worker waits by this clock: it goes on for them, as a real one would.
  let seenMs = nowMs;
  const unstuck = setInterval(() => {
    if (nowMs === seenMs) {
      nowMs += STUCK_MS;
      control.setClock({ now: nowMs, frozen: true });
    }
    seenMs = nowMs;
  }, STUCK_MS);
  unstuck.unref();
  scope.teardown(() => clearInterval(unstuck));
  const door = createHttpDoor({ clock, answerTimeoutMs: ANSWER_TIMEOUT_MS });
  scope.teardown(() => door.close());
  const key = randomBytes(32);
  const over = (ownDb: Database, ownDoor: HttpDoor) =>
    connectionsTo({
      db: ownDb,
      clock,
      log: silentLog,
      door: ownDoor,
      key,
      tiktok: { simulatorOrigin: simulator.url, simulatorBrowserOrigin: simulator.url },
    });
  const connections = over(db, door);
  const company = await createCompany(db.prisma, { name: 'Chaos Goods' });
  const shops: ChaosShop[] = [];
  for (const account of accounts.slice(0, count)) {
    const { openId } = control.addSeller({
      name: account.shopName,
      email: account.email,
      password: 'demo',
      baseRegion: account.region,
    });
    control.addShop({
      id: account.shopId,
      name: account.shopName,
      region: account.region,
      sellerType: 'LOCAL',
      openId,
    });
    const { id } = await createConnection(connections, {
      by: somebody,
      companyId: company.id,
      name: account.shopName,
      baseUrl: simulator.url,
      isUs: account.isUs,
    });
    await consent(id, openId);
    const [offer] = await getShops(connections, { connectionId: id });
    await saveShop(connections, { by: somebody, connectionId: id, cipher: offer?.cipher ?? '' });
    const { partnerId } = await db.prisma.connection.update({
      where: { id },
      data: { settings: { autoMatch: true, healDrift: 'both' } },
    });
    shops.push({ shopId: account.shopId, openId, region: account.region, connectionId: id, partnerId });
  }

  async function consent(connectionId: number, openId: string): Promise<void> {
    const grant = await exchangeCode(connections, 'simulator', control.authorize({ openId }).code);
    await keepConsent(connections, { by: somebody, connectionId, environment: 'simulator', grant });
  }

  const { deps } = productOf(connections, planted);
  const [first] = shops;
  if (!first) throw new RangeError('a history needs a shop');
  const api = await testApi(scope, db, {
    clock,
    domain: deps,
    seller: { companyId: company.id, connectionId: first.connectionId, partnerId: first.partnerId },
    inventory: {
      db,
      clock,
      log: silentLog,
      inventoryChanged: (id, options) => inventoryChanged({ db, clock, wakeFlow }, id, options),
    },
  });
  const apiUrl = await api.app.listen({ host: '127.0.0.1', port: 0 });
  return {
    db,
    simulator,
    clock,
    companyId: company.id,
    shops,
    api,
    erp: createErp(apiUrl, api.key),
    wait(seconds) {
      nowMs += seconds * 1_000;
      control.setClock({ now: nowMs });
    },
    begin(fate) {
      const life = beginLife(db, door, fate);
      return { life, product: productOf(over(life.db, life.door), planted) };
    },
    async reconnect() {
      const lost = await db.prisma.connection.findMany({ where: { status: 'needs_reauthorization' } });
      for (const { id } of lost) {
        const shop = shops.find(({ connectionId }) => connectionId === id);
        if (shop) await consent(id, shop.openId);
      }
    },
  };
}
