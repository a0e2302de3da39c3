import { pullCancellationsFlow } from '../cancellations/cancellation-flow.js';
import { pullCatalogueFlow } from '../catalogue/catalogue-flow.js';
import { compareInventoryFlow, pushInventoryFlow } from '../inventory/inventory-flows.js';
import { pullOrdersFlow, sweepOrdersFlow } from '../orders/order-flow.js';
import { pushProductsFlow } from '../products/push/push-products-flow.js';
import { pullReturnsFlow } from '../returns/return-flow.js';
import { keepWebhooksFlow, readWebhooksFlow } from '../webhooks/in/webhook-flows.js';
import { deliverShopifyFlow, readShopifyFlow } from '../channels/shopify/shopify-subject.js';
import { exchangeFilesFlow } from '../deliveries/remote-server-subject.js';
import { sendAlertsFlow } from '../alerts/recipient-subject.js';
import { sendWebhooksFlow } from '../webhooks/out/webhook-subject.js';
import { flowList, type FlowCatalogue } from '../sync/flows/flow-catalogue.js';

/** Everything that runs at its times. Adding a flow: its definition here, its handler in compose.ts. */
export const productFlows: FlowCatalogue = flowList([
  pullOrdersFlow,
  sweepOrdersFlow,
  pullCatalogueFlow,
  pushProductsFlow,
  pushInventoryFlow,
  compareInventoryFlow,
  pullCancellationsFlow,
  pullReturnsFlow,
  readWebhooksFlow,
  keepWebhooksFlow,
  sendWebhooksFlow,
  sendAlertsFlow,
  deliverShopifyFlow,
  readShopifyFlow,
  exchangeFilesFlow,
]);
