import type { Effect } from '../../src/simulator/state/model.js';
import { aftersalesDisagreements, unfinishedAftersales } from '../scenarios/fire/aftersales-verdict.js';
import type { Facts } from '../scenarios/fire/verdict.js';
import type { ErpDocument } from '../support/erp.js';
import type { ServiceWorld } from '../support/service-world.js';
import type { ChaosWorld } from './chaos-world.js';
import type { Desk, Sent } from './desk.js';
import { stockDisagreements } from './sold-stock.js';

const COMPLETE = 1000;
const FAILED = 1200;

interface Case {
  world: ChaosWorld;
  desk: Desk;
  disturbed: Set<string>;
}

/** What still has to happen before both sides can be compared; empty: nothing. */
export async function unfinished({ world }: Case): Promise<string[]> {
  const { rows } = await world.db.pool.query<{ effect: string; state: string; error: string | null }>(
    `SELECT effect, state, last_error AS error FROM outbox WHERE state NOT IN ('done', 'refused')`,
  );
  const missing = sellable(world);
  const exported = new Set(await exportedOrders(world));
  const asked = await world.db.pool.query<{ name: string }>(
    'SELECT name FROM flows WHERE requested > requested_seen AND enabled',
  );
  const shipments = await world.erp.list('Shipments');
  return [
    ...rows.map(({ effect, state, error }) => `outbox: ${effect} is ${state}: ${error}`),
    ...missing.filter((id) => !exported.has(id)).map((id) => `order ${id} has not come`),
    ...asked.rows
      .filter(({ name }) => flowsOfDriver.has(name))
      .map(({ name }) => `flow ${name} is asked for`),
    ...shipments
      .filter(({ StatusCode }) => StatusCode < COMPLETE)
      .map((each) => `shipment ${each.Identifier.LogicbrokerKey} is ${each.StatusCode}`),
    ...(await unfinishedAftersales(serviceOf(world), world.erp)),
  ];
}

const flowsOfDriver = new Set([
  'pull-orders',
  'sweep-orders',
  'pull-cancellations',
  'pull-returns',
  'pull-catalogue',
  'push-inventory',
  'compare-inventory',
]);

/** Every way in which the two sides disagree. */
export async function disagreements(judged: Case): Promise<string[]> {
  const { world, desk, disturbed } = judged;
  // First: whoever reads the orders moves what the rule of stock counts.
  const stock = stockDisagreements(world, desk.counted, desk.known);
  const [orders, shipments] = [await world.erp.list('Orders'), await world.erp.list('Shipments')];
  return [
    ...desk.complaints,
    ...stock,
    ...ordersAgainstTikTok(judged, orders),
    ...(await statusesAgainstTikTok(world)),
    ...desk.sent.flatMap((one) => sentAgainstDocuments(judged, one, shipments)),
    ...(await packagesAgainstEffects(judged, shipments)),
    ...(await aftersalesDisagreements(factsOf(world, desk, disturbed), world.erp, orders)),
    ...(await gaps(world)),
    ...(await troubledFlows(world)),
  ];
}

/** As the judge of the real processes reads it. */
function factsOf(world: ChaosWorld, desk: Desk, disturbed: Set<string>): Facts {
  const cancelled = desk.sent.filter(({ kind, key }) => kind === 'cancellation' && key !== null);
  const deals = new Map(
    cancelled.map(({ orderId, key, document, refusal }) => {
      const order = { PartnerPO: orderId } as ErpDocument;
      return [orderId, { order, plan: 'cancel', parcels: [], document, key, refusal }];
    }),
  );
  return { world: serviceOf(world), market: { disturbed }, seller: { deals } } as unknown as Facts;
}

function serviceOf({ db, simulator }: ChaosWorld): ServiceWorld {
  return { db, simulator } as ServiceWorld;
}

/** Orders that TikTok shows as the seller's to ship. */
function sellable({ simulator: { control }, shops }: ChaosWorld): string[] {
  return shops.flatMap(({ shopId }) =>
    control
      .orders({ shop: shopId, status: 'AWAITING_SHIPMENT', limit: 100_000 })
      .filter((order) => order['shipping_type'] === 'SELLER')
      .map(({ id }) => id),
  );
}

async function exportedOrders({ db }: ChaosWorld): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string }>(
    "SELECT tiktok_order_id AS id FROM orders WHERE state = 'exported'",
  );
  return rows.map(({ id }) => id);
}

function ordersAgainstTikTok({ world }: Case, documents: readonly ErpDocument[]): string[] {
  const numbers = documents.map(({ PartnerPO }) => PartnerPO);
  const several = numbers.filter((id, index) => numbers.indexOf(id) !== index);
  const missing = sellable(world).filter((id) => !numbers.includes(id));
  return [
    ...several.map((id) => `order ${id} has several documents`),
    ...missing.map((id) => `order ${id} has no document`),
    ...documents.flatMap((document) => linesAgainstTikTok(world, document)),
  ];
}

/** A document names each piece once, and none that TikTok does not have. */
function linesAgainstTikTok({ simulator }: ChaosWorld, document: ErpDocument): string[] {
  const order = simulator.control.order(document.PartnerPO);
  const items = order['line_items'] as { id: string; seller_sku: string }[];
  return document.OrderLines.flatMap((line) => {
    const units = line.ExtendedAttributes.filter(({ Name }) => Name === 'TikTokOrderLineId').flatMap(
      ({ Value }) => Value.split(','),
    );
    const found: string[] = [];
    if (units.length !== line.Quantity)
      found.push(`order ${order.id}: a line of ${line.Quantity} names ${units.length} pieces`);
    for (const unit of units) {
      const item = items.find(({ id }) => id === unit);
      if (item?.seller_sku !== line.ItemIdentifier.SupplierSKU)
        found.push(`order ${order.id}: piece ${unit} is ${item?.seller_sku}, the line says otherwise`);
    }
    return found;
  });
}

/** What we hold of every exported order is TikTok's last word. */
async function statusesAgainstTikTok({ db, simulator }: ChaosWorld): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string; status: string }>(
    "SELECT tiktok_order_id AS id, tiktok_status AS status FROM orders WHERE state = 'exported'",
  );
  return rows.flatMap(({ id, status }) => {
    const now = simulator.control.order(id).status;
    return now === status ? [] : [`order ${id} is held as ${status}, TikTok has ${now}`];
  });
}

function isCalm({ disturbed, desk }: Case, orderId: string): boolean {
  return (
    !disturbed.has(orderId) &&
    !desk.sent.some(({ kind, orderId: id }) => kind === 'cancellation' && id === orderId)
  );
}

/** What was taken stands once, at an end; where nobody else had a hand in the order, it is what the ERP wanted. */
function sentAgainstDocuments(judged: Case, one: Sent, shipments: readonly ErpDocument[]): string[] {
  if (one.kind !== 'shipment') return [];
  const isUndisturbed = isCalm(judged, one.orderId);
  if (one.key === null)
    return isUndisturbed ? [`shipment ${one.number} of ${one.orderId} was refused: ${one.refusal}`] : [];
  const mine = shipments.filter(
    ({ PartnerPO, ShipmentNumber }) => PartnerPO === one.orderId && ShipmentNumber === one.number,
  );
  const [document] = mine;
  if (!document || mine.length > 1) return [`shipment ${one.number} has ${mine.length} documents`];
  if (document.StatusCode === COMPLETE) return [];
  if (isUndisturbed) return [`shipment ${one.number} of ${one.orderId} is ${document.StatusCode}`];
  if (document.StatusCode !== FAILED) return [`shipment ${one.number} is ${document.StatusCode}`];
  return [];
}

interface PackageRow {
  key: number;
  tracking: string;
  state: string;
  reason: string | null;
  units: string[];
  left_out: string[];
  order_id: string;
}

/** Every parcel that we hold as sent is one effect with exactly its pieces, every other is none; no piece goes twice. */
async function packagesAgainstEffects(judged: Case, shipments: readonly ErpDocument[]): Promise<string[]> {
  const { world, desk } = judged;
  const { control } = world.simulator;
  const { rows } = await world.db.pool.query<PackageRow>(
    `SELECT p.shipment_key AS key, p.tracking_number AS tracking, p.state, p.reason, p.unit_ids AS units, p.left_out,
       o.tiktok_order_id AS order_id
     FROM shipment_packages p JOIN shipments s ON s.document_key = p.shipment_key JOIN orders o ON o.id = s.order_id`,
  );
  const shipped = control.effects({ via: 'api', kind: 'shipped' });
  const found = doubled(control.effects({ kind: 'shipped' }));
  const asked = desk.sent.flatMap((one) => one.parcels.map((parcel) => ({ one, parcel })));
  for (const effect of shipped) {
    const { trackingNumber, orderId } = effect;
    if (trackingNumber && !asked.some(({ parcel }) => parcel.tracking === trackingNumber))
      found.push(`order ${orderId} was shipped with ${trackingNumber}, which nobody asked for`);
  }
  for (const { one, parcel } of asked) {
    const { tracking } = parcel;
    const effects = shipped.filter(({ trackingNumber }) => trackingNumber === tracking);
    const final = one.corrected?.from === tracking ? [tracking, one.corrected.to] : [tracking];
    const row = rows.find((each) => final.includes(each.tracking) && each.state === 'sent');
    const units = effects.flatMap(({ unitIds }) => unitIds).toSorted();
    if (row && effects.length === 0) found.push(`parcel ${tracking} is held as sent, TikTok has none`);
    if (!row && effects.length > 0)
      found.push(`parcel ${tracking} is in TikTok, and not held as sent (order ${one.orderId})`);
    if (row && effects.length > 0) {
      const ours = row.units.filter((unit) => !row.left_out.includes(unit)).toSorted();
      if (ours.join() !== units.join())
        found.push(`parcel ${tracking} holds ${units.join()}, we hold ${ours.join()}`);
    }
    if (isCalm(judged, one.orderId) && one.key !== null && !isAsWanted(world, one.orderId, parcel, units))
      found.push(
        `parcel ${tracking} of ${one.orderId} holds ${units.length} pieces: ${JSON.stringify(parcel)}`,
      );
  }
  for (const row of rows.filter(({ state }) => !['sent', 'refused', 'replaced'].includes(state)))
    found.push(`parcel ${row.tracking} of shipment ${row.key} is ${row.state}`);
  for (const row of rows.filter(({ state, reason }) => state === 'refused' && !reason))
    found.push(`parcel ${row.tracking} of shipment ${row.key} was refused without a reason`);
  return [...found, ...desk.sent.flatMap((one) => correctionOf(judged, one, shipments))];
}

function isAsWanted(
  { simulator }: ChaosWorld,
  orderId: string,
  { pieces }: Parcel,
  units: readonly string[],
): boolean {
  const items = simulator.control.order(orderId)['line_items'] as { id: string; seller_sku: string }[];
  const counts: Record<string, number> = {};
  for (const unit of units) {
    const sku = items.find(({ id }) => id === unit)?.seller_sku ?? 'unknown';
    counts[sku] = (counts[sku] ?? 0) + 1;
  }
  const names = new Set([...Object.keys(counts), ...Object.keys(pieces)]);
  return [...names].every((name) => counts[name] === pieces[name]);
}
type Parcel = Sent['parcels'][number];

function doubled(effects: readonly Effect[]): string[] {
  const units = effects.flatMap(({ unitIds }) => unitIds);
  const twice = new Set(units.filter((unit, index) => units.indexOf(unit) !== index));
  return [...twice].map((unit) => `piece ${unit} was shipped twice`);
}

/** A correction that was taken is in TikTok once, and on the document. */
function correctionOf(
  judged: Case,
  { corrected, key, orderId }: Sent,
  shipments: readonly ErpDocument[],
): string[] {
  if (!corrected) return [];
  const { control } = judged.world.simulator;
  const times = control
    .effects({ order: orderId, via: 'api' })
    .filter(
      ({ kind, trackingNumber }) => kind === 'tracking_corrected' && trackingNumber === corrected.to,
    ).length;
  const document = shipments.find(({ Identifier }) => Identifier.LogicbrokerKey === key);
  const shows = JSON.stringify(document).includes(corrected.to);
  if (times > 1) return [`the number ${corrected.to} was given ${times} times`];
  if (shows !== (times === 1))
    return [`TikTok has ${corrected.to} ${times} times, the document shows it: ${shows}`];
  // TikTok takes none of what is on its way.
  const mayBeCorrected = control.order(orderId).status === 'AWAITING_COLLECTION';
  if (isCalm(judged, orderId) && times === 0 && mayBeCorrected)
    return [`the correction of ${corrected.from} to ${corrected.to} has not come (order ${orderId})`];
  return [];
}

/** Positions of changes have no gaps, so that whoever reads on from one misses nothing. */
async function gaps({ db }: ChaosWorld): Promise<string[]> {
  const { rows } = await db.pool.query<{ count: number; numbered: number; lowest: number; highest: number }>(
    `SELECT count(*)::int AS count, count(DISTINCT position)::int AS numbered,
       coalesce(min(position), 1)::int AS lowest, coalesce(max(position), 0)::int AS highest
     FROM events`,
  );
  return rows
    .filter(({ count, numbered, lowest, highest }) => numbered !== count || highest - lowest + 1 !== count)
    .map((row) => `positions of changes: ${JSON.stringify(row)}`);
}

async function troubledFlows({ db }: ChaosWorld): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string; outcome: string; error: string | null }>(
    `SELECT name, last_outcome AS outcome, last_error AS error FROM flows
     WHERE last_outcome NOT IN ('done', 'nothing-to-do') AND name = ANY($1)`,
    [[...flowsOfDriver]],
  );
  return rows.map(({ name, outcome, error }) => `flow ${name} ends with ${outcome}: ${error}`);
}
