/** Another value that makes an attribute or certificate needed: any one of several is enough. */
export interface RequirementCondition {
  attributeId: string;
  valueId: string;
}

export interface ListingAttribute {
  id: string;
  name: string;
  /** Told apart by it: a value for each SKU instead of one for the product. */
  isSales: boolean;
  isRequired: boolean;
  /** Values beyond the listed ones are taken. */
  isCustomizable: boolean;
  isMultiple: boolean;
  /** Values are positive numbers. */
  isNumber: boolean;
  values: readonly { id: string; name: string }[];
  conditions: readonly RequirementCondition[];
}

interface ListingCertificate {
  id: string;
  name: string;
  isRequired: boolean;
  needsExpiry: boolean;
  /** The text that TikTok shows to sellers. */
  details: string;
  conditions: readonly RequirementCondition[];
}

/** What TikTok demands of products of one category. */
export interface ListingRules {
  categoryId: string;
  /** Names from the root, for people. */
  categoryPath: string;
  isLeaf: boolean;
  /** `AVAILABLE`, `INVITE_ONLY`, `NON_MAIN_CATEGORY`, `PROHIBITED`; several may stand together. */
  permissions: readonly string[];
  attributes: readonly ListingAttribute[];
  certificates: readonly ListingCertificate[];
  sizeChart: 'required' | 'supported' | 'none';
  isCodSupported: boolean;
  needsDimensions: boolean;
  needsManufacturer: boolean;
  needsResponsiblePerson: boolean;
  specialTypes: readonly string[];
}

/** What differs between TikTok's markets. */
export interface ListingMarket {
  /** Two letters, such as `US`. */
  region: string;
  /** Characters, not bytes. */
  title: readonly [least: number, most: number];
  mostSkus: number;
  currency: string | null;
  /** Null where TikTok's page names no limits. */
  price: readonly [least: string, most: string] | null;
  priceDecimals: number;
  /** In order of preference, with the decimals that they may have. */
  weightUnits: readonly { unit: string; decimals: number }[];
  lengthUnits: readonly string[];
  isCodMarket: boolean;
  hasListPrice: boolean;
  isEu: boolean;
}

/** What a category text of a feed turned out to be. */
export type CategoryAnswer =
  | { kind: 'rules'; rules: ListingRules }
  | { kind: 'missing' }
  | { kind: 'unknown'; proposals: readonly { id: string; path: string }[] }
  /** The rules could not be read just now. */
  | { kind: 'unread'; reason: string };

/** A brand by the name or id that the feed gives. Undefined: nobody could ask. */
export type BrandAnswer =
  { id: string; name: string; isAuthorized: boolean; isT1: boolean } | { id: null; nearest: string | null };

/** What the checks go by; all of it is read before. */
export interface CheckContext {
  market: ListingMarket;
  category: CategoryAnswer;
  brand: BrandAnswer | null;
  /** Codes, names and ids of warehouses that can sell; null when they were never read. */
  warehouses: readonly string[] | null;
  /** A cross-border shop takes no products from here. */
  isCrossBorder: boolean;
  /** The listing is in TikTok already. */
  isListed: boolean;
  /** SKUs of the shop that share a code, by the code. */
  codeTwins: ReadonlyMap<string, readonly string[]>;
  now: Date;
}
