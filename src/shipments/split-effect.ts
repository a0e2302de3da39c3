import { AppError } from '../kernel/errors.js';
import type { ShopOrder } from '../domain/order.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/effects/outbox.js';
import {
  asRefusal,
  inDoubt,
  mayBeOurOwn,
  PATIENT_ATTEMPTS,
  refusal,
} from '../sync/effects/tiktok-refusal.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { currentPackageOf, holdsExactly } from './compare-with-tiktok.js';
import { effectNames, type SplitPayload, type SplitResult } from './enqueue-packages.js';
import { correctSplit, findOvertakenSplits } from './overtaken-shipments.js';
import { loadShipment, readOrder, withoutCancelled, type LoadedShipment } from './package-to-send.js';
import { settleSplit } from './settle-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';

type Group = { position: number; unitIds: string[] };

/** TikTok: Split Orders. One package per tracking number, before each is shipped. */
export function splitOrderEffect(deps: ShipmentDeps): EffectDefinition<SplitPayload, SplitResult> {
  return {
    name: effectNames.split,
    lane: 'urgent',
    leavesByFence: true,
    // UNCONFIRMED: what TikTok does with a second split of the same pieces; so only a clear read-back sends again.
    resendSafe: false,

    async send(context) {
      const { api, loaded, groups: wanted } = await open(deps, context);
      const groups = withoutCancelled(wanted, loaded.record);
      const order = await readOrder(api, loaded);
      if (!order) throw new AppError('tiktok-unavailable', 'TikTok does not show the order.');
      // An earlier split, or a person, may have made the packages already.
      const made = packagesMade(order, groups);
      if (made) return made;
      try {
        return await split(api, order, groups);
      } catch (thrown) {
        const error = asRefusal(thrown);
        const { attempts } = context.entry;
        throw mayBeOurOwn(error, attempts) && attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
      }
    },

    async readBack(context) {
      const { api, loaded, groups } = await open(deps, context);
      return readSplit(await readOrder(api, loaded), groups);
    },

    settle: settleSplit,
    correct: correctSplit,
    findOvertaken: findOvertakenSplits,
  };
}

async function split(api: ShopApi, order: ShopOrder, groups: readonly Group[]): Promise<SplitResult> {
  const all = [...activeGroups(order, groups), ...restOf(order, groups)];
  const packages = await api.splitOrder({ orderId: order.tiktokOrderId, groups: all });
  const ids = new Map(packages.map(({ groupId, packageId }) => [groupId, packageId]));
  const result = groups.flatMap(({ position }) => {
    const packageId = ids.get(String(position));
    return packageId === undefined ? [] : [{ position, packageId }];
  });
  if (result.length === groups.length) return result;
  throw new AppError('tiktok-in-doubt', 'TikTok has split the order without naming every package.');
}

async function open(
  deps: ShipmentDeps,
  { entry, fence }: EffectContext<SplitPayload>,
): Promise<{ api: ShopApi; loaded: LoadedShipment; groups: Group[] }> {
  const { shipmentKey, positions } = entry.payload;
  const loaded = await loadShipment(deps.db.prisma, {
    companyId: entry.companyId,
    documentKey: shipmentKey,
  });
  const { api } = await deps.openShop(entry.connectionId, entry.lane, fence);
  return { api, loaded, groups: loaded.packages.filter(({ position }) => positions.includes(position)) };
}

/** Our groups without what was cancelled meanwhile: TikTok knows such pieces no more. */
function activeGroups(order: ShopOrder, groups: readonly Group[]): { id: string; unitIds: string[] }[] {
  const cancelled = new Set(order.units.filter((unit) => unit.cancelled).map((unit) => unit.unitId));
  return groups
    .map(({ position, unitIds }) => ({
      id: String(position),
      unitIds: unitIds.filter((unitId) => !cancelled.has(unitId)),
    }))
    .filter(({ unitIds }) => unitIds.length > 0);
}

/** TikTok's packages that hold exactly our groups; null while one is missing. */
function packagesMade(order: ShopOrder, groups: readonly Group[]): SplitResult | null {
  const made = groups.flatMap(({ position, unitIds }) => {
    const current = currentPackageOf(order, unitIds);
    return current?.packageId && holdsExactly(current, unitIds)
      ? [{ position, packageId: current.packageId }]
      : [];
  });
  return made.length === groups.length ? made : null;
}

/**
 * What is left of the packages that are split. It is named as a group of its own: whether pieces may stay unnamed is
 * nowhere said (UNCONFIRMED), naming them is right either way.
 */
function restOf(order: ShopOrder, groups: readonly Group[]): { id: string; unitIds: string[] }[] {
  const named = new Set(groups.flatMap(({ unitIds }) => unitIds));
  const packageIds = new Set(
    order.units.filter((unit) => named.has(unit.unitId)).map((unit) => unit.packageId),
  );
  const rest = order.units
    .filter((unit) => packageIds.has(unit.packageId) && !unit.cancelled && !named.has(unit.unitId))
    .map((unit) => unit.unitId);
  return rest.length > 0 ? [{ id: 'rest', unitIds: rest }] : [];
}

/** Split, still whole, or something that only a person can judge. */
export function readSplit(order: ShopOrder | undefined, groups: readonly Group[]): ReadBack<SplitResult> {
  if (!order) return { state: 'unknown', why: 'TikTok does not show the order.' };
  const made = packagesMade(order, groups);
  if (made) return { state: 'done', result: made };
  const named = groups.flatMap(({ unitIds }) => unitIds);
  const active = order.units.filter((unit) => named.includes(unit.unitId) && !unit.cancelled);
  if (active.length === 0) {
    const error = refusal('The pieces of these packages were cancelled in TikTok.', 'Do not ship them.');
    return { state: 'refused', error };
  }
  const whole = new Set(active.map((unit) => unit.packageId)).size === 1;
  return whole
    ? { state: 'not-done' }
    : { state: 'unknown', why: 'TikTok shows the order split, but not into these packages.' };
}
