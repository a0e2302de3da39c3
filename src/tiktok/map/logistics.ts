/** A carrier that TikTok accepts for one delivery option. */
export interface ShippingProvider {
  id: string;
  name: string;
}

export interface Warehouse {
  id: string;
  name: string;
  /** SALES_WAREHOUSE, RETURN_WAREHOUSE */
  type: string;
  /** DOMESTIC_WAREHOUSE, CB_OVERSEA_WAREHOUSE, CB_DIRECT_SHIPPING_WAREHOUSE */
  subType: string | null;
  /** ENABLED, DISABLED, RESTRICTED */
  effectStatus: string;
  isDefault: boolean;
  address: WarehouseAddress | null;
}

export interface WarehouseAddress {
  fullAddress: string | null;
  city: string | null;
  state: string | null;
  district: string | null;
  town: string | null;
  postalCode: string | null;
  /** Two letters. */
  regionCode: string | null;
}
