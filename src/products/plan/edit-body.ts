import type { Listing } from '../../domain/shop-listing.js';
import { attributeBody, certificateBody } from './product-changes.js';

/**
 * The body of a full edit, which replaces the product: everything that TikTok has, whole, for what is wanted to be put over
 * it. Attributes and certificates of the former category are left out where the category changes: they are not those of the
 * new one.
 */
export function editBodyOf(listing: Listing): Record<string, unknown> {
  const { weight, dimensions, sizeChart } = listing;
  return {
    title: listing.title,
    description: listing.description,
    category_id: listing.categoryId,
    ...(listing.brandId === null ? {} : { brand_id: listing.brandId }),
    main_images: listing.images.map((uri) => ({ uri })),
    ...(listing.videoId === null ? {} : { video: { id: listing.videoId } }),
    ...(weight === null ? {} : { package_weight: { ...weight } }),
    ...(dimensions === null ? {} : { package_dimensions: { ...dimensions } }),
    ...(listing.attributes.length > 0
      ? { product_attributes: listing.attributes.map((each) => attributeBody(each)) }
      : {}),
    ...(listing.certificates.length > 0
      ? { certifications: listing.certificates.map((each) => certificateBody(each)) }
      : {}),
    ...(sizeChart === null
      ? {}
      : {
          size_chart: {
            ...(sizeChart.imageUri === null ? {} : { image: { uri: sizeChart.imageUri } }),
            ...(sizeChart.templateId === null ? {} : { template: { id: sizeChart.templateId } }),
          },
        }),
    ...(listing.manufacturerIds.length > 0 ? { manufacturer_ids: listing.manufacturerIds } : {}),
    ...(listing.responsiblePersonIds.length > 0
      ? { responsible_person_ids: listing.responsiblePersonIds }
      : {}),
    ...(listing.externalId === null ? {} : { external_product_id: listing.externalId }),
    ...(listing.isCodAllowed === null ? {} : { is_cod_allowed: listing.isCodAllowed }),
    ...(listing.minimumOrder === null ? {} : { minimum_order_quantity: listing.minimumOrder }),
    ...(listing.deliveryOptionIds.length > 0 ? { delivery_option_ids: listing.deliveryOptionIds } : {}),
  };
}
