import { explainedGate } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import type { ShipmentExplanation } from './explain-shipment.js';
import { piecesIn, type StoredPackage } from './shipment-store.js';

/** As `ShipmentExplanation` of the API. */
export function shipmentExplanationBody(explanation: ShipmentExplanation): object {
  return {
    LogicbrokerKey: String(explanation.key),
    Status: explanation.status,
    ErrorMessage: explanation.errorMessage ?? undefined,
    Gates: explanation.gates.map(explainedGate),
    Packages: explanation.packages.map(toPackage),
    Effects: explanation.effects.map(explainedEffect),
  };
}

function toPackage(one: StoredPackage): object {
  return {
    TrackingNumber: one.trackingNumber,
    ShippingProviderId: one.providerId ?? undefined,
    CarrierName: one.carrierName ?? undefined,
    TikTokOrderLineIds: piecesIn(one),
    LeftOutOrderLineIds: one.leftOut.length > 0 ? one.leftOut : undefined,
    TikTokPackageId: one.tiktokPackageId ?? undefined,
    State: one.state,
    Reason: one.reason ?? undefined,
    Correction: one.correction
      ? {
          From: one.correction.from,
          TrackingNumber: one.correction.trackingNumber,
          State: one.correction.state,
          Reason: one.correction.reason ?? undefined,
          AskedAt: one.correction.askedAt,
        }
      : undefined,
  };
}
