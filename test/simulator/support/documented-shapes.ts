/**
 * The fields of `data` that TikTok's public API reference documents for each call, in a short notation: `s` string,
 * `i` integer, `b` boolean, `[x]` a list of x.
 */
export const documentedShapes = {
  // Get Authorized Shops: GET /authorization/202309/shops
  authorizedShops: `{shops: [{id: s, name: s, region: s, seller_type: s, cipher: s, code: s}]}`,
  // Get Active Shops: GET /seller/202309/shops
  activeShops: `{shops: [{id: s, region: s}]}`,
  // Get Order List: POST /order/202309/orders/search
  searchOrders: `
    {next_page_token: s, total_count: i, orders: [{id: s, buyer_message: s, cancellation_initiator: s,
    shipping_provider_id: s, create_time: i, shipping_provider: s, packages: [{id: s}], payment: {currency:
    s, sub_total: s, shipping_fee: s, seller_discount: s, platform_discount: s, total_amount: s,
    original_total_product_price: s, original_shipping_fee: s, shipping_fee_seller_discount: s,
    shipping_fee_platform_discount: s, shipping_fee_cofunded_discount: s, tax: s, small_order_fee: s,
    shipping_fee_tax: s, product_tax: s, retail_delivery_fee: s, buyer_service_fee: s, handling_fee: s,
    shipping_insurance_fee: s, item_insurance_fee: s, item_insurance_tax: s}, recipient_address:
    {full_address: s, phone_number: s, name: s, first_name: s, last_name: s, first_name_local_script: s,
    last_name_local_script: s, address_detail: s, address_line1: s, address_line2: s, address_line3: s,
    address_line4: s, district_info: [{address_level_name: s, address_name: s, address_level: s}],
    delivery_preferences: {drop_off_location: s}, postal_code: s, region_code: s, post_town: s}, status: s,
    fulfillment_type: s, delivery_type: s, paid_time: i, rts_sla_time: i, tts_sla_time: i, cancel_reason: s,
    update_time: i, payment_method_name: s, rts_time: i, tracking_number: s, split_or_combine_tag: s,
    has_updated_recipient_address: b, cancel_order_sla_time: i, warehouse_id: s, request_cancel_time: i,
    shipping_type: s, user_id: s, seller_note: s, delivery_sla_time: i, is_cod: b, delivery_option_id: s,
    cancel_time: i, need_upload_invoice: s, delivery_option_name: s, cpf: s, line_items: [{id: s, sku_id: s,
    combined_listing_skus: [{sku_id: s, sku_count: i, product_id: s, seller_sku: s}], display_status: s,
    product_name: s, seller_sku: s, sku_image: s, sku_name: s, product_id: s, sale_price: s, pfand_fee: s,
    platform_discount: s, seller_discount: s, sku_type: s, cancel_reason: s, original_price: s, rts_time: i,
    package_status: s, currency: s, shipping_provider_name: s, cancel_user: s, shipping_provider_id: s,
    is_gift: b, item_tax: [{tax_type: s, tax_amount: s, tax_rate: s}], tracking_number: s, package_id: s,
    retail_delivery_fee: s, buyer_service_fee: s, small_order_fee: s, handling_duration_days: s,
    is_dangerous_good: b, needs_prescription: b, gift_retail_price: s}], buyer_email: s, delivery_due_time:
    i, is_sample_order: b, shipping_due_time: i, collection_due_time: i,
    delivery_option_required_delivery_time: i, is_on_hold_order: b, delivery_time: i, is_replacement_order:
    b, collection_time: i, replaced_order_id: s, is_buyer_request_cancel: b, pick_up_cut_off_time: i,
    fast_dispatch_sla_time: i, commerce_platform: s, order_type: s, release_date: i, handling_duration:
    {days: s, type: s}, auto_combine_group_id: s, cpf_name: s, is_exchange_order: b,
    exchange_source_order_id: s, consultation_id: s, fast_delivery_program: s, fulfillment_priority_level:
    i, recommended_shipping_time: i}]}`,
  // Get Order Detail: GET /order/202507/orders
  orderDetail: `
    {orders: [{id: s, cancellation_initiator: s, shipping_provider: s, shipping_provider_id: s, user_id: s,
    status: s, rts_time: i, payment: {currency: s, sub_total: s, shipping_fee: s, seller_discount: s,
    platform_discount: s, total_amount: s, original_total_product_price: s, original_shipping_fee: s,
    shipping_fee_seller_discount: s, shipping_fee_platform_discount: s, shipping_fee_cofunded_discount: s,
    tax: s, small_order_fee: s, shipping_fee_tax: s, product_tax: s, retail_delivery_fee: s,
    buyer_service_fee: s, handling_fee: s, shipping_insurance_fee: s, item_insurance_fee: s,
    item_insurance_tax: s}, recipient_address: {full_address: s, phone_number: s, name: s, first_name: s,
    last_name: s, first_name_local_script: s, last_name_local_script: s, region_code: s, postal_code: s,
    post_town: s, address_line1: s, address_line2: s, address_line3: s, address_line4: s, district_info:
    [{address_level_name: s, address_name: s, address_level: s}], delivery_preferences: {drop_off_location:
    s}, address_detail: s}, buyer_message: s, create_time: i, tracking_number: s, cancel_reason: s,
    rts_sla_time: i, paid_time: i, fulfillment_type: s, seller_note: s, tts_sla_time: i,
    cancel_order_sla_time: i, update_time: i, packages: [{id: s}], delivery_type: s, is_sample_order: b,
    warehouse_id: s, split_or_combine_tag: s, has_updated_recipient_address: b, cpf: s, delivery_option_id:
    s, delivery_sla_time: i, payment_method_name: s, payment_card_type: s,
    channel_entity_national_registry_id: s, payment_method_code: s, payment_auth_code: s, shipping_due_time:
    i, line_items: [{id: s, sku_id: s, combined_listing_skus: [{sku_id: s, sku_count: i, product_id: s,
    seller_sku: s}], product_id: s, product_name: s, sku_name: s, sku_image: s, original_price: s,
    sale_price: s, pfand_fee: s, platform_discount: s, display_status: s, cancel_user: s, sku_type: s,
    seller_sku: s, shipping_provider_id: s, seller_discount: s, currency: s, package_id: s, rts_time: i,
    item_tax: [{tax_type: s, tax_amount: s, tax_rate: s}], package_status: s, shipping_provider_name: s,
    is_gift: b, cancel_reason: s, small_order_fee: s, retail_delivery_fee: s, tracking_number: s,
    buyer_service_fee: s, handling_duration_days: s, is_dangerous_good: b, needs_prescription: b,
    gift_retail_price: s}], shipping_type: s, buyer_email: s, delivery_time: i, need_upload_invoice: s,
    is_cod: b, request_cancel_time: i, delivery_option_required_delivery_time: i, delivery_option_name: s,
    is_buyer_request_cancel: b, delivery_due_time: i, collection_time: i, is_on_hold_order: b, cancel_time:
    i, is_replacement_order: b, replaced_order_id: s, collection_due_time: i, pick_up_cut_off_time: i,
    fast_dispatch_sla_time: i, commerce_platform: s, order_type: s, release_date: i, handling_duration:
    {days: s, type: s}, auto_combine_group_id: s, cpf_name: s, is_exchange_order: b,
    exchange_source_order_id: s, consultation_id: s, fast_delivery_program: s}]}`,
  // Get Price Detail: GET /order/202407/orders/{order_id}/price_detail
  priceDetail: `
    {currency: s, total: s, payment: s, sku_list_price: s, sku_sale_price: s, subtotal: s,
    subtotal_deduction_seller: s, subtotal_deduction_platform: s, subtotal_tax_amount: s,
    voucher_deduction_platform: s, voucher_deduction_seller: s, shipping_list_price: s, shipping_sale_price:
    s, shipping_fee_deduction_seller: s, shipping_fee_deduction_platform: s,
    shipping_fee_deduction_platform_voucher: s, tax_amount: s, tax_rate: s, net_price_amount: s, cod_fee: s,
    cod_fee_net_amount: s, sku_gift_original_price: s, sku_gift_net_price: s, line_items: [{id: s, currency:
    s, total: s, payment: s, sku_list_price: s, sku_sale_price: s, subtotal: s, subtotal_deduction_seller:
    s, subtotal_deduction_platform: s, subtotal_tax_amount: s, voucher_deduction_platform: s,
    voucher_deduction_seller: s, shipping_list_price: s, shipping_sale_price: s,
    shipping_fee_deduction_seller: s, shipping_fee_deduction_platform: s,
    shipping_fee_deduction_platform_voucher: s, tax_amount: s, tax_rate: s, net_price_amount: s, cod_fee: s,
    cod_fee_amount: s, sku_gift_original_price: s, sku_gift_net_price: s}]}`,
  // Add External Order References: POST /order/202406/orders/external_orders
  addReferences: `
    {errors: [{code: s, message: s, detail: {order_id: s, external_order: {id: s, platform: s}}}]}`,
  // Get External Order References: GET /order/202406/orders/{order_id}/external_orders
  getReferences: `{external_orders: [{id: s, platform: s, line_items: [{id: s, origin_id: s}]}]}`,
  // Search Order By External Order Reference: POST /order/202406/orders/external_order_search
  searchByReference: `
    {orders: [{id: s, external_order: {id: s, platform: s, line_items: [{id: s, origin_id: s}]}}]}`,
  // Mark Package As Shipped: POST /fulfillment/202309/orders/{order_id}/packages
  markShipped: `{order_id: s, order_line_item_ids: [s], package_id: s, warning: {message: s}}`,
  // Search Package: POST /fulfillment/202309/packages/search
  searchPackages: `
    {next_page_token: s, total_count: i, packages: [{id: s, orders: [{id: s, skus: [{id: s, name: s,
    image_url: s, quantity: i}]}], create_time: i, update_time: i, status: s, tracking_number: s,
    shipping_provider_name: s, shipping_provider_id: s, order_line_item_ids: [s]}]}`,
  // Get Package Detail: GET /fulfillment/202309/packages/{package_id}
  packageDetail: `
    {package_id: s, orders: [{id: s, skus: [{id: s, name: s, image_url: s, quantity: i}]}], package_status:
    s, split_and_combine_tag: s, has_multi_skus: b, note_tag: s, shipping_provider_name: s,
    shipping_provider_id: s, shipping_type: s, delivery_option_name: s, delivery_option_id: s,
    tracking_number: s, last_mile_tracking_number: s, pickup_slot: {start_time: i, end_time: i},
    create_time: i, handover_method: s, order_line_item_ids: [s], recipient_address: {full_address: s,
    phone_number: s, name: s, postal_code: s, address_detail: s, region_code: s, address_line1: s,
    address_line2: s, address_line3: s, address_line4: s}, sender_address: {full_address: s, phone_number:
    s, name: s, postal_code: s, address_detail: s, region_code: s, address_line1: s, address_line2: s,
    address_line3: s, address_line4: s}, weight: {value: s, unit: s}, dimension: {length: s, width: s,
    height: s, unit: s}, update_time: i, insurance: {is_purchased: b, coverage_amount: s, is_claim_eligible:
    b, claim_status: s}}`,
  // Batch Ship Packages: POST /fulfillment/202309/packages/ship
  batchShip: `{errors: [{code: i, message: s, detail: {package_id: s}}]}`,
  // Get Order Split Attributes: GET /fulfillment/202309/orders/split_attributes
  splitAttributes: `
    {split_attributes: [{order_id: s, can_split: b, reason: s, must_split: b, must_split_reasons: [{type: s,
    category_id: s, max_count: s}]}]}`,
  // Split Orders: POST /fulfillment/202309/orders/{order_id}/split
  splitOrder: `{packages: [{splittable_group_id: s, id: s}]}`,
  // Search Combinable Packages: GET /fulfillment/202309/combinable_packages/search
  combinablePackages: `{combinable_packages: [{id: s, order_ids: [s]}], next_page_token: s, total_count: i}`,
  // Combine Package: POST /fulfillment/202309/packages/combine
  combinePackages: `
    {packages: [{id: s, order_ids: [s]}], errors: [{code: i, message: s, detail: {package_id: s}}]}`,
  // Uncombine Packages: POST /fulfillment/202309/packages/{package_id}/uncombine
  uncombinePackages: `{packages: [{id: s, order_ids: [s]}]}`,
  // Get Tracking: GET /fulfillment/202309/orders/{order_id}/tracking
  tracking: `{tracking: [{description: s, update_time_millis: i}]}`,
  // Get Warehouse List: GET /logistics/202309/warehouses
  warehouses: `
    {warehouses: [{id: s, entity_id: s, name: s, effect_status: s, type: s, sub_type: s, is_default: b,
    address: {region: s, state: s, city: s, distict: s, town: s, contact_person: s, first_name: s,
    last_name: s, first_name_local_script: s, last_name_local_script: s, postal_code: s, full_address: s,
    region_code: s, phone_number: s, address_line1: s, address_line2: s, address_line3: s, address_line4: s,
    geolocation: {latitude: s, longitude: s}}}]}`,
  // Get Warehouse Delivery Options: GET /logistics/202309/warehouses/{warehouse_id}/delivery_options
  deliveryOptions: `
    {delivery_options: [{id: s, name: s, type: s, description: s, dimension_limit: {max_height: i,
    max_length: i, max_width: i, unit: s}, weight_limit: {max_weight: i, min_weight: i, unit: s}, platform:
    [s]}]}`,
  // Get Shipping Providers: GET /logistics/202309/delivery_options/{delivery_option_id}/shipping_providers
  shippingProviders: `{shipping_providers: [{id: s, name: s}]}`,
  // Get Global Seller Warehouse: GET /logistics/202309/global_warehouses
  globalWarehouses: `{global_warehouses: [{id: s, name: s, ownership: s}]}`,
  // Cancel Order: POST /return_refund/202309/cancellations
  cancelOrder: `{cancel_id: s, cancel_status: s}`,
  // Search Cancellations: POST /return_refund/202309/cancellations/search
  searchCancellations: `
    {cancellations: [{order_id: s, cancel_type: s, cancel_status: s, role: s, cancel_reason: s,
    cancel_reason_text: s, create_time: i, update_time: i, seller_next_action_response: [{action: s,
    deadline: i}], refund_amount: {currency: s, refund_total: s, refund_subtotal: s,
    refund_shipping_fee: s, refund_tax: s, retail_delivery_fee: s, buyer_service_fee: s},
    cancel_line_items: [{cancel_line_item_id: s, order_line_item_id: s, sku_id: s, sku_name: s,
    product_image: {url: s, width: i, height: i}, product_name: s, seller_sku: s, refund_amount:
    {currency: s, refund_total: s, refund_subtotal: s, refund_shipping_fee: s, refund_tax: s,
    retail_delivery_fee: s, buyer_service_fee: s}}], cancel_id: s}], total_count: i, next_page_token: s}`,
  // Search Returns: POST /return_refund/202309/returns/search
  searchReturns: `
    {return_orders: [{order_id: s, return_id: s, return_type: s, return_status: s, arbitration_status:
    s, role: s, return_reason: s, return_reason_text: s, shipment_type: s, handover_method: s,
    return_tracking_number: s, return_provider_name: s, return_provider_id: s, pre_return_id: s,
    next_return_id: s, can_buyer_keep_item: b, update_time: i, seller_next_action_response: [{action: s,
    deadline: i}], create_time: i, return_line_items: [{return_line_item_id: s, order_line_item_id: s,
    sku_id: s, sku_name: s, product_name: s, seller_sku: s, product_image: {url: s, width: i, height:
    i}, refund_amount: {currency: s, refund_total: s, refund_subtotal: s, refund_shipping_fee: s,
    refund_tax: s, retail_delivery_fee: s, buyer_service_fee: s}}], discount_amount: [{currency: s,
    product_seller_discount: s, shipping_fee_platform_discount: s, shipping_fee_seller_discount: s,
    product_platform_discount: s}], shipping_fee_amount: [{currency: s, seller_paid_return_shipping_fee:
    s, platform_paid_return_shipping_fee: s, buyer_paid_return_shipping_fee: s}], refund_amount:
    {currency: s, refund_total: s, refund_subtotal: s, refund_shipping_fee: s, refund_tax: s,
    retail_delivery_fee: s, buyer_service_fee: s}, return_shipping_document_type: s, return_method: s,
    is_combined_return: b, combined_return_id: s, seller_proposed_return_type: s, partial_refund:
    {currency: s, amount: s}, buyer_rejected_partial_refund: b, return_warehouse_address: {full_address:
    s}}], total_count: i, next_page_token: s}`,
  // Get Return Records: GET /return_refund/202309/returns/{return_id}/records
  returnRecords: `
    {records: [{event: s, role: s, description: s, reason_text: s, note: s, images: [{url: s, width: i,
    height: i}], videos: [{url: s, cover: s, width: i, height: i, duration_millis: i}], create_time:
    i}]}`,
  // Get Reject Reasons: GET /return_refund/202309/reject_reasons
  rejectReasons: `{reasons: [{name: s, text: s}]}`,
  // Get Aftersale Eligibility: GET /return_refund/202309/orders/{order_id}/aftersale_eligibility
  eligibility: `
    {sku_eligibility: [{sku_id: s, line_item_eligibility: [{request_type: s, order_line_items_ids: [s],
    eligible: b, ineligible_code: i, ineligible_reason: s}]}]}`,
  // Get Aftersale Eligibility: GET /return_refund/202602/orders/{order_id}/aftersale_eligibility
  eligibilityWithReasons: `
    {sku_eligibility: [{sku_id: s, line_item_eligibility: [{request_type: s, order_line_items_ids: [s],
    eligible: b, ineligible_code: i, ineligible_reason: s, available_reason_names: [s]}]}]}`,
  // Create Return: POST /return_refund/202309/returns
  createReturn: `{return_id: s, return_status: s}`,
  // Calculate Refund: POST /return_refund/202309/refunds/calculate
  calculateRefund: `
    {order_refund_amount: {currency: s, refund_total: s, refund_subtotal: s, refund_shipping_fee: s,
    refund_tax: s, retail_delivery_fee: s}}`,
  // Search Products: POST /product/202502/products/search
  searchProducts: `
    {total_count: i, products: [{id: s, title: s, status: s, skus: [{id: s, seller_sku: s, price:
    {currency: s, tax_exclusive_price: s, sale_price: s}, inventory: [{warehouse_id: s, quantity: i,
    backorder_quantity: i, handling_time: i}], list_price: {amount: s, currency: s},
    external_list_prices: [{source: s, amount: s, currency: s}], pre_sale: {type: s,
    fulfillment_type: {handling_duration_days: i, release_date: i}}, status_info: {status: s,
    deactivation_source: s}, fees: [{type: s, amount: s, additional_attribute: s}]}], sales_regions:
    [s], create_time: i, update_time: i, product_sync_fail_reasons: [s], is_not_for_sale: b,
    recommended_categories: [{id: s, local_name: s}], listing_quality_tier: s,
    integrated_platform_statuses: [{platform: s, status: s}], audit: {status: s,
    pre_approved_reasons: [s]}, product_families: [{id: s, products: [{id: s}]}], has_draft: b}],
    next_page_token: s}`,
  // Get Product: GET /product/202309/products/{product_id}
  getProduct: `
    {id: s, status: s, title: s, category_chains: [{id: s, parent_id: s, local_name: s, is_leaf:
    b}], brand: {id: s, name: s}, main_images: [{height: i, width: i, thumb_urls: [s], uri: s, urls:
    [s]}], video: {id: s, cover_url: s, format: s, url: s, width: i, height: i, size: i},
    description: s, package_dimensions: {length: s, width: s, height: s, unit: s}, package_weight:
    {value: s, unit: s}, skus: [{id: s, seller_sku: s, price: {tax_exclusive_price: s, sale_price:
    s, currency: s, unit_price: s}, inventory: [{warehouse_id: s, quantity: i, backorder_quantity:
    i, handling_time: i}], identifier_code: {code: s, type: s}, sales_attributes: [{id: s, name: s,
    value_id: s, value_name: s, sku_img: {height: i, width: i, thumb_urls: [s], uri: s, urls: [s]},
    supplementary_sku_images: [{uri: s, height: i, width: i, thumb_urls: [s], urls: [s]}]}],
    external_sku_id: s, combined_skus: [{product_id: s, sku_id: s, sku_count: i, seller_sku: s,
    title: s, sales_attributes: [{id: s, name: s, value_id: s, value_name: s, sku_img: {height: i,
    width: i, thumb_urls: [s], uri: s, urls: [s]}, supplementary_sku_images: [{uri: s, height: i,
    width: i, thumb_urls: [s], urls: [s]}]}], price: {tax_exclusive_price: s, sale_price: s,
    currency: s}, inventory: [{warehouse_id: s, quantity: i}], product_main_image: {height: i,
    width: i, thumb_urls: [s], uri: s, urls: [s]}, categories: [{id: s, parent_id: s, local_name: s,
    is_leaf: b}], brand: {id: s, name: s}, combined_listing_not_live_reasons: [s]}],
    global_listing_policy: {price_sync: b, inventory_type: s, replicate_source: {product_id: s,
    shop_id: s, sku_id: s}}, sku_unit_count: s, external_urls: [s], extra_identifier_codes: [s],
    pre_sale: {type: s, fulfillment_type: {handling_duration_days: i, release_date: i}}, list_price:
    {amount: s, currency: s}, external_list_prices: [{source: s, amount: s, currency: s}],
    status_info: {status: s, deactivation_source: s}, fees: [{type: s, amount: s,
    additional_attribute: s}]}], certifications: [{id: s, title: s, files: [{id: s, urls: [s], name:
    s, format: s}], images: [{height: i, width: i, thumb_urls: [s], uri: s, urls: [s]}],
    expiration_date: i}], size_chart: {image: {height: i, width: i, thumb_urls: [s], uri: s, urls:
    [s]}, template: {id: s}}, is_cod_allowed: b, product_attributes: [{id: s, name: s, values: [{id:
    s, name: s}]}], audit_failed_reasons: [{position: s, reasons: [s], suggestions: [s],
    listing_platform: s}], update_time: i, create_time: i, delivery_options: [{id: s, name: s,
    is_available: b}], external_product_id: s, product_types: [s], is_not_for_sale: b,
    recommended_categories: [{id: s, local_name: s}], manufacturer_ids: [s], responsible_person_ids:
    [s], listing_quality_tier: s, integrated_platform_statuses: [{platform: s, status: s}],
    shipping_insurance_requirement: s, minimum_order_quantity: i, is_pre_owned: b, audit: {status:
    s, pre_approved_reasons: [s]}, global_product_association: {global_product_id: s, sku_mappings:
    [{global_sku_id: s, local_sku_id: s, sales_attribute_mappings: [{local_attribute_id: s,
    global_attribute_id: s, local_value_id: s, global_value_id: s}]}]}, prescription_requirement:
    {needs_prescription: b}, product_families: [{id: s, products: [{id: s}]}], subscribe_info:
    {support_subscribe: b, subscribe_status: s, subscribe_discount_details: [{discount_level: s,
    discount_value: i}], subscribe_promotion_config: [{discount_level: s, discount_options: [i],
    max_discount: i, min_discount: i}]}, has_draft: b, primary_combined_product_id: s,
    product_status: s, is_replicated: b, shipping_template_id: s}`,
  // Inventory Search: POST /product/202309/inventory/search
  searchInventory: `
    {inventory: [{product_id: s, skus: [{id: s, seller_sku: s, total_available_quantity: i,
    total_committed_quantity: i, warehouse_inventory: [{warehouse_id: s, available_quantity: i,
    committed_quantity: i}], total_available_inventory_distribution: {campaign_inventory:
    [{quantity: i, campaign_name: s}], creator_inventory: [{quantity: i, creator_name: s}],
    in_shop_inventory: {quantity: i}}}]}]}`,
  // Update Inventory: POST /product/202309/products/{product_id}/inventory/update
  updateInventory: `
    {errors: [{code: i, message: s, detail: {sku_id: s, extra_errors: [{warehouse_id: s, code: i,
    message: s}]}}]}`,
  // Activate Product: POST /product/202309/products/activate
  activateProducts: `
    {errors: [{code: i, message: s, detail: {product_id: s, extra_errors: [{code: i, message:
    s}]}}]}`,
  // Deactivate Products: POST /product/202309/products/deactivate; Recover and Delete Products answer alike
  deactivateProducts: `
    {errors: [{code: i, message: s, detail: {product_id: s}}]}`,
  // Get Categories: GET /product/202309/categories
  categories: `{categories: [{id: s, parent_id: s, local_name: s, is_leaf: b, permission_statuses: [s]}]}`,
  // Get Category Rules: GET /product/202309/categories/{category_id}/rules
  categoryRules: `
    {product_certifications: [{id: s, name: s, is_required: b, document_details: s, sample_image_url: s,
    requirement_conditions: [{condition_type: s, attribute_id: s, attribute_value_id: s}],
    expiration_date: {is_required: b}}], size_chart: {is_supported: b, is_required: b}, cod: {is_supported: b},
    package_dimension: {is_required: b}, epr: {is_required: b}, responsible_person: {is_required: b},
    manufacturer: {is_required: b}, allowed_special_product_types: [s], fees: [{type: s, is_required: b}]}`,
  // Get Attributes: GET /product/202309/categories/{category_id}/attributes
  categoryAttributes: `
    {attributes: [{id: s, name: s, type: s, is_requried: b, values: [{id: s, name: s, icon_url: s}],
    value_data_format: s, is_customizable: b,
    requirement_conditions: [{condition_type: s, attribute_id: s, attribute_value_id: s}], is_multiple_selection: b}]}`,
  // Recommend Category: POST /product/202309/categories/recommend
  recommendCategory: `
    {leaf_category_id: s, categories: [{id: s, name: s, level: i, is_leaf: b, permission_statuses: [s]}]}`,
  // Get Brands: GET /product/202309/brands
  brands: `
    {brands: [{id: s, name: s, authorized_status: s, is_t1_brand: b, brand_status: s}], total_count: i,
    next_page_token: s}`,
  // Create Custom Brands: POST /product/202309/brands
  createBrand: `{id: s}`,
  // Check Listing Prerequisites: GET /product/202312/prerequisites
  prerequisites: `{check_results: [{check_item: s, is_failed: b, fail_reasons: [s]}]}`,
  // Search Size Charts: POST /product/202407/sizecharts/search
  sizeCharts: `
    {size_chart: [{template_id: s, template_name: s, images: [{uri: s, url: s, locale: s}]}], next_page_token: s,
    total_count: i}`,
  // Create Manufacturer: POST /product/202409/compliance/manufacturers
  createManufacturer: `{manufacturer_id: s}`,
  // Search Manufacturers: POST /product/202501/compliance/manufacturers/search
  searchManufacturers: `
    {manufacturers: [{id: s, regional_profiles: [{locale: s, name: s, registered_trade_name: s, email: s,
    phone_number: {availability: s, country_code: s, local_number: s}, address: s}]}], total_count: i,
    next_page_token: s}`,
  // Create Responsible Person: POST /product/202409/compliance/responsible_persons
  createResponsiblePerson: `{responsible_person_id: s}`,
  // Search Responsible Persons: POST /product/202501/compliance/responsible_persons/search
  searchResponsiblePersons: `
    {responsible_persons: [{id: s, regional_profiles: [{locale: s, name: s, email: s, phone_number:
    {country_code: s, local_number: s}, address: {street_address_line1: s, street_address_line2: s, district: s,
    city: s, postal_code: s, province: s, country: s}}]}], total_count: i, next_page_token: s}`,
  // Upload Product Image: POST /product/202309/images/upload
  uploadImage: `{uri: s, url: s, height: i, width: i, use_case: s}`,
  // Upload Product File: POST /product/202309/files/upload
  uploadFile: `{id: s, url: s, name: s, format: s}`,
  // Create Product: POST /product/202309/products
  createProduct: `
    {product_id: s, skus: [{id: s, seller_sku: s, sales_attributes: [{id: s, value_id: s}],
    external_sku_id: s, fees: [{type: s, amount: s, additional_attribute: s}]}], warnings: [{message: s}]}`,
  // Edit Product: PUT /product/202509/products/{product_id}
  editProduct: `
    {product_id: s, skus: [{id: s, seller_sku: s, sales_attributes: [{id: s, value_id: s}],
    external_sku_id: s, fees: [{type: s, amount: s, additional_attribute: s}]}], warnings: [{message: s}],
    audit: {status: s}}`,
  // Partial Edit Product: POST /product/202509/products/{product_id}/partial_edit
  partialEdit: `
    {product_id: s, skus: [{id: s, seller_sku: s, sales_attributes: [{id: s, value_id: s}],
    external_sku_id: s, fees: [{type: s, amount: s, additional_attribute: s}]}], audit: {status: s}}`,
  // Check Product Listing: POST /product/202309/products/listing_check
  checkListing: `{check_result: s, fail_reasons: [{code: i, message: s}], warnings: {message: s}}`,
  // Get Shop Webhooks: GET /event/202309/webhooks
  shopWebhooks: `{webhooks: [{event_type: s, address: s, create_time: i, update_time: i}], total_count: i}`,
} as const;
