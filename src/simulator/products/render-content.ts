import { findCategory, rulesOf } from '../categories/category-rules.js';
import type { Certification, Content, ContentSku, SalesAttribute } from '../state/content.js';
import type { Sku } from '../state/model.js';
import { skuOf } from '../state/apply-content.js';
import { imageUrlOf, type Product } from '../state/product.js';
import { imageUrls, thumbUrls } from '../state/uploads.js';
import type { Shop, World } from '../state/world.js';
import { isPlainImage } from '../listing/content-of.js';
import { brandNamed } from '../listing/known-brand.js';
import { listingQuality, renderAudit, renderSku } from './render-product.js';

type Wire = Record<string, unknown>;

/** TikTok: the answer of Get Product, of one version. Price and stock are always those that hold now. */
export function renderContent(world: World, shop: Shop, product: Product, content: Content): Wire {
  const brand = content.brandId === undefined ? undefined : brandNamed(world, shop, content.brandId);
  return {
    id: product.id,
    status: product.status,
    product_status: statusWithoutAudit(product),
    title: content.title,
    description: content.description,
    category_chains: categoryChain(world, shop, content),
    ...(brand === undefined ? {} : { brand }),
    main_images: content.mainImages.map((uri) => renderImage(world, uri)),
    ...(content.videoId === undefined ? {} : { video: renderVideo(world, content.videoId) }),
    ...(content.packageDimensions === undefined ? {} : { package_dimensions: content.packageDimensions }),
    ...(content.packageWeight === undefined ? {} : { package_weight: content.packageWeight }),
    skus: content.skus.map((sku) => renderContentSku(world, shop, product, content, sku)),
    product_attributes: content.attributes,
    certifications: content.certifications.map((one) => renderCertification(world, shop, content, one)),
    ...renderSizeChart(world, content),
    is_cod_allowed: content.isCodAllowed,
    is_not_for_sale: content.isNotForSale,
    is_pre_owned: content.isPreOwned,
    is_replicated: false,
    minimum_order_quantity: content.minimumOrder,
    product_types: [],
    product_tags: [],
    recommended_categories: [],
    manufacturer_ids: content.manufacturerIds,
    responsible_person_ids: content.responsiblePersonIds,
    shipping_insurance_requirement: content.shippingInsurance ?? 'NOT_SUPPORTED',
    subscribe_info: { support_subscribe: false, subscribe_status: 'NOT_ENABLED' },
    ...(content.externalProductId === undefined ? {} : { external_product_id: content.externalProductId }),
    ...(content.shippingTemplateId === undefined ? {} : { shipping_template_id: content.shippingTemplateId }),
    delivery_options: shop.deliveryOptions
      .filter(({ id }) => content.deliveryOptionIds.length === 0 || content.deliveryOptionIds.includes(id))
      .map(({ id, name }) => ({ id, name, is_available: true })),
    create_time: product.createdSec,
    update_time: product.updatedSec,
    ...listingQuality(shop),
    audit: renderAudit(product),
    audit_failed_reasons: (product.audit === 'FAILED' ? (product.auditReasons ?? [plainReason]) : []).map(
      ({ listingPlatform, ...reason }) => ({ ...reason, listing_platform: listingPlatform }),
    ),
    has_draft: product.draft !== undefined,
  };
}

const plainReason = {
  position: 'product',
  reasons: ['The listing breaks a rule.'],
  suggestions: ['Check title, description and images, then submit the product again.'],
  listingPlatform: 'TIKTOK_SHOP',
};

/** UNCONFIRMED: INITIAL until the first audit has passed. */
function statusWithoutAudit({ status, statusBefore }: Product): string {
  if (status !== 'PENDING' && status !== 'FAILED') return status;
  return statusBefore === undefined || ['DRAFT', 'PENDING', 'FAILED'].includes(statusBefore)
    ? 'INITIAL'
    : statusBefore;
}

function categoryChain(world: World, shop: Shop, { categoryId, categoryVersion }: Content): Wire[] {
  const chain: Wire[] = [];
  for (let id = categoryId; id !== '0' && id !== '';) {
    const category = findCategory(world, shop, id, categoryVersion);
    if (category === undefined) break;
    const { parentId, name, isLeaf } = category;
    chain.unshift({ id, parent_id: parentId, local_name: name, is_leaf: isLeaf });
    id = parentId;
  }
  return chain;
}

function renderContentSku(
  world: World,
  shop: Shop,
  product: Product,
  content: Content,
  wanted: ContentSku,
): Wire {
  // One that is not on sale yet shows what it will begin with.
  const sku: Sku = product.skus.find(({ id }) => id === wanted.id) ?? skuOf(product, content.title, wanted);
  const { preSale, fees } = wanted;
  return {
    ...renderSku(shop, sku),
    seller_sku: wanted.sellerSku,
    sales_attributes: wanted.salesAttributes.map((attribute) => renderSalesAttribute(world, attribute)),
    global_listing_policy: { price_sync: false, inventory_type: 'EXCLUSIVE' },
    ...given('external_sku_id', wanted.externalSkuId),
    ...given('identifier_code', wanted.identifierCode),
    ...given('extra_identifier_codes', nonEmpty(wanted.extraCodes)),
    ...given('sku_unit_count', wanted.unitCount),
    ...given('external_urls', nonEmpty(wanted.externalUrls)),
    ...given('sku_weight', wanted.weight ?? content.packageWeight),
    ...given('sku_dimensions', wanted.dimensions ?? content.packageDimensions),
    ...(preSale === undefined
      ? {}
      : {
          pre_sale: {
            type: preSale.type,
            fulfillment_type: {
              ...given('handling_duration_days', preSale.handlingDays),
              ...given('release_date', preSale.releaseDate),
            },
          },
        }),
    ...(fees.length === 0
      ? {}
      : {
          fees: fees.map(({ additionalAttribute, ...fee }) => ({
            ...fee,
            ...given('additional_attribute', additionalAttribute),
          })),
        }),
  };
}

function given(name: string, value: unknown): Wire {
  return value === undefined ? {} : { [name]: value };
}

function nonEmpty(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}

function renderSalesAttribute(world: World, attribute: SalesAttribute): Wire {
  const { id, name, valueId, valueName, image, moreImages } = attribute;
  return {
    id,
    name,
    value_id: valueId,
    value_name: valueName,
    ...(image === undefined ? {} : { sku_img: renderImage(world, image) }),
    ...(moreImages.length === 0
      ? {}
      : { supplementary_sku_images: moreImages.map((uri) => renderImage(world, uri)) }),
  };
}

const PLAIN_SIDE = 600;

/** TikTok never gives back where the seller had an image from. */
function renderImage(world: World, uri: string): Wire {
  const { width = PLAIN_SIDE, height = PLAIN_SIDE } = world.uploads.images.get(uri) ?? {};
  const isPlain = isPlainImage(uri);
  const id = uri.slice(uri.lastIndexOf('/') + 1);
  return {
    height,
    width,
    thumb_urls: isPlain ? [`https://images.example.com/${id}-300.jpeg`] : thumbUrls(uri),
    uri,
    urls: isPlain ? [imageUrlOf(id)] : imageUrls(uri),
  };
}

function renderVideo(world: World, id: string): Wire {
  const [url = ''] = imageUrls(id);
  return { id, url, cover_url: url, format: world.uploads.files.get(id)?.format ?? 'MP4' };
}

function renderCertification(world: World, shop: Shop, content: Content, one: Certification): Wire {
  const category = findCategory(world, shop, content.categoryId);
  const known = category === undefined ? [] : rulesOf(world, shop, category).certificates;
  return {
    id: one.id,
    title: known.find(({ id }) => id === one.id)?.name ?? '',
    files: one.files.map(({ id, name, format }) => ({ id, name, format, urls: imageUrls(id) })),
    images: one.images.map((uri) => renderImage(world, uri)),
    ...given('expiration_date', one.expirationDate),
  };
}

/** TikTok: where both are given, the template comes before the image. */
function renderSizeChart(world: World, { sizeChart }: Content): Wire {
  if (sizeChart === undefined) return {};
  const { image, templateId } = sizeChart;
  if (templateId !== undefined) return { size_chart: { template: { id: templateId } } };
  return image === undefined ? {} : { size_chart: { image: renderImage(world, image) } };
}
