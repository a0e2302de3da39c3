import type { Content, ContentSku } from '../state/content.js';
import type { ListingBody } from './listing-body.js';

type Fields = Omit<Content, 'skus' | 'categoryVersion'>;

/** Under which name a call writes each field, and what it is when the call does not have it. */
const fields: {
  readonly [Name in keyof Fields]: readonly [
    sent: keyof ListingBody,
    read: (body: ListingBody) => Fields[Name],
  ];
} = {
  title: ['title', (body) => body.title ?? ''],
  description: ['description', (body) => body.description ?? ''],
  categoryId: ['category_id', (body) => body.category_id ?? ''],
  brandId: ['brand_id', (body) => body.brand_id],
  mainImages: ['main_images', (body) => uris(body.main_images)],
  videoId: ['video', (body) => body.video?.id],
  attributes: [
    'product_attributes',
    (body) =>
      (body.product_attributes ?? []).map(({ id, values }) => ({
        id: id ?? '',
        name: '',
        values: values.map((value) => ({ id: value.id ?? '', name: value.name ?? '' })),
      })),
  ],
  certifications: [
    'certifications',
    (body) =>
      (body.certifications ?? []).map((one) => ({
        id: one.id,
        images: uris(one.images),
        files: one.files ?? [],
        expirationDate: one.expiration_date,
      })),
  ],
  sizeChart: [
    'size_chart',
    ({ size_chart: chart }) =>
      chart === undefined ? undefined : { image: chart.image?.uri, templateId: chart.template?.id },
  ],
  packageDimensions: ['package_dimensions', (body) => body.package_dimensions],
  packageWeight: ['package_weight', (body) => body.package_weight],
  isCodAllowed: ['is_cod_allowed', (body) => body.is_cod_allowed ?? false],
  isPreOwned: ['is_pre_owned', (body) => body.is_pre_owned ?? false],
  isNotForSale: ['is_not_for_sale', (body) => body.is_not_for_sale ?? false],
  externalProductId: ['external_product_id', (body) => body.external_product_id],
  deliveryOptionIds: ['delivery_option_ids', (body) => body.delivery_option_ids ?? []],
  manufacturerIds: ['manufacturer_ids', (body) => body.manufacturer_ids ?? []],
  responsiblePersonIds: ['responsible_person_ids', (body) => body.responsible_person_ids ?? []],
  shippingInsurance: ['shipping_insurance_requirement', (body) => body.shipping_insurance_requirement],
  minimumOrder: ['minimum_order_quantity', (body) => body.minimum_order_quantity ?? 1],
  listingPlatforms: ['listing_platforms', (body) => body.listing_platforms ?? ['TIKTOK_SHOP']],
  shippingTemplateId: ['shipping_template_id', (body) => body.shipping_template_id],
};

/** What a partial edit cannot change, and passes over. */
const fixed: readonly (keyof ListingBody)[] = ['category_id', 'category_version'];

/** TikTok: create and full edit. Whatever is not sent is blank, also where the product had something. */
export function wholeContent(
  body: ListingBody,
  versionLeftOut: Content['categoryVersion'],
  skus: ContentSku[],
): Content {
  const categoryVersion = body.category_version ?? versionLeftOut;
  return { ...readFields(body, undefined), categoryVersion, skus };
}

/** TikTok: a partial edit replaces the fields of the first level that it sends, each as a whole. */
export function changedContent(body: ListingBody, base: Content, skus: ContentSku[]): Content {
  const known = Object.fromEntries(
    Object.entries(body).filter(([name]) => !fixed.some((one) => one === name)),
  );
  return { ...readFields(known, base), categoryVersion: base.categoryVersion, skus };
}

function readFields(body: ListingBody, base: Content | undefined): Fields {
  const entries = Object.entries(fields).map(([name, [sent, read]]) => [
    name,
    base !== undefined && body[sent] === undefined ? base[name as keyof Fields] : read(body),
  ]);
  // Every name of `fields` is one of Fields, each with the value that its own reader gives.
  return Object.fromEntries(entries) as Fields;
}

function uris(images: readonly { uri: string }[] | undefined): string[] {
  return (images ?? []).map(({ uri }) => uri);
}
