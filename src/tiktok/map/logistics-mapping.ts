import { asRecord, isTrue, requiredText, textOf, textOrNull } from '../wire/read.js';
import type { WireShippingProvider, WireWarehouse, WireWarehouseAddress } from '../wire/logistics-wire.js';

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

interface WarehouseAddress {
  fullAddress: string | null;
  city: string | null;
  state: string | null;
  district: string | null;
  town: string | null;
  postalCode: string | null;
  /** Two letters. */
  regionCode: string | null;
}

export function mapShippingProvider(wire: WireShippingProvider): ShippingProvider {
  return { id: requiredText(wire.id, 'id'), name: textOf(wire.name) };
}

export function mapWarehouse(wire: WireWarehouse): Warehouse {
  const address: WireWarehouseAddress | null = asRecord(wire.address);
  return {
    id: requiredText(wire.id, 'id'),
    name: textOf(wire.name),
    type: textOf(wire.type),
    subType: textOrNull(wire.sub_type),
    effectStatus: textOf(wire.effect_status),
    isDefault: isTrue(wire.is_default),
    address: address && mapWarehouseAddress(address),
  };
}

function mapWarehouseAddress(wire: WireWarehouseAddress): WarehouseAddress {
  return {
    fullAddress: textOrNull(wire.full_address),
    city: textOrNull(wire.city),
    state: textOrNull(wire.state),
    district: textOrNull(wire.district) ?? textOrNull(wire.distict),
    town: textOrNull(wire.town),
    postalCode: textOrNull(wire.postal_code),
    regionCode: textOrNull(wire.region_code),
  };
}
