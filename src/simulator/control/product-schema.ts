import { Type, type Static } from 'typebox';

import { productEffectKinds } from '../state/product-effects.js';
import { auditStatuses, editLocks, productStatuses } from '../state/product.js';

const strict = { additionalProperties: false };

const Status = Type.Enum([...productStatuses]);
const Audit = Type.Enum([...auditStatuses]);
const Source = Type.Enum(['SELLER', 'PLATFORM']);
const Lock = Type.Enum(['combo', 'shared', 'auction']);
const Amount = Type.String({
  pattern: '^\\d{1,12}(\\.\\d{1,2})?$',
  description: "Decimal, in the shop's currency",
});
const Quantity = Type.Integer({ minimum: 0, maximum: 1_000_000_000 });
const ByWarehouse = Type.Record(Type.String(), Quantity, { description: 'Pieces by warehouse id' });
const Title = Type.String({ minLength: 1, maxLength: 300 });
const SellerSku = Type.String({ maxLength: 50, description: 'Several products may have the same' });

export const NewProduct = Type.Object(
  {
    title: Title,
    skus: Type.Array(
      Type.Object(
        {
          sellerSku: SellerSku,
          name: Type.Optional(Type.String()),
          price: Type.Optional(Amount),
          listPrice: Type.Optional(Amount),
          stock: Type.Optional(
            Type.Union([Quantity, ByWarehouse], {
              description: 'A number lies in the default warehouse; plenty when left out',
            }),
          ),
          deactivatedBy: Type.Optional(Source),
        },
        strict,
      ),
      { minItems: 1, maxItems: 300 },
    ),
    status: Type.Optional(Type.Enum([...productStatuses], { description: 'Default ACTIVATE' })),
    audit: Type.Optional(Type.Enum([...auditStatuses], { description: 'Follows from the status' })),
    createdMinutesAgo: Type.Optional(Type.Number({ minimum: 0 })),
    draftTitle: Type.Optional(Title),
    reviewTitle: Type.Optional(Title),
    isNotForSale: Type.Optional(Type.Boolean()),
  },
  strict,
);
export type NewProduct = Static<typeof NewProduct>;

export const ProductPatch = Type.Partial(
  Type.Object({
    title: Title,
    status: Status,
    audit: Audit,
    draftTitle: Type.Union([Title, Type.Null()]),
    reviewTitle: Type.Union([Title, Type.Null()]),
    isNotForSale: Type.Boolean(),
    editLock: Type.Union([Type.Enum([...editLocks]), Type.Null()], {
      description: 'Why TikTok refuses to edit the product, or its list of SKUs',
    }),
  }),
  { ...strict, description: 'What seller or platform change by hand; update_time becomes now' },
);
export type ProductPatch = Static<typeof ProductPatch>;

export const SkuPatch = Type.Partial(
  Type.Object({
    sellerSku: SellerSku,
    price: Amount,
    stock: ByWarehouse,
    backorder: Type.Record(Type.String(), Quantity, {
      description: 'Pieces by warehouse id that can be sold once the stock there is sold out',
    }),
    stockLock: Type.Union([Lock, Type.Null()]),
    deactivatedBy: Type.Union([Source, Type.Null()]),
    promotion: Type.Union([
      Type.Object(
        {
          name: Type.Optional(Type.String()),
          quantity: Type.Optional(Type.Integer({ minimum: 0, description: 'Set aside for it' })),
          endsInSeconds: Type.Integer({ minimum: 1, description: 'On the simulated clock' }),
          discount: Type.Optional(
            Type.Enum(['fixed_price', 'percentage'], {
              description: 'Default fixed_price, which locks the price',
            }),
          ),
        },
        strict,
      ),
      Type.Null(),
    ]),
  }),
  {
    ...strict,
    description:
      'What the seller changes in Seller Center, without the limits of the API. While a promotion runs the stock may only rise, and a fixed price is locked; null ends it. A combo, shared stock and an auction forbid to set the stock by the API',
  },
);
export type SkuPatch = Static<typeof SkuPatch>;

const Stock = Type.Object({
  warehouseId: Type.String(),
  available: Type.Integer(),
  committed: Type.Integer(),
  backorder: Type.Optional(Type.Integer()),
});

export const StockRow = Type.Object({
  productId: Type.String(),
  skuId: Type.String(),
  sellerSku: Type.String(),
  status: Status,
  price: Type.String(),
  currency: Type.String(),
  available: Type.Integer({ description: 'Over all warehouses' }),
  committed: Type.Integer(),
  warehouses: Type.Array(Stock),
});
export type StockRow = Static<typeof StockRow>;

export const Product = Type.Object({
  id: Type.String(),
  shopId: Type.String(),
  title: Type.String(),
  status: Status,
  audit: Audit,
  createTime: Type.Integer({ description: 'Seconds' }),
  updateTime: Type.Integer({ description: 'Seconds' }),
  skus: Type.Array(
    Type.Object({
      id: Type.String(),
      sellerSku: Type.String(),
      name: Type.String(),
      price: Type.String(),
      listPrice: Type.Optional(Type.String()),
      stock: Type.Array(Stock),
      deactivatedBy: Type.Optional(Source),
      promotion: Type.Optional(
        Type.Object({ name: Type.String(), quantity: Type.Integer(), endsSec: Type.Integer() }),
      ),
      stockLock: Type.Optional(Lock),
    }),
  ),
});
export type Product = Static<typeof Product>;

export const ProductQuery = Type.Object({
  status: Type.Optional(Status),
  sellerSku: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Default 100' })),
});

export const StockQuery = Type.Object({ sellerSku: Type.Optional(Type.String()) });

export const GenerateProducts = Type.Object(
  {
    count: Type.Integer({ minimum: 1, maximum: 100_000 }),
    skusPerProduct: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    skuPrefix: Type.Optional(
      Type.String({ maxLength: 40, description: 'Seller SKUs are `<prefix>-000001` onwards, default ITEM' }),
    ),
    firstNumber: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
    status: Type.Optional(Status),
    price: Type.Optional(Amount),
    quantity: Type.Optional(Type.Integer({ minimum: 0, maximum: 99_999, description: 'Default 100' })),
    warehouses: Type.Optional(Type.Enum(['default', 'all'], { description: 'Where the SKUs lie' })),
    createdMinutesAgo: Type.Optional(
      Type.Number({ minimum: 0, description: 'Of the newest product, default 60' }),
    ),
    spreadMinutes: Type.Optional(
      Type.Number({ minimum: 0, description: 'Time over which the products are spread' }),
    ),
  },
  strict,
);
export type GenerateProducts = Static<typeof GenerateProducts>;

export const GeneratedProducts = Type.Object({
  count: Type.Integer(),
  firstId: Type.String(),
  lastId: Type.String(),
  firstSellerSku: Type.String(),
  lastSellerSku: Type.String(),
});

const WarehouseType = Type.Enum(['SALES_WAREHOUSE', 'RETURN_WAREHOUSE']);
const EffectStatus = Type.Enum(['ENABLED', 'DISABLED', 'RESTRICTED']);

export const Warehouse = Type.Object({
  id: Type.String(),
  entityId: Type.String(),
  name: Type.String(),
  type: WarehouseType,
  subType: Type.Enum(['DOMESTIC_WAREHOUSE', 'CB_OVERSEA_WAREHOUSE', 'CB_DIRECT_SHIPPING_WAREHOUSE']),
  isDefault: Type.Boolean(),
  effectStatus: EffectStatus,
});
export const NewWarehouse = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    type: Type.Optional(WarehouseType),
    isDefault: Type.Optional(Type.Boolean()),
    assignToAll: Type.Optional(
      Type.Integer({ minimum: 0, description: 'All SKUs get so many pieces in it' }),
    ),
  },
  strict,
);
export type NewWarehouse = Static<typeof NewWarehouse>;
export const WarehousePatch = Type.Partial(
  Type.Object({
    name: Type.String({ minLength: 1 }),
    effectStatus: EffectStatus,
    isDefault: Type.Literal(true, { description: 'The present default is none any more' }),
    regionCode: Type.String({ pattern: '^[A-Z]{2}$', description: 'Another EU country than the shop’s' }),
  }),
  strict,
);
export type WarehousePatch = Static<typeof WarehousePatch>;
export const CarrierChange = Type.Object(
  {
    withdrawn: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Names of all shipping providers that TikTok offers no longer',
      }),
    ),
    renumbered: Type.Optional(
      Type.Literal(true, {
        description: 'TikTok gives all of them new ids, and takes the old ones no longer',
      }),
    ),
  },
  { ...strict, description: "What TikTok changes in the carriers of the shop's own shipping" },
);
export type CarrierChange = Static<typeof CarrierChange>;
export const WarehouseParams = Type.Object({ id: Type.String(), warehouse: Type.String() });

export const ProductEffectQuery = Type.Object({
  shop: Type.Optional(Type.String()),
  product: Type.Optional(Type.String()),
  sku: Type.Optional(Type.String()),
  sellerSku: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  afterSeq: Type.Optional(Type.Integer()),
  limit: Type.Optional(Type.Integer({ minimum: 1 })),
});

const texts = Type.Object({ before: Type.String(), after: Type.String() });
export const ProductEffects = Type.Object({
  counts: Type.Object(
    {
      inventory_updated: Type.Integer(),
      price_updated: Type.Integer(),
      status_changed: Type.Integer(),
      product_created: Type.Integer(),
      product_edited: Type.Integer(),
      product_audited: Type.Integer(),
    },
    { description: 'Of all since the start, however many are kept' },
  ),
  effects: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      atSec: Type.Integer(),
      kind: Type.Enum([...productEffectKinds]),
      via: Type.Enum(['api', 'seller_center', 'platform']),
      shopId: Type.String(),
      productId: Type.String(),
      skuId: Type.Optional(Type.String()),
      sellerSku: Type.Optional(Type.String()),
      inventory: Type.Optional(
        Type.Array(
          Type.Object({ warehouseId: Type.String(), before: Type.Integer(), after: Type.Integer() }),
        ),
      ),
      price: Type.Optional(texts),
      status: Type.Optional(texts),
      content: Type.Optional(
        Type.Object({
          saveMode: Type.Enum(['AS_DRAFT', 'LISTING']),
          added: Type.Array(Type.String(), { description: 'SKU ids' }),
          removed: Type.Array(Type.String(), { description: 'SKU ids' }),
        }),
      ),
      audit: Type.Optional(Type.String()),
      requestId: Type.String(),
    }),
    { description: 'The last few thousand, oldest first' },
  ),
});
