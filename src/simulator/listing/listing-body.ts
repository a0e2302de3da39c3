import { Type, type Static } from 'typebox';

const Text = Type.Optional(Type.String());
const Texts = Type.Optional(Type.Array(Type.String()));
const Flag = Type.Optional(Type.Boolean());
const Int = Type.Optional(Type.Integer());
const Image = Type.Object({ uri: Type.String() });
const Images = Type.Optional(Type.Array(Image));
const Amount = Type.Object({ amount: Type.String(), currency: Type.String() });
const Weight = Type.Object({ value: Type.String(), unit: Type.String() });
const Dimensions = Type.Object({
  length: Type.String(),
  width: Type.String(),
  height: Type.String(),
  unit: Type.String(),
});

const SalesAttribute = Type.Object({
  id: Text,
  name: Text,
  value_id: Text,
  value_name: Text,
  sku_img: Type.Optional(Image),
  supplementary_sku_images: Images,
});

const BodySku = Type.Object({
  id: Text,
  sales_attributes: Type.Optional(Type.Array(SalesAttribute)),
  seller_sku: Text,
  price: Type.Optional(Type.Object({ amount: Text, currency: Type.String(), sale_price: Text })),
  list_price: Type.Optional(Amount),
  external_list_prices: Type.Optional(
    Type.Array(Type.Object({ source: Type.Enum(['SHOPIFY_COMPARE_AT_PRICE']), ...Amount.properties })),
  ),
  inventory: Type.Optional(
    Type.Array(
      Type.Object({
        warehouse_id: Type.String(),
        quantity: Int,
        backorder_quantity: Int,
        handling_time: Int,
      }),
    ),
  ),
  external_sku_id: Text,
  identifier_code: Type.Optional(Type.Object({ code: Text, type: Text })),
  extra_identifier_codes: Texts,
  sku_unit_count: Text,
  external_urls: Texts,
  pre_sale: Type.Optional(
    Type.Object({
      type: Text,
      fulfillment_type: Type.Optional(Type.Object({ handling_duration_days: Int, release_date: Int })),
    }),
  ),
  fees: Type.Optional(Type.Array(Type.Object({ type: Text, amount: Text, additional_attribute: Text }))),
  sku_weight: Type.Optional(Weight),
  sku_dimensions: Type.Optional(Dimensions),
});
export type BodySku = Static<typeof BodySku>;
export type BodySalesAttribute = Static<typeof SalesAttribute>;

const properties = {
  title: Text,
  description: Text,
  category_id: Text,
  category_version: Type.Optional(Type.Enum(['v1', 'v2'])),
  brand_id: Text,
  main_images: Images,
  skus: Type.Optional(Type.Array(BodySku)),
  is_cod_allowed: Flag,
  certifications: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.String(),
        images: Images,
        files: Type.Optional(
          Type.Array(Type.Object({ id: Type.String(), name: Type.String(), format: Type.String() })),
        ),
        expiration_date: Int,
      }),
    ),
  ),
  package_dimensions: Type.Optional(Dimensions),
  package_weight: Type.Optional(Weight),
  product_attributes: Type.Optional(
    Type.Array(Type.Object({ id: Text, values: Type.Array(Type.Object({ id: Text, name: Text })) })),
  ),
  video: Type.Optional(Type.Object({ id: Type.String() })),
  external_product_id: Text,
  delivery_option_ids: Texts,
  size_chart: Type.Optional(
    Type.Object({
      image: Type.Optional(Image),
      template: Type.Optional(Type.Object({ id: Type.String() })),
    }),
  ),
  is_not_for_sale: Flag,
  manufacturer_ids: Texts,
  responsible_person_ids: Texts,
  listing_platforms: Type.Optional(Type.Array(Type.Enum(['TIKTOK_SHOP', 'TOKOPEDIA']))),
  shipping_insurance_requirement: Type.Optional(Type.Enum(['REQUIRED', 'OPTIONAL', 'NOT_SUPPORTED'])),
  minimum_order_quantity: Int,
  is_pre_owned: Flag,
  shipping_template_id: Text,
};

/**
 * What a call says of a product. Nothing is required here: TikTok has codes of its own for what is missing, and its marks are
 * not the server's (a full edit without images has been seen to be taken).
 */
export const ListingBody = Type.Object(properties);
export type ListingBody = Static<typeof ListingBody>;

const SaveMode = Type.Optional(Type.Enum(['AS_DRAFT', 'LISTING']));

/** TikTok: `idempotency_key` exists on create only. */
export const CreateBody = Type.Object({
  ...properties,
  save_mode: SaveMode,
  idempotency_key: Type.Optional(Type.String({ maxLength: 128 })),
});
export const EditBody = Type.Object({ ...properties, save_mode: SaveMode });
