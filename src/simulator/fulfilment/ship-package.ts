import { Type, type Static } from 'typebox';

import { ApiError } from '../gateway/api-error.js';
import { refusalFor } from '../gateway/documented-refusal.js';
import { NoQuery } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import type { Package } from '../state/model.js';
import { arrangePackage, isShipped, ordersOf } from '../state/order-machine.js';
import type { Shop, World } from '../state/world.js';
import { refuseFulfilment } from './fulfilment-error.js';
import {
  mustBeFreeTrackingNumber,
  mustBeShippable,
  mustBeTrackingNumber,
  mustHaveInvoice,
  providerFor,
} from './shipping-rules.js';

const shipment = {
  handover_method: Type.Optional(Type.Enum(['PICKUP', 'DROP_OFF'])),
  pickup_slot: Type.Optional(
    Type.Object({ start_time: Type.Optional(Type.Integer()), end_time: Type.Optional(Type.Integer()) }),
  ),
  self_shipment: Type.Optional(
    Type.Object({
      tracking_number: Type.String({ minLength: 1 }),
      shipping_provider_id: Type.String({ minLength: 1 }),
    }),
  ),
};
const Shipment = Type.Object(shipment);
type Shipment = Static<typeof Shipment>;

/** TikTok: Ship Package 202309. */
export const shipPackageRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/{package_id}/ship',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: NoQuery,
  body: Shipment,
  handle: ({ world, shop, params, body, requestId, nowSec }) => {
    shipPackage(world, shop, params['package_id'] ?? '', body, requestId, nowSec);
    return {};
  },
});

const BATCH = 'POST /fulfillment/{version}/packages/ship';

/** TikTok: Batch Ship Packages 202309. Code 0 although single packages failed: those are in `errors`. */
export const batchShipRoute = shopRoute({
  method: 'POST',
  path: '/fulfillment/{version}/packages/ship',
  versions: ['202309'],
  scopes: ['seller.fulfillment.basic'],
  query: NoQuery,
  body: Type.Object({
    packages: Type.Array(Type.Object({ id: Type.String({ minLength: 1 }), ...shipment }), { minItems: 1 }),
  }),
  handle: ({ world, shop, body, requestId, nowSec }) => {
    const errors: object[] = [];
    for (const item of body.packages) {
      try {
        shipPackage(world, shop, item.id, item, requestId, nowSec);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const { code, message } = refusalFor(world.behaviour, BATCH, error);
        errors.push({ code, message, detail: { package_id: item.id } });
      }
    }
    return errors.length === 0 ? {} : { errors };
  },
});

function shipPackage(
  world: World,
  shop: Shop,
  id: string,
  how: Shipment,
  requestId: string,
  nowSec: number,
): void {
  const pack = shop.packages.get(id);
  if (pack === undefined) throw refuseFulfilment(21011028);
  if (isShipped(pack)) throw refuseFulfilment(pack.status === 'COMPLETED' ? 21011027 : 21011040);
  const orders = ordersOf(world, pack);
  for (const order of orders) {
    mustBeShippable(shop, order);
    mustHaveInvoice(order);
  }
  if (pack.status === 'CANCELLED') throw refuseFulfilment(21011042);
  const parcel = parcelOf(world, shop, pack, how);
  if (how.handover_method !== undefined) pack.handoverMethod = how.handover_method;
  arrangePackage(world, pack, { ...parcel, via: 'api', requestId }, nowSec);
}

function parcelOf(
  world: World,
  shop: Shop,
  pack: Package,
  how: Shipment,
): { trackingNumber: string; providerId: string; providerName: string } {
  const [order] = ordersOf(world, pack);
  if (order?.shippingType === 'TIKTOK') {
    return {
      trackingNumber: `TTS${pack.id}`,
      providerId: '6617675021119438849',
      providerName: 'TikTok Shipping',
    };
  }
  // UNCONFIRMED: the code where sellers have to use Mark Package As Shipped instead.
  if (shop.region.shipping === 'mark') throw refuseFulfilment(21004010);
  if (order === undefined || how.self_shipment === undefined) throw refuseFulfilment(21011022);
  const { tracking_number: trackingNumber, shipping_provider_id: providerId } = how.self_shipment;
  const provider = providerFor(shop, order, providerId);
  mustBeTrackingNumber(world, provider, trackingNumber);
  // The orders of a combined package share its number: one of them stands for all.
  mustBeFreeTrackingNumber(world, shop, order, trackingNumber);
  return { trackingNumber, providerId, providerName: provider.name };
}
