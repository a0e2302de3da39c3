import type { ShopPrerequisite } from '../../domain/listing.js';

/** What a shop lacks before it can list anything: one for the whole feed, not one per row. */
export interface MissingPrerequisite {
  item: string;
  reasons: readonly string[];
  next: string;
}

/** By TikTok's items, whose spelling (`BANk_ACCOUNT`) is not to be relied on. */
const steps: Readonly<Record<string, string>> = {
  SHOP_STATUS: 'Finish the set-up of the shop in TikTok Seller Center.',
  SHOP_TAX: 'Give the tax details of the shop in TikTok Seller Center.',
  PICKUP_WAREHOUSE: 'Set up a pickup warehouse in TikTok Seller Center.',
  RETURN_WAREHOUSE: 'Set up a return warehouse in TikTok Seller Center.',
  DELIVERY_OPTION: 'Switch on a delivery option in TikTok Seller Center.',
  SHIPPING_TEMPLATE: 'Make a shipping template in TikTok Seller Center.',
  PRODUCT_QUANTITY_LIMIT: 'The limit of today is used up: products are put up again on the next day.',
  EXTENDED_PRODUCER_RESPONSIBILITY: 'Give the EPR numbers of the shop in TikTok Seller Center.',
  BANK_ACCOUNT: 'Give a bank account in TikTok Seller Center.',
  CONTACT_INFO: 'Give the contact details of the shop in TikTok Seller Center.',
};

export function missingOf(prerequisites: readonly ShopPrerequisite[]): MissingPrerequisite[] {
  return prerequisites
    .filter(({ isFailed }) => isFailed)
    .map(({ item, reasons }) => ({
      item,
      reasons,
      next: steps[item.toUpperCase()] ?? 'Look at the shop in TikTok Seller Center.',
    }));
}

/** TikTok says that nothing can be put up today any more. */
export function isLimitReached(missing: readonly MissingPrerequisite[]): boolean {
  return missing.some(({ item }) => item.toUpperCase() === 'PRODUCT_QUANTITY_LIMIT');
}
