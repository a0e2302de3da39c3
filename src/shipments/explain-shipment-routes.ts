import { KeyParams, keyOf } from '../documents/document-routes.js';
import type { DocumentDefinition } from '../documents/document-definition.js';
import type { Api, ApiVersion } from '../http/api.js';
import { sendMessage } from '../http/envelope.js';
import { operation } from '../http/operation.js';
import { explainedGate, ShipmentExplanationMessage } from '../logicbroker/explanation-schema.js';
import { explainedEffect } from '../sync/effects/explained-effect.js';
import type { ShipmentExplanation } from './explain-shipment.js';
import type { StoredPackage } from './shipment-store.js';
import type { ShipmentRouteDeps } from './shipment-route-deps.js';

export function explainShipmentRoute(
  api: Api,
  version: ApiVersion,
  definition: DocumentDefinition,
  { shipments }: Pick<ShipmentRouteDeps, 'shipments'>,
): void {
  api.get(
    '/Shipments/:LogicbrokerKey/Explain',
    {
      schema: operation(version, 'explainShipment', 'Shipments', 'Why a shipment is where it is', {
        description: 'Every rule with its outcome, the packages, and every call to TikTok.',
        params: KeyParams,
        ok: ShipmentExplanationMessage,
      }),
    },
    async (request, reply) => {
      const key = keyOf(definition, request.params.LogicbrokerKey);
      const explanation = await shipments.explain({ companyId: request.caller.companyId, key });
      return sendMessage(reply, toBody(explanation));
    },
  );
}

function toBody(explanation: ShipmentExplanation): object {
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
    TikTokOrderLineIds: one.unitIds,
    TikTokPackageId: one.tiktokPackageId ?? undefined,
    State: one.state,
    Reason: one.reason ?? undefined,
  };
}
