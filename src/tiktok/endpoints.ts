import { TikTokError } from './tiktok-errors.js';

export interface Endpoint {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with placeholders; the version is part of it. */
  route: string;
  /** What an answer that never came means: a failed read is simply repeated later, a write is in doubt. */
  effect: 'read' | 'write';
}

/** Every call that this folder can make, with the permission it needs. Source: TikTok's API reference, generation 202309 and later. */
export const endpoints = {
  /** seller.authorization.info; takes no shop cipher */
  authorizedShops: { method: 'GET', route: '/authorization/202309/shops', effect: 'read' },
  /** seller.authorization.info */
  shopWebhooks: { method: 'GET', route: '/event/202309/webhooks', effect: 'read' },
  /** seller.authorization.info */
  setShopWebhook: { method: 'PUT', route: '/event/202309/webhooks', effect: 'write' },
  /** seller.authorization.info */
  deleteShopWebhook: { method: 'DELETE', route: '/event/202309/webhooks', effect: 'write' },
  /** seller.order.info */
  searchOrders: { method: 'POST', route: '/order/202309/orders/search', effect: 'read' },
  /** seller.order.info */
  getOrders: { method: 'GET', route: '/order/202507/orders', effect: 'read' },
  /** seller.fulfillment.basic */
  markPackageShipped: {
    method: 'POST',
    route: '/fulfillment/202309/orders/{order_id}/packages',
    effect: 'write',
  },
  /** seller.fulfillment.package.write */
  splitAttributes: { method: 'GET', route: '/fulfillment/202309/orders/split_attributes', effect: 'read' },
  /** seller.fulfillment.package.write */
  splitOrder: { method: 'POST', route: '/fulfillment/202309/orders/{order_id}/split', effect: 'write' },
  /** seller.fulfillment.basic */
  shipPackage: { method: 'POST', route: '/fulfillment/202309/packages/{package_id}/ship', effect: 'write' },
  /** seller.fulfillment.basic */
  getPackage: { method: 'GET', route: '/fulfillment/202309/packages/{package_id}', effect: 'read' },
  /** seller.fulfillment.basic; once per package, within 72 hours */
  updatePackageShipping: {
    method: 'POST',
    route: '/fulfillment/202309/packages/{package_id}/shipping_info/update',
    effect: 'write',
  },
  /** seller.logistics; the same for an order of one package */
  updateOrderShipping: {
    method: 'POST',
    route: '/fulfillment/202309/orders/{order_id}/shipping_info/update',
    effect: 'write',
  },
  /** seller.fulfillment.basic */
  searchPackages: { method: 'POST', route: '/fulfillment/202309/packages/search', effect: 'read' },
  /** seller.logistics */
  shippingProviders: {
    method: 'GET',
    route: '/logistics/202309/delivery_options/{delivery_option_id}/shipping_providers',
    effect: 'read',
  },
  /** seller.product.basic */
  searchProducts: { method: 'POST', route: '/product/202502/products/search', effect: 'read' },
  /** seller.product.basic */
  getProduct: { method: 'GET', route: '/product/202309/products/{product_id}', effect: 'read' },
  /** seller.product.basic */
  searchInventory: { method: 'POST', route: '/product/202309/inventory/search', effect: 'read' },
  /** seller.product.write */
  updateInventory: {
    method: 'POST',
    route: '/product/202309/products/{product_id}/inventory/update',
    effect: 'write',
  },
  /** seller.product.write */
  updatePrices: {
    method: 'POST',
    route: '/product/202309/products/{product_id}/prices/update',
    effect: 'write',
  },
  /** seller.product.write */
  createProduct: { method: 'POST', route: '/product/202309/products', effect: 'write' },
  /** seller.product.write */
  editProduct: { method: 'PUT', route: '/product/202509/products/{product_id}', effect: 'write' },
  /** seller.product.write */
  partialEditProduct: {
    method: 'POST',
    route: '/product/202509/products/{product_id}/partial_edit',
    effect: 'write',
  },
  /** seller.product.basic; up to 20 products */
  activateProducts: { method: 'POST', route: '/product/202309/products/activate', effect: 'write' },
  /** seller.product.basic; up to 20 products */
  deactivateProducts: { method: 'POST', route: '/product/202309/products/deactivate', effect: 'write' },
  /** seller.product.delete; up to 20 products */
  recoverProducts: { method: 'POST', route: '/product/202309/products/recover', effect: 'write' },
  /** seller.product.delete; up to 20 products */
  deleteProducts: { method: 'DELETE', route: '/product/202309/products', effect: 'write' },
  /** seller.product.basic; the whole tree in one answer */
  categories: { method: 'GET', route: '/product/202309/categories', effect: 'read' },
  /** seller.product.basic */
  categoryRules: { method: 'GET', route: '/product/202309/categories/{category_id}/rules', effect: 'read' },
  /** seller.product.basic */
  categoryAttributes: {
    method: 'GET',
    route: '/product/202309/categories/{category_id}/attributes',
    effect: 'read',
  },
  /** seller.product.basic */
  recommendCategory: { method: 'POST', route: '/product/202309/categories/recommend', effect: 'read' },
  /** seller.product.basic */
  brands: { method: 'GET', route: '/product/202309/brands', effect: 'read' },
  /** seller.product.basic */
  prerequisites: { method: 'GET', route: '/product/202312/prerequisites', effect: 'read' },
  /** seller.product.basic; takes no shop cipher; EU */
  createManufacturer: {
    method: 'POST',
    route: '/product/202409/compliance/manufacturers',
    effect: 'write',
  },
  /** seller.product.basic; takes no shop cipher; EU */
  searchManufacturers: {
    method: 'POST',
    route: '/product/202501/compliance/manufacturers/search',
    effect: 'read',
  },
  /** seller.product.basic; takes no shop cipher; EU */
  createResponsiblePerson: {
    method: 'POST',
    route: '/product/202409/compliance/responsible_persons',
    effect: 'write',
  },
  /** seller.product.basic; takes no shop cipher; EU */
  searchResponsiblePersons: {
    method: 'POST',
    route: '/product/202501/compliance/responsible_persons/search',
    effect: 'read',
  },
  /** seller.product.basic; takes no shop cipher */
  sizeCharts: { method: 'POST', route: '/product/202407/sizecharts/search', effect: 'read' },
  /**
   * seller.product.basic; takes no shop cipher. What no product names does nothing: an upload whose answer was lost, or that
   * arrives late, is repeated like a read.
   */
  uploadImage: { method: 'POST', route: '/product/202309/images/upload', effect: 'read' },
  /** seller.product.basic; takes no shop cipher; likewise */
  uploadFile: { method: 'POST', route: '/product/202309/files/upload', effect: 'read' },
  /** seller.logistics */
  warehouses: { method: 'GET', route: '/logistics/202309/warehouses', effect: 'read' },
  /** seller.return_refund.basic */
  searchCancellations: {
    method: 'POST',
    route: '/return_refund/202309/cancellations/search',
    effect: 'read',
  },
  /** seller.return_refund.basic; from 202602 on with the reasons that the order takes */
  cancelEligibility: {
    method: 'GET',
    route: '/return_refund/202602/orders/{order_id}/aftersale_eligibility',
    effect: 'read',
  },
  /** seller.return_refund.basic */
  cancelOrder: { method: 'POST', route: '/return_refund/202309/cancellations', effect: 'write' },
  /** seller.return_refund.basic */
  approveCancellation: {
    method: 'POST',
    route: '/return_refund/202309/cancellations/{cancel_id}/approve',
    effect: 'write',
  },
  /** seller.return_refund.basic */
  rejectCancellation: {
    method: 'POST',
    route: '/return_refund/202309/cancellations/{cancel_id}/reject',
    effect: 'write',
  },
  /** seller.return_refund.basic; reasons for rejecting cancellations and returns */
  rejectReasons: { method: 'GET', route: '/return_refund/202309/reject_reasons', effect: 'read' },
  /** seller.return_refund.basic */
  searchReturns: { method: 'POST', route: '/return_refund/202309/returns/search', effect: 'read' },
  /** seller.return_refund.basic */
  returnRecords: {
    method: 'GET',
    route: '/return_refund/202309/returns/{return_id}/records',
    effect: 'read',
  },
  /** seller.return_refund.basic */
  approveReturn: {
    method: 'POST',
    route: '/return_refund/202309/returns/{return_id}/approve',
    effect: 'write',
  },
} as const satisfies Record<string, Endpoint>;

/** The name under which a call is budgeted and counted: no ids in it. */
export function endpointName(endpoint: Endpoint): string {
  return `${endpoint.method} ${endpoint.route}`;
}

/**
 * The path with its ids filled in. Ids may come from a document of the ERP's, so that anything that could change the
 * path is refused.
 *
 * @throws TikTokError refused
 */
export function pathOf(endpoint: Endpoint, ids: Readonly<Record<string, string>> = {}): string {
  return endpoint.route.replace(/\{(\w+)\}/g, (_placeholder, name: string) => {
    const id = ids[name] ?? '';
    if (/^[\w-]{1,64}$/.test(id)) return id;
    throw new TikTokError({
      reaction: 'refused',
      message: `The ${name} is not an id of TikTok's.`,
      next: 'Correct the id in the document and send it again.',
    });
  });
}
