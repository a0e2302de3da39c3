import type { OrderView } from '../../../src/simulator/control/views.js';
import type { Effect } from '../../../src/simulator/state/model.js';
import { harborGoods, tokoPelangi } from '../../support/connect-shop.js';
import type { Erp, ErpDocument } from '../../support/erp.js';
import type { ServiceWorld } from '../../support/service-world.js';
import type { Market } from './market.js';
import type { Deal, Parcel, Seller } from './seller.js';

const COMPLETE = 1000;
const FAILED = 1200;

interface Facts {
  world: ServiceWorld;
  market: Market;
  seller: Seller;
}

/** What still has to happen before both sides can be compared; empty: nothing. */
export async function unfinished({ world, market, seller }: Facts, erp: Erp): Promise<string[]> {
  const left: string[] = [];
  for (const order of dueOrders(world)) {
    const deal = seller.deals.get(order.id);
    if (!deal) left.push(`order ${order.id} (${order.status}) has not come`);
    else if (!deal.shipmentKey && !deal.refusal) left.push(`order ${order.id} was not shipped`);
    else if (deal.refusal && !market.disturbed.has(order.id)) left.push(`order ${order.id}: ${deal.refusal}`);
  }
  for (const shipment of await erp.list('Shipments'))
    if (shipment.StatusCode < COMPLETE)
      left.push(`shipment ${shipment.Identifier.LogicbrokerKey} is ${shipment.StatusCode}`);
  const { rows } = await world.db.pool.query<{ state: string; count: string }>(
    "SELECT state, count(*) FROM outbox WHERE state NOT IN ('done', 'refused') GROUP BY state",
  );
  return [...left, ...rows.map(({ state, count }) => `outbox: ${count} ${state}`)];
}

/** Every way in which the two sides disagree. */
export async function disagreements(facts: Facts, erp: Erp): Promise<string[]> {
  const { world, seller } = facts;
  const [orders, shipments] = [await erp.list('Orders'), await erp.list('Shipments')];
  return [
    ...seller.complaints,
    ...ordersAgainstTikTok(facts, orders),
    ...[...seller.deals.values()].flatMap((deal) => dealAgainstTikTok(facts, deal, shipments)),
    ...strangeEffects(facts),
    ...(await statusesAgainstTikTok(world)),
  ];
}

function ordersAgainstTikTok({ world }: Facts, documents: ErpDocument[]): string[] {
  const found: string[] = [];
  const numbers = documents.map(({ PartnerPO }) => PartnerPO);
  for (const id of new Set(numbers.filter((id, index) => numbers.indexOf(id) !== index)))
    found.push(`order ${id} has several documents`);
  for (const { id } of dueOrders(world)) if (!numbers.includes(id)) found.push(`order ${id} has no document`);
  for (const id of numbers) {
    const order = world.simulator.control.order(id);
    if (!isOurs(order)) found.push(`order ${id} is none of the seller's`);
  }
  return found;
}

/** A shipment that is complete is one effect per parcel with exactly its pieces; one that failed is none. */
function dealAgainstTikTok({ world, market }: Facts, deal: Deal, shipments: ErpDocument[]): string[] {
  const id = deal.order.PartnerPO;
  const mine = shipments.filter(({ PartnerPO }) => PartnerPO === id);
  if (mine.length > 1) return [`order ${id} has ${mine.length} shipments`];
  const status = mine[0]?.StatusCode;
  if (status !== COMPLETE && !market.disturbed.has(id))
    return [`shipment of order ${id} is ${status ?? 'missing'}: ${deal.refusal ?? ''}`];
  const effects = effectsOf(world, id);
  const skus = skusOf(world.simulator.control.order(id));
  const found: string[] = [];
  for (const parcel of deal.parcels) {
    const same = effects.filter(({ trackingNumber }) => trackingNumber === parcel.tracking);
    const wanted = status === COMPLETE ? 1 : 0;
    if (same.length !== wanted && (status === COMPLETE || status === FAILED))
      found.push(`parcel ${parcel.tracking} had ${same.length} effects, the shipment is ${status}`);
    for (const effect of same)
      if (!holds(effect, parcel, skus)) found.push(`parcel ${parcel.tracking} holds other pieces`);
  }
  const units = effects.flatMap(({ unitIds }) => unitIds);
  if (new Set(units).size !== units.length) found.push(`a piece of order ${id} was shipped twice`);
  return found;
}

function holds({ unitIds }: Effect, { pieces }: Parcel, skus: Map<string, string>): boolean {
  const counts: Record<string, number> = {};
  for (const unitId of unitIds) {
    const sku = skus.get(unitId) ?? 'unknown';
    counts[sku] = (counts[sku] ?? 0) + 1;
  }
  const names = new Set([...Object.keys(counts), ...Object.keys(pieces)]);
  return [...names].every((name) => counts[name] === pieces[name]);
}

/** Effects that nobody asked for. */
function strangeEffects({ world, seller }: Facts): string[] {
  const asked = new Set(
    [...seller.deals.values()].flatMap(({ parcels }) => parcels.map(({ tracking }) => tracking)),
  );
  return world.simulator.control
    .effects()
    .filter(
      ({ via, trackingNumber, kind }) =>
        via === 'api' && trackingNumber && !asked.has(trackingNumber) && kind,
    )
    .map(({ kind, orderId, trackingNumber }) => `${kind} of order ${orderId} with ${trackingNumber}`);
}

/** What we hold of every exported order is TikTok's last word. */
async function statusesAgainstTikTok({ db, simulator }: ServiceWorld): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string; status: string }>(
    "SELECT tiktok_order_id AS id, tiktok_status AS status FROM orders WHERE state = 'exported'",
  );
  return rows
    .filter(({ id, status }) => simulator.control.order(id).status !== status)
    .map(
      ({ id, status }) =>
        `order ${id} is held as ${status}, TikTok has ${simulator.control.order(id).status}`,
    );
}

/** What TikTok shows as the seller's to ship, or as shipped through us. */
function dueOrders({ simulator }: ServiceWorld): OrderView[] {
  const { control } = simulator;
  const shippedByUs = new Set(
    control
      .effects()
      .filter(({ via }) => via === 'api')
      .map(({ orderId }) => orderId),
  );
  return [harborGoods, tokoPelangi]
    .flatMap(({ shopId }) => control.orders({ shop: shopId, limit: 100_000 }))
    .filter((order) => isOurs(order) && (order.status === 'AWAITING_SHIPMENT' || shippedByUs.has(order.id)));
}

function isOurs(order: OrderView): boolean {
  return order['fulfillment_type'] === 'FULFILLMENT_BY_SELLER' && order['shipping_type'] === 'SELLER';
}

function effectsOf({ simulator }: ServiceWorld, order: string): Effect[] {
  return simulator.control
    .effects({ order })
    .filter(({ via, trackingNumber }) => via === 'api' && trackingNumber !== '');
}

/** Unit id to seller SKU. */
function skusOf(order: OrderView): Map<string, string> {
  const items = order['line_items'] as { id: string; seller_sku: string }[];
  return new Map(items.map(({ id, seller_sku: sku }) => [id, sku]));
}
