import type { Wire } from './wire.js';

export type WireShippingProvider = Wire<'id' | 'name'>;

export type WireWarehouse = Wire<
  'id' | 'name' | 'effect_status' | 'type' | 'sub_type' | 'is_default' | 'address'
>;

/** `distict` is TikTok's spelling; `district` is read too, should it be corrected one day. */
export type WireWarehouseAddress = Wire<
  'full_address' | 'city' | 'state' | 'distict' | 'district' | 'town' | 'postal_code' | 'region_code'
>;
