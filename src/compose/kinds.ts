import { followNumbers } from '../shipments/follow-numbers.js';
import { findGoods } from '../catalogue/find-goods.js';
import { ordersMoved } from '../acknowledgements/accept-orders.js';
import type { AcknowledgementDeps } from '../acknowledgements/acknowledgement-deps.js';
import { acknowledgementKind } from '../acknowledgements/acknowledgement-kind.js';
import { findKnownCancellations } from '../cancellations/cancellation-store.js';
import { explainShopify } from '../channels/shopify/explain-shopify.js';
import { explainCancellations } from '../cancellations/explain-cancellations.js';
import { recordOwnCancellation } from '../cancellations/own-cancellation.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { explainShipStation } from '../channels/shipstation/explain-shipstation.js';
import { invoiceKind } from '../invoices/invoice-kind.js';
import { matchSkus, usesMatching } from '../inventory/matching/match-skus.js';
import { explainOrder, type ExplainDeps } from '../orders/explain-order.js';
import type { ExplainOrder, LookAgain } from '../orders/explain-order-routes.js';
import { lookAgain } from '../orders/look-again.js';
import { orderKind } from '../orders/order-kind.js';
import type { PiecesMoved } from '../orders/piece.js';
import type { PullOrdersDeps } from '../orders/pull-orders-deps.js';
import { complianceEffects } from '../products/compliance/create-entity-effect.js';
import { createListingFacts } from '../products/checks/read-facts.js';
import { ensureUploads } from '../products/media/ensure-uploads.js';
import type { MediaFetcher } from '../products/media/media-fetcher.js';
import type { ProductPushDeps } from '../products/push/product-push-deps.js';
import { productEffects } from '../products/push/push-product-effect.js';
import { rereadRules } from '../products/specification/reread-rules.js';
import { returnsOfOrder } from '../returns/explain-return.js';
import { returnKind } from '../returns/return-kind.js';
import { explainShipping } from '../shipments/explain-shipment.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import { shipmentKind } from '../shipments/shipment-kind.js';
import { effectRegistry, type EffectDefinition, type EffectRegistry } from '../sync/effects/outbox.js';

/** What can be asked about one order, whether there is a document of it or not. */
interface OrderUseCases {
  explainOrder: ExplainOrder;
  lookAgain: LookAgain;
}

export function orderUseCases(domain: ShipmentDeps & { piecesMoved?: PiecesMoved }): OrderUseCases {
  const pulling: PullOrdersDeps = {
    ...domain,
    matchSkus,
    usesMatching,
    findGoods,
    numbersChanged: followNumbers,
    findCancellations: findKnownCancellations,
  };
  const explaining: ExplainDeps = {
    ...pulling,
    explainCancellations: (order) => explainCancellations(domain, order),
    explainShipping: async (order) => [
      ...(await explainShipping(domain, order)),
      ...(await explainShipStation(domain, order)),
    ],
    returnsOf: (order) => returnsOfOrder(domain, order),
    channelsOf: (order) => explainShopify(domain, order),
  };
  return {
    explainOrder: (which) => explainOrder(explaining, which),
    lookAgain: (which) => lookAgain(pulling, which),
  };
}

/** Every kind of document. Adding one: its definition here; routes, effects, sweeps and tags follow. */
export function documentKinds(domain: ShipmentDeps & { piecesMoved?: PiecesMoved }): DocumentKind[] {
  return [
    orderKind({
      ...orderUseCases(domain),
      ordersMoved: (tx, heads, to, by) => ordersMoved(tx, { heads, to, now: domain.clock.now(), by }),
    }),
    acknowledgementKind(acknowledgementDeps(domain)),
    shipmentKind(domain),
    returnKind({ ...domain, matchSkus, findGoods }),
    invoiceKind(domain),
  ];
}

/** What a confirmed cancellation means beyond its acknowledgement is up to the folder of cancellations. */
export function acknowledgementDeps(domain: ShipmentDeps): AcknowledgementDeps {
  return { ...domain, recordOwnCancellation };
}

/** What is done on TikTok without a document. */
export function otherEffects(domain: ShipmentDeps, fetcher: MediaFetcher): EffectDefinition[] {
  return [...complianceEffects(domain), ...productEffects(productPushDeps(domain, fetcher))];
}

/** What sending products needs. */
export function productPushDeps(domain: ShipmentDeps, fetcher: MediaFetcher): ProductPushDeps {
  return {
    ...domain,
    facts: createListingFacts(domain),
    ownHosts: fetcher.ownHosts,
    ensureUploads: (connection, uploads) => ensureUploads({ ...domain, fetcher }, connection, uploads),
    rereadRules: (connection, categoryId) => rereadRules(domain, connection, categoryId),
  };
}

/** Everything that documents do on TikTok, and what is done without one. */
export function effectsOf(
  kinds: readonly DocumentKind[],
  others: readonly EffectDefinition[] = [],
): EffectRegistry {
  return effectRegistry([...kinds.flatMap(({ effects = [] }) => effects), ...others]);
}
