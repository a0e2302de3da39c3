import { SHOP_INACTIVE } from './shop-inactive.js';
import type { Reaction } from './tiktok-errors.js';
import type { CodeGroup } from './error-code-group.js';

/**
 * What a refusal of a product call is about; it decides who is affected and when it is tried again.
 *
 * - `price-lock`, `stock-lock`: a promotion and the like; passes by itself.
 * - `product-state`: the product is not live, frozen or being moved; known anew when the product is read again.
 * - `product-gone`, `sku-gone`: TikTok does not know it (any more).
 * - `warehouse`: the warehouses of the SKU are not those that were sent.
 * - `quantity`, `price`: the value itself.
 * - `seller`: the whole shop.
 */
export type ProductConcern =
  | 'price-lock'
  | 'stock-lock'
  | 'product-state'
  | 'product-gone'
  | 'sku-gone'
  | 'warehouse'
  | 'quantity'
  | 'price'
  | 'seller';

const AGAIN = 'Nothing to do: the service tries again.';
const READ_AGAIN = 'Nothing to do: the service reads the product again from TikTok and decides again.';
const IN_SELLER_CENTER = 'Look at the product in TikTok Seller Center.';
const FIX_MEDIA = 'Save it again as JPEG, PNG, WEBP or PDF within the limits, and send the feed again.';
const FIX_QUANTITY = 'Correct the quantity and upload it again.';
const FIX_PRICE = 'Correct the column Cost and upload it again.';
const FIX_WAREHOUSE = 'Correct the warehouse code, or the setting warehouseCodes of the connection.';

type Row = readonly [codes: string, concern: ProductConcern, reaction: Reaction, text: string, next: string];

/** Sources: TikTok, error lists of Update Inventory, Update Price, Search Products, Get Product, Inventory Search. */
const updateRows: Row[] = [
  ['12019045 12052038', 'price-lock', 'retry-later', 'A promotion locks the price.', AGAIN],
  ['12052371', 'price-lock', 'retry-later', 'The product is in an auction just now.', AGAIN],
  [
    '12052393',
    'stock-lock',
    'retry-later',
    'A promotion keeps the stock from being lowered below its present value.',
    AGAIN,
  ],
  ['12019113 12052901', 'product-state', 'refused', "The product's status does not allow this.", READ_AGAIN],
  ['12052308', 'product-state', 'retry-later', 'An appeal locks the product.', AGAIN],
  ['12052332', 'product-state', 'retry-later', 'The shop is being migrated, which locks the product.', AGAIN],
  ['12019150 12052032 12052260', 'product-gone', 'refused', 'TikTok does not know the product.', READ_AGAIN],
  ['12052034 12052048', 'product-gone', 'refused', 'The product belongs to another shop.', READ_AGAIN],
  [
    '12052031 12052036 12052553 12052556 12052557',
    'sku-gone',
    'refused',
    'TikTok does not know the SKU, or it is of another product.',
    READ_AGAIN,
  ],
  ['12019028 12052516', 'warehouse', 'refused', 'All warehouses of the SKU have to be given.', READ_AGAIN],
  [
    '12019022 12052094 12052095 12052096 12052097 12052115 12052530 12052531 12052532 12052533 12052534 12052535 ' +
      '12052364 12052403',
    'warehouse',
    'refused',
    'The warehouse does not exist, is disabled or cannot be used for this SKU.',
    FIX_WAREHOUSE,
  ],
  ['12052382', 'warehouse', 'refused', 'Tokopedia runs the warehouse and its stock.', IN_SELLER_CENTER],
  ['12019024 12052055', 'quantity', 'refused', "The quantity is outside TikTok's limits.", FIX_QUANTITY],
  [
    '12052037',
    'quantity',
    'refused',
    'The stock of this SKU cannot be changed, for instance because TikTok allocates it.',
    IN_SELLER_CENTER,
  ],
  ['12052141', 'quantity', 'refused', 'The stock has to be changed on the global product.', IN_SELLER_CENTER],
  [
    '12052012 12052073 12052092 12052424 12052570 12052571 12052572',
    'price',
    'refused',
    "The price is malformed, missing or outside TikTok's limits.",
    FIX_PRICE,
  ],
  ['12052084', 'price', 'refused', 'The currency is not that of the shop.', IN_SELLER_CENTER],
  ['12052376 12052383', 'price', 'refused', 'The list price does not go with the price.', IN_SELLER_CENTER],
  ['12052700', 'seller', 'shop-inactive', SHOP_INACTIVE.text, SHOP_INACTIVE.next],
  [
    '12052703 12052704 12052705',
    'seller',
    'refused',
    'The seller account is not active or not allowed to do this.',
    'Look at the state of the shop in TikTok Seller Center.',
  ],
];

const otherGroups: CodeGroup[] = [
  [
    '12052180',
    'refused',
    'More than 10,000 products fit the search.',
    'Nothing to do: the service narrows the search.',
  ],
  [
    '12019015 12019027 12019087 12019108 12019109 12019118 12019119 12019120 12019123 12019124 12052050 12052558 12052902 12052910',
    'bug',
    'TikTok does not accept the form or size of the request.',
    'Report this with the request id: the request that we sent is wrong.',
  ],
  [
    '12019103 12019104 12019105 12019116 12038002 12038004 12038015',
    'refused',
    'TikTok cannot use the content of the image or file.',
    FIX_MEDIA,
  ],
  ['12038005', 'refused', 'The image or file is too large for TikTok.', FIX_MEDIA],
  ['12038014', 'refused', 'The image has more or fewer pixels than TikTok takes.', FIX_MEDIA],
  ['12019059', 'refused', 'The seller SKU is invalid.', IN_SELLER_CENTER],
  ['12052990', 'refused', 'A check of TikTok failed.', IN_SELLER_CENTER],
];

/** Codes of product calls, for the table of all codes. */
export const productCodes: CodeGroup[] = [
  ...updateRows.map(([codes, , reaction, text, next]): CodeGroup => [codes, reaction, text, next]),
  ...otherGroups,
];

const concerns = new Map(
  updateRows.flatMap(([codes, concern]) => codes.split(' ').map((code) => [code, concern] as const)),
);

/** Null for codes that are about no product, SKU or value. */
export function productConcernOf(tiktokCode: string | null): ProductConcern | null {
  return concerns.get(tiktokCode ?? '') ?? null;
}
