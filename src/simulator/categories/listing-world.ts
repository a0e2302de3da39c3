import type { CategoryAttribute, CategoryRules, Certificate, PermissionStatus } from './category-model.js';

export type Change =
  /** New, or in place of the one with this id. */
  | { kind: 'attribute'; attribute: CategoryAttribute }
  | { kind: 'no_attribute'; attributeId: string }
  | { kind: 'require_attribute'; attributeId: string; isRequired: boolean }
  | { kind: 'certificate'; certificate: Certificate }
  | { kind: 'no_certificate'; certificateId: string }
  | { kind: 'rules'; rules: Partial<Omit<CategoryRules, 'certificates'>> }
  | { kind: 'permission'; statuses: PermissionStatus[] }
  /** The category is not in the tree any more. */
  | { kind: 'close' };

/** TikTok changes the rules of categories at a time, without asking anybody. Nothing has to happen then: who reads later sees it. */
export interface RuleChange {
  id: number;
  name: string;
  /** From this second on. */
  atSec: number;
  /** Markets; all when empty. */
  regions: string[];
  /** Leaves; all when empty. */
  categoryIds: string[];
  changes: Change[];
}

/** A brand as the sellers' side of TikTok knows it; those that a seller made belong to the seller. */
export interface Brand {
  id: string;
  name: string;
  /** TikTok protects it: nobody sells it without authorisation. */
  isT1: boolean;
  /** The seller who made it; undefined for those that everybody sees. */
  openId?: string;
  createdSec: number;
}

export interface Manufacturer {
  id: string;
  openId: string;
  name: string;
  tradeName: string;
  email: string;
  phone: { availability: string; country_code: string; local_number: string };
  address: string;
  locale: string;
}

export interface ResponsiblePerson {
  id: string;
  openId: string;
  name: string;
  email: string;
  phone: { country_code: string; local_number: string };
  address: Record<string, string>;
  locale: string;
}

export interface SizeChart {
  id: string;
  shopId: string;
  name: string;
  images: { uri: string; url: string; locale: string }[];
}

/** What a shop has of its own, beyond what holds in its market. */
export interface ShopListing {
  permissions: Record<string, PermissionStatus[]>;
  /** Ids of brands that the shop is authorised to sell. */
  authorizedBrands: string[];
  /** Items of the prerequisites that fail, with TikTok's reasons. */
  failedItems: { item: string; reasons: string[] }[];
  tier: 'BEGINNER' | 'STANDARD' | 'PREMIUM' | 'PRO';
  /** Products that were put up on one day: day as in the shop's market, `2026-11-30`. */
  created: { day: string; count: number };
}

/** The listing side of the world. Plain values only: it is saved as it is. */
export interface ListingWorld {
  ruleChanges: RuleChange[];
  brands: Brand[];
  manufacturers: Manufacturer[];
  responsiblePersons: ResponsiblePerson[];
  sizeCharts: SizeChart[];
}

export function emptyListing(): ListingWorld {
  return { ruleChanges: [], brands: [], manufacturers: [], responsiblePersons: [], sizeCharts: [] };
}

/** The shop's own part, made when it is needed first. */
export function listingOf(shop: { listing?: ShopListing }): ShopListing {
  shop.listing ??= {
    permissions: {},
    authorizedBrands: [],
    failedItems: [],
    tier: 'STANDARD',
    created: { day: '', count: 0 },
  };
  return shop.listing;
}
