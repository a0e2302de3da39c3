/** A product as TikTok has it, with everything that an edit must not lose. Ids and addresses are TikTok's. */
export interface Listing {
  productId: string;
  /** `ACTIVATE` and the like; see productStatusText. The list is open. */
  status: string;
  /** `NONE`, `AUDITING`, `FAILED`, `PRE_APPROVED`, `APPROVED`; null where TikTok does not say. */
  auditStatus: string | null;
  title: string;
  description: string;
  /** Leaf; null where TikTok shows none. */
  categoryId: string | null;
  brandId: string | null;
  /** Uris of pictures in their order. */
  images: string[];
  videoId: string | null;
  weight: ListingMeasure | null;
  dimensions: ListingDimensions | null;
  attributes: ListingAttributeValues[];
  certificates: ListingCertificateFiles[];
  sizeChart: { imageUri: string | null; templateId: string | null } | null;
  manufacturerIds: string[];
  responsiblePersonIds: string[];
  externalId: string | null;
  isCodAllowed: boolean | null;
  minimumOrder: number | null;
  deliveryOptionIds: string[];
  skus: ListingSku[];
}

export interface ListingMeasure {
  value: string;
  unit: string;
}

export interface ListingDimensions {
  length: string;
  width: string;
  height: string;
  unit: string;
}

export interface ListingAttributeValues {
  id: string;
  name: string;
  /** TikTok's value by its id, the seller's own by its name. */
  values: { id: string | null; name: string }[];
}

export interface ListingCertificateFiles {
  id: string;
  imageUris: string[];
  files: { id: string; name: string; format: string }[];
  /** Seconds. */
  expires: number | null;
}

export interface ListingSku {
  skuId: string;
  /** Empty where the seller gave none. */
  sellerSku: string;
  externalId: string | null;
  options: ListingOption[];
  code: { code: string; type: string } | null;
  price: string | null;
  currency: string | null;
  stock: { warehouseId: string; quantity: number }[];
  weight: ListingMeasure | null;
  dimensions: ListingDimensions | null;
}

export interface ListingOption {
  id: string | null;
  name: string;
  valueId: string | null;
  valueName: string;
  imageUri: string | null;
  moreImageUris: string[];
}
