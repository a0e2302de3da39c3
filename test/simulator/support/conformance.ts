import { documentedShapes } from './documented-shapes.js';
import { parseShape, violations, type Shape } from './shape.js';

type Call = keyof typeof documentedShapes;

/**
 * Fields that came after the copy of the reference that the documented shapes were taken from (December 2025), known from
 * TikTok's changelog and from public schemas of 2026; and the guesses of the simulator, which are marked there.
 */
const newerFields: Partial<Record<Call, string>> = {
  searchOrders: newerOrder(),
  orderDetail: newerOrder(),
  searchProducts: `{products: [{product_tags: [s]}]}`,
  // Seen live in July 2026; weight and size of a SKU came with May 2026.
  getProduct: `{product_tags: [s], skus: [{sku_weight: {value: s, unit: s},
    sku_dimensions: {length: s, width: s, height: s, unit: s}}]}`,
  // US since August 2026: the warehouse that the package really leaves from.
  packageDetail: `{warehouse_id: s}`,
};

function newerOrder(): string {
  const payment = `{distance_fee: s, distance_shipping_fee: s, payment_platform_discount: s,
    payment_discount_service_fee: s}`;
  return `{orders: [{is_subscription_order: b, order_rights: [i], shipping_tax_amount: s, shipping_tax_rate: s,
    payment: ${payment}, line_items: [{room_id: s, product_listing_type: s}]}]}`;
}

const empty = '{}';
/** Which shape holds which answer; `{}` where the reference documents no data. */
const answers: readonly (readonly [call: string, shape: Call | typeof empty])[] = [
  ['GET /authorization/202309/shops', 'authorizedShops'],
  ['DELETE /authorization/202403/shops', empty],
  ['GET /event/202309/webhooks', 'shopWebhooks'],
  ['PUT /event/202309/webhooks', empty],
  ['DELETE /event/202309/webhooks', empty],
  ['GET /seller/202309/shops', 'activeShops'],
  ['POST /order/202309/orders/search', 'searchOrders'],
  ['GET /order/202309/orders', 'orderDetail'],
  ['GET /order/202507/orders', 'orderDetail'],
  ['GET /order/202407/orders/{}/price_detail', 'priceDetail'],
  ['POST /order/202406/orders/external_orders', 'addReferences'],
  ['GET /order/202406/orders/{}/external_orders', 'getReferences'],
  ['POST /order/202406/orders/external_order_search', 'searchByReference'],
  ['POST /fulfillment/202309/orders/{}/packages', 'markShipped'],
  ['POST /fulfillment/202309/packages/search', 'searchPackages'],
  ['GET /fulfillment/202309/packages/{}', 'packageDetail'],
  ['POST /fulfillment/202309/packages/{}/ship', empty],
  ['POST /fulfillment/202309/packages/ship', 'batchShip'],
  ['GET /fulfillment/202309/orders/split_attributes', 'splitAttributes'],
  ['POST /fulfillment/202309/orders/{}/split', 'splitOrder'],
  ['GET /fulfillment/202309/combinable_packages/search', 'combinablePackages'],
  ['POST /fulfillment/202309/packages/combine', 'combinePackages'],
  ['POST /fulfillment/202309/packages/{}/uncombine', 'uncombinePackages'],
  ['POST /fulfillment/202309/orders/{}/shipping_info/update', empty],
  ['POST /fulfillment/202309/packages/{}/shipping_info/update', empty],
  ['GET /fulfillment/202309/orders/{}/tracking', 'tracking'],
  ['GET /logistics/202309/warehouses', 'warehouses'],
  ['GET /logistics/202309/warehouses/{}/delivery_options', 'deliveryOptions'],
  ['GET /logistics/202309/delivery_options/{}/shipping_providers', 'shippingProviders'],
  ['GET /logistics/202309/global_warehouses', 'globalWarehouses'],
  ['POST /return_refund/202309/cancellations', 'cancelOrder'],
  ['POST /return_refund/202309/cancellations/search', 'searchCancellations'],
  ['POST /return_refund/202309/cancellations/{}/approve', empty],
  ['POST /return_refund/202309/cancellations/{}/reject', empty],
  ['GET /return_refund/202309/reject_reasons', 'rejectReasons'],
  ['POST /return_refund/202309/returns/search', 'searchReturns'],
  ['GET /return_refund/202309/returns/{}/records', 'returnRecords'],
  ['POST /return_refund/202309/returns/{}/approve', empty],
  ['POST /return_refund/202309/returns/{}/reject', empty],
  ['GET /return_refund/202309/orders/{}/aftersale_eligibility', 'eligibility'],
  ['GET /return_refund/202512/orders/{}/aftersale_eligibility', 'eligibility'],
  ['GET /return_refund/202602/orders/{}/aftersale_eligibility', 'eligibilityWithReasons'],
  ['POST /return_refund/202309/returns', 'createReturn'],
  ['POST /return_refund/202309/refunds/calculate', 'calculateRefund'],
  ['POST /product/202309/products/search', 'searchProducts'],
  ['POST /product/202312/products/search', 'searchProducts'],
  ['POST /product/202502/products/search', 'searchProducts'],
  ['GET /product/202309/products/{}', 'getProduct'],
  ['POST /product/202309/inventory/search', 'searchInventory'],
  ['POST /product/202309/products/{}/inventory/update', 'updateInventory'],
  ['POST /product/202309/products/{}/prices/update', empty],
  ['POST /product/202309/products/activate', 'activateProducts'],
  ['POST /product/202309/products/deactivate', 'deactivateProducts'],
  ['POST /product/202309/products/recover', 'deactivateProducts'],
  ['DELETE /product/202309/products', 'deactivateProducts'],
  ['POST /product/202309/images/upload', 'uploadImage'],
  ['POST /product/202309/files/upload', 'uploadFile'],
  ['POST /product/202309/products', 'createProduct'],
  ['PUT /product/202309/products/{}', 'editProduct'],
  ['PUT /product/202509/products/{}', 'editProduct'],
  ['POST /product/202309/products/{}/partial_edit', 'partialEdit'],
  ['POST /product/202509/products/{}/partial_edit', 'partialEdit'],
  ['POST /product/202309/products/listing_check', 'checkListing'],
  ['GET /product/202309/categories', 'categories'],
  ['GET /product/202309/categories/{}/rules', 'categoryRules'],
  ['GET /product/202309/categories/{}/attributes', 'categoryAttributes'],
  ['POST /product/202309/categories/recommend', 'recommendCategory'],
  ['GET /product/202309/brands', 'brands'],
  ['POST /product/202309/brands', 'createBrand'],
  ['GET /product/202309/prerequisites', 'prerequisites'],
  ['GET /product/202312/prerequisites', 'prerequisites'],
  ['POST /product/202407/sizecharts/search', 'sizeCharts'],
  ['POST /product/202409/compliance/manufacturers', 'createManufacturer'],
  ['POST /product/202409/compliance/manufacturers/{}/partial_edit', empty],
  ['POST /product/202409/compliance/manufacturers/search', 'searchManufacturers'],
  ['POST /product/202501/compliance/manufacturers/search', 'searchManufacturers'],
  ['POST /product/202409/compliance/responsible_persons', 'createResponsiblePerson'],
  ['POST /product/202409/compliance/responsible_persons/{}/partial_edit', empty],
  ['POST /product/202409/compliance/responsible_persons/search', 'searchResponsiblePersons'],
  ['POST /product/202501/compliance/responsible_persons/search', 'searchResponsiblePersons'],
];

const shapes = new Map<string, Shape>();

/** The documented shape of the call's `data`, with the newer fields. */
export function shapeOf(call: Call): Shape {
  const known = shapes.get(call);
  if (known !== undefined) return known;
  const newer = newerFields[call];
  const documented = parseShape(documentedShapes[call]);
  const shape = newer === undefined ? documented : merged(documented, parseShape(newer));
  shapes.set(call, shape);
  return shape;
}

function merged(one: Shape, other: Shape): Shape {
  if (typeof one !== 'string' && typeof other !== 'string') {
    if ('list' in one && 'list' in other) return { list: merged(one.list, other.list) };
    if ('fields' in one && 'fields' in other) {
      const fields = { ...one.fields };
      for (const [name, shape] of Object.entries(other.fields)) {
        const known = fields[name];
        fields[name] = known === undefined ? shape : merged(known, shape);
      }
      return { fields };
    }
  }
  return other;
}

/** The documented enums of fields that go by one name in all answers. */
const enums: Readonly<Record<string, readonly string[]>> = {
  fulfillment_type: ['FULFILLMENT_BY_SELLER', 'FULFILLMENT_BY_TIKTOK', 'FULFILLMENT_BY_DILAYANI_TOKOPEDIA'],
  shipping_type: ['TIKTOK', 'SELLER'],
  delivery_type: ['HOME_DELIVERY', 'COLLECTION_POINT'],
  display_status: [
    'UNPAID',
    'AWAITING_SHIPMENT',
    'AWAITING_COLLECTION',
    'IN_TRANSIT',
    'DELIVERED',
    'COMPLETED',
    'CANCELLED',
  ],
  package_status: ['TO_FULFILL', 'PROCESSING', 'FULFILLING', 'COMPLETED', 'CANCELLED'],
  split_or_combine_tag: ['COMBINED', 'SPLIT'],
  split_and_combine_tag: ['DEFAULT', 'COMBINE', 'SPLIT'],
  cancellation_initiator: ['SELLER', 'BUYER', 'SYSTEM'],
  cancel_user: ['BUYER', 'SELLER', 'OPERATOR', 'SYSTEM'],
  need_upload_invoice: ['UNKNOWN', 'NEED_INVOICE', 'NO_NEED', 'INVOICE_UPLOADED', 'INVOICE_PROCESSING'],
  commerce_platform: ['TIKTOK_SHOP', 'TOKOPEDIA'],
  handover_method: ['PICKUP', 'DROP_OFF'],
  effect_status: ['ENABLED', 'DISABLED', 'RESTRICTED'],
  arbitration_status: ['IN_PROGRESS', 'SUPPORT_BUYER', 'SUPPORT_SELLER', 'CLOSED'],
  shipment_type: ['PLATFORM', 'BUYER_ARRANGE'],
  return_method: ['SELLER_SHIPPED', 'BUYER_SHIPPED', 'PLATFORM_SHIPPED'],
  tax_type: ['SALES_TAX'],
};

function foreignValues(value: unknown, path = 'data'): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => foreignValues(item, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const allowed = enums[name];
    if (allowed === undefined || typeof inner !== 'string') return foreignValues(inner, `${path}.${name}`);
    return allowed.includes(inner) ? [] : [`${path}.${name} is ${inner}`];
  });
}

/** All in which an answer differs from what is documented for the call: names, types, and values of enums. */
export function nonconformities(method: string, path: string, data: unknown): string[] {
  const named = path.replace(
    /\/(categories|manufacturers|responsible_persons)\/[0-9a-f]{6,25}(?=\/)/,
    '/$1/{}',
  );
  const call = `${method} ${named.replace(/\/\d{7,25}(?=\/|$)/g, '/{}')}`;
  const row = answers.find(([known]) => known === call);
  if (row === undefined) return [`${call} has no documented shape`];
  const [, name] = row;
  const shape = name === empty ? parseShape(empty) : shapeOf(name);
  return [...violations(shape, data), ...foreignValues(data)];
}

/** The calls that are held, as `METHOD /path`, with `{}` for ids. */
export const heldCalls: readonly string[] = answers.map(([call]) => call);
