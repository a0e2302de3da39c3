import type {
  Listing,
  ListingAttributeValues,
  ListingCertificateFiles,
  ListingDimensions,
  ListingMeasure,
  ListingOption,
  ListingSku,
} from '../../domain/shop-listing.js';
import type {
  WireListingCertificate,
  WireListingOption,
  WireListingSku,
  WireShopListing,
} from '../wire/shop-listing-wire.js';
import { asRecord, listOf, requiredText, textOf, textOrNull, textsOf } from '../wire/read.js';

/** @throws UnreadableError without an id of the product or of a SKU: an edit would lose what is not told by name */
export function mapListing(wire: WireShopListing): Listing {
  const chart = asRecord(wire.size_chart);
  return {
    productId: requiredText(wire.id, 'id'),
    status: requiredText(wire.status, 'status'),
    auditStatus: textOrNull(asRecord(wire.audit)?.['status']),
    title: textOf(wire.title),
    description: textOf(wire.description),
    categoryId: leafOf(wire.category_chains),
    brandId: textOrNull(asRecord(wire.brand)?.['id']),
    images: urisOf(wire.main_images),
    videoId: textOrNull(asRecord(wire.video)?.['id']),
    weight: measureOf(wire.package_weight),
    dimensions: dimensionsOf(wire.package_dimensions),
    attributes: recordsOf(wire.product_attributes).map((each) => attributeOf(each)),
    certificates: recordsOf(wire.certifications).map((each) => certificateOf(each)),
    sizeChart: chart && {
      imageUri: textOrNull(asRecord(chart['image'])?.['uri']),
      templateId: textOrNull(asRecord(chart['template'])?.['id']),
    },
    manufacturerIds: textsOf(wire.manufacturer_ids),
    responsiblePersonIds: textsOf(wire.responsible_person_ids),
    externalId: textOrNull(wire.external_product_id),
    isCodAllowed: typeof wire.is_cod_allowed === 'boolean' ? wire.is_cod_allowed : null,
    minimumOrder: typeof wire.minimum_order_quantity === 'number' ? wire.minimum_order_quantity : null,
    deliveryOptionIds: recordsOf(wire.delivery_options).flatMap(({ id }) => textOrNull(id) ?? []),
    skus: recordsOf(wire.skus).map((each) => skuOf(each)),
  };
}

function skuOf(wire: WireListingSku): ListingSku {
  const price = asRecord(wire.price);
  const code = asRecord(wire.identifier_code);
  const text = textOrNull(code?.['code']);
  return {
    skuId: requiredText(wire.id, 'skus.id'),
    sellerSku: textOf(wire.seller_sku),
    externalId: textOrNull(wire.external_sku_id),
    options: recordsOf(wire.sales_attributes).map((each) => optionOf(each)),
    code: text === null ? null : { code: text, type: textOf(code?.['type']) },
    price: textOrNull(price?.['tax_exclusive_price']) ?? textOrNull(price?.['sale_price']),
    currency: textOrNull(price?.['currency']),
    stock: recordsOf(wire.inventory).map((each) => ({
      warehouseId: requiredText(each['warehouse_id'], 'inventory.warehouse_id'),
      quantity: Math.max(0, Math.trunc(Number(each['quantity'] ?? 0)) || 0),
    })),
    weight: measureOf(wire.sku_weight),
    dimensions: dimensionsOf(wire.sku_dimensions),
  };
}

function optionOf(wire: WireListingOption): ListingOption {
  return {
    id: textOrNull(wire.id),
    name: textOf(wire.name),
    valueId: textOrNull(wire.value_id),
    valueName: textOf(wire.value_name),
    imageUri: textOrNull(asRecord(wire.sku_img)?.['uri']),
    moreImageUris: urisOf(wire.supplementary_sku_images),
  };
}

function attributeOf(wire: Readonly<Record<string, unknown>>): ListingAttributeValues {
  return {
    id: textOf(wire['id']),
    name: textOf(wire['name']),
    values: recordsOf(wire['values']).map(({ id, name }) => ({ id: textOrNull(id), name: textOf(name) })),
  };
}

function certificateOf(wire: WireListingCertificate): ListingCertificateFiles {
  return {
    id: textOf(wire.id),
    imageUris: urisOf(wire.images),
    files: recordsOf(wire.files).map(({ id, name, format }) => ({
      id: textOf(id),
      name: textOf(name),
      format: textOf(format),
    })),
    expires: typeof wire.expiration_date === 'number' ? wire.expiration_date : null,
  };
}

/** The chain leads from the root to the leaf, in no promised order. */
function leafOf(chain: unknown): string | null {
  const steps = recordsOf(chain);
  const leaf = steps.find(({ is_leaf: isLeaf }) => isLeaf === true) ?? steps.at(-1);
  return textOrNull(leaf?.['id']);
}

function measureOf(value: unknown): ListingMeasure | null {
  const wire = asRecord(value);
  const amount = textOrNull(wire?.['value']);
  return amount === null ? null : { value: amount, unit: textOf(wire?.['unit']) };
}

function dimensionsOf(value: unknown): ListingDimensions | null {
  const wire = asRecord(value);
  const [length, width, height] = ['length', 'width', 'height'].map((side) => textOrNull(wire?.[side]));
  if (!length || !width || !height) return null;
  return { length, width, height, unit: textOf(wire?.['unit']) };
}

function urisOf(list: unknown): string[] {
  return recordsOf(list).flatMap(({ uri }) => textOrNull(uri) ?? []);
}

function recordsOf(list: unknown): Readonly<Record<string, unknown>>[] {
  return listOf(list).flatMap((each) => {
    const record = asRecord(each);
    return record === null ? [] : [record];
  });
}
