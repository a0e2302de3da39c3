import { AppError } from '../kernel/errors.js';
import type { ShopOrder } from '../domain/order.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/effects/outbox.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import {
  currentPackageOf,
  findOurPackage,
  holdsExactly,
  type ShippedPackage,
} from './compare-with-tiktok.js';
import { effectNames, type PackagePayload } from './enqueue-packages.js';
import { correctPackage, findOvertakenPackages } from './overtaken-shipments.js';
import { loadPackage, providerIdOf, readOrder, withoutCancelled } from './package-to-send.js';
import { settlePackage } from './settle-shipment.js';
import { splitOrderEffect } from './split-effect.js';
import type { ShipmentDeps } from './shipment-deps.js';
import type { StoredPackage } from './shipment-store.js';
import {
  asRefusal,
  inDoubt,
  mayBeOurOwn,
  PATIENT_ATTEMPTS,
  refusal,
} from '../sync/effects/tiktok-refusal.js';

type Loaded = Awaited<ReturnType<typeof loadPackage>>;
type PackageContext = EffectContext<PackagePayload>;

/**
 * The table of what shipments do on TikTok. All three are read back through the order itself, whose pieces show package
 * and tracking number in every region.
 */
export function shipmentEffects(deps: ShipmentDeps): EffectDefinition[] {
  return [
    shippingEffect(deps, effectNames.markShipped, markShipped),
    shippingEffect(deps, effectNames.ship, shipExisting),
    splitOrderEffect(deps),
  ] as EffectDefinition[];
}

/** The call of one of the two ways to ship. */
type Ship = (
  api: ShopApi,
  loaded: Loaded,
  call: { providerId: string; attempts: number },
) => Promise<ShippedPackage>;

function shippingEffect(
  deps: ShipmentDeps,
  name: string,
  ship: Ship,
): EffectDefinition<PackagePayload, ShippedPackage> {
  return {
    name,
    lane: 'urgent',
    leavesByFence: true,
    // TikTok refuses pieces that are shipped already (21011020 and its like).
    resendSafe: true,

    async send({ entry, fence }) {
      const loaded = activePart(await loadPackage(deps.db.prisma, entry.companyId, entry.payload));
      const providerId = await providerIdOf(deps, loaded);
      const { api } = await deps.openShop(entry.connectionId, entry.lane, fence);
      try {
        return await ship(api, loaded, { providerId, attempts: entry.attempts });
      } catch (thrown) {
        const error = asRefusal(thrown);
        if (!mayBeOurOwn(error, entry.attempts)) throw error;
        return resolveRefusal(await compare(api, loaded), error, entry.attempts);
      }
    },

    readBack: (context) => readBack(deps, context),
    settle: (tx, entry, outcome, by) => settlePackage(deps, tx, entry, outcome, by),
    correct: (tx, entry, shipped, by) => correctPackage(deps, tx, entry, { ...shipped, by }),
    findOvertaken: (db, since) => findOvertakenPackages(db, name, since),
  };
}

/** @throws AppError tiktok-refused when every piece was cancelled meanwhile */
function activePart(loaded: Loaded): Loaded {
  const [pack = loaded.pack] = withoutCancelled([loaded.pack], loaded.record);
  return { ...loaded, pack };
}

/** TikTok: Mark Package As Shipped. The pieces are always named: without them TikTok would ship the whole order. */
async function markShipped(
  api: ShopApi,
  { pack, record }: Loaded,
  { providerId }: { providerId: string },
): Promise<ShippedPackage> {
  const { unitIds, trackingNumber } = pack;
  const orderId = record.order.tiktokOrderId;
  return api.markPackageShipped({ orderId, unitIds, trackingNumber, providerId });
}

/**
 * TikTok: Ship Package. Which package it is, is asked right before: TikTok makes new ones when the address changes or
 * somebody splits the order by hand, and shipping ships everything inside.
 */
async function shipExisting(
  api: ShopApi,
  loaded: Loaded,
  { providerId, attempts }: { providerId: string; attempts: number },
): Promise<ShippedPackage> {
  const { pack } = loaded;
  const order = await readOrder(api, loaded);
  const ours = order && findOurPackage(order, pack);
  if (ours?.state === 'done') return ours.result;
  if (ours?.state === 'refused') throw ours.error;
  const packageId = order ? await packageToShip(api, order, pack) : null;
  if (packageId === null) throw attempts < PATIENT_ATTEMPTS || !order ? notThereYet() : notApart();
  const { requestId } = await api.shipPackage({ packageId, trackingNumber: pack.trackingNumber, providerId });
  return { packageId, warning: null, requestId };
}

/** By the order, or by the package itself: either of the two may be an old copy that knows nothing of a split. */
async function packageToShip(api: ShopApi, order: ShopOrder, pack: StoredPackage): Promise<string | null> {
  const current = currentPackageOf(order, pack.unitIds);
  if (current && holdsExactly(current, pack.unitIds)) return current.packageId;
  if (pack.tiktokPackageId === null) return null;
  const known = await api.getPackage(pack.tiktokPackageId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'tiktok-refused') return null;
    throw error;
  });
  const active = order.units.filter((unit) => pack.unitIds.includes(unit.unitId) && !unit.cancelled);
  const holdsOurs =
    known !== null &&
    known.status !== 'CANCELLED' &&
    known.unitIds.every((unitId) => pack.unitIds.includes(unitId)) &&
    active.every((unit) => known.unitIds.includes(unit.unitId));
  return holdsOurs ? known.packageId : null;
}

async function readBack(deps: ShipmentDeps, { entry }: PackageContext): Promise<ReadBack<ShippedPackage>> {
  const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
  const { api } = await deps.openShop(entry.connectionId, entry.lane);
  return compare(api, loaded);
}

async function compare(api: ShopApi, loaded: Loaded): Promise<ReadBack<ShippedPackage>> {
  return findOurPackage(await readOrder(api, loaded), loaded.pack);
}

/**
 * TikTok refuses what may be our own shipment. It is our success only under our tracking number; an order that does not
 * show it may be an old copy, so it is asked again later.
 */
function resolveRefusal(shown: ReadBack<ShippedPackage>, error: AppError, attempts: number): ShippedPackage {
  if (shown.state === 'done') return shown.result;
  if (shown.state === 'refused') throw shown.error;
  const saysDone = error instanceof TikTokError && error.reaction === 'already-done';
  throw saysDone || attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
}

function notApart(): AppError {
  return refusal(
    'TikTok does not have these pieces in a package of their own.',
    'Look at the packages of the order in TikTok Seller Center, then send the shipment again.',
  );
}

function notThereYet(): AppError {
  return new AppError(
    'tiktok-unavailable',
    'TikTok does not show these pieces in a package of their own yet.',
  );
}
