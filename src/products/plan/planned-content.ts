import type {
  ListingAttributeValues,
  ListingCertificateFiles,
  ListingDimensions,
  ListingMeasure,
} from '../../domain/shop-listing.js';
import type { PlannedUpload } from './push-plan-types.js';

/** A picture by its address; the uri is TikTok's once it was uploaded for this use. */
export interface PlannedImage {
  url: string;
  uri: string | null;
}

/**
 * What a product is to be, resolved into TikTok's ids. What is undefined the feed has never said: it stays as it is. Null is
 * to be cleared.
 */
export interface PlannedContent {
  title?: string | undefined;
  description?: string | undefined;
  /** Its images that TikTok does not have yet. */
  descriptionUploads?: PlannedUpload[] | undefined;
  categoryId?: string | undefined;
  categoryVersion?: string | undefined;
  brandId?: string | null | undefined;
  images?: PlannedImage[] | undefined;
  weight?: ListingMeasure | undefined;
  dimensions?: ListingDimensions | null | undefined;
  /** Those that the feed names; others of the listing stay. */
  attributes?: ListingAttributeValues[] | undefined;
  certificates?: ListingCertificateFiles[] | undefined;
  /** Their images and documents that TikTok does not have yet. */
  certificateUploads?: PlannedUpload[] | undefined;
  sizeChart?: { image: PlannedImage | null; templateId: string | null } | null | undefined;
  manufacturerIds?: string[] | undefined;
  responsiblePersonIds?: string[] | undefined;
  externalId?: string | undefined;
  isCodAllowed?: boolean | undefined;
  minimumOrder?: number | undefined;
  skus: PlannedSku[];
}

export interface PlannedSku {
  sku: string;
  /** By an earlier link; else the SKU is found by its name. */
  skuId: string | null;
  /** In the order in which they are to stand on the listing. */
  options: { name: string; value: string; id?: string | undefined; valueId?: string | undefined }[];
  /** Of the first option. Undefined: never said. */
  images?: PlannedImage[] | undefined;
  price: string | null;
  currency: string | null;
  /** Of a new SKU. */
  stock: { warehouseId: string; quantity: number }[];
  code: { code: string; type: string } | null;
  externalId?: string | undefined;
  weight?: ListingMeasure | undefined;
  isRemoved: boolean;
}

/** What is to happen with the product beside its content. */
export type PlannedAction = 'Upsert' | 'Deactivate' | 'Activate' | 'Delete' | 'Recover';
