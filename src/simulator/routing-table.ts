import { markShippedRoute } from './fulfilment/mark-shipped.js';
import type { ApiRoute } from './gateway/route.js';
import {
  deliveryOptionsRoute,
  globalWarehousesRoute,
  shippingProvidersRoute,
  warehousesRoute,
} from './logistics-routes.js';
import { orderDetailRoute, priceDetailRoute } from './orders/order-detail.js';
import { searchOrdersRoute } from './orders/search-orders.js';
import { activeShopsRoute, authorizedShopsRoute, removeShopRoute } from './shops-routes.js';

/** Every signed call that the simulator knows; all others answer 36009009. A new call is one more row. */
export const routingTable: readonly ApiRoute[] = [
  authorizedShopsRoute,
  activeShopsRoute,
  removeShopRoute,
  searchOrdersRoute,
  orderDetailRoute,
  priceDetailRoute,
  markShippedRoute,
  warehousesRoute,
  deliveryOptionsRoute,
  shippingProvidersRoute,
  globalWarehousesRoute,
];
