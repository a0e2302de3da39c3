import { approveCancellationRoute, rejectCancellationRoute } from './aftersales/answer-cancellation.js';
import { approveReturnRoute, rejectReturnRoute } from './aftersales/answer-return.js';
import { cancelOrderRoute } from './aftersales/cancel-order.js';
import { calculateRefundRoute, createReturnRoute } from './aftersales/create-return.js';
import { eligibilityRoute } from './aftersales/eligibility.js';
import { rejectReasonsRoute } from './aftersales/reject-reasons.js';
import { searchCancellationsRoute } from './aftersales/search-cancellations.js';
import { returnRecordsRoute, searchReturnsRoute } from './aftersales/search-returns.js';
import {
  combinablePackagesRoute,
  combinePackagesRoute,
  uncombinePackagesRoute,
} from './fulfilment/combine.js';
import { markShippedRoute } from './fulfilment/mark-shipped.js';
import { packageDetailRoute, searchPackagesRoute } from './fulfilment/packages.js';
import { batchShipRoute, shipPackageRoute } from './fulfilment/ship-package.js';
import { splitAttributesRoute, splitOrderRoute } from './fulfilment/split.js';
import {
  trackingRoute,
  updateOrderShippingRoute,
  updatePackageShippingRoute,
} from './fulfilment/tracking.js';
import { brandsRoute, createBrandRoute } from './categories/brand-routes.js';
import { attributesRoute, categoriesRoute, rulesRoute } from './categories/category-routes.js';
import {
  createManufacturerRoute,
  editManufacturerRoute,
  searchManufacturersRoute,
} from './categories/manufacturer-routes.js';
import { prerequisitesRoute } from './categories/prerequisites-route.js';
import { recommendCategoryRoute } from './categories/recommend-route.js';
import {
  createResponsiblePersonRoute,
  editResponsiblePersonRoute,
  searchResponsiblePersonsRoute,
} from './categories/responsible-person-routes.js';
import { searchSizeChartsRoute } from './categories/size-charts-route.js';
import type { ApiRoute } from './gateway/route.js';
import { checkListingRoute } from './listing/check-listing.js';
import { createProductRoute } from './listing/create-product.js';
import { editProductRoute, partialEditRoute } from './listing/edit-product.js';
import { uploadFileRoute } from './listing/upload-file.js';
import { uploadImageRoute } from './listing/upload-image.js';
import {
  deliveryOptionsRoute,
  globalWarehousesRoute,
  shippingProvidersRoute,
  warehousesRoute,
} from './logistics-routes.js';
import {
  addReferencesRoute,
  getReferencesRoute,
  searchByReferenceRoute,
} from './orders/external-references.js';
import { orderDetailRoute, priceDetailRoute } from './orders/order-detail.js';
import { searchOrdersRoute } from './orders/search-orders.js';
import {
  activateProductsRoute,
  deactivateProductsRoute,
  deleteProductsRoute,
  recoverProductsRoute,
} from './products/change-status.js';
import { productDetailRoute } from './products/product-detail.js';
import { searchInventoryRoute } from './products/search-inventory.js';
import { searchProductsRoute } from './products/search-products.js';
import { updateInventoryRoute } from './products/update-inventory.js';
import { updatePriceRoute } from './products/update-price.js';
import { deleteWebhookRoute, shopWebhooksRoute, updateWebhookRoute } from './webhooks/management-routes.js';
import { activeShopsRoute, authorizedShopsRoute, removeShopRoute } from './shops-routes.js';

/** Every signed call that the simulator knows; all others answer 36009009. A new call is one more row. */
export const routingTable: readonly ApiRoute[] = [
  authorizedShopsRoute,
  activeShopsRoute,
  removeShopRoute,
  shopWebhooksRoute,
  updateWebhookRoute,
  deleteWebhookRoute,
  searchOrdersRoute,
  orderDetailRoute,
  priceDetailRoute,
  addReferencesRoute,
  getReferencesRoute,
  searchByReferenceRoute,
  markShippedRoute,
  splitAttributesRoute,
  splitOrderRoute,
  searchPackagesRoute,
  packageDetailRoute,
  shipPackageRoute,
  batchShipRoute,
  combinablePackagesRoute,
  combinePackagesRoute,
  uncombinePackagesRoute,
  updateOrderShippingRoute,
  updatePackageShippingRoute,
  trackingRoute,
  warehousesRoute,
  deliveryOptionsRoute,
  shippingProvidersRoute,
  globalWarehousesRoute,
  cancelOrderRoute,
  searchCancellationsRoute,
  approveCancellationRoute,
  rejectCancellationRoute,
  rejectReasonsRoute,
  searchReturnsRoute,
  returnRecordsRoute,
  approveReturnRoute,
  rejectReturnRoute,
  eligibilityRoute,
  createReturnRoute,
  calculateRefundRoute,
  searchProductsRoute,
  productDetailRoute,
  searchInventoryRoute,
  updateInventoryRoute,
  updatePriceRoute,
  activateProductsRoute,
  deactivateProductsRoute,
  recoverProductsRoute,
  deleteProductsRoute,
  categoriesRoute,
  rulesRoute,
  attributesRoute,
  recommendCategoryRoute,
  brandsRoute,
  createBrandRoute,
  prerequisitesRoute,
  searchSizeChartsRoute,
  createManufacturerRoute,
  editManufacturerRoute,
  searchManufacturersRoute,
  createResponsiblePersonRoute,
  editResponsiblePersonRoute,
  searchResponsiblePersonsRoute,
  uploadImageRoute,
  uploadFileRoute,
  createProductRoute,
  editProductRoute,
  partialEditRoute,
  checkListingRoute,
];
