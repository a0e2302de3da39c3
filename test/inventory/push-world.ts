import type { Test } from 'tap';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { compareInventory } from '../../src/inventory/heal/compare-inventory.js';
import { pushInventory } from '../../src/inventory/push/push-inventory.js';
import type { PushDeps } from '../../src/inventory/push/push-state.js';
import type { Database } from '../../src/store/database.js';
import type { InventoryItem } from '../../src/store/generated/client.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import type { FlowReport } from '../../src/sync/flows/run-flow.js';
import { startShop, type TestShop } from '../orders/shop.js';
import { runFlowNow } from '../support/test-world.js';

/** What a feed says of a SKU; supplier and merchant SKU are the same where nothing else is said. */
export interface FedItem {
  sku: string;
  merchantSku?: string | null;
  quantity?: number | null;
  cost?: string | null;
  warehouse?: string | null;
  warehouses?: { code: string; quantity: number }[] | null;
  countedAt?: Date;
}

export interface PushWorld extends TestShop {
  /** Takes items in as a feed does: what changed is to be sent. */
  feed(...items: FedItem[]): Promise<void>;
  /** Runs a flow as "run now" does. */
  run(name: string, handler: FlowHandler, options?: RunOptions): Promise<FlowReport>;
  readCatalogue(): Promise<FlowReport>;
  push(options?: { deps?: Partial<PushDeps>; stop?: AbortSignal }): Promise<FlowReport>;
  compare(options?: { deps?: Partial<PushDeps> }): Promise<FlowReport>;
  item(sku: string): Promise<InventoryItem>;
  /** What the simulator has of a seller SKU: pieces in all warehouses, and the price. */
  inTikTok(sellerSku: string): { available: number; price: string };
  /** Adds a product with one SKU per name. */
  addProduct(skus: string[], more?: object): ReturnType<TestShop['simulator']['control']['addProduct']>;
  /** Changes of stock and prices that came through the API, since the start or the last clear. */
  sent(): { stock: number; prices: number };
  setSettings(settings: object): Promise<void>;
}

interface RunOptions {
  stop?: AbortSignal | undefined;
  deps?: PushDeps;
}

/** A connected shop with a catalogue and no orders. */
export async function startPushWorld(
  t: Test,
  db: Database,
  options: Parameters<typeof startShop>[2] = {},
): Promise<PushWorld> {
  const shop = await startShop(t, db, options);
  const { control } = shop.simulator;
  const connectionId = shop.connection.id;
  const run = async (
    name: string,
    handler: FlowHandler,
    { stop, deps = shop.deps }: RunOptions = {},
  ): Promise<FlowReport> => {
    const which = { companyId: shop.companyId, connectionId, name };
    // What the test does to the store strikes the flow, and not what runs it.
    return runFlowNow({ db, clock: deps.clock }, which, new Map([[name, handler]]), stop);
  };
  return {
    ...shop,
    run,
    feed: (...items) => feedItems(db, shop, items),
    readCatalogue: () => run('pull-catalogue', (flowRun) => pullCatalogue(shop.deps, flowRun)),
    push({ deps, stop } = {}) {
      const pushDeps: PushDeps = { ...shop.deps, ...deps };
      return run('push-inventory', (flowRun) => pushInventory(pushDeps, flowRun), { stop, deps: pushDeps });
    },
    compare({ deps } = {}) {
      const compareDeps: PushDeps = { ...shop.deps, ...deps };
      return run('compare-inventory', (flowRun) => compareInventory(compareDeps, flowRun), {
        deps: compareDeps,
      });
    },
    item: (sku) =>
      db.prisma.inventoryItem.findUniqueOrThrow({
        where: { connectionId_skuKey: { connectionId, skuKey: sku.toLowerCase() } },
      }),
    inTikTok(sellerSku) {
      const [row] = control.stock(shop.shopId, sellerSku);
      if (!row) throw new Error(`the simulator has no ${sellerSku}`);
      return { available: row.available, price: row.price };
    },
    addProduct: (skus, more = {}) =>
      control.addProduct(shop.shopId, {
        title: 'A product of the tests that sells',
        skus: skus.map((sellerSku) => ({ sellerSku, price: '10.00', stock: 100 })),
        ...more,
      }),
    sent() {
      const { effects } = control.productEffects({ limit: 10_000 });
      const ours = effects.filter(({ via }) => via === 'api');
      const count = (type: string): number => ours.filter((effect) => effect.kind === type).length;
      return { stock: count('inventory_updated'), prices: count('price_updated') };
    },
    async setSettings(settings) {
      await db.prisma.connection.update({ where: { id: connectionId }, data: { settings } });
    },
  };
}

/** The rule of the tables: a change raises the version and is unsent from then on. */
export async function feedItems(
  db: Database,
  shop: { companyId: number; connection: { id: number } },
  items: FedItem[],
): Promise<void> {
  const rows = items.map(
    ({ sku, quantity = null, cost = null, warehouse = null, warehouses = null, ...more }) => ({
      key: sku.toLowerCase(),
      sku,
      merchant: more.merchantSku === undefined ? sku : more.merchantSku,
      quantity,
      cost,
      warehouse,
      warehouses,
      counted: more.countedAt ?? new Date(),
    }),
  );
  await db.prisma.$executeRaw`
    INSERT INTO inventory_items AS i (connection_id, company_id, sku_key, supplier_sku, merchant_sku, matched_by,
      quantity, cost, warehouse, warehouses, version, unsent_since, counted_at)
    SELECT ${shop.connection.id}, ${shop.companyId}, key, sku, merchant, CASE WHEN merchant IS NOT NULL THEN 'file' END,
      quantity, cost, warehouse, NULLIF(warehouses, 'null'::jsonb), nextval('inventory_version_seq'), now(), counted
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS g (key text, sku text, merchant text, quantity int,
      cost numeric, warehouse text, warehouses jsonb, counted timestamptz)
    ON CONFLICT (connection_id, sku_key) DO UPDATE SET merchant_sku = excluded.merchant_sku,
      matched_by = excluded.matched_by, quantity = excluded.quantity, cost = excluded.cost,
      warehouse = excluded.warehouse, warehouses = excluded.warehouses, version = excluded.version,
      unsent_since = COALESCE(i.unsent_since, now()), counted_at = excluded.counted_at, updated_at = now()
    WHERE (i.merchant_sku, i.quantity, i.cost, i.warehouse, i.warehouses) IS DISTINCT FROM
      (excluded.merchant_sku, excluded.quantity, excluded.cost, excluded.warehouse, excluded.warehouses)`;
}
