import { createHash } from 'node:crypto';
import { compareIds } from '../domain/order.js';
import type { Tx } from '../store/database.js';
import { enqueueAgain } from '../sync/effects/enqueue-again.js';
import type { ShippingRules } from '../domain/shipment.js';

/** Names of the effects; the table of what they do is in shipment-effects.ts. */
export const effectNames = {
  markShipped: 'mark-package-shipped',
  split: 'split-order',
  ship: 'ship-package',
  correct: 'correct-tracking',
} as const;

/** Payload of the effects about one package: its row. */
export interface PackagePayload {
  shipmentKey: number;
  position: number;
}

/** Payload of a split: the packages that it has to make. */
export interface SplitPayload {
  shipmentKey: number;
  positions: number[];
}

/** TikTok's package of each of ours, by position. */
export type SplitResult = { position: number; packageId: string }[];

interface PackageToSend {
  position: number;
  trackingNumber: string;
  unitIds: readonly string[];
  needsSplit: boolean;
}

/** Where effects of one order belong. */
interface EffectScope {
  companyId: number;
  connectionId: number;
  tiktokOrderId: string;
  shipmentKey: number;
}

/**
 * Asks for everything on TikTok that a shipment needs, in the transaction that stores it. Packages that must be split off
 * first are asked for when the split is done.
 * @returns ids to wake after the commit
 */
export async function enqueuePackages(
  tx: Tx,
  scope: EffectScope,
  model: ShippingRules['model'],
  packages: readonly PackageToSend[],
): Promise<bigint[]> {
  const toSplit = model === 'ship-package' ? packages.filter((each) => each.needsSplit) : [];
  const ids: bigint[] = [];
  if (toSplit.length > 0) ids.push(await enqueueSplit(tx, scope, toSplit));
  for (const each of packages) {
    if (!toSplit.includes(each)) ids.push(await enqueueShipping(tx, scope, model, each));
  }
  return ids;
}

async function enqueueSplit(tx: Tx, scope: EffectScope, packages: readonly PackageToSend[]): Promise<bigint> {
  const groups = packages.map(({ unitIds }) => unitIds.join(',')).toSorted();
  const payload: SplitPayload = {
    shipmentKey: scope.shipmentKey,
    positions: packages.map(({ position }) => position),
  };
  return enqueue(tx, scope, effectNames.split, digest(groups.join(';')), payload);
}

/** One package whose turn has come. */
export async function enqueueShipping(
  tx: Tx,
  scope: EffectScope,
  model: ShippingRules['model'],
  { position, trackingNumber, unitIds }: Omit<PackageToSend, 'needsSplit'>,
): Promise<bigint> {
  const effect = model === 'mark-shipped' ? effectNames.markShipped : effectNames.ship;
  const what = `${digest(unitIds.toSorted(compareIds).join(','))}:${trackingNumber}`;
  const payload: PackagePayload = { shipmentKey: scope.shipmentKey, position };
  return enqueue(tx, scope, effect, what, payload);
}

/**
 * The document is part of the key: pieces belong to one shipment at a time, so a second shipment of the same pieces
 * exists only after TikTok has refused the first, and is an effect of its own. So is the same document sent again after
 * a refusal (`enqueueAgain`). The caller holds the order's lock.
 */
async function enqueue(
  tx: Tx,
  scope: EffectScope,
  effect: string,
  what: string,
  payload: PackagePayload | SplitPayload,
): Promise<bigint> {
  const { companyId, connectionId, tiktokOrderId, shipmentKey } = scope;
  return enqueueAgain(tx, {
    companyId,
    connectionId,
    effect,
    naturalKey: `${tiktokOrderId}:${what}:${shipmentKey}`,
    orderingKey: `order:${tiktokOrderId}`,
    documentKey: shipmentKey,
    payload,
    lane: 'urgent',
  });
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
