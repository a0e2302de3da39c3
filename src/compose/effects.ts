import type { AcknowledgementDeps } from '../acknowledgements/acknowledgement-deps.js';
import { cancelOrderEffect } from '../acknowledgements/cancel-order-effect.js';
import { recordOwnCancellation } from '../cancellations/own-cancellation.js';
import { returnEffects } from '../returns/approve-effect.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import { shipmentEffects } from '../shipments/shipment-effects.js';
import { effectRegistry, type EffectRegistry } from '../sync/effects/outbox.js';

/** Everything that is done on TikTok. Adding an effect: its definition here. */
export function effectsOf(domain: ShipmentDeps): EffectRegistry {
  return effectRegistry([
    ...shipmentEffects(domain),
    cancelOrderEffect(acknowledgementDeps(domain)),
    ...returnEffects(domain),
  ]);
}

/** The folder of cancellations knows what a confirmed cancellation means beyond its acknowledgement. */
export function acknowledgementDeps(domain: ShipmentDeps): AcknowledgementDeps {
  return { ...domain, recordOwnCancellation };
}
