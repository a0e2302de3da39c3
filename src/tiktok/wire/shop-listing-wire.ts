import type { Wire } from './wire.js';

/** A product of product detail 202309, with everything that an edit must not lose. */
export type WireShopListing = Wire<
  | 'id'
  | 'status'
  | 'audit'
  | 'title'
  | 'description'
  | 'category_chains'
  | 'brand'
  | 'main_images'
  | 'video'
  | 'package_weight'
  | 'package_dimensions'
  | 'product_attributes'
  | 'certifications'
  | 'size_chart'
  | 'manufacturer_ids'
  | 'responsible_person_ids'
  | 'external_product_id'
  | 'is_cod_allowed'
  | 'minimum_order_quantity'
  | 'delivery_options'
  | 'skus'
>;

export type WireListingSku = Wire<
  | 'id'
  | 'seller_sku'
  | 'external_sku_id'
  | 'sales_attributes'
  | 'identifier_code'
  | 'price'
  | 'inventory'
  | 'sku_weight'
  | 'sku_dimensions'
>;

export type WireListingOption = Wire<
  'id' | 'name' | 'value_id' | 'value_name' | 'sku_img' | 'supplementary_sku_images'
>;

export type WireListingCertificate = Wire<'id' | 'images' | 'files' | 'expiration_date'>;
