import type { ShopOrder } from '../domain/order.js';
import { AppError } from '../kernel/errors.js';
import type { EffectContext, EffectDefinition, ReadBack } from '../sync/effects/outbox.js';
import {
  asRefusal,
  inDoubt,
  mayBeOurOwn,
  PATIENT_ATTEMPTS,
  refusal,
} from '../sync/effects/tiktok-refusal.js';
import { carrierChoices, chooseProviders } from './choose-providers.js';
import { standingOf } from './compare-with-tiktok.js';
import type { CorrectedPackage } from './correction.js';
import { effectNames, type PackagePayload } from './enqueue-packages.js';
import { loadPackage, readOrder } from './package-to-send.js';
import { settleCorrection } from './settle-correction.js';
import { providerDeps, type ShipmentDeps } from './shipment-deps.js';
import { piecesIn, type Correction, type StoredPackage } from './shipment-store.js';
import { sameTracking } from './tracking-number.js';

type Loaded = Awaited<ReturnType<typeof loadPackage>>;

/** TikTok: Update Package Shipping Info, or by order where no package is known. Once per package, within 72 hours. */
export function correctTrackingEffect(
  deps: ShipmentDeps,
): EffectDefinition<PackagePayload, CorrectedPackage> {
  return {
    name: effectNames.correct,
    lane: 'urgent',
    leavesByFence: true,
    // TikTok takes it once (21011050): a repeat is refused, and read back then.
    resendSafe: true,

    async send({ entry, fence }) {
      const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
      const correction = correctionOf(loaded.pack);
      const providerId = await providerIdOf(deps, loaded, correction);
      const { api } = await deps.openShop(entry.connectionId, entry.lane, fence);
      const order = await readOrder(api, loaded);
      const shown = findCorrected(order, loaded.pack, { ...correction, providerId });
      if (shown.state === 'done') return shown.result;
      if (shown.state === 'refused') throw shown.error;
      const { tiktokOrderId: orderId } = loaded.record.order;
      const packageId = packageIdOf(loaded.pack, order);
      const { trackingNumber } = correction;
      try {
        const { requestId } = await api.correctTracking({ orderId, packageId, trackingNumber, providerId });
        return { providerId, requestId };
      } catch (thrown) {
        const error = asRefusal(thrown);
        if (!mayBeOurOwn(error, entry.attempts)) throw error;
        const after = findCorrected(await readOrder(api, loaded), loaded.pack, { ...correction, providerId });
        if (after.state === 'done') return after.result;
        throw entry.attempts < PATIENT_ATTEMPTS ? inDoubt(error) : error;
      }
    },

    readBack: (context) => readBack(deps, context),
    settle: settleCorrection,
  };
}

async function readBack(
  deps: ShipmentDeps,
  { entry }: EffectContext<PackagePayload>,
): Promise<ReadBack<CorrectedPackage>> {
  const loaded = await loadPackage(deps.db.prisma, entry.companyId, entry.payload);
  const { api } = await deps.openShop(entry.connectionId, entry.lane);
  return findCorrected(await readOrder(api, loaded), loaded.pack, correctionOf(loaded.pack));
}

function correctionOf({ correction, trackingNumber }: StoredPackage): Correction {
  if (correction) return correction;
  throw new Error(`Package ${trackingNumber} has no correction`);
}

async function providerIdOf(
  deps: ShipmentDeps,
  { pack, record }: Loaded,
  { providerId, carrier }: Correction,
): Promise<string> {
  if (providerId !== null) return providerId;
  const { position } = pack;
  const carriers = [{ position, carrier }];
  const providers = await chooseProviders(carrierChoices(providerDeps(deps), carriers), record, carriers);
  const provider = providers.get(position);
  if (!provider) throw new AppError('internal', 'A chosen carrier is missing.');
  return provider.id;
}

function packageIdOf(pack: StoredPackage, order: ShopOrder | undefined): string | null {
  const shown = order?.units.find((unit) => pack.unitIds.includes(unit.unitId) && unit.packageId !== null);
  return shown?.packageId ?? pack.tiktokPackageId;
}

/** Whether TikTok shows the package under its new number and carrier; by the old one it may still be corrected. */
function findCorrected(
  order: ShopOrder | undefined,
  pack: StoredPackage,
  { trackingNumber, from, providerId }: Pick<Correction, 'trackingNumber' | 'from' | 'providerId'>,
): ReadBack<CorrectedPackage> {
  if (!order) return { state: 'unknown', why: 'TikTok does not show the order.' };
  const unitIds = piecesIn(pack);
  const { own, elsewhere, open, cancelled } = standingOf(order, { unitIds, trackingNumber });
  if (own.length + elsewhere.length + open.length === 0) {
    const why = cancelled.length > 0 ? 'were cancelled' : 'are not shown';
    return { state: 'refused', error: refusal(`The pieces of this package ${why} in TikTok.`, NOTHING) };
  }
  const isCarrier = own.every(
    (unit) =>
      providerId === null || unit.shippingProviderId === null || unit.shippingProviderId === providerId,
  );
  if (elsewhere.length + open.length === 0) {
    if (isCarrier) return { state: 'done', result: { providerId } };
    return { state: 'not-done' };
  }
  const other = elsewhere.find((unit) => !sameTracking(unit.trackingNumber, from));
  if (!other) return { state: 'not-done' };
  return {
    state: 'refused',
    error: refusal(
      `TikTok shows the package under ${other.trackingNumber ?? 'no number'} by now: Seller Center or another app has changed it.`,
      'Compare with TikTok Seller Center.',
    ),
  };
}

const NOTHING = 'Nothing to do.';
