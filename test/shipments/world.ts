import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { createCompany } from '../../src/companies/company-store.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import type { ActiveConnection } from '../../src/connections/connection.js';
import { createConnection } from '../../src/connections/manage-connection.js';
import { exchangeCode, keepConsent } from '../../src/connections/seller-consent.js';
import { getShops, saveShop } from '../../src/connections/shops.js';
import { findDocument } from '../../src/documents/document-store.js';
import type { StoredDocument } from '../../src/documents/document.js';
import { AppError } from '../../src/kernel/errors.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { ingestOrders } from '../../src/orders/ingest-orders.js';
import { createShipment, type CreatedShipment } from '../../src/shipments/create-shipment.js';
import { followNumbers } from '../../src/shipments/follow-numbers.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import type { SimulatorControl } from '../../src/simulator/server.js';
import type { Database } from '../../src/store/database.js';
import { deliverEntry, type DeliverDeps } from '../../src/sync/effects/deliver-entry.js';
import { somebody } from '../support/actors.js';
import { testWorld, type MovableClock } from '../support/test-world.js';
import { silent, wireUp } from './wiring.js';

const ANSWER_TIMEOUT_MS = 700;
export type { MovableClock };

/** TikTok (the simulator), a database, and one company per shop, wired as the product wires them. */
export interface World {
  control: SimulatorControl;
  /** What another process needs to work on the same. */
  databaseUrl: string;
  simulatorUrl: string;
  sealingKey: Buffer;
  db: Database;
  clock: MovableClock;
  deps: ShipmentDeps;
  deliver: DeliverDeps;
  /** A connected shop in that region, of a company of its own. */
  connect(region: string): Promise<ShopWorld>;
  /** Delivers what the outbox holds until nothing is left to do by itself; waits pass at once. */
  settle(): Promise<void>;
}

export interface ShopWorld {
  companyId: number;
  connection: ActiveConnection;
  shopId: string;
  /** An order that the ERP has: placed in TikTok, pulled, exported. */
  order(lines: OrderedLine[], options?: OrderOptions): Promise<TestOrder>;
  /** Takes in the order as TikTok shows it now. */
  pull(tiktokOrderId: string): Promise<void>;
  ship(order: TestOrder, document: JsonObject): Promise<CreatedShipment>;
  /** Creates and delivers; answers the shipment as it is then. */
  shipped(order: TestOrder, document: JsonObject): Promise<ShipmentView>;
  shipment(key: number): Promise<ShipmentView>;
  orderDocument(order: TestOrder): Promise<StoredDocument>;
  /** What TikTok has done for an order: `tracking: units`, in order. */
  effects(order: TestOrder): string[];
}

export interface OrderedLine {
  sku: string;
  quantity: number;
  price?: string;
  sellerDiscount?: string;
  isGift?: boolean;
  giftRetailPrice?: string;
  /** Of a virtual bundle. */
  parts?: { sellerSku: string; count: number }[];
}

export interface OrderOptions {
  paidMinutesAgo?: number;
  shippingType?: 'TIKTOK' | 'SELLER';
  /** The same for orders of one buyer. */
  buyerUserId?: string;
  address?: { fullAddress: string };
}

export interface TestOrder {
  key: number;
  tiktokOrderId: string;
  unitIds: string[];
}

export interface ShipmentView {
  key: number;
  status: number;
  error: string | null;
  document: JsonObject;
  /** Names of the events of its history, oldest first. */
  events: string[];
}

export async function startWorld(
  t: Test,
  { answerTimeoutMs = ANSWER_TIMEOUT_MS }: { answerTimeoutMs?: number } = {},
): Promise<World> {
  const ground = await testWorld(t, { answerTimeoutMs });
  const { clock, databaseUrl, db, door, sealingKey } = ground;
  const { control, url } = ground.simulator;
  const { connections, deps, effects } = wireUp({ db, clock, door, simulatorUrl: url, key: sealingKey });
  const deliver: DeliverDeps = {
    db,
    clock,
    log: silent,
    effects,
    leaseMs: 5_000,
  };
  const world: World = {
    control,
    databaseUrl,
    simulatorUrl: url,
    sealingKey,
    db,
    clock,
    deps,
    deliver,
    connect: (region) =>
      connectShop({ connections, control, deps, url, settle: () => world.settle() }, region),
    settle: () => settleOutbox(deliver, clock),
  };
  return world;
}

interface Wiring {
  connections: ConnectionsDeps;
  control: SimulatorControl;
  deps: ShipmentDeps;
  url: string;
  settle(): Promise<void>;
}

let sellers = 0;

async function connectShop(wiring: Wiring, region: string): Promise<ShopWorld> {
  const { connections, control, deps } = wiring;
  const { db } = deps;
  const name = `Seller ${++sellers}`;
  const email = `seller${sellers}@example.com`;
  const { openId } = control.addSeller({ name, email, password: 'secret', baseRegion: region });
  const shop = control.addShop({ name: `${name} shop`, region, sellerType: 'LOCAL', openId });
  const company = await createCompany(db.prisma, { name });
  const draft = await createConnection(connections, {
    by: somebody,
    companyId: company.id,
    name,
    baseUrl: wiring.url,
    isUs: region === 'US',
  });
  const connectionId = draft.id;
  const grant = await exchangeCode(connections, 'simulator', control.authorize({ openId }).code);
  await keepConsent(connections, { by: somebody, connectionId, environment: 'simulator', grant });
  const [offer] = await getShops(connections, { connectionId });
  const connection = (await saveShop(connections, {
    by: somebody,
    connectionId,
    cipher: offer?.cipher ?? '',
  })) as ActiveConnection;
  return shopWorld(wiring, connection, shop.id);
}

function shopWorld(wiring: Wiring, connection: ActiveConnection, shopId: string): ShopWorld {
  const { control, deps } = wiring;
  const { db } = deps;
  const { companyId } = connection;
  const pull = async (tiktokOrderId: string): Promise<void> => {
    const { api } = await deps.openShop(connection.id, 'urgent');
    const { orders } = await api.getOrders([tiktokOrderId]);
    const own = { db, clock: deps.clock, log: silent, numbersChanged: followNumbers };
    await ingestOrders(own, connection, orders, {
      by: somebody,
      readAt: deps.clock.now(),
    });
  };
  const shop: ShopWorld = {
    companyId,
    connection,
    shopId,
    pull,
    async order(lines, { paidMinutesAgo = 120, shippingType = 'SELLER', ...more } = {}) {
      const { id, line_items } = control.addOrder(shopId, {
        lines: lines.map(({ sku, ...line }) => ({ sellerSku: sku, ...line })),
        paidMinutesAgo,
        shippingType,
        ...more,
      });
      await pull(id);
      const row = await db.prisma.order.findFirst({ where: { tiktokOrderId: id } });
      const unitIds = (line_items as { id: string }[]).map((item) => item.id);
      return { key: row?.documentKey ?? 0, tiktokOrderId: id, unitIds };
    },
    ship: (order, document) =>
      createShipment(deps, { by: somebody, companyId, orderKey: order.key, document: asReceived(document) }),
    async shipped(order, document) {
      const { key } = await shop.ship(order, document);
      await wiring.settle();
      return shop.shipment(key);
    },
    shipment: (key) => viewShipment(db, companyId, key),
    async orderDocument({ key }) {
      const found = await findDocument(db, { companyId, type: 'order', key });
      if (!found) throw new Error(`order ${key} has no document`);
      return found;
    },
    effects: (order) =>
      control
        .effects({ order: order.tiktokOrderId, kind: 'shipped' })
        .map(({ trackingNumber, unitIds }) => `${trackingNumber}: ${unitIds.toSorted().join(',')}`),
  };
  return shop;
}

/** As it comes over HTTP: through text, numbers with their digits. */
function asReceived(document: JsonObject): JsonObject {
  return parseJson(JSON.stringify(document)) as JsonObject;
}

async function viewShipment(db: Database, companyId: number, key: number): Promise<ShipmentView> {
  const found = await findDocument(db, { companyId, type: 'shipment', key });
  if (!found) throw new Error(`there is no shipment ${key}`);
  const events = await db.prisma.event.findMany({ where: { documentKey: key }, orderBy: { id: 'asc' } });
  const document = JSON.parse(found.body) as JsonObject;
  const { statusCode: status, errorMessage: error } = found;
  return { key, status, error, document, events: events.map((event) => `${event.level} ${event.summary}`) };
}

const SETTLE_LIMIT_MS = 60_000;
/** Budgets live on the database's clock, which nobody moves: a throttled call is tried again in real time. */
const POLL_MS = 50;

async function settleOutbox(deps: DeliverDeps, clock: MovableClock): Promise<void> {
  const deadline = Date.now() + SETTLE_LIMIT_MS;
  while (Date.now() < deadline) {
    const open = await openEntries(deps.db);
    if (open.length === 0) return;
    const reports = [];
    for (const { id } of open) reports.push(await deliverEntry(deps, id));
    if (reports.some(({ state }) => state !== 'not-due')) continue;
    const now = clock.now().getTime();
    const waits = open.map(({ nextAttemptAt }) => nextAttemptAt.getTime() - now).filter((wait) => wait > 0);
    if (waits.length > 0) clock.advance(Math.min(...waits) + 1_000);
    await sleep(POLL_MS);
  }
  const left = await openEntries(deps.db);
  const described = left.map(
    (entry) => `${entry.effect} ${entry.state} ${entry.attempts} ${entry.lastError}`,
  );
  throw new Error(`The outbox does not come to rest: ${described.join('; ')}`);
}

/** An entry may have to wait for an older one of its order, so all are tried, oldest first. */
function openEntries(db: Database) {
  const state = { in: ['pending', 'sending', 'in_doubt'] };
  return db.prisma.outboxEntry.findMany({ where: { state }, orderBy: { id: 'asc' } });
}

export async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

/** A v3 Shipment with one carton per line. */
export function shipmentOf(
  shipmentNumber: string,
  lines: { sku: string; quantity: number; tracking: string; carrier?: object; more?: object }[],
  more: object = {},
): JsonObject {
  return {
    ShipmentNumber: shipmentNumber,
    ShipmentLines: lines.map(
      ({ sku, quantity, tracking, carrier = { CarrierCode: 'UPS' }, more: extra = {} }) => ({
        ItemIdentifier: { SupplierSKU: sku },
        Quantity: quantity,
        ShipmentInfos: [{ TrackingNumber: tracking, Qty: quantity, ...carrier }],
        ...extra,
      }),
    ),
    ...more,
  };
}
