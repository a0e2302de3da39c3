/**
 * What a seller says of a product, in one of its versions: as TikTok's calls write it, since an object that is given replaces
 * the former one as a whole. A version is never changed, only replaced.
 */
export interface Content {
  title: string;
  description: string;
  categoryId: string;
  categoryVersion: 'v1' | 'v2';
  brandId: string | undefined;
  /** Uris, in the order in which buyers see them. */
  mainImages: string[];
  videoId: string | undefined;
  attributes: NamedAttribute[];
  certifications: Certification[];
  sizeChart: SizeChartChoice | undefined;
  packageDimensions: Dimensions | undefined;
  packageWeight: Weight | undefined;
  isCodAllowed: boolean;
  isPreOwned: boolean;
  isNotForSale: boolean;
  externalProductId: string | undefined;
  deliveryOptionIds: string[];
  manufacturerIds: string[];
  responsiblePersonIds: string[];
  shippingInsurance: string | undefined;
  minimumOrder: number;
  listingPlatforms: string[];
  shippingTemplateId: string | undefined;
  /** US: the category is for invited sellers, which this one is not. */
  isRestricted?: boolean;
  skus: ContentSku[];
}

export interface NamedAttribute {
  id: string;
  name: string;
  values: { id: string; name: string }[];
}

export interface Certification {
  id: string;
  images: string[];
  files: { id: string; name: string; format: string }[];
  expirationDate: number | undefined;
}

interface SizeChartChoice {
  image: string | undefined;
  templateId: string | undefined;
}

export interface Dimensions {
  length: string;
  width: string;
  height: string;
  unit: string;
}

export interface Weight {
  value: string;
  unit: string;
}

export interface SalesAttribute {
  id: string;
  name: string;
  valueId: string;
  valueName: string;
  image: string | undefined;
  moreImages: string[];
}

export interface IdentifierCode {
  code: string;
  type: string;
}

export interface PreSale {
  type: string;
  handlingDays: number | undefined;
  releaseDate: number | undefined;
}

interface Fee {
  type: string;
  amount: string;
  additionalAttribute: string | undefined;
}

export interface NewStock {
  warehouseId: string;
  quantity: number;
  backorder: number | undefined;
  handlingDays: number | undefined;
}

export interface NewPrices {
  priceMinor: number;
  preTaxMinor?: number | undefined;
  listPriceMinor?: number | undefined;
  externalListPriceMinor?: number | undefined;
}

/** Those that are known, and nothing else. */
export function pricesIn({ priceMinor, preTaxMinor, listPriceMinor, externalListPriceMinor }: NewPrices): {
  priceMinor: number;
  preTaxMinor?: number;
  listPriceMinor?: number;
  externalListPriceMinor?: number;
} {
  return {
    priceMinor,
    ...(preTaxMinor === undefined ? {} : { preTaxMinor }),
    ...(listPriceMinor === undefined ? {} : { listPriceMinor }),
    ...(externalListPriceMinor === undefined ? {} : { externalListPriceMinor }),
  };
}

/** A SKU in a version. Price and stock of one that is on sale are not part of it: they change at once, whatever is reviewed. */
export interface ContentSku {
  id: string;
  sellerSku: string;
  salesAttributes: SalesAttribute[];
  externalSkuId: string | undefined;
  identifierCode: IdentifierCode | undefined;
  extraCodes: string[];
  unitCount: string | undefined;
  externalUrls: string[];
  preSale: PreSale | undefined;
  fees: Fee[];
  weight: Weight | undefined;
  dimensions: Dimensions | undefined;
  /** What a SKU that is not on sale yet begins with. */
  prices?: NewPrices;
  stock?: NewStock[];
}

/** How the variant is spoken of in orders: the values of its sales attributes. */
export function variantName({ salesAttributes }: Pick<ContentSku, 'salesAttributes'>): string {
  return salesAttributes.map(({ valueName }) => valueName).join(', ') || 'Default';
}

/** Why an audit refused, at a place that is named in words. */
export interface AuditReason {
  position: string;
  reasons: string[];
  suggestions: string[];
  listingPlatform: string;
}
