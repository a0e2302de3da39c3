import type { CategoryDemands } from '../../domain/listing.js';
import type { MarketLimits } from './market-limits.js';
import { field, type SpecificationField } from './specification-field.js';

const variant = { scope: 'variant' } as const;

/** What every product of a market has, whatever its category. Columns as in docs/products.md. */
export function identityFields(market: MarketLimits): SpecificationField[] {
  const [shortest, longest] = market.title;
  return [
    field({
      name: 'Merchant SKU',
      need: 'required',
      type: 'text',
      group: 'identity',
      description: 'Your own SKU, without spaces. Every SKU of the shop is there once.',
      limits: { least: '1', most: '50' },
      destination: 'skus.seller_sku',
      ...variant,
    }),
    field({
      name: 'Parent SKU',
      type: 'text',
      group: 'identity',
      description: `Holds the variants of a product together. Empty: a product with one SKU. At most ${market.mostSkus} SKUs in a product.`,
      destination: '',
      ...variant,
    }),
    field({
      name: 'Title',
      need: 'required',
      type: 'text',
      group: 'product',
      description: `${shortest} to ${longest} characters. No emoji, no HTML entities, no character more than nine times in a row.`,
      limits: { least: String(shortest), most: String(longest) },
      destination: 'title',
    }),
    field({
      name: 'Description',
      need: 'required',
      type: 'html',
      group: 'product',
      description: 'Text or HTML, at most 10,000 characters and 30 images.',
      limits: { least: '1', most: '10000' },
      destination: 'description',
    }),
    field({
      name: 'Category',
      need: 'required',
      type: 'text',
      group: 'product',
      description: `Id, path or name of the last category of a branch (TikTok's tree ${market.categoryVersion}).`,
      destination: 'category_id',
    }),
    field({
      name: 'Brand',
      type: 'text',
      group: 'product',
      description:
        'Name of a brand that TikTok knows. One that the shop is not authorised for is not shown; a protected one is refused. Empty: none.',
      destination: 'brand_id',
    }),
    ...Array.from({ length: 9 }, (_, index) =>
      field({
        name: `Image ${index + 1}`,
        need: index === 0 ? 'required' : 'optional',
        type: 'image',
        group: 'product',
        description:
          'Public address of an image: JPG, PNG, WEBP, HEIC or BMP, 300 to 4,000 pixels a side, at most 10 MB.',
        destination: 'main_images',
      }),
    ),
    field({
      name: 'GTIN',
      type: 'text',
      group: 'identity',
      description:
        'GTIN, EAN, UPC, ISBN or JAN; each has a column of its own too. It cannot be changed once the product was sent.',
      destination: 'skus.identifier_code',
      ...variant,
    }),
  ];
}

export function priceFields(market: MarketLimits): SpecificationField[] {
  const currency = market.currency ?? "the shop's currency";
  const [least, most] = market.price ?? [];
  return [
    field({
      name: 'Cost',
      need: 'required',
      type: 'money',
      group: 'price',
      description: `The price that buyers pay, in ${currency}${least === undefined ? '' : `, from ${least} to ${most ?? ''}`}.`,
      limits: {
        ...(least === undefined ? {} : { least }),
        ...(most === undefined ? {} : { most }),
        decimals: market.priceDecimals,
      },
      destination: 'skus.price.amount',
      ...variant,
    }),
    ...(market.hasListPrice
      ? [
          field({
            name: 'List Price',
            type: 'money',
            group: 'price',
            description: 'US only, not below the price. TikTok shows it once it has checked it.',
            limits: { least: '0.01', most: '7600', decimals: 2 },
            destination: 'skus.list_price.amount',
            ...variant,
          }),
        ]
      : []),
    field({
      name: 'Quantity',
      need: 'required',
      type: 'whole',
      group: 'price',
      description: 'Pieces when the product is created, 1 to 99,999. Later the inventory feed says them.',
      limits: { least: '1', most: '99999', decimals: 0 },
      destination: 'skus.inventory.quantity',
      ...variant,
    }),
    field({
      name: 'Warehouse Code',
      type: 'text',
      group: 'price',
      description: 'Id, exact name or code of a warehouse for sales. Empty: the default one.',
      destination: 'skus.inventory.warehouse_id',
      ...variant,
    }),
  ];
}

export function packagingFields(market: MarketLimits, demands: CategoryDemands): SpecificationField[] {
  const units = market.weightUnits;
  const size = (name: string, destination: string): SpecificationField =>
    field({
      name,
      need: demands.needsDimensions ? 'required' : 'optional',
      type: 'number',
      group: 'packaging',
      description: 'Of the package. All three or none; in the same system of units as the weight.',
      limits: { least: '0.01', decimals: market.lengthDecimals },
      destination,
    });
  return [
    field({
      name: 'Weight',
      need: 'required',
      type: 'number',
      group: 'packaging',
      description: `Of the package, above 0. ${units.map(({ unit, decimals }) => `${unit}: ${decimals} decimals`).join('; ')}.`,
      limits: { least: '0.001', decimals: units[0]?.decimals ?? 3 },
      destination: 'package_weight.value',
    }),
    field({
      name: 'Weight Unit',
      type: 'choice',
      group: 'packaging',
      description: `Empty: ${units[0]?.unit ?? 'KILOGRAM'}.`,
      options: units.map(({ unit }) => ({ id: unit, name: unit })),
      isOpen: false,
      destination: 'package_weight.unit',
    }),
    size('Length', 'package_dimensions.length'),
    size('Width', 'package_dimensions.width'),
    size('Height', 'package_dimensions.height'),
    field({
      name: 'Dimension Unit',
      type: 'choice',
      group: 'packaging',
      description: `Empty: ${market.lengthUnits[0] ?? 'CENTIMETER'}.`,
      options: market.lengthUnits.map((unit) => ({ id: unit, name: unit })),
      isOpen: false,
      destination: 'package_dimensions.unit',
    }),
  ];
}

export function deliveryFields(market: MarketLimits, demands: CategoryDemands): SpecificationField[] {
  return [
    ...(market.isCodMarket && demands.isCodSupported
      ? [
          field({
            name: 'COD',
            type: 'yes-no',
            group: 'delivery',
            description: 'Cash on delivery.',
            destination: 'is_cod_allowed',
          }),
        ]
      : []),
    ...(market.hasDeliveryOptions
      ? [
          field({
            name: 'Delivery Options',
            type: 'text',
            group: 'delivery',
            description: 'Ids of delivery options, with commas. Empty: all of the shop.',
            destination: 'delivery_option_ids',
          }),
        ]
      : []),
    ...(demands.specialTypes.length > 0
      ? [
          field({
            name: 'Pre Sale Type',
            type: 'choice',
            group: 'delivery',
            description: 'Leave empty for goods in stock.',
            options: demands.specialTypes.map((type) => ({ id: type, name: type })),
            isOpen: false,
            destination: 'skus.pre_sale.type',
            ...variant,
          }),
        ]
      : []),
  ];
}
