import type { Actor } from '../companies/actor.js';
import type { PerformMove } from '../documents/document-kind.js';
import { changeStatus, recordEvents } from '../documents/document-store.js';
import type { DocumentHead } from '../documents/document.js';
import { AppError } from '../kernel/errors.js';
import type { Clock } from '../kernel/time.js';
import { statusName, StatusCode } from '../logicbroker/statuses.js';
import type { OrderRecord } from '../orders/order-record.js';
import { releaseUnits } from '../orders/order-writes.js';
import type { Tx } from '../store/database.js';
import { onlyWaits, withdrawEffects } from '../sync/effects/withdraw-effects.js';
import {
  findShipment,
  listPackages,
  listPackagesOf,
  updatePackages,
  type StoredPackage,
} from './shipment-store.js';

type Head = Pick<DocumentHead, 'key' | 'companyId'>;

/**
 * Keys of the shipments among these that wait for the shipments of other orders (see `awaitOthers`), with nothing of them on
 * its way: they may still be changed or given up. The caller holds the orders' locks.
 */
export async function findWaiting(tx: Tx, heads: readonly Head[], now: Date): Promise<Set<number>> {
  const packages = await listPackagesOf(
    tx,
    heads.map(({ key }) => key),
  );
  const waiting = new Set<number>();
  for (const { key, companyId } of heads) {
    const own = packages.filter(({ shipmentKey }) => shipmentKey === key);
    if (areWaiting(own) && (await onlyWaits(tx, { companyId, documentKey: key, now }))) waiting.add(key);
  }
  return waiting;
}

/** Whether a package of it has been told to wait. */
export async function hasWaiting(tx: Tx, shipmentKey: number): Promise<boolean> {
  return areWaiting(await listPackages(tx, shipmentKey));
}

/** Whether one of a shipment's packages has been told to wait. */
export function areWaiting(packages: readonly StoredPackage[]): boolean {
  return packages.some(({ state, reason }) => state === 'pending' && reason !== null);
}

/** The order as it is without what waits of a shipment, whose packages these are: its pieces are free. */
export function withoutWaiting(record: OrderRecord, packages: readonly StoredPackage[]): OrderRecord {
  const waiting = new Map(
    packages.flatMap(({ state, unitIds, shipmentKey }) =>
      state === 'pending' ? unitIds.map((unitId) => [unitId, shipmentKey] as const) : [],
    ),
  );
  const units = record.units.map((unit) =>
    unit.shipmentKey !== null && waiting.get(unit.unitId) === unit.shipmentKey
      ? { ...unit, shipmentKey: null }
      : unit,
  );
  return { ...record, units };
}

/** Takes back what waits of a shipment; `isWaiting` has said so in this transaction. */
export async function withdrawWaiting(
  tx: Tx,
  { key: shipmentKey, companyId }: Head,
  { now, reason }: { now: Date; reason: string },
): Promise<void> {
  const shipment = await findShipment(tx, { companyId, documentKey: shipmentKey });
  const waiting = (await listPackages(tx, shipmentKey)).filter(({ state }) => state === 'pending');
  if (!shipment || waiting.length === 0) return;
  await withdrawEffects(tx, { companyId, documentKey: shipmentKey, now, reason });
  const positions = waiting.map(({ position }) => position);
  await updatePackages(tx, { shipmentKey, positions }, { state: 'refused', reason });
  const unitIds = waiting.flatMap((pack) => pack.unitIds);
  await releaseUnits(tx, { orderId: shipment.orderId, shipmentKey, unitIds });
}

const FROM: readonly number[] = [StatusCode.draft, StatusCode.failed];

/** The status Ignored: a draft, a failed one, and one that waits for other orders, which is taken back. */
export function ignoreShipments({ clock }: { clock: Clock }): PerformMove {
  return async (tx, heads, { mode, by }) => {
    const now = clock.now();
    const done: number[] = [];
    for (const head of heads) {
      if (head.statusCode === StatusCode.ignored) continue;
      const waits = !FROM.includes(head.statusCode) && (await isWholeWaiting(tx, head, now));
      if (FROM.includes(head.statusCode) || waits) done.push(head.key);
      else if (mode === 'one') throw notIgnored(head);
      if (waits) await takeBack(tx, head, { now, by });
    }
    const companyId = heads[0]?.companyId ?? 0;
    const to = StatusCode.ignored;
    await changeStatus(tx, { companyId, keys: done, type: 'shipment', to, by });
    return { done, wake: [] };
  };
}

/** What TikTok has a part of cannot be given up. */
async function isWholeWaiting(tx: Tx, head: DocumentHead, now: Date): Promise<boolean> {
  if (head.statusCode !== StatusCode.processing) return false;
  const packages = await listPackages(tx, head.key);
  if (packages.some(({ state }) => state === 'sent')) return false;
  return (await findWaiting(tx, [head], now)).has(head.key);
}

async function takeBack(tx: Tx, head: DocumentHead, { now, by }: { now: Date; by: Actor }): Promise<void> {
  await withdrawWaiting(tx, head, { now, reason: 'It was given up (Ignored) before it was sent.' });
  const { companyId, key: documentKey } = head;
  await recordEvents(tx, by, [
    {
      companyId,
      documentKey,
      event: 'document-changed',
      summary: 'The shipment waited for other orders of its package and is taken back: nothing was sent.',
    },
  ]);
}

function notIgnored({ statusCode }: DocumentHead): AppError {
  const now = statusName('shipment', statusCode);
  return new AppError('rule-violated', `The shipment is ${now}.`, {
    details: [
      {
        field: 'Status',
        message: `${now} cannot be changed to Ignored by hand, unless the shipment waits for other orders of its package`,
      },
    ],
  });
}
