export type CategoryVersion = 'v1' | 'v2';

export type PermissionStatus = 'AVAILABLE' | 'INVITE_ONLY' | 'NON_MAIN_CATEGORY' | 'PROHIBITED';

/** What is sold there: which attributes and rules it has follows from it. */
export type Family =
  | 'plain'
  | 'apparel'
  | 'shoes'
  | 'toys'
  | 'electronics'
  | 'beauty'
  | 'food'
  | 'supplement'
  | 'medical'
  | 'chemical'
  | 'auto'
  | 'drinks'
  | 'collectible'
  | 'virtual';

/** A node of a tree. Everything but the leaves is there to find them by. */
export interface Category {
  id: string;
  /** '0' at the root. */
  parentId: string;
  name: string;
  /** Where it differs from `name`, for locales that begin with `en`. */
  englishName: string | undefined;
  level: number;
  isLeaf: boolean;
  family: Family;
  sizeChart: 'none' | 'supported' | 'required';
  codSupported: boolean;
  certificates: Certificate[];
  permissions: PermissionStatus[];
}

/** Met when the product has this value under that attribute. TikTok: `VALUE_ID_MATCH`. */
export interface Condition {
  attributeId: string;
  valueId: string;
}

export interface Certificate {
  id: string;
  name: string;
  isRequired: boolean;
  details: string;
  /** Any one that is met makes it required. */
  conditions: Condition[];
  needsExpiry: boolean;
}

export interface CategoryAttribute {
  id: string;
  name: string;
  type: 'SALES_PROPERTY' | 'PRODUCT_PROPERTY';
  isRequired: boolean;
  isCustomizable: boolean;
  isMultiple: boolean;
  values: { id: string; name: string }[];
  format?: 'POSITIVE_INT_OR_DECIMAL';
  /** Any one that is met makes it required; while none is met it should be left empty (12052183). */
  conditions: Condition[];
}

export interface CategoryRules {
  certificates: Certificate[];
  sizeChart: Category['sizeChart'];
  codSupported: boolean;
  packageDimensionsRequired: boolean;
  eprRequired: boolean;
  responsiblePersonRequired: boolean;
  manufacturerRequired: boolean;
  /** TikTok: PRE_ORDER, MADE_TO_ORDER, CUSTOM. */
  specialTypes: string[];
  fees: { type: string; isRequired: boolean }[];
}
