import type { Actor } from '../companies/actor.js';
import type { ActiveConnection } from '../connections/connection.js';
import { recordEvents } from '../documents/document-store.js';
import { AppError } from '../kernel/errors.js';
import { MINUTE_MS } from '../kernel/time.js';
import { findOrdersOfShop } from '../orders/order-store.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';
import type { ShopPackage } from '../tiktok/map/fulfilment-mapping.js';
import { lockShipment } from './lock-shipment.js';
import type { LoadedShipment } from './package-to-send.js';
import { finish } from './settle-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { findClaims, updatePackages, type StoredPackage, type UnitClaim } from './shipment-store.js';
import { sameTracking } from './tracking-number.js';

type Loaded = LoadedShipment & { pack: StoredPackage };

/** Until the pull tells of a package that was taken apart, TikTok is asked no more often than this. */
const LOOK_AGAIN_MS = 5 * MINUTE_MS;

/**
 * TikTok ships a combined package as a whole, so a call for one order would silently ship the others: it waits until the
 * shipments of all of them name the same number. The setting `shipCombinedTogether` ships all with the first.
 * @param known the package as TikTok has it now; null: what the last pull has shown decides, without asking
 * @returns the other orders of the package
 * @throws AppError connection-not-ready while others are missing; tiktok-refused when an earlier shipment names another number
 */
export async function awaitOthers(
  deps: ShipmentDeps,
  { connection, by }: { connection: ActiveConnection; by: Actor },
  loaded: Loaded,
  known: ShopPackage | null,
): Promise<string[]> {
  const { record, pack } = loaded;
  const own = record.order.tiktokOrderId;
  const others = (known?.orderIds ?? knownOthers(loaded)).filter((id) => id !== own);
  if (others.length === 0 || connection.settings.shipCombinedTogether) return others;
  const claims = await findClaims(deps.db.prisma, connection, [own, ...others]);
  const inside = claims.filter((claim) => isInside(claim, known));
  const conflict = inside.find(
    ({ shipmentKey, trackingNumber, state }) =>
      shipmentKey !== null &&
      shipmentKey < pack.shipmentKey &&
      state === 'pending' &&
      !sameTracking(trackingNumber, pack.trackingNumber),
  );
  if (conflict) throw otherNumber(conflict);
  const ready = inside.filter((claim) => sameTracking(claim.trackingNumber, pack.trackingNumber));
  const isReady = (id: string) => {
    const pieces = inside.filter(({ tiktokOrderId }) => tiktokOrderId === id);
    // Of an order of TikTok's package no piece is known here as long as no pull has seen it.
    return pieces.length > 0 ? pieces.every((claim) => ready.includes(claim)) : known === null;
  };
  const missing = [own, ...others].filter((id) => !isReady(id));
  if (missing.length === 0) return others;
  throw await noteWaiting(deps, { connection, by }, loaded, missing);
}

/** What the last pull has shown; nothing for a mere recommendation, which binds nobody. */
function knownOthers({ record }: Loaded): readonly string[] {
  return record.parcelKey?.startsWith('package:') ? record.together : [];
}

function isInside(claim: UnitClaim, known: ShopPackage | null): boolean {
  if (known) return known.unitIds.includes(claim.unitId);
  // A package that was pulled holds all pieces of its orders: TikTok splits no combined ones.
  return !claim.isShipped;
}

function otherNumber({ tiktokOrderId, shipmentKey, trackingNumber }: UnitClaim): AppError {
  return refusal(
    `TikTok has this order in one package with order ${tiktokOrderId}, whose shipment ${shipmentKey} names ${trackingNumber}.`,
    `Send this shipment with ${trackingNumber}, or take the orders apart in TikTok Seller Center and send it again.`,
  );
}

/** Says so on the shipment and on the orders that it waits for, once. @returns the error that has it looked at later */
async function noteWaiting(
  deps: ShipmentDeps,
  { connection, by }: { connection: ActiveConnection; by: Actor },
  { record, pack }: Loaded,
  missing: readonly string[],
): Promise<AppError> {
  const { companyId, order } = record;
  const { shipmentKey, position, trackingNumber } = pack;
  const reason =
    `TikTok has it in one package with other pieces: it waits for the shipment of order ${missing.join(', ')} with the number ${trackingNumber}. ` +
    'To ship it alone, take the orders apart in TikTok Seller Center; the setting shipCombinedTogether ships all with the first.';
  await deps.db.transaction(async (tx) => {
    const locked = await lockShipment(tx, { companyId, key: shipmentKey });
    if (pack.reason === reason) return;
    await updatePackages(tx, { shipmentKey, positions: [position] }, { reason });
    const subject = { companyId, connectionId: connection.id };
    const waited = await findOrdersOfShop(tx, connection, missing);
    await recordEvents(
      tx,
      by,
      waited.flatMap(({ documentKey, companyId: owner }) =>
        documentKey === null || owner !== companyId || documentKey === record.documentKey
          ? []
          : [
              {
                ...subject,
                documentKey,
                event: 'shipment-waits' as const,
                summary: `Shipment ${shipmentKey} of order ${order.tiktokOrderId} waits for the shipment of this order`,
                details: `TikTok has both in one package. Ship this order under the same number, ${trackingNumber}.`,
              },
            ],
      ),
    );
    await finish(tx, locked, by, [
      {
        ...subject,
        documentKey: shipmentKey,
        event: 'shipment-waits',
        summary: `Package ${position} (${trackingNumber}) waits for order ${missing.join(', ')}`,
        details: reason,
      },
    ]);
  });
  return new AppError('connection-not-ready', reason, { retryAfterMs: LOOK_AGAIN_MS });
}
