/** TikTok keeps two trees of categories beside each other; which one a market has is in the table of markets. */
export type CategoryVersion = 'v1' | 'v2';

/** A category of a shop's market, with what this shop may do there. */
export interface ShopCategory {
  id: string;
  /** Null at the root. */
  parentId: string | null;
  name: string;
  isLeaf: boolean;
  /** `AVAILABLE`, `INVITE_ONLY`, `NON_MAIN_CATEGORY`, `PROHIBITED`; several may stand together, and the list is open. */
  permissions: readonly string[];
}

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

export interface ListingCertificate {
  id: string;
  name: string;
  isRequired: boolean;
  needsExpiry: boolean;
  /** The text that TikTok shows to sellers. */
  details: string;
  sampleUrl: string | null;
  conditions: readonly RequirementCondition[];
}

/** What TikTok demands of products of a category, besides its attributes. */
export interface CategoryDemands {
  certificates: readonly ListingCertificate[];
  sizeChart: 'required' | 'supported' | 'none';
  isCodSupported: boolean;
  needsDimensions: boolean;
  needsEpr: boolean;
  needsManufacturer: boolean;
  needsResponsiblePerson: boolean;
  /** `PRE_ORDER`, `MADE_TO_ORDER`, `CUSTOM`; the list is open. */
  specialTypes: readonly string[];
  fees: readonly { type: string; isRequired: boolean }[];
}

/** A brand as the shop sees it. One that is neither authorised nor protected can be named, and is not shown to buyers. */
export interface ShopBrand {
  id: string;
  name: string;
  isAuthorized: boolean;
  /** Protected: nobody lists it without authorisation. */
  isT1: boolean;
}

/** What a shop must have before it can list anything, as TikTok checks it. */
export interface ShopPrerequisite {
  /** TikTok's word, in its own spelling. */
  item: string;
  isFailed: boolean;
  reasons: readonly string[];
}

/** A size chart that the seller has made in Seller Center. */
export interface SizeChartTemplate {
  id: string;
  name: string;
}

/** What helps TikTok to find a category for a product. */
export interface CategoryHints {
  title: string;
  description?: string | null;
  /** How another shop system calls it: type, category. */
  productType?: string | null;
  sourceCategory?: string | null;
}

/** Who made a product, as the EU wants it told. */
export interface ManufacturerContent {
  name: string;
  tradeName: string | null;
  email: string;
  /** Null: there is none. */
  phone: { countryCode: string; localNumber: string } | null;
  address: string;
  /** Language of the texts, such as `de-DE`; null: of the seller's registered address. */
  locale: string | null;
}

/** Who answers for a product in the EU. */
export interface ResponsiblePersonContent {
  name: string;
  email: string;
  phone: { countryCode: string; localNumber: string };
  street: string;
  postalCode: string;
  /** Two letters; a country of the EU. */
  country: string;
  locale: string | null;
}

/** Either of them, as it is made at TikTok once. */
export type ComplianceContent =
  | { kind: 'manufacturer'; manufacturer: ManufacturerContent }
  | { kind: 'responsible-person'; person: ResponsiblePersonContent };
