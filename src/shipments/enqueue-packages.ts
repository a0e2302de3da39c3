import { createHash } from 'node:crypto';
import { compareIds } from '../domain/order.js';
import type { Tx } from '../store/database.js';
import { enqueueAllAgain } from '../sync/effects/enqueue-again.js';
import type { NewEffect } from '../sync/effects/outbox.js';
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

/** A shipment whose packages are to go. */
interface PackagesToSend {
  scope: EffectScope;
  model: ShippingRules['model'];
  packages: readonly PackageToSend[];
}

/**
 * Asks for everything on TikTok that shipments need, in the transaction that stores them. Packages that must be split off
 * first are asked for when the split is done.
 * @returns ids to wake after the commit
 */
export async function enqueuePackages(tx: Tx, shipments: readonly PackagesToSend[]): Promise<bigint[]> {
  return enqueueAllAgain(tx, shipments.flatMap(effectsOf));
}

function effectsOf({ scope, model, packages }: PackagesToSend): NewEffect[] {
  const toSplit = model === 'ship-package' ? packages.filter((each) => each.needsSplit) : [];
  return [
    ...(toSplit.length > 0 ? [splitEffect(scope, toSplit)] : []),
    ...packages.flatMap((each) => (toSplit.includes(each) ? [] : [shippingEffect(scope, model, each)])),
  ];
}

function splitEffect(scope: EffectScope, packages: readonly PackageToSend[]): NewEffect {
  const groups = packages.map(({ unitIds }) => unitIds.join(',')).toSorted();
  const payload: SplitPayload = {
    shipmentKey: scope.shipmentKey,
    positions: packages.map(({ position }) => position),
  };
  return effectOn(scope, effectNames.split, digest(groups.join(';')), payload);
}

/** Packages of one shipment whose turn has come, one after the other. */
export async function enqueueShipping(
  tx: Tx,
  scope: EffectScope,
  model: ShippingRules['model'],
  packages: readonly Omit<PackageToSend, 'needsSplit'>[],
): Promise<void> {
  await enqueueAllAgain(
    tx,
    packages.map((each) => shippingEffect(scope, model, each)),
  );
}

function shippingEffect(
  scope: EffectScope,
  model: ShippingRules['model'],
  { position, trackingNumber, unitIds }: Omit<PackageToSend, 'needsSplit'>,
): NewEffect {
  const effect = model === 'mark-shipped' ? effectNames.markShipped : effectNames.ship;
  const what = `${digest(unitIds.toSorted(compareIds).join(','))}:${trackingNumber}`;
  const payload: PackagePayload = { shipmentKey: scope.shipmentKey, position };
  return effectOn(scope, effect, what, payload);
}

/**
 * The document is part of the key: pieces belong to one shipment at a time, so a second shipment of the same pieces
 * exists only after TikTok has refused the first, and is an effect of its own. So is the same document sent again after
 * a refusal (`enqueueAllAgain`). Whoever asks for it holds the order's lock.
 */
function effectOn(
  { companyId, connectionId, tiktokOrderId, shipmentKey }: EffectScope,
  effect: string,
  what: string,
  payload: PackagePayload | SplitPayload,
): NewEffect {
  return {
    companyId,
    connectionId,
    effect,
    naturalKey: `${tiktokOrderId}:${what}:${shipmentKey}`,
    orderingKey: `order:${tiktokOrderId}`,
    documentKey: shipmentKey,
    payload,
    lane: 'urgent',
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
