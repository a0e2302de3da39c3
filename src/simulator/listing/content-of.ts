import type { Content, ContentSku } from '../state/content.js';
import type { Sku } from '../state/model.js';
import type { Product } from '../state/product.js';
import type { Shop, World } from '../state/world.js';
import { plainCategory } from './plain-category.js';

/** The product's live or only version; of products that nobody has listed by a call, what Seller Center would have asked for. */
export function contentOf(world: World, shop: Shop, product: Product): Content {
  return product.content ?? plainContent(world, shop, product);
}

/** The version that an edit starts from. TikTok: a draft or a version under review comes before the live one. */
export function latestContent(world: World, shop: Shop, product: Product): Content {
  return product.review ?? product.draft ?? contentOf(world, shop, product);
}

const SAMPLE_BRAND = '7082427311584347905';
export const sampleBrand = { id: SAMPLE_BRAND, name: 'Sample Brand' };

function plainContent(world: World, shop: Shop, product: Product): Content {
  const isImperial = shop.region.code === 'US';
  const { category, version, attributes } = plainCategory(world, shop);
  return {
    title: product.title,
    description: `<p>${escapeHtml(product.title)}</p>`,
    categoryId: category.id,
    categoryVersion: version,
    brandId: SAMPLE_BRAND,
    mainImages: [plainImage(product.id)],
    videoId: undefined,
    attributes,
    certifications: [],
    sizeChart: undefined,
    packageDimensions: {
      length: '10',
      width: '8',
      height: '2',
      unit: isImperial ? 'INCH' : 'CENTIMETER',
    },
    packageWeight: { value: '0.50', unit: isImperial ? 'POUND' : 'KILOGRAM' },
    isCodAllowed: false,
    isPreOwned: false,
    isNotForSale: product.isNotForSale ?? false,
    externalProductId: undefined,
    deliveryOptionIds: [],
    manufacturerIds: [],
    responsiblePersonIds: [],
    shippingInsurance: undefined,
    minimumOrder: 1,
    listingPlatforms: ['TIKTOK_SHOP'],
    shippingTemplateId: undefined,
    skus: product.skus.map((sku) => plainSku(product, sku)),
  };
}

function plainSku(product: Product, sku: Sku): ContentSku {
  return {
    id: sku.id,
    sellerSku: sku.sellerSku,
    salesAttributes:
      product.skus.length === 1
        ? []
        : [
            {
              id: '100089',
              name: 'Specification',
              valueId: sku.id,
              valueName: sku.name,
              image: plainImage(sku.id),
              moreImages: [],
            },
          ],
    externalSkuId: undefined,
    identifierCode: undefined,
    extraCodes: [],
    unitCount: undefined,
    externalUrls: [],
    preSale: undefined,
    fees: [],
    weight: undefined,
    dimensions: undefined,
  };
}

/** Of a product or a SKU that Seller Center has made: derived, so that no product has to hold it. */
function plainImage(id: string): string {
  return `tos-sample/${id}`;
}

export function isPlainImage(uri: string): boolean {
  return uri.startsWith('tos-sample/');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
