import fc from 'fast-check';
import { AppError } from '../../src/kernel/errors.js';
import type { ActSpec } from '../../src/simulator/control/act-spec.js';
import { ControlError } from '../../src/simulator/control/control-error.js';
import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import type { ShopWorld } from '../shipments/world.js';
import {
  acknowledge,
  documentsOf,
  orderRow,
  placeOrder,
  ship,
  SKUS,
  type CrossingOrder,
  type CrossingWorld,
} from './crossing-world.js';

/** One thing that somebody does, or that happens. What is not possible just now is passed over. */
export type Step =
  | { by: 'seller'; does: 'accept' | 'cancel' }
  | { by: 'seller'; does: 'ship'; skus: readonly string[]; most: number }
  | { by: 'buyer' | 'platform' | 'seller-center'; does: ActSpec['type']; pieces: number }
  | { by: 'carrier'; does: ActSpec['type'] }
  | { by: 'time'; minutes: number }
  | { by: 'schedule'; does: 'pull-orders' | 'pull-cancellations' | 'deliver' }
  | { by: 'network'; does: FaultSpec };

export interface Story {
  region: 'US' | 'ID';
  quantities: number[];
  paidMinutesAgo: number;
  steps: Step[];
}

const MINUTE_MS = 60_000;
const WRITES: FaultSpec[] = ['/return_refund/', '/fulfillment/'].map((path) => ({
  kind: 'done_but_lost',
  match: { method: 'POST', path: `${path}*` },
  times: 1,
}));
const READS: FaultSpec[] = [
  { kind: 'stale_read', match: { path: '/order/' }, times: 1 },
  { kind: 'error', code: 36009003, match: { path: '/return_refund/' }, times: 1 },
  { kind: 'duplicate_page', match: { path: '/return_refund/' }, times: 1 },
];

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    by: fc.constant('seller' as const),
    does: fc.constantFrom('accept' as const, 'cancel' as const),
  }),
  fc.record({
    by: fc.constant('seller' as const),
    does: fc.constant('ship' as const),
    skus: fc.subarray([...SKUS], { minLength: 1 }),
    most: fc.constantFrom(1, 9),
  }),
  fc.record({
    by: fc.constant('buyer' as const),
    does: fc.constantFrom('buyer_cancel' as const, 'buyer_withdraws_cancel' as const),
    pieces: fc.nat({ max: 15 }),
  }),
  fc.record({
    by: fc.constant('platform' as const),
    does: fc.constantFrom('system_cancel' as const, 'operator_cancel' as const),
    pieces: fc.nat({ max: 15 }),
  }),
  fc.record({
    by: fc.constant('seller-center' as const),
    does: fc.constantFrom(
      'seller_cancel' as const,
      'seller_approves_cancel' as const,
      'seller_rejects_cancel' as const,
    ),
    pieces: fc.nat({ max: 15 }),
  }),
  fc.record({
    by: fc.constant('carrier' as const),
    does: fc.constantFrom('carrier_collect' as const, 'carrier_deliver' as const),
  }),
  fc.record({ by: fc.constant('time' as const), minutes: fc.constantFrom(1, 70, 49 * 60) }),
  {
    weight: 4,
    arbitrary: fc.record({
      by: fc.constant('schedule' as const),
      does: fc.constantFrom('pull-orders' as const, 'pull-cancellations' as const, 'deliver' as const),
    }),
  },
  fc.record({ by: fc.constant('network' as const), does: fc.constantFrom(...WRITES, ...READS) }),
);

export const story: fc.Arbitrary<Story> = fc.record({
  region: fc.constantFrom('US' as const, 'US' as const, 'ID' as const),
  quantities: fc.constantFrom([1], [2], [1, 1], [2, 1]),
  paidMinutesAgo: fc.constantFrom(5, 90, 90),
  steps: fc.array(step, { minLength: 3, maxLength: 14 }),
});

/** Lives through a story with an order of its own, brings everything to rest, and answers what does not agree. */
export async function liveThrough(world: CrossingWorld, shop: ShopWorld, told: Story): Promise<string[]> {
  const order = placeOrder(world, shop, told);
  if (told.paidMinutesAgo > 60) await world.run(shop, 'pull-orders');
  for (const [nth, each] of told.steps.entries()) {
    world.clock.advance(2_000);
    await passingOver(() => take(world, shop, order, each, nth));
  }
  await comeToRest(world, shop);
  return compare(world, shop, order);
}

async function take(
  world: CrossingWorld,
  shop: ShopWorld,
  order: CrossingOrder,
  what: Step,
  nth: number,
): Promise<void> {
  const number = `${order.tiktokOrderId}-${nth}`;
  switch (what.by) {
    case 'seller':
      if (what.does === 'ship') await ship(world, shop, order, { number, skus: what.skus, most: what.most });
      else await acknowledge(world, shop, order, { number, cancel: what.does === 'cancel' });
      return;
    case 'time':
      return world.clock.advance(what.minutes * MINUTE_MS);
    case 'schedule':
      if (what.does === 'deliver') await world.deliverOnce();
      else await world.run(shop, what.does);
      return;
    case 'network':
      world.control.addFault(what.does);
      return;
    default:
      world.control.act(order.tiktokOrderId, actOf(order, what));
  }
}

/** `pieces` is a set of bits, one for each piece of the order; none of them: all. */
function actOf(order: CrossingOrder, what: { does: ActSpec['type']; pieces?: number }): ActSpec {
  const all = Object.values(order.units).flat();
  const chosen = all.filter((_, index) => ((what.pieces ?? 0) >> index) & 1);
  const takesPieces = ['buyer_cancel', 'system_cancel', 'operator_cancel', 'seller_cancel'].includes(
    what.does,
  );
  return { type: what.does, ...(takesPieces && chosen.length > 0 ? { unitIds: chosen } : {}) } as ActSpec;
}

/** Refused, by TikTok's side or by ours with a clear text: the story goes on without it. */
async function passingOver(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const isRefusal = error instanceof AppError && error.status < 500;
    if (!isRefusal && !(error instanceof ControlError)) throw error;
  }
}

/** The network is sound again, holds are over, and every schedule has run until nothing is left to do. */
async function comeToRest(world: CrossingWorld, shop: ShopWorld): Promise<void> {
  world.control.clearFaults();
  world.clock.advance(70 * MINUTE_MS);
  for (let round = 0; round < 2; round++) {
    await world.settle();
    world.clock.advance(20_000);
    await world.run(shop, 'pull-orders');
    await world.run(shop, 'pull-cancellations');
  }
  await world.settle();
}

interface Piece {
  id: string;
  display_status: string;
  cancel_user?: string;
  tracking_number?: string;
}

/** Where TikTok and our books differ, or the ERP was told wrongly. */
async function compare(world: CrossingWorld, shop: ShopWorld, order: CrossingOrder): Promise<string[]> {
  const tiktok = world.control.order(order.tiktokOrderId);
  const pieces = tiktok.line_items as Piece[];
  const row = await orderRow(world, shop, order);
  if (!row?.document) {
    const isDue = tiktok['status'] === 'AWAITING_SHIPMENT';
    return isDue
      ? [`TikTok has the order ${tiktok['status']}, we have it ${row?.state}: ${row?.gateReason}`]
      : [];
  }
  const wrong: string[] = [];
  const told = await toldOf(world, shop, order);
  for (const piece of pieces) {
    const unit = row.units.find(({ unitId }) => unitId === piece.id);
    const cancelled = piece.display_status === 'CANCELLED';
    const shipped = Boolean(piece.tracking_number);
    if (unit?.cancelled !== cancelled)
      wrong.push(`${piece.id} cancelled: ${cancelled}, not ${unit?.cancelled}`);
    if (!cancelled && (unit?.shippedAt !== null) !== shipped) wrong.push(`${piece.id} shipped: ${shipped}`);
    if (unit?.lineNumber == null) continue;
    const times = told.filter((unitIds) => unitIds.includes(piece.id)).length;
    const least = cancelled && piece.cancel_user !== 'SELLER' ? 1 : 0;
    if (times < least || times > (cancelled ? 1 : 0)) wrong.push(`${piece.id} was told ${times} times`);
  }
  const expected = statusesFor(pieces, row.units, told.length > 0);
  if (!expected(row.document.statusCode)) wrong.push(`the order is at ${row.document.statusCode}`);
  if (tiktok['is_buyer_request_cancel'] !== (row.cancelRequest !== null))
    wrong.push('the open request differs');
  return [...wrong, ...(await unfinished(world, shop, order)), ...doneTwice(world, order)];
}

/** Pieces by the acknowledgements that tell of their cancellation. */
async function toldOf(world: CrossingWorld, shop: ShopWorld, order: CrossingOrder): Promise<string[][]> {
  const acks = await documentsOf(world, shop, 'acknowledgement', order);
  return acks.flatMap(({ acknowledgement }) => {
    if (!acknowledgement) return [];
    const { kind, state, unitIds } = acknowledgement;
    return kind === 'pulled' || (kind === 'cancel' && state === 'done') ? [unitIds] : [];
  });
}

function statusesFor(
  pieces: readonly Piece[],
  units: readonly { shippedAt: Date | null }[],
  wasTold: boolean,
): (status: number) => boolean {
  const live = pieces.filter((piece) => piece.display_status !== 'CANCELLED');
  const ended = [1000, 1100];
  // What was shipped first and cancelled later has been Complete, which is not left.
  const mayBeComplete = units.some(({ shippedAt }) => shippedAt !== null);
  if (live.length === 0) {
    return (status) =>
      (status === 1000 && mayBeComplete) || (wasTold ? status === 1100 : !ended.includes(status));
  }
  if (live.every((piece) => piece.tracking_number)) return (status) => status === 1000;
  return (status) => !ended.includes(status);
}

async function unfinished(world: CrossingWorld, shop: ShopWorld, order: CrossingOrder): Promise<string[]> {
  const documents = [
    ...(await documentsOf(world, shop, 'shipment', order)),
    ...(await documentsOf(world, shop, 'acknowledgement', order)),
  ];
  const open = documents.filter(
    ({ statusCode, acknowledgement }) =>
      ![1000, 1200].includes(statusCode) && acknowledgement?.kind !== 'pulled',
  );
  const person = await world.db.prisma.outboxEntry.count({ where: { state: 'needs_person' } });
  return [
    ...open.map(({ type, key, statusCode }) => `${type} ${key} is still at ${statusCode}`),
    ...(person > 0 ? [`${person} effects wait for a person`] : []),
  ];
}

function doneTwice({ control }: CrossingWorld, { tiktokOrderId, units }: CrossingOrder): string[] {
  const effects = control.effects({ order: tiktokOrderId });
  return Object.values(units)
    .flat()
    .flatMap((unitId) => {
      const of = (kinds: readonly string[]) =>
        effects.filter(({ kind, unitIds }) => kinds.includes(kind) && unitIds.includes(unitId)).length;
      const times = Math.max(of(['shipped']), of(['cancelled', 'cancel_approved']));
      return times > 1 ? [`${unitId}: done ${times} times`] : [];
    });
}
