import { AppError, messageOf } from '../kernel/errors.js';
import type { ShopOrder } from '../domain/order.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/effects/outbox.js';
import type { ShopPackage } from '../tiktok/map/fulfilment-mapping.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import {
  currentPackageOf,
  findOurPackage,
  holdsExactly,
  packageIdsOf,
  shippedAs,
  standingOf,
  type ShippedPackage,
} from './compare-with-tiktok.js';
import { awaitOthers } from './combined-packages.js';
import { correctTrackingEffect } from './correction-effect.js';
import { effectNames, type PackagePayload } from './enqueue-packages.js';
import { correctPackage, findOvertakenPackages } from './overtaken-shipments.js';
import {
  loadPackage,
  providerIdOf,
  providerIdOfNow,
  readOrder,
  withoutCancelled,
} from './package-to-send.js';
import { settlePackage } from './settle-shipment.js';
import { splitOrderEffect } from './split-effect.js';
import type { ShipmentDeps } from './shipment-deps.js';
import type { StoredPackage } from './shipment-store.js';
import { PATIENT_ATTEMPTS, refusal } from '../sync/effects/tiktok-refusal.js';
import { shipWhatIsLeft } from './ship-what-is-left.js';

/** TikTok, Ship Package and Mark Package As Shipped: "The tracking number or shipping provider is invalid." */
const invalidCarrier: ReadonlySet<string | null> = new Set(['21011022', '206108']);

type Loaded = Awaited<ReturnType<typeof loadPackage>>;
type PackageContext = EffectContext<PackagePayload>;

/**
 * The table of what shipments do on TikTok. All of them are read back through the order itself, whose pieces show package
 * and tracking number in every region.
 */
export function shipmentEffects(deps: ShipmentDeps): EffectDefinition[] {
  return [
    shippingEffect(deps, effectNames.markShipped, markShipped),
    shippingEffect(deps, effectNames.ship, shipExisting),
    splitOrderEffect(deps),
    correctTrackingEffect(deps),
  ] as EffectDefinition[];
}

/** All that a call needs. */
interface Sending {
  api: ShopApi;
  loaded: Loaded;
  providerId: string;
  attempts: number;
  /** Before a package leaves as a whole; see `awaitOthers`. */
  awaitOthers(known: ShopPackage | null): Promise<string[]>;
}

/** The call of one of the two ways to ship, for the pieces that are still open. */
type Ship = (sending: Sending, order: ShopOrder | undefined) => Promise<ShippedPackage>;

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

    async send({ entry, fence, by }) {
      const loaded = activePart(await loadPackage(deps.db.prisma, entry.companyId, entry.payload));
      const providerId = await providerIdOf(deps, loaded);
      const { api, connection } = await deps.openShop(entry.connectionId, entry.lane, fence);
      const { pack } = loaded;
      const { attempts } = entry;
      const awaiting = (known: ShopPackage | null) => awaitOthers(deps, { connection, by }, loaded, known);
      // What the last pull has shown costs nothing to know: no call is made for a package that waits for others.
      await awaiting(null);
      return shipWhatIsLeft({
        pack,
        attempts,
        readOrder: () => readOrder(api, loaded),
        ship: (unitIds) => {
          const left = { ...loaded, pack: { ...pack, unitIds: [...unitIds] } };
          const sending = { api, loaded: left, providerId, attempts, awaitOthers: awaiting };
          return shipByCarrierOfNow(deps, sending, (one) => shipOpen(ship, one));
        },
      });
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

/** Once more, when TikTok refuses a carrier's id and its list has another one by now. */
async function shipByCarrierOfNow(
  deps: ShipmentDeps,
  sending: Sending,
  ship: (sending: Sending) => Promise<ShippedPackage>,
): Promise<ShippedPackage> {
  try {
    return await ship(sending);
  } catch (error) {
    if (!(error instanceof TikTokError && invalidCarrier.has(error.tiktokCode))) throw error;
    const providerId = await providerIdOfNow(deps, sending.loaded);
    if (providerId === sending.providerId) throw error;
    return ship({ ...sending, providerId });
  }
}

/**
 * The order is asked right before: others cancel pieces, ship them, and split and combine packages, and TikTok ships all
 * that is in a package.
 */
async function shipOpen(ship: Ship, sending: Sending): Promise<ShippedPackage> {
  const { api, loaded } = sending;
  const { pack } = loaded;
  const order = await readOrder(api, loaded);
  if (!order) return ship(sending, order);
  const ours = findOurPackage(order, pack);
  if (ours.state === 'done') return ours.result;
  if (ours.state === 'refused') throw ours.error;
  const standing = standingOf(order, pack);
  const unitIds = standing.open.map(({ unitId }) => unitId);
  const shipped = await ship({ ...sending, loaded: { ...loaded, pack: { ...pack, unitIds } } }, order);
  const known = shippedAs(standing);
  return {
    ...shipped,
    unitIds: [...new Set([...(known.unitIds ?? []), ...(shipped.unitIds ?? unitIds)])],
    cancelledIds: [...new Set([...(known.cancelledIds ?? []), ...(shipped.cancelledIds ?? [])])],
  };
}

/** TikTok: Mark Package As Shipped. The pieces are always named: without them TikTok would ship the whole order. */
async function markShipped(sending: Sending, order: ShopOrder | undefined): Promise<ShippedPackage> {
  const { api, providerId } = sending;
  const { pack, record } = sending.loaded;
  const { unitIds, trackingNumber } = pack;
  const orderId = record.order.tiktokOrderId;
  // Here a package exists beforehand only where somebody has split or combined.
  const [packageId = null, ...more] = order ? packageIdsOf(order, unitIds) : [];
  const isOne = packageId !== null && more.length === 0;
  const sharedWith = isOne ? await sending.awaitOthers(await api.getPackage(packageId)) : [];
  return { ...(await api.markPackageShipped({ orderId, unitIds, trackingNumber, providerId })), sharedWith };
}

/**
 * TikTok: Ship Package. TikTok makes new packages when the address changes or somebody splits the order by hand. Its answer
 * is empty, so what it has shipped is asked right after: somebody may have taken pieces out in between.
 */
async function shipExisting(sending: Sending, order: ShopOrder | undefined): Promise<ShippedPackage> {
  const { api, loaded, providerId, attempts } = sending;
  const { pack } = loaded;
  const known = order ? await packageToShip(api, order, pack) : null;
  if (known === null) throw attempts < PATIENT_ATTEMPTS || !order ? notThereYet() : notApart();
  const sharedWith = await sending.awaitOthers(known);
  const { packageId } = known;
  const { requestId } = await api.shipPackage({ packageId, trackingNumber: pack.trackingNumber, providerId });
  return { ...(await whatWasShipped(api, loaded)), requestId, sharedWith };
}

/** The call has left: whatever keeps TikTok from showing its effect now leaves it in doubt. */
async function whatWasShipped(api: ShopApi, loaded: Loaded): Promise<ShippedPackage> {
  const shown = await compare(api, loaded).catch((error: unknown) => {
    const why = `TikTok could not be asked what it has shipped: ${messageOf(error)}`;
    return { state: 'unknown' as const, why };
  });
  if (shown.state === 'done') return shown.result;
  const why = shown.state === 'unknown' ? shown.why : 'TikTok does not show the shipment yet.';
  throw new AppError('tiktok-in-doubt', why);
}

/** By the order, or by the package itself: either of the two may be an old copy that knows nothing of a split. */
async function packageToShip(
  api: ShopApi,
  order: ShopOrder,
  pack: StoredPackage,
): Promise<ShopPackage | null> {
  const current = currentPackageOf(order, pack.unitIds);
  const isApart = current !== null && holdsExactly(current, pack.unitIds);
  const packageId = isApart ? current.packageId : pack.tiktokPackageId;
  if (packageId === null) return null;
  const known = await api.getPackage(packageId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'tiktok-refused') return null;
    throw error;
  });
  if (known === null || known.status === 'CANCELLED') return null;
  const own = new Set(order.units.map(({ unitId }) => unitId));
  const active = order.units.filter((unit) => pack.unitIds.includes(unit.unitId) && !unit.cancelled);
  const holdsOurs =
    known.unitIds.every((unitId) => !own.has(unitId) || pack.unitIds.includes(unitId)) &&
    active.every((unit) => known.unitIds.includes(unit.unitId));
  return isApart || holdsOurs ? known : null;
}

async function readBack(deps: ShipmentDeps, { entry }: PackageContext): Promise<ReadBack<ShippedPackage>> {
  const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
  const { api } = await deps.openShop(entry.connectionId, entry.lane);
  return compare(api, loaded);
}

async function compare(api: ShopApi, loaded: Loaded): Promise<ReadBack<ShippedPackage>> {
  return findOurPackage(await readOrder(api, loaded), loaded.pack);
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
