import { somebody } from '../support/actors.js';
import type { Test } from 'tap';
import { createAcknowledgement } from '../../src/acknowledgements/create-acknowledgement.js';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { noteBuyerRequests } from '../../src/cancellations/note-buyer-requests.js';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { acknowledgementDeps } from '../../src/compose/kinds.js';
import { parseJson } from '../../src/formats/json.js';
import type { JsonObject } from '../../src/logicbroker/json-reading.js';
import { pullOrders } from '../../src/orders/pull-orders.js';
import { createShipment } from '../../src/shipments/create-shipment.js';
import { deliverEntry } from '../../src/sync/effects/deliver-entry.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import type { FlowReport } from '../../src/sync/flows/run-flow.js';
import { runFlowNow } from '../support/test-world.js';
import { startWorld, type ShopWorld, type World } from '../shipments/world.js';

export const SKUS = ['TEE-RED-L', 'MUG-BLUE'] as const;

export interface CrossingWorld extends World {
  /** Runs a flow of the shop's connection as "run now" does. */
  run(shop: ShopWorld, name: string): Promise<FlowReport>;
  /** One step of every outbox entry that is due. */
  deliverOnce(): Promise<void>;
}

/** An order in TikTok, and in our books once a pull has seen it. */
export interface CrossingOrder {
  tiktokOrderId: string;
  /** By SKU, in the order of `SKUS`. */
  units: Record<string, string[]>;
}

/** The product's flows and effects around one simulator, on a clock that moves for both. */
export async function startCrossing(t: Test): Promise<CrossingWorld> {
  const world = await startWorld(t);
  const { db, clock, deps } = world;
  const orders = {
    ...deps,
    findCancellations: findKnownCancellations,
    noteBuyerRequests: noteBuyerRequests(deps),
  };
  const handlers = new Map<string, FlowHandler>([
    ['pull-orders', (run) => pullOrders(orders, run)],
    ['pull-cancellations', (run) => pullCancellations(deps, run)],
  ]);
  return {
    ...world,
    run: ({ companyId, connection }, name) =>
      runFlowNow({ db, clock }, { companyId, connectionId: connection.id, name }, handlers),
    async deliverOnce() {
      const state = { in: ['pending', 'sending', 'in_doubt'] };
      const open = await db.prisma.outboxEntry.findMany({ where: { state }, orderBy: { id: 'asc' } });
      for (const { id } of open) await deliverEntry(world.deliver, id);
    },
  };
}

export function placeOrder(
  world: World,
  shop: ShopWorld,
  { quantities, paidMinutesAgo }: { quantities: readonly number[]; paidMinutesAgo: number },
): CrossingOrder {
  const lines = SKUS.flatMap((sellerSku, index) => {
    const quantity = quantities[index] ?? 0;
    return quantity > 0 ? [{ sellerSku, quantity }] : [];
  });
  const order = world.control.addOrder(shop.shopId, { lines, paidMinutesAgo });
  const items = order.line_items as { id: string; seller_sku: string }[];
  const units: CrossingOrder['units'] = {};
  for (const { id, seller_sku: sku } of items) units[sku] = [...(units[sku] ?? []), id];
  return { tiktokOrderId: order.id, units };
}

/** The seller's ERP accepts or cancels what it believes is left of the order. */
export async function acknowledge(
  world: World,
  shop: ShopWorld,
  order: CrossingOrder,
  { number, cancel }: { number: string; cancel: boolean },
): Promise<number> {
  const left = await leftOfLines(world, shop, order);
  const { key } = await createAcknowledgement(acknowledgementDeps(world.deps), {
    by: somebody,
    companyId: shop.companyId,
    document: asReceived({
      AcknowledgementNumber: number,
      PartnerPO: order.tiktokOrderId,
      ...(cancel ? { ChangeReason: 'Out of stock' } : {}),
      AckLines: left.map(({ sku, count }) => ({
        ItemIdentifier: { SupplierSKU: sku },
        [cancel ? 'QuantityCancelled' : 'Quantity']: count,
      })),
    }),
  });
  return key;
}

/** The seller's ERP ships pieces of these SKUs, all that are left of each or `most`. */
export async function ship(
  world: World,
  shop: ShopWorld,
  order: CrossingOrder,
  { number, skus, most = Infinity }: { number: string; skus: readonly string[]; most?: number },
): Promise<number> {
  const left = (await leftOfLines(world, shop, order)).filter(({ sku }) => skus.includes(sku));
  const { key } = await createShipment(world.deps, {
    by: somebody,
    companyId: shop.companyId,
    orderKey: await orderKeyOf(world, shop, order),
    document: asReceived({
      ShipmentNumber: number,
      ShipmentLines: left.map(({ sku, count }) => ({
        ItemIdentifier: { SupplierSKU: sku },
        Quantity: Math.min(count, most),
        ShipmentInfos: [
          { TrackingNumber: `TRACK${number}`, CarrierCode: carrierIn(shop), Qty: Math.min(count, most) },
        ],
      })),
    }),
  });
  return key;
}

export async function orderRow({ db }: World, shop: ShopWorld, { tiktokOrderId }: CrossingOrder) {
  return db.prisma.order.findFirst({
    where: { companyId: shop.companyId, tiktokOrderId },
    include: { units: true, document: true },
  });
}

export async function documentsOf(
  { db }: World,
  shop: ShopWorld,
  type: 'acknowledgement' | 'shipment',
  { tiktokOrderId }: CrossingOrder,
) {
  return db.prisma.document.findMany({
    where: { companyId: shop.companyId, type, partnerPo: tiktokOrderId },
    include: { acknowledgement: true },
    orderBy: { key: 'asc' },
  });
}

async function orderKeyOf(world: World, shop: ShopWorld, order: CrossingOrder): Promise<number> {
  return (await orderRow(world, shop, order))?.documentKey ?? 0;
}

/** By what the ERP can read: pieces of a line that are neither shipped nor cancelled. */
async function leftOfLines(world: World, shop: ShopWorld, order: CrossingOrder) {
  const row = await orderRow(world, shop, order);
  const open = (row?.units ?? []).filter((unit) => !unit.cancelled && !unit.shippedAt && unit.lineNumber);
  return Object.entries(order.units).flatMap(([sku, unitIds]) => {
    const count = open.filter(({ unitId }) => unitIds.includes(unitId)).length;
    return count > 0 ? [{ sku, count }] : [];
  });
}

/** As it comes over HTTP: through text, numbers with their digits. */
function asReceived(document: object): JsonObject {
  return parseJson(JSON.stringify(document)) as JsonObject;
}

function carrierIn({ connection }: ShopWorld): string {
  return connection.shopRegion === 'US' ? 'UPS' : 'JNE';
}
