import type { Address, Order } from '../state/model.js';
import type { Region } from '../state/regions.js';

const MASK_AFTER_COMPLETION_SEC = 30 * 86_400;

export type AddressView = 'empty' | 'contact_masked' | 'all_masked' | 'clear';

/**
 * TikTok: no address while UNPAID or ON_HOLD; contact and street are masked where TikTok ships; in the US everything
 * personal is masked again after a cancellation and 30 days after completion.
 */
export function addressView(order: Order, region: Region, nowSec: number): AddressView {
  if (order.status === 'UNPAID' || order.status === 'ON_HOLD') return 'empty';
  if (region.code === 'US' && isOver(order, nowSec)) return 'all_masked';
  const platformShips = order.shippingType === 'TIKTOK' || order.fulfillmentType !== 'FULFILLMENT_BY_SELLER';
  return platformShips ? 'contact_masked' : 'clear';
}

function isOver(order: Order, nowSec: number): boolean {
  if (order.status === 'CANCELLED') return true;
  return order.completedSec !== undefined && nowSec - order.completedSec >= MASK_AFTER_COMPLETION_SEC;
}

export function viewAddress(address: Address, view: AddressView): Address {
  if (view === 'clear') return address;
  return view === 'empty' ? emptied(address) : masked(address, view === 'all_masked');
}

function emptied(address: Address): Address {
  const blank = Object.fromEntries(Object.keys(address).map((key) => [key, '']));
  return { ...address, ...blank, districts: [] };
}

function masked(address: Address, all: boolean): Address {
  const hidden: Address = {
    ...address,
    name: mask(address.name),
    firstName: mask(address.firstName),
    lastName: mask(address.lastName),
    phone: maskPhone(address.phone),
    line1: mask(address.line1),
    line2: mask(address.line2),
    line3: mask(address.line3),
    line4: mask(address.line4),
    fullAddress: mask(address.fullAddress),
  };
  if (address.firstNameLocalScript !== undefined)
    hidden.firstNameLocalScript = mask(address.firstNameLocalScript);
  if (address.lastNameLocalScript !== undefined)
    hidden.lastNameLocalScript = mask(address.lastNameLocalScript);
  if (!all) return hidden;
  return {
    ...hidden,
    postalCode: mask(address.postalCode),
    dropOffLocation: mask(address.dropOffLocation),
    districts: address.districts.map((district) =>
      district.level === 'L3' || district.level === 'L4'
        ? { ...district, name: mask(district.name) }
        : district,
    ),
  };
}

/** "Sample Buyer" -> "S***** B****": the first sign of each word stays. */
export function mask(text: string): string {
  return text.replace(/\S+/gu, (word) => (word[0] ?? '') + '*'.repeat(Math.max(word.length - 1, 2)));
}

function maskPhone(phone: string): string {
  return phone.replace(/^(\(\+\d+\))?(\d{2})\d*(\d{2})$/u, '$1$2*****$3');
}
