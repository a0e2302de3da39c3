import type { OrderView } from '../../../src/simulator/control/views.js';
import type { Effect } from '../../../src/simulator/state/model.js';
import { harborGoods, tokoPelangi } from '../../support/connect-shop.js';
import type { Erp, ErpDocument } from '../../support/erp.js';
import type { ServiceWorld } from '../../support/service-world.js';
import { aftersalesDisagreements, unfinishedAftersales } from './aftersales-verdict.js';
import type { Market } from './market.js';
import type { Deal, Parcel, Seller } from './seller.js';

const COMPLETE = 1000;

export interface Facts {
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
    else if (!deal.key && !deal.refusal) left.push(`order ${order.id}: no ${deal.plan} was taken`);
    else if (deal.refusal && !market.disturbed.has(order.id)) left.push(`order ${order.id}: ${deal.refusal}`);
  }
  for (const shipment of await erp.list('Shipments'))
    if (shipment.StatusCode < COMPLETE)
      left.push(`shipment ${shipment.Identifier.LogicbrokerKey} is ${shipment.StatusCode}`);
  const { rows } = await world.db.pool.query<{ state: string; count: string }>(
    "SELECT state, count(*) FROM outbox WHERE state NOT IN ('done', 'refused') GROUP BY state",
  );
  left.push(...(await unfinishedAftersales(world, erp)));
  return [...left, ...rows.map(({ state, count }) => `outbox: ${count} ${state}`)];
}

/** Every way in which the two sides disagree. */
export async function disagreements(facts: Facts, erp: Erp): Promise<string[]> {
  const { world, seller } = facts;
  const [orders, shipments] = [await erp.list('Orders'), await erp.list('Shipments')];
  const sent = await sentParcels(world);
  return [
    ...seller.complaints,
    ...ordersAgainstTikTok(facts, orders),
    ...[...seller.deals.values()].flatMap((deal) => dealAgainstTikTok(facts, deal, { shipments, sent })),
    ...strangeEffects(facts),
    ...(await aftersalesDisagreements(facts, erp, orders)),
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

/** Every parcel that we hold as sent is one effect with exactly its pieces, every other is none. */
function dealAgainstTikTok(
  { world, market }: Facts,
  deal: Deal,
  { shipments, sent }: { shipments: ErpDocument[]; sent: Set<string> },
): string[] {
  const id = deal.order.PartnerPO;
  const mine = shipments.filter(({ PartnerPO }) => PartnerPO === id);
  if (mine.length > (deal.plan === 'ship' ? 1 : 0)) return [`order ${id} has ${mine.length} shipments`];
  if (deal.plan === 'cancel') return [];
  const status = mine[0]?.StatusCode;
  if (status !== COMPLETE && !market.disturbed.has(id))
    return [`shipment of order ${id} is ${status ?? 'missing'}: ${deal.refusal ?? ''}`];
  const effects = effectsOf(world, id);
  const skus = skusOf(world.simulator.control.order(id));
  const found: string[] = [];
  for (const parcel of deal.parcels) {
    const { tracking } = parcel;
    const same = effects.filter(({ trackingNumber }) => trackingNumber === tracking);
    // Of a parcel whose pieces are cancelled while it waits, less is sent or nothing.
    const isWhole = !market.disturbed.has(id);
    if (status === COMPLETE && isWhole && !sent.has(tracking))
      found.push(`parcel ${tracking} is not sent, its shipment complete`);
    if (same.length !== (sent.has(tracking) ? 1 : 0))
      found.push(`parcel ${tracking} had ${same.length} effects; sent: ${sent.has(tracking)}`);
    for (const effect of same)
      if (!holds(effect, parcel, skus, isWhole))
        found.push(
          `parcel ${tracking} of ${isWhole ? 'an' : 'a disturbed'} order holds other pieces: ${describe(effect, parcel, skus)}`,
        );
  }
  const units = effects.flatMap(({ unitIds }) => unitIds);
  if (new Set(units).size !== units.length) found.push(`a piece of order ${id} was shipped twice`);
  return found;
}

/** Tracking numbers of parcels that TikTok has, as far as we know; of one shipment some may have been refused. */
async function sentParcels({ db }: ServiceWorld): Promise<Set<string>> {
  const { rows } = await db.pool.query<{ tracking: string }>(
    "SELECT tracking_number AS tracking FROM shipment_packages WHERE state = 'sent'",
  );
  return new Set(rows.map(({ tracking }) => tracking));
}

function holds(
  { unitIds }: Effect,
  { pieces }: Parcel,
  skus: Map<string, string>,
  isWhole: boolean,
): boolean {
  const counts: Record<string, number> = {};
  for (const unitId of unitIds) {
    const sku = skus.get(unitId) ?? 'unknown';
    counts[sku] = (counts[sku] ?? 0) + 1;
  }
  const names = new Set([...Object.keys(counts), ...Object.keys(pieces)]);
  return [...names].every((name) => {
    const [given = 0, wanted = 0] = [counts[name], pieces[name]];
    return isWhole ? given === wanted : given <= wanted;
  });
}

function describe({ unitIds, kind }: Effect, { pieces }: Parcel, skus: Map<string, string>): string {
  return `${kind} ${unitIds.map((unitId) => skus.get(unitId)).join()} for ${JSON.stringify(pieces)}`;
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
      .filter(({ via, trackingNumber }) => via === 'api' && trackingNumber !== '')
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
