import { randomBytes } from 'node:crypto';
import fastify from 'fastify';
import type { Test } from 'tap';
import { deliverToShopify } from '../../src/channels/shopify/deliver-shopify-orders.js';
import { isShopifyOrigin } from '../../src/channels/shopify/shopify-client.js';
import { readShopify } from '../../src/channels/shopify/read-shopify.js';
import { shopifyHookPlugin } from '../../src/channels/shopify/shopify-hook-routes.js';
import { createTakeShopifyHook } from '../../src/channels/shopify/take-shopify-webhook.js';
import { shopifyEffects } from '../../src/channels/shopify/shopify-order-effects.js';
import {
  deliverShopifyFlow,
  readShopifyFlow,
  shopifyFlows,
  shopifyOf,
} from '../../src/channels/shopify/shopify-subject.js';
import { recordEvents } from '../../src/documents/document-store.js';
import type { ShopifyDouble } from '../../src/doubles/shopify/double-of-shopify.js';
import { startShopifyDouble } from '../../src/doubles/shopify/shopify-double.js';
import { addVariant, type Order } from '../../src/doubles/shopify/shopify-state.js';
import { createHttpDoor } from '../../src/outbound/http-door.js';
import { createSealer } from '../../src/store/secrets.js';
import { effectRegistry } from '../../src/sync/effects/outbox.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import type { ShopWorld, TestOrder, World } from '../shipments/world.js';
import { fileWorld } from '../deliveries/file-world.js';
import { testApi } from '../support/api.js';
import { silentLog } from '../support/logs.js';

interface Answer {
  status: number;
  body: { Body: { [name: string]: unknown; Waiting: { Reason: string }[] } };
}

/** A seller whose TikTok orders go to a Shopify store, which is a double on this machine. */
export interface ShopifySeller {
  shop: ShopWorld;
  shopify: ShopifyDouble;
  storeId: number;
  call(method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object): Promise<Answer>;
  /** The path of the store's settings. */
  path: string;
  run(name?: string): Promise<FlowReport>;
  /** Runs the delivery and what it has asked for, until nothing is left. */
  deliver(): Promise<void>;
  /** The same for what the store shows; webhooks have arrived. */
  read(): Promise<void>;
  /** Flows that webhooks have woken. */
  woken: bigint[];
  /** Where webhooks arrive. */
  publicUrl: string;
  inShopify(order: TestOrder): Order[];
  row(order: TestOrder): Promise<{ state: string; reason: string | null; shopifyName: string | null } | null>;
  events(): Promise<string[]>;
  statusOf(order: TestOrder): Promise<number>;
}

export const TOKEN = 'shpat_0123456789abcdef';
export const SECRET = 'the-client-secret-of-the-app';

let stores = 0;

/** @param connect false: the store is there, and nobody has saved it */
export async function shopifySeller(
  t: Test,
  world: World,
  {
    region = 'US',
    connect = true,
    skus = ['SHIRT', 'MUG'],
    double = {},
  }: {
    region?: string;
    connect?: boolean;
    skus?: string[];
    double?: Parameters<typeof startShopifyDouble>[0];
  } = {},
): Promise<ShopifySeller> {
  const { db, clock } = world;
  const shop = await world.connect(region);
  const domain = `seller-${++stores}.myshopify.com`;
  const shopify = await startShopifyDouble({
    domain,
    token: TOKEN,
    secret: SECRET,
    clock: () => clock.now(),
    ...double,
  });
  t.teardown(() => shopify.close());
  for (const sku of skus) addVariant(shopify.state, { sku, available: 100 });
  const sealer = createSealer([{ id: 'test', bytes: randomBytes(32) }]);
  const door = createHttpDoor({
    clock,
    answerTimeoutMs: 3_000,
    leadsTo: (origin) => isShopifyOrigin(origin, shopify.url),
  });
  t.teardown(() => door.close());
  const deps = { db, clock, log: silentLog, sealer, shopify: { door, originOf: () => shopify.url } };
  world.deliver.effects = effectRegistry([
    ...[...world.deliver.effects.values()].filter(({ target }) => target?.kind !== 'shopify'),
    ...shopifyEffects(deps),
  ]);
  const { app } = await testApi(t, db, { clock, domain: world.deps, shopify: deps });
  const path = `Settings/Partners/${shop.connection.partnerId}/Shopify`;
  const files = await fileWorld(t, world, shop);
  const woken: bigint[] = [];
  const hooks = fastify();
  const wakeFlow = async ({ id }: { id: bigint }) => void woken.push(id);
  await hooks.register(shopifyHookPlugin(createTakeShopifyHook({ ...deps, wakeFlow })));
  const publicUrl = await hooks.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => hooks.close());
  const reading = { ...files.files, ...deps, publicUrl };
  const handlers = new Map<string, FlowHandler>([
    [deliverShopifyFlow.name, (run) => deliverToShopify(deps, run)],
    [readShopifyFlow.name, (run) => readShopify(reading, run)],
  ]);
  const runDeps = { db, clock, log: silentLog, flows: shopifyFlows, recordEvents, handlers };
  const runAndSettle = async (name: string): Promise<void> => {
    await shopify.hooks.settled();
    const { outcome, ...report } = await own.run(name);
    if (outcome !== 'done' && outcome !== 'nothing-to-do')
      throw new Error(`${outcome}: ${JSON.stringify(report)}`);
    await world.settle();
  };
  const own: ShopifySeller = {
    shop,
    shopify,
    storeId: 0,
    path,
    async call(method, url, body) {
      const answer = await app.inject({
        method,
        url: `/api/v3/${url}`,
        headers: { subscriptionkey: files.key, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { payload: body }),
      });
      return { status: answer.statusCode, body: answer.json() };
    },
    async run(name = deliverShopifyFlow.name) {
      const { companyId } = shop;
      const subject = shopifyOf(own.storeId);
      const choice = { companyId, now: clock.now(), subject, name, flows: shopifyFlows };
      const { flowId } = await requestRun(db.prisma, choice);
      return runFlow(runDeps, flowId);
    },
    deliver: () => runAndSettle(deliverShopifyFlow.name),
    read: () => runAndSettle(readShopifyFlow.name),
    woken,
    publicUrl,
    inShopify: ({ tiktokOrderId }) =>
      shopify.state.orders.filter(({ sourceIdentifier }) => sourceIdentifier === tiktokOrderId),
    row: ({ key: documentKey }) => db.prisma.shopifyOrder.findFirst({ where: { documentKey } }),
    async events() {
      const { companyId } = shop;
      const events = await db.prisma.event.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
      return events.map(({ level, summary, details }) => `${level} ${summary} ${details ?? ''}`);
    },
    statusOf: async (order) => (await shop.orderDocument(order)).statusCode,
  };
  if (!connect) return own;
  const saved = await own.call('PUT', path, { Domain: domain, AccessToken: TOKEN, ClientSecret: SECRET });
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  const store = await db.prisma.shopifyStore.findFirstOrThrow({ where: { domain } });
  own.storeId = store.id;
  return own;
}
