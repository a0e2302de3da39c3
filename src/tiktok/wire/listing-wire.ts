import type { Wire } from './wire.js';

export type WireCategory = Wire<'id' | 'parent_id' | 'local_name' | 'is_leaf' | 'permission_statuses'>;

/** Of Get Attributes. `is_requried` is TikTok's own spelling, seen in every live answer. */
export type WireAttribute = Wire<
  | 'id'
  | 'name'
  | 'type'
  | 'is_requried'
  | 'is_required'
  | 'is_customizable'
  | 'is_multiple_selection'
  | 'value_data_format'
  | 'values'
  | 'requirement_conditions'
>;

export type WireCondition = Wire<'condition_type' | 'attribute_id' | 'attribute_value_id'>;

export type WireCertificate = Wire<
  | 'id'
  | 'name'
  | 'is_required'
  | 'document_details'
  | 'sample_image_url'
  | 'expiration_date'
  | 'requirement_conditions'
>;

/** Of Get Category Rules. */
export type WireRules = Wire<
  | 'product_certifications'
  | 'size_chart'
  | 'cod'
  | 'package_dimension'
  | 'epr'
  | 'manufacturer'
  | 'responsible_person'
  | 'allowed_special_product_types'
  | 'fees'
>;

export type WireBrand = Wire<'id' | 'name' | 'authorized_status' | 'is_t1_brand' | 'brand_status'>;

export type WirePrerequisite = Wire<'check_item' | 'is_failed' | 'fail_reasons'>;

export type WireSizeChart = Wire<'template_id' | 'template_name'>;
