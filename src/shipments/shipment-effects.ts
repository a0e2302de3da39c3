import { AppError } from '../errors.js';
import type { ShopOrder } from '../orders/order.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/outbox.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import { TikTokError } from '../tiktok/tiktok-errors.js';
import {
  currentPackageOf,
  findOurPackage,
  holdsExactly,
  type ShippedPackage,
} from './compare-with-tiktok.js';
import { effectNames, type PackagePayload } from './enqueue-packages.js';
import { loadPackage, providerIdOf } from './package-to-send.js';
import { settlePackage } from './settle-shipment.js';
import { splitOrderEffect } from './split-effect.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { refusal, throwRefusal } from './tiktok-refusal.js';

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
type Ship = (api: ShopApi, loaded: Loaded, providerId: string) => Promise<ShippedPackage>;

function shippingEffect(
  deps: ShipmentDeps,
  name: string,
  ship: Ship,
): EffectDefinition<PackagePayload, ShippedPackage> {
  return {
    name,
    lane: 'urgent',
    // TikTok refuses pieces that are shipped already (21011020 and its like).
    resendSafe: true,

    async send({ entry }) {
      const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
      const providerId = await providerIdOf(deps, loaded);
      const { api } = await deps.openShop(entry.connectionId, entry.lane);
      try {
        return await ship(api, loaded, providerId);
      } catch (error) {
        if (!(error instanceof TikTokError) || error.reaction !== 'already-done') return throwRefusal(error);
        return resolveAlreadyDone(await compare(api, loaded), error);
      }
    },

    readBack: (context) => readBack(deps, context),
    settle: (tx, entry, outcome) => settlePackage(deps, tx, entry, outcome),
  };
}

/** TikTok: Mark Package As Shipped. The pieces are always named: without them TikTok would ship the whole order. */
async function markShipped(
  api: ShopApi,
  { pack, record }: Loaded,
  providerId: string,
): Promise<ShippedPackage> {
  const { unitIds, trackingNumber } = pack;
  const orderId = record.order.tiktokOrderId;
  return api.markPackageShipped({ orderId, unitIds, trackingNumber, providerId });
}

/**
 * TikTok: Ship Package. Which package it is, is asked right before: TikTok makes new ones when the address changes or
 * somebody splits the order by hand, and shipping ships everything inside.
 */
async function shipExisting(api: ShopApi, loaded: Loaded, providerId: string): Promise<ShippedPackage> {
  const { pack } = loaded;
  const order = await readOrder(api, loaded);
  const ours = order && findOurPackage(order, pack);
  if (ours?.state === 'done') return ours.result;
  if (ours?.state === 'refused') throw ours.error;
  const current = order && currentPackageOf(order, pack.unitIds);
  if (!order || current?.packageId === null) {
    throw new AppError('tiktok-unavailable', 'TikTok does not show the package of these pieces yet.');
  }
  if (!current || !holdsExactly(current, pack.unitIds)) {
    throw refusal(
      'TikTok does not have these pieces in a package of their own any more.',
      'Look at the packages of the order in TikTok Seller Center, then send the shipment again.',
    );
  }
  const { packageId } = current;
  await api.shipPackage({ packageId, trackingNumber: pack.trackingNumber, providerId });
  return { packageId, warning: null };
}

async function readBack(deps: ShipmentDeps, { entry }: PackageContext): Promise<ReadBack<ShippedPackage>> {
  const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
  const { api } = await deps.openShop(entry.connectionId, entry.lane);
  return compare(api, loaded);
}

async function compare(api: ShopApi, loaded: Loaded): Promise<ReadBack<ShippedPackage>> {
  return findOurPackage(await readOrder(api, loaded), loaded.pack);
}

async function readOrder(api: ShopApi, { record }: Loaded): Promise<ShopOrder | undefined> {
  const { orders } = await api.getOrders([record.order.tiktokOrderId]);
  return orders.find((order) => order.tiktokOrderId === record.order.tiktokOrderId);
}

/**
 * TikTok says that the pieces are shipped already. That is our success only under our tracking number; an order that
 * does not show it yet may be an old copy, so it is asked again later.
 */
function resolveAlreadyDone(shown: ReadBack<ShippedPackage>, error: TikTokError): ShippedPackage {
  if (shown.state === 'done') return shown.result;
  if (shown.state === 'refused') throw shown.error;
  throw new AppError('tiktok-in-doubt', error.message, { details: error.details, cause: error });
}
