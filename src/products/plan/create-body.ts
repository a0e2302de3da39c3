import type { PlannedContent, PlannedImage, PlannedSku } from './planned-content.js';
import { attributeBody, certificateBody, uploadsOf } from './product-changes.js';
import type { PlannedUpload } from './push-plan-types.js';
import { optionBody, stockBody } from './sku-changes.js';

/** The body of a new listing. Source: Create Product. */
export function createBody(wanted: PlannedContent): {
  body: Record<string, unknown>;
  uploads: PlannedUpload[];
} {
  const { images = [], sizeChart, attributes = [], certificates = [] } = wanted;
  const skus = wanted.skus.filter(({ isRemoved }) => !isRemoved);
  const body = {
    save_mode: 'LISTING',
    title: wanted.title ?? '',
    description: wanted.description ?? '',
    category_id: wanted.categoryId ?? '',
    ...(wanted.categoryVersion === undefined ? {} : { category_version: wanted.categoryVersion }),
    ...(wanted.brandId ? { brand_id: wanted.brandId } : {}),
    main_images: images.map(({ uri }) => ({ uri })),
    ...(wanted.weight ? { package_weight: { ...wanted.weight } } : {}),
    ...(wanted.dimensions ? { package_dimensions: { ...wanted.dimensions } } : {}),
    ...(attributes.length > 0
      ? {
          product_attributes: attributes
            .filter(({ values }) => values.length > 0)
            .map((each) => attributeBody(each)),
        }
      : {}),
    ...(certificates.length > 0 ? { certifications: certificates.map((each) => certificateBody(each)) } : {}),
    ...(sizeChart
      ? {
          size_chart: sizeChart.templateId
            ? { template: { id: sizeChart.templateId } }
            : { image: { uri: sizeChart.image?.uri ?? null } },
        }
      : {}),
    ...(wanted.manufacturerIds ? { manufacturer_ids: wanted.manufacturerIds } : {}),
    ...(wanted.responsiblePersonIds ? { responsible_person_ids: wanted.responsiblePersonIds } : {}),
    ...(wanted.externalId === undefined ? {} : { external_product_id: wanted.externalId }),
    ...(wanted.isCodAllowed === undefined ? {} : { is_cod_allowed: wanted.isCodAllowed }),
    ...(wanted.minimumOrder === undefined ? {} : { minimum_order_quantity: wanted.minimumOrder }),
    skus: skus.map((sku) => skuBody(sku)),
  };
  const uploads = [
    ...uploadsOf(images, 'MAIN_IMAGE'),
    ...(wanted.descriptionUploads ?? []),
    ...(wanted.certificateUploads ?? []),
    ...skus.flatMap((sku) => uploadsOf(sku.options.length > 0 ? (sku.images ?? []) : [], 'ATTRIBUTE_IMAGE')),
    ...(sizeChart?.image && !sizeChart.templateId ? uploadsOf([sizeChart.image], 'SIZE_CHART_IMAGE') : []),
  ];
  return { body, uploads: distinct(uploads) };
}

function skuBody({
  sku,
  options,
  images = [],
  price,
  currency,
  stock,
  code,
  externalId,
  weight,
}: PlannedSku): object {
  return {
    seller_sku: sku,
    ...(externalId === undefined ? {} : { external_sku_id: externalId }),
    ...(options.length > 0
      ? {
          sales_attributes: options.map(({ name, value, id = null, valueId = null }, nth) =>
            optionBody({ id, name, valueId, valueName: value, ...picturesOf(nth === 0 ? images : []) }),
          ),
        }
      : {}),
    price: { amount: price, currency },
    inventory: stockBody(stock),
    ...(code === null ? {} : { identifier_code: { ...code } }),
    ...(weight === undefined ? {} : { sku_weight: { ...weight } }),
  };
}

function picturesOf([main, ...more]: readonly PlannedImage[]): {
  imageUri: string | null;
  moreImageUris: string[];
} {
  return { imageUri: main?.uri ?? null, moreImageUris: more.map(({ uri }) => uri ?? '') };
}

/** A picture that stands in several places is uploaded once for each use. */
export function distinct(uploads: readonly PlannedUpload[]): PlannedUpload[] {
  return [...new Map(uploads.map((upload) => [`${upload.useCase} ${upload.url}`, upload])).values()];
}
