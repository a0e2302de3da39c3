import { productFlows } from '../../src/compose/product-flows.js';
import type { Test } from 'tap';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { compareInventory } from '../../src/inventory/heal/compare-inventory.js';
import { inventoryChanged } from '../../src/inventory/items/inventory-changed.js';
import { piecesMoved } from '../../src/inventory/heal/pieces-moved.js';
import { pushInventory } from '../../src/inventory/push/push-inventory.js';
import type { PushDeps } from '../../src/inventory/push/push-state.js';
import { pullOrders } from '../../src/orders/pull-orders.js';
import type { Database } from '../../src/store/database.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import { MINUTE_MS, type Clock } from '../../src/kernel/time.js';
import { testApi, type TestApi } from '../support/api.js';
import { upload } from './files.js';
import { silentLog, startShop, type TestShop } from '../orders/shop.js';

const AUTO = { autoMatch: true };
/** A run asks for another one at most so often before something is wrong. */
const MOST_ROUNDS = 12;

/** A shop whose stock several people change: one clock for connector and TikTok, the ERP at its API, TikTok's own actors. */
export interface StockWorld extends TestShop {
  erp: TestApi;
  clock: Clock;
  /** Later by so many minutes, for everybody. */
  wait(minutes: number): void;
  /** A product with one SKU; stock by the name of the warehouse, or a number in the default one. */
  product(sellerSku: string, stock: number | Record<string, number>, price?: string): void;
  /** The ERP uploads a CSV file. */
  feed(...lines: string[]): ReturnType<typeof upload>;
  /** A buyer orders. @returns TikTok's id of the order */
  order(
    sellerSku: string,
    quantity: number,
    more?: { paid?: boolean; shippingType?: 'TIKTOK' | 'SELLER' },
  ): string;
  act(orderId: string, act: Parameters<TestShop['simulator']['control']['act']>[1]): void;
  /** Somebody edits stock or price in Seller Center. */
  sellerCenter(sellerSku: string, change: { stock?: number | Record<string, number>; price?: string }): void;
  /** The ERP reads all orders that it can. */
  fetchOrders(): Promise<void>;
  run(name: string): Promise<FlowReport>;
  /** A push whose process is killed after so many transactions. */
  killedPush(transactions: number): Promise<FlowReport>;
  /** A push that waits for `sleep` before its first call of stock, as a process that is stopped there. */
  sleepingPush(sleep: () => Promise<void>): Promise<FlowReport>;
  /** As for a worker that was stopped for longer than its lease: another one may begin. */
  loseLease(name: string): Promise<void>;
  /** The hourly round: orders, cancellations, push, and whatever these ask for. */
  round(): Promise<void>;
  /** A compare of all items, and what it asks for. */
  compare(): Promise<void>;
  /** What TikTok can sell of a SKU: a number where it is in one warehouse, else by the warehouse's name. */
  shown(sellerSku: string): number | Record<string, number>;
  priceShown(sellerSku: string): string;
  explain(sellerSku: string): Promise<{ Summary: string } & Record<string, unknown>>;
  /** Changes of stock through the API since the start. */
  calls(): number;
  setSettings(settings: object): Promise<void>;
}

export async function startStockWorld(
  t: Test,
  db: Database,
  { warehouses = [], settings = {} }: { warehouses?: string[]; settings?: object } = {},
): Promise<StockWorld> {
  const shop = await startShop(t, db, { settings: { ...AUTO, ...settings } });
  const { control } = shop.simulator;
  const connectionId = shop.connection.id;
  let offsetMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + offsetMs) };
  const [main] = control.warehouses(shop.shopId).filter(({ type }) => type === 'SALES_WAREHOUSE');
  const ids = new Map([['Main', main?.id ?? '']]);
  for (const name of warehouses) ids.set(name, control.addWarehouse(shop.shopId, { name }).id);
  const names = new Map([...ids].map(([name, id]) => [id, name]));

  const wakeFlow = async (): Promise<void> => undefined;
  const deps: PushDeps = {
    ...shop.deps,
    clock,
    openShop: shop.opener(clock),
    findCancellations: findKnownCancellations,
    piecesMoved: (connection, moved) => piecesMoved({ db, clock, wakeFlow }, connection, moved),
  };
  const partner = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
  const api = await testApi(t, db, {
    clock,
    seller: { companyId: shop.companyId, connectionId, partnerId: partner.partnerId },
    inventory: {
      db,
      clock,
      log: silentLog,
      inventoryChanged: (id, options) => inventoryChanged({ db, clock, wakeFlow }, id, options),
    },
  });
  const handlers = new Map<string, FlowHandler>([
    ['pull-orders', (run) => pullOrders(deps, run)],
    ['pull-cancellations', (run) => pullCancellations(deps, run)],
    ['pull-catalogue', (run) => pullCatalogue(deps, run)],
    ['push-inventory', (run) => pushInventory({ ...deps, db: pushDb }, run)],
    ['compare-inventory', (run) => compareInventory(deps, run)],
  ]);
  let pushDb = db;
  const flowOf = (name: string) => db.prisma.flow.findFirstOrThrow({ where: { connectionId, name } });
  const runDue = async (name: string): Promise<FlowReport> => {
    const { id } = await flowOf(name);
    return runFlow({ flows: productFlows, db, clock, log: silentLog, recordEvents, handlers }, id);
  };
  /** As the beat does: by its schedule, whatever the clock says. */
  const run = async (name: string): Promise<FlowReport> => {
    const { id } = await flowOf(name);
    await db.prisma.flow.update({ where: { id }, data: { nextAttemptAt: new Date(0) } });
    return runDue(name);
  };
  /** Runs what was asked for meanwhile, until nothing is. */
  const follow = async (): Promise<void> => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let isQuiet = true;
      for (const name of ['push-inventory', 'compare-inventory'] as const) {
        const { requested, requestedSeen } = await flowOf(name);
        if (requested <= requestedSeen) continue;
        isQuiet = false;
        const { outcome } = await run(name);
        // A paused connection asks in vain.
        if (outcome === 'not-due' || outcome === 'paused') return;
      }
      if (isQuiet) return;
    }
    throw new Error('the flows ask each other for ever');
  };
  const skuOf = (sellerSku: string) => {
    const row = control.stock(shop.shopId, sellerSku).findLast(({ status }) => status === 'ACTIVATE');
    if (!row) throw new Error(`the simulator has no ${sellerSku}`);
    return row;
  };
  const stockOf = (stock: number | Record<string, number>): Record<string, number> =>
    typeof stock === 'number'
      ? { [ids.get('Main') ?? '']: stock }
      : Object.fromEntries(
          Object.entries(stock).map(([name, quantity]) => [ids.get(name) ?? name, quantity]),
        );

  const world: StockWorld = {
    ...shop,
    erp: api,
    clock,
    run,
    async killedPush(transactions) {
      let begun = 0;
      pushDb = {
        ...db,
        transaction: async (work, options) => {
          begun += 1;
          if (begun > transactions) throw new Error('killed');
          return db.transaction(work, options);
        },
      };
      try {
        return await run('push-inventory');
      } finally {
        pushDb = db;
      }
    },
    async sleepingPush(sleep) {
      const openShop: PushDeps['openShop'] = async (...which) => {
        const opened = await deps.openShop(...which);
        const updateStock: typeof opened.api.updateStock = async (...call) => {
          await sleep();
          return opened.api.updateStock(...call);
        };
        return { ...opened, api: { ...opened.api, updateStock } };
      };
      const { id } = await flowOf('push-inventory');
      await db.prisma.flow.update({ where: { id }, data: { nextAttemptAt: new Date(0) } });
      const sleepers = new Map<string, FlowHandler>([
        ['push-inventory', (run) => pushInventory({ ...deps, openShop }, run)],
      ]);
      return runFlow(
        { flows: productFlows, db, clock, log: silentLog, recordEvents, handlers: sleepers },
        id,
      );
    },
    async loseLease(name) {
      const { id } = await flowOf(name);
      await db.prisma.flow.update({
        where: { id },
        data: { leaseUntil: new Date(0), leaseToken: { increment: 1 } },
      });
    },
    wait(minutes) {
      offsetMs += minutes * MINUTE_MS;
      control.setClock({ advanceSeconds: minutes * 60 });
    },
    product(sellerSku, stock, price = '10.00') {
      control.addProduct(shop.shopId, {
        title: 'A product whose stock is counted',
        skus: [{ sellerSku, price, stock: stockOf(stock) }],
      });
    },
    feed: (...lines) => upload(api, `${lines.join('\n')}\n`),
    order(sellerSku, quantity, { paid = true, shippingType } = {}) {
      const { id } = control.addOrder(shop.shopId, {
        lines: [{ sellerSku, quantity }],
        // Ordered now: one that is paid at once would have been ordered a minute ago.
        paidMinutesAgo: null,
        ...(shippingType ? { shippingType } : {}),
      });
      if (paid) control.act(id, { type: 'pay' });
      return id;
    },
    act: (orderId, act) => void control.act(orderId, act),
    sellerCenter(sellerSku, { stock, price }) {
      control.patchSku(skuOf(sellerSku).skuId, {
        ...(stock === undefined ? {} : { stock: stockOf(stock) }),
        ...(price === undefined ? {} : { price }),
      });
    },
    async fetchOrders() {
      const answer = await api.call('GET', '/api/v3/Orders?filters.pageSize=500');
      if (answer.statusCode !== 200) throw new Error(answer.body);
      await untilHanded(db, shop);
    },
    async round() {
      await run('pull-orders');
      await run('pull-cancellations');
      await run('push-inventory');
      await follow();
    },
    async compare() {
      await run('pull-orders');
      await db.prisma.inventoryState.updateMany({ where: { connectionId }, data: { comparedAt: null } });
      await run('compare-inventory');
      await follow();
    },
    shown(sellerSku) {
      const rows = skuOf(sellerSku).warehouses;
      const [only] = rows;
      if (rows.length === 1 && only) return only.available;
      return Object.fromEntries(
        rows.map(({ warehouseId, available }) => [names.get(warehouseId) ?? '', available]),
      );
    },
    priceShown: (sellerSku) => skuOf(sellerSku).price,
    async explain(sellerSku) {
      const answer = await api.call(
        'GET',
        `/api/v3/Inventory/${partner.partnerId}/Item/${sellerSku}/Explain`,
      );
      return answer.json().Body.InventoryExplanation;
    },
    calls: () =>
      control
        .productEffects({ limit: 10_000 })
        .effects.filter(({ via, kind }) => via === 'api' && kind === 'inventory_updated').length,
    async setSettings(more) {
      await db.prisma.connection.update({
        where: { id: connectionId },
        data: { settings: { ...AUTO, ...settings, ...more } },
      });
    },
  };
  return world;
}

/** What an answer carried is written down after its last byte. */
async function untilHanded(db: Database, { companyId, connection }: TestShop): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const [row] = await db.prisma.$queryRaw<{ left: number }[]>`
      SELECT count(*)::int AS left FROM stock_pieces p JOIN orders o ON o.id = p.order_id
      WHERE o.connection_id = ${connection.id} AND o.company_id = ${companyId} AND o.state = 'exported'
        AND p.exported_at IS NOT NULL AND p.handed_at IS NULL`;
    if (row?.left === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('orders that were fetched are not noted as handed over');
}
