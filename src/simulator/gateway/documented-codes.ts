import { documentedListingCodes } from './documented-listing-codes.js';

/**
 * The codes that the reference documents for each call (Appendix of codes, copy of December 2025), besides those that every
 * call can have. The lists may be incomplete: a code outside of them is a guess of the simulator, and its log says so.
 */
export const documentedCodes: Readonly<Record<string, readonly number[]>> = {
  // Get Authorized Shops
  'GET /authorization/{version}/shops': [],
  // Get, update and delete shop webhooks
  'GET /event/{version}/webhooks': [],
  'PUT /event/{version}/webhooks': [],
  'DELETE /event/{version}/webhooks': [],
  // Get Order List
  'POST /order/{version}/orders/search': [],
  // Get Order Detail
  'GET /order/{version}/orders': [10002014, 10002015, 10006402, 10037002, 10037003, 10037004, 21008111],
  // Get Price Detail
  'GET /order/{version}/orders/{order_id}/price_detail': [21001001, 21008111],
  // Mark Package As Shipped
  'POST /fulfillment/{version}/orders/{order_id}/packages': [
    11001027, 11001031, 11005004, 11005010, 11006005, 11006026, 11021009, 11028006, 11050001, 21001001,
    21001008, 21001011, 21001029, 21001043, 21001055, 21004012, 21004015, 21004016, 21004019, 21004020,
    21008025, 21008042, 21008044, 21008099, 21008106, 21008300, 21011003, 21011004, 21011006, 21011007,
    21011012, 21011013, 21011020, 21011022, 21011025, 21011026, 21011029, 21011030, 21011033, 21011036,
    21011046, 21011048, 21011050, 21011051, 21021010, 21022025, 21022026, 21022028, 21022029, 21022030,
    21032001, 21034006, 21034012, 21042056, 21042057,
  ],
  // Search Package
  'POST /fulfillment/{version}/packages/search': [],
  // Get Package Detail
  'GET /fulfillment/{version}/packages/{package_id}': [10006402],
  // Ship Package
  'POST /fulfillment/{version}/packages/{package_id}/ship': [
    11001002, 11001031, 11006013, 11006014, 11006021, 11021009, 11021010, 11021011, 11021012, 11021013,
    11021014, 11021015, 11021016, 11021017, 11021018, 11021019, 11021020, 11021021, 11021022, 11021023,
    11021024, 11021025, 11028006, 11050001, 21001001, 21001003, 21001008, 21001011, 21004006, 21004017,
    21004019, 21004020, 21004024, 21008025, 21008044, 21008099, 21011003, 21011007, 21011008, 21011020,
    21011022, 21011025, 21011026, 21011027, 21011028, 21011030, 21011040, 21011041, 21011050, 21011051,
    21011053, 21011054, 21014009, 21021010, 21022029, 21022032, 21034012, 21042001, 21042067, 21042076,
  ],
  // Batch Ship Packages
  'POST /fulfillment/{version}/packages/ship': [
    11006013, 11006014, 11021009, 11021010, 11021011, 11021012, 11021013, 11021014, 11021015, 11021016,
    11021017, 11021018, 11021019, 11021020, 11021021, 11021022, 11021023, 11021024, 11021025, 11028006,
    21001003, 21001011, 21004006, 21008044, 21011003, 21011007, 21011008, 21011020, 21011022, 21011025,
    21011027, 21011028, 21011040, 21011041, 21011053, 21011054, 21014009,
  ],
  // Get Order Split Attributes
  'GET /fulfillment/{version}/orders/split_attributes': [],
  // Split Orders
  'POST /fulfillment/{version}/orders/{order_id}/split': [21011005, 21011035],
  // Search Combinable Packages
  'GET /fulfillment/{version}/combinable_packages/search': [],
  // Combine Package
  'POST /fulfillment/{version}/packages/combine': [21011028, 21011031],
  // Uncombine Packages
  'POST /fulfillment/{version}/packages/{package_id}/uncombine': [21011005, 21011028, 21011029],
  // Update Shipping Info
  'POST /fulfillment/{version}/orders/{order_id}/shipping_info/update': [
    10007002, 21011004, 21011007, 21011022, 21011028, 21011030, 21011041, 21011042, 21011043, 21011049,
    25001010,
  ],
  // Update Package Shipping Info
  'POST /fulfillment/{version}/packages/{package_id}/shipping_info/update': [
    10007002, 21011004, 21011007, 21011022, 21011028, 21011030, 21011042, 21011043, 21011049, 21011050,
    21011051, 21011052, 25001010,
  ],
  // Get Tracking
  'GET /fulfillment/{version}/orders/{order_id}/tracking': [],
  // Get Warehouse List
  'GET /logistics/{version}/warehouses': [],
  // Get Warehouse Delivery Options
  'GET /logistics/{version}/warehouses/{warehouse_id}/delivery_options': [],
  // Get Shipping Providers
  'GET /logistics/{version}/delivery_options/{delivery_option_id}/shipping_providers': [21008116, 21008117],
  // Cancel Order
  'POST /return_refund/{version}/cancellations': [
    25001001, 25001011, 25001014, 25001015, 25001020, 25001021, 25001028, 25001045, 25001046, 25001051,
    25005010, 25005011, 25020005,
  ],
  // Search Cancellations
  'POST /return_refund/{version}/cancellations/search': [25001001, 25020005],
  // Approve Cancellation
  'POST /return_refund/{version}/cancellations/{cancel_id}/approve': [
    11050001, 25001001, 25001003, 25001028, 25001045, 25001058, 25007002, 25007006, 25011012, 25020003,
    25020004, 25020005, 25020009,
  ],
  // Reject Cancellation
  'POST /return_refund/{version}/cancellations/{cancel_id}/reject': [
    11050001, 25001001, 25001003, 25001014, 25001016, 25001020, 25001028, 25001057, 25001058, 25007006,
    25011011, 25020003, 25020004, 25020005, 25020010,
  ],
  // Search Returns
  'POST /return_refund/{version}/returns/search': [25001001, 25020005],
  // Approve Return
  'POST /return_refund/{version}/returns/{return_id}/approve': [
    11050001, 25001001, 25001003, 25001028, 25001044, 25001058, 25007006, 25007007, 25011010, 25011012,
    25011013, 25011023, 25011026, 25011032, 25020004, 25020005, 25020009,
  ],
  // Reject Return
  'POST /return_refund/{version}/returns/{return_id}/reject': [
    11050001, 25001001, 25001003, 25001014, 25001016, 25001020, 25001028, 25001057, 25001058, 25007002,
    25007006, 25011010, 25011023, 25011025, 25011026, 25011035, 25020004, 25020005, 25020010, 25020011,
    25020012,
  ],
  // Create Return
  'POST /return_refund/{version}/returns': [
    25001001, 25001003, 25001010, 25001011, 25001014, 25001015, 25001020, 25001021, 25001028, 25001042,
    25001046, 25001051, 25005005, 25005010, 25005011, 25020005,
  ],
  // Calculate Refund
  'POST /return_refund/{version}/refunds/calculate': [25001001, 25007006],
  // Search Products
  'POST /product/{version}/products/search': [
    12019027, 12019087, 12019108, 12019109, 12019118, 12019119, 12052180, 12052700, 12052704, 12052910,
  ],
  // Get Product
  'GET /product/{version}/products/{product_id}': [
    12019150, 12052032, 12052048, 12052260, 12052547, 12052704, 12052901,
  ],
  // Inventory Search
  'POST /product/{version}/inventory/search': [12019008, 12019015, 12019022, 12019112, 12019114, 12019120],
  // Update Inventory
  'POST /product/{version}/products/{product_id}/inventory/update': [
    12019022, 12019024, 12019028, 12052031, 12052032, 12052036, 12052037, 12052048, 12052050, 12052055,
    12052094, 12052096, 12052097, 12052115, 12052141, 12052160, 12052207, 12052260, 12052308, 12052364,
    12052371, 12052393, 12052403, 12052465, 12052530, 12052531, 12052532, 12052533, 12052535, 12052553,
    12052556, 12052700, 12052703, 12052704, 12052849, 12052850, 12052901, 12052902, 12052921, 12052990,
  ],
  // Update Price
  'POST /product/{version}/products/{product_id}/prices/update': [
    12019022, 12019045, 12019059, 12019113, 12052012, 12052023, 12052032, 12052038, 12052048, 12052073,
    12052084, 12052092, 12052096, 12052097, 12052163, 12052260, 12052308, 12052371, 12052376, 12052383,
    12052424, 12052531, 12052553, 12052557, 12052570, 12052572, 12052700, 12052703, 12052704, 12052861,
    12052881, 12052901, 12052902, 12052910,
  ],
  // Activate Product
  'POST /product/{version}/products/activate': [
    12019022, 12019120, 12052048, 12052093, 12052330, 12052332, 12052700, 12052901, 12052910, 12052990,
  ],
  // Deactivate Products
  'POST /product/{version}/products/deactivate': [
    12019120, 12052032, 12052048, 12052330, 12052332, 12052371, 12052700, 12052703, 12052901, 12052910,
  ],
  // Recover Products
  'POST /product/{version}/products/recover': [
    12019120, 12052032, 12052048, 12052332, 12052700, 12052703, 12052705, 12052901,
  ],
  // Delete Products
  'DELETE /product/{version}/products': [
    12019120, 12052032, 12052048, 12052332, 12052371, 12052377, 12052700, 12052703, 12052705, 12052901,
  ],
  ...documentedListingCodes,
  // Get Categories
  'GET /product/{version}/categories': [12019210, 12052023, 12052217, 12052230, 12052700, 12052704],
  // Get Category Rules
  'GET /product/{version}/categories/{category_id}/rules': [
    12052023, 12052024, 12052217, 12052220, 12052223, 12052226, 12052230, 12052446,
  ],
  // Get Attributes
  'GET /product/{version}/categories/{category_id}/attributes': [
    12052023, 12052024, 12052025, 12052217, 12052230, 12052704,
  ],
  // Recommend Category
  'POST /product/{version}/categories/recommend': [
    12019006, 12019009, 12019064, 12052013, 12052051, 12052056, 12052217, 12052230, 12052261, 12052262,
    12052266, 12052300, 12052301, 12052305, 12052306, 12052340, 12052341, 12052343, 12052345, 12052346,
    12052348, 12052349, 12052350, 12052351, 12052352, 12052700, 12052704, 12052722, 12052912, 12052931,
  ],
  // Get Brands
  'GET /product/{version}/brands': [
    12019108, 12019109, 12019123, 12019124, 12052023, 12052217, 12052230, 12052700, 12052704,
  ],
  // Create Custom Brands
  'POST /product/{version}/brands': [
    12052189, 12052190, 12052191, 12052192, 12052202, 12052203, 12052204, 12052205, 12052206,
  ],
  // Check Listing Prerequisites
  'GET /product/{version}/prerequisites': [33001002],
  // Search Size Charts
  'POST /product/{version}/sizecharts/search': [12019108, 12019109],
  // Create Manufacturer
  'POST /product/{version}/compliance/manufacturers': [
    38023025, 38023032, 38023033, 38023034, 38023037, 38023041, 38023042, 38023043, 38023044, 38023045,
    38023046, 38023050, 38023060,
  ],
  // Partial Edit Manufacturer
  'POST /product/{version}/compliance/manufacturers/{manufacturer_id}/partial_edit': [
    38023025, 38023033, 38023034, 38023037, 38023041, 38023042, 38023043, 38023044, 38023045, 38023046,
    38023050, 38023051, 38023052, 38023060,
  ],
  // Search Manufacturers
  'POST /product/{version}/compliance/manufacturers/search': [
    38023025, 38023047, 38023048, 38023049, 38023050, 38023057, 38023060,
  ],
  // Create Responsible Person
  'POST /product/{version}/compliance/responsible_persons': [
    38023022, 38023024, 38023025, 38023026, 38023027, 38023028, 38023041, 38023042, 38023043, 38023044,
    38023050,
  ],
  // Partial Edit Responsible Person
  'POST /product/{version}/compliance/responsible_persons/{responsible_person_id}/partial_edit': [
    38023022, 38023024, 38023025, 38023026, 38023028, 38023041, 38023042, 38023043, 38023044, 38023050,
    38023051, 38023052,
  ],
  // Search Responsible Persons
  'POST /product/{version}/compliance/responsible_persons/search': [
    38023025, 38023047, 38023048, 38023049, 38023050,
  ],
};
