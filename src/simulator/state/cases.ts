import type { CancelCase, Case, ReturnCase } from './aftersales-model.js';
import type { Order } from './model.js';
import type { TimeBook } from './time-book.js';
import type { World } from './world.js';
import { tellCancel, tellReturn } from '../webhooks/tell.js';

const PREVIOUS_KEPT = 5000;

export function cancelsOf(world: World, order: Order): CancelCase[] {
  return (order.cancelIds ?? []).flatMap((id) => world.cancels.get(id) ?? []);
}

export function returnsOf(world: World, order: Order): ReturnCase[] {
  return (order.returnIds ?? []).flatMap((id) => world.returns.get(id) ?? []);
}

/** The buyer's request that waits for an answer. There is never more than one. */
export function openRequestOf(world: World, order: Order): CancelCase | undefined {
  return cancelsOf(world, order).find(({ status }) => status === 'CANCELLATION_REQUEST_PENDING');
}

export function addCancel(world: World, order: Order, item: CancelCase): void {
  world.cancels.set(item.id, item);
  (order.cancelIds ??= []).push(item.id);
  added(world, item, world.shops.get(item.shopId)?.cancels);
  tellCancel(world, item, item.createdSec);
}

export function addReturn(world: World, order: Order, item: ReturnCase): void {
  world.returns.set(item.id, item);
  (order.returnIds ??= []).push(item.id);
  added(world, item, world.shops.get(item.shopId)?.returns);
  tellReturn(world, item, item.createdSec);
}

function added<T extends Case>(world: World, item: T, book: TimeBook<T> | undefined): void {
  remember(world, item, item.createdSec, null);
  if (item.dueSec !== undefined) world.due.add({ dueSec: item.dueSec, kind: 'case_due', caseId: item.id });
  book?.insert(item);
  world.changed();
}

export function changeCancel(
  world: World,
  item: CancelCase,
  atSec: number,
  change: Partial<CancelCase>,
): void {
  const before = item.status;
  changed(world, item, atSec, change, world.shops.get(item.shopId)?.cancels);
  if (item.status !== before) tellCancel(world, item, atSec);
}

export function changeReturn(
  world: World,
  item: ReturnCase,
  atSec: number,
  change: Partial<ReturnCase>,
): void {
  const before = item.status;
  changed(world, item, atSec, change, world.shops.get(item.shopId)?.returns);
  if (item.status !== before) tellReturn(world, item, atSec);
}

/** What was due before is off, unless the change names a new time: the step that it led to is over. */
function changed<T extends Case>(
  world: World,
  item: T,
  atSec: number,
  change: Partial<T>,
  book: TimeBook<T> | undefined,
): void {
  remember(world, item, atSec, structuredClone(item));
  item.dueSec = undefined;
  Object.assign(item, change);
  if (item.dueSec !== undefined) world.due.add({ dueSec: item.dueSec, kind: 'case_due', caseId: item.id });
  book?.touch(item, atSec);
  world.changed();
}

/** For the fault `stale_read`: the look before the last change, null when there was nothing to see yet. */
function remember(world: World, item: Case, atSec: number, seen: Case | null): void {
  const kept = world.previousCases;
  if (kept.get(item.id)?.atSec === atSec) return;
  kept.delete(item.id);
  kept.set(item.id, { atSec, seen });
  const [oldest] = kept.keys();
  if (kept.size > PREVIOUS_KEPT && oldest !== undefined) kept.delete(oldest);
}

/** TikTok, US since 2025: shipping rejects an open request of the buyer by itself. */
export function closeByShipping(world: World, order: Order, atSec: number): void {
  order.cancelRequestedSec = undefined;
  const request = openRequestOf(world, order);
  if (request === undefined) return;
  changeCancel(world, request, atSec, { status: 'CANCELLATION_REQUEST_CANCEL', closedBy: 'shipped' });
}
