import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { inventoryOfProducts } from '../../src/compose/inventory-of-products.js';
import { productFlows } from '../../src/compose/product-flows.js';
import { recordEvents } from '../../src/documents/document-store.js';
import { inventoryChanged } from '../../src/inventory/items/inventory-changed.js';
import { piecesMoved } from '../../src/inventory/heal/pieces-moved.js';
import { compareInventory } from '../../src/inventory/heal/compare-inventory.js';
import { pushInventory } from '../../src/inventory/push/push-inventory.js';
import type { PushDeps } from '../../src/inventory/push/push-state.js';
import type { Clock } from '../../src/kernel/time.js';
import { createListingFacts } from '../../src/products/checks/read-facts.js';
import { ensureUploads } from '../../src/products/media/ensure-uploads.js';
import { createMediaFetcher } from '../../src/products/media/media-fetcher.js';
import { productEffects } from '../../src/products/push/push-product-effect.js';
import { pushProducts, type PushProductsDeps } from '../../src/products/push/push-products.js';
import { rereadRules } from '../../src/products/specification/reread-rules.js';
import type { Database } from '../../src/store/database.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import { effectRegistry } from '../../src/sync/effects/outbox.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import { requestRun } from '../../src/sync/flows/request-run.js';
import { runFlow, type FlowReport } from '../../src/sync/flows/run-flow.js';
import { upload } from '../inventory/files.js';
import { silentLog, startShop, type TestShop } from '../orders/shop.js';
import { png } from '../simulator/support/listing-calls.js';
import { testApi, type TestApi } from '../support/api.js';
import { csv, productCalls, type Item } from './product-files.js';

type Json = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- asserted on field by field

/** A shop whose products are sent: the seller at our API, TikTok with its reviewers and Seller Center, and time that passes. */
export interface ProductWorld extends TestShop {
  erp: TestApi;
  clock: Clock;
  /** Later by so many minutes, for everybody. */
  wait(minutes: number): void;
  /** Sends a feed and has it sent. @returns its number */
  feed(...rows: Row[]): Promise<number>;
  /** The same, and what the seller does not ask to be sent. */
  draft(...rows: Row[]): Promise<number>;
  send(feed: number): Promise<string>;
  itemOf(feed: number, productId: string): Promise<Item>;
  /** Runs a flow as its schedule does. */
  run(name: string): Promise<FlowReport>;
  /** Delivers what the outbox holds until nothing is left to do by itself; waits pass at once. */
  deliver(): Promise<void>;
  /** Delivers each entry that is due once. */
  deliverOnce(): Promise<void>;
  /** Delivers once in a process that is killed after so many transactions; another one may go on then. @returns whether it was */
  killed(transactions: number): Promise<boolean>;
  /** Everything that happens by itself, without time passing. */
  round(): Promise<void>;
  /** What TikTok has of a product by one of its seller SKUs, of the version that was edited last. */
  listing(sellerSku: string): Json;
  listings(sellerSku: string): Json[];
  /** SKU ids by seller SKU. */
  skuIds(sellerSku: string): Record<string, string>;
  /** Calls that reached TikTok with this in their path. */
  calls(method: string, part: string): Json[];
  /** Calls that change a product. */
  writes(): number;
  bodyOf(call: Json | undefined): Json;
  /** How we tell the product: GET Listings/{productId}. */
  told(productId: string): Promise<Json>;
  /** All that we tell, such as `?needs=you`. */
  toldAll(query?: string): Promise<Json>;
  inventory(...lines: string[]): Promise<void>;
  base: string;
  imageUrl(name: string): string;
}

/** A row of a feed; what it leaves out is filled in. */
export type Row = Record<string, string | number>;

export async function startProductWorld(
  t: Test,
  db: Database,
  {
    region = 'US',
    settings = {},
    imageHost = IMAGE_HOST,
  }: { region?: string; settings?: object; imageHost?: string } = {},
): Promise<ProductWorld> {
  const shop = await startShop(t, db, { region, settings: { autoMatch: true, ...settings } });
  const { control } = shop.simulator;
  const connectionId = shop.connection.id;
  let offsetMs = 0;
  const clock: Clock = { now: () => new Date(Date.now() + offsetMs) };
  const openShop = shop.opener(clock);
  const images = await startImages(t, imageHost);
  const fetcher = createMediaFetcher({
    anywhere: [imageHost],
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  });
  t.teardown(() => fetcher.close());
  const wakeFlow = async (): Promise<void> => undefined;
  const { partnerId } = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
  const common = { db, clock, log: silentLog, openShop };
  const facts = createListingFacts(common);
  const deps: PushProductsDeps = {
    ...common,
    facts,
    ownHosts: fetcher.ownHosts,
    ensureUploads: (connection, uploads) => ensureUploads({ db, openShop, fetcher }, connection, uploads),
    rereadRules: (connection, categoryId) => rereadRules(common, connection, categoryId),
    productsLive: async (tx, { id, companyId }) => {
      await requestRun(tx, { companyId, connectionId: id, name: 'push-inventory', now: clock.now() });
    },
  };
  deps.inventory = inventoryOfProducts({
    db,
    clock,
    log: silentLog,
    inventoryChanged: (id, options) => inventoryChanged({ db, clock, wakeFlow }, id, options),
  });
  const stock: PushDeps = {
    ...shop.deps,
    clock,
    openShop,
    findCancellations: findKnownCancellations,
    piecesMoved: (connection, moved) => piecesMoved({ db, clock, wakeFlow }, connection, moved),
  };
  const erp = await testApi(t, db, {
    clock,
    openShop,
    ownHosts: fetcher.ownHosts,
    listingFacts: { ...facts, category: (...given) => facts.category(...given) },
    seller: { companyId: shop.companyId, connectionId, partnerId },
    inventory: {
      db,
      clock,
      log: silentLog,
      inventoryChanged: (id, options) => inventoryChanged({ db, clock, wakeFlow }, id, options),
    },
  });
  const handlers = new Map<string, FlowHandler>([
    ['pull-catalogue', (run) => pullCatalogue({ ...common }, run)],
    ['push-products', (run) => pushProducts(deps, run)],
    ['push-inventory', (run) => pushInventory(stock, run)],
    ['compare-inventory', (run) => compareInventory(stock, run)],
  ]);
  let left = Infinity;
  const mortal: Database = {
    ...db,
    transaction: async (work, options) => {
      left -= 1;
      if (left < 0) throw new Error('killed');
      return db.transaction(work, options);
    },
  };
  const effects = effectRegistry(productEffects({ ...deps, db: mortal }));
  const flowOf = (name: string) => db.prisma.flow.findFirstOrThrow({ where: { connectionId, name } });
  const run = async (name: string): Promise<FlowReport> => {
    const { id } = await flowOf(name);
    await db.prisma.flow.update({ where: { id }, data: { nextAttemptAt: new Date(0) } });
    return runFlow({ flows: productFlows, db, clock, log: silentLog, recordEvents, handlers }, id);
  };
  const wait = (minutes: number): void => {
    offsetMs += minutes * 60_000;
    control.setClock({ advanceSeconds: minutes * 60 });
  };
  const openEntries = async () =>
    db.prisma.outboxEntry.findMany({
      where: { connectionId, state: { in: ['pending', 'sending', 'in_doubt'] } },
      orderBy: { id: 'asc' },
    });
  const deliverOnce = async (): Promise<void> => {
    for (const { id } of await openEntries())
      await deliverEntry({ db: mortal, clock, log: silentLog, effects, leaseMs: 5_000 }, id);
  };
  const deliver = async (): Promise<void> => {
    let before = '';
    for (let step = 0; step < 60; step++) {
      const open = await openEntries();
      if (open.length === 0) return;
      // Nothing has moved: what is left waits for a time.
      const now = JSON.stringify(
        open.map(({ id, state, attempts, readBacks }) => [String(id), state, attempts, readBacks]),
      );
      if (now === before) wait(1);
      before = now;
      await deliverOnce();
    }
    throw new Error('the outbox does not come to an end');
  };
  const leaf = await plainLeaf(shop);
  const rowOf = (row: Row): Row => ({
    Title: 'Stoneware mug with a glazed inside and a big handle',
    Description: '<p>A mug of stoneware, glazed inside, for dishwashers.</p>',
    Category: leaf.categoryId,
    'Image 1': images.url('main'),
    Cost: '12.50',
    Quantity: 7,
    Weight: '0.5',
    'Weight Unit': 'kg',
    Length: 12,
    Width: 10,
    Height: 10,
    'Dimension Unit': 'cm',
    ...leaf.columns,
    ...row,
  });
  const calls = productCalls(erp);
  const draft = async (...rows: Row[]): Promise<number> => {
    const full = rows.map((row) => ('only' in row ? withoutOnly(row) : rowOf(row)));
    const headers = [...new Set(full.flatMap((row) => Object.keys(row)))];
    const answer = await calls.sendFeed(
      csv([headers, ...full.map((row) => headers.map((name) => row[name] ?? ''))]),
    );
    if (answer.status !== 200 && answer.status !== 201 && answer.status !== 202)
      throw new Error(JSON.stringify(answer.json));
    return answer.feed;
  };
  const send = async (feed: number): Promise<string> =>
    (await erp.call('PUT', `${calls.base}/${feed}`)).json().Body as string;
  const listings = (sellerSku: string): Json[] =>
    control
      .products(shop.shopId)
      .filter(({ skus, status }) => status !== 'DELETED' && skus.some((sku) => sku.sellerSku === sellerSku));
  const listing = (sellerSku: string): Json => {
    const [only, ...others] = listings(sellerSku);
    if (!only || others.length > 0)
      throw new Error(`TikTok has ${others.length + (only ? 1 : 0)} of ${sellerSku}`);
    return only;
  };
  const base = `/api/v3/Product/${partnerId}`;
  await run('pull-catalogue');
  return {
    ...shop,
    erp,
    clock,
    wait,
    draft,
    send,
    feed: async (...rows) => {
      const feed = await draft(...rows);
      const said = await send(feed);
      if (!said.includes('stay drafts')) return feed;
      const items = await calls.itemsOf(feed, '?isCompliant=false');
      throw new Error(`${said} ${JSON.stringify(items.map(({ Findings }) => Findings))}`);
    },
    itemOf: calls.itemOf,
    run,
    deliver,
    deliverOnce,
    killed: async (transactions) => {
      left = transactions;
      try {
        await deliverOnce();
        return false;
      } catch {
        return true;
      } finally {
        left = Infinity;
        // Its leases end, as they do by themselves after a while.
        await db.prisma.$executeRaw`
          UPDATE outbox SET lease_until = clock_timestamp() - interval '1 second' WHERE connection_id = ${connectionId}`;
      }
    },
    round: async () => {
      for (let step = 0; step < 12; step++) {
        const { counts } = await run('push-products');
        await deliver();
        if (!counts['queued'] && !counts['reviewed'] && step > 0) return;
      }
      throw new Error('the products do not come to rest');
    },
    listing,
    listings,
    skuIds: (sellerSku) =>
      Object.fromEntries(listing(sellerSku)['skus'].map((sku: Json) => [sku['sellerSku'], sku['id']])),
    calls: (method, part) =>
      (control.requests({}) as unknown as Json[]).filter(
        (request) => request['method'] === method && String(request['path']).includes(part),
      ),
    writes: () =>
      (control.requests({}) as unknown as Json[]).filter(
        ({ method, path }) =>
          ['POST', 'PUT', 'DELETE'].includes(method as string) &&
          /^\/product\/\d+\/products(\/\d+(\/partial_edit)?|\/(activate|deactivate|recover))?$/.test(
            String(path),
          ),
      ).length,
    bodyOf: (call) => {
      const body = call?.['body'] as Json | string | undefined;
      return typeof body === 'string' ? (JSON.parse(body) as Json) : (body ?? {});
    },
    told: async (productId) =>
      (await erp.call('GET', `${base}/Listings/${encodeURIComponent(productId)}`)).json().Body as Json,
    toldAll: async (query = '') => (await erp.call('GET', `${base}/Listings${query}`)).json<Json>(),
    inventory: async (...lines) => {
      await upload(erp, lines.join('\n'));
    },
    base,
    imageUrl: (name) => images.url(name),
  };
}

function withoutOnly({ only: _only, ...row }: Row): Row {
  return row;
}

/** Stands for a public server; its door is told where it is. */
const IMAGE_HOST = 'images.example.com';

/** A server of pictures. */
async function startImages(t: Test, host: string): Promise<{ url(name: string): string }> {
  const server = createServer((request, response) => {
    const side = 600 + (request.url ?? '').length;
    response.writeHead(200, { 'content-type': 'image/png' }).end(png(side));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: (name) => `http://${host}:${port}/${name}.png` };
}

/** A leaf that asks for little, and what its products have to say of its attributes. */
async function plainLeaf({ api, connection }: TestShop): Promise<{ categoryId: string; columns: Row }> {
  const version = connection.shopRegion === 'US' ? 'v2' : 'v1';
  for (const category of await api.listCategories(version)) {
    if (!category.isLeaf || String(category.permissions) !== 'AVAILABLE') continue;
    const demands = await api.readDemands(category.id, version);
    const attributes = await api.readAttributes(category.id, version);
    const asked = attributes.filter(({ isRequired }) => isRequired);
    if (demands.certificates.some(({ isRequired }) => isRequired) || demands.sizeChart === 'required')
      continue;
    if (demands.needsManufacturer || asked.length > 4) continue;
    const columns = asked.map(({ name, values }): [string, string] => [
      `Attribute:${name}`,
      (values.find((value) => value.name === 'No') ?? values[0])?.name ?? 'None',
    ]);
    return { categoryId: category.id, columns: Object.fromEntries(columns) };
  }
  throw new Error('there is no plain leaf');
}
