import { ApiError } from '../gateway/api-error.js';
import { listingMessages } from './listing-messages.js';

// TikTok: codes of the product calls with the messages of its reference.
const messages = {
  ...listingMessages,
  5001001:
    'Size chart quality check failed. Please check the warning details and either update the size chart or submit an appeal.',
  12019022: 'SKU must contain a valid warehouse.',
  12019024: 'stock count is invalid',
  12019027: 'The maximum count of "seller_skus" in the search filter is 10.',
  12019028:
    'Multiple warehouses detected. Include all warehouse IDs and the corresponding details and try again.',
  12019015: 'The number of SKU exceed the limit',
  12019087: 'The number of SKU IDs exceeds the limit of 10',
  12019109: 'page size is invalid',
  12019118: 'search create time invalid',
  12019119: 'search update time invalid',
  12019120: 'The number of provided product IDs exceeds the limit.',
  12052012: 'Incorrect price format',
  12052023: 'Category does not exist',
  12052024: 'Category is not final category',
  12052032: 'The product does not exist',
  12052037: "Couldn't update inventory.",
  12052038: 'Product price locked due to ongoing promotion.',
  12052048: "You can't edit other sellers' products",
  12052050: 'A single product has too many different SKUs',
  12052055: 'The SKU inventory quantity for the warehouse must be within allowed limits.',
  12052073: 'The product price is invalid',
  12052084: 'The provided currency is not available for this shop/region.',
  12052097: 'The warehouse does not exist',
  12052180: 'The total number of search results can not exceed 10000.',
  12052217:
    "Incorrect category version. For US shops or global sellers with an active US shop, specify 'category version=v2'. For shops in other regions specify 'category_version=v1'.",
  12052220: 'This category is prohibited or unsupported on TikTok Shop. Select another category.',
  12052226:
    'This category is restricted. To sell in this category, apply through the Qualification Center in Seller Center.',
  12052230:
    "The specified category ID is not a leaf category, or it does not belong to the specified category version. Note: For US shops or global sellers with an active US shop, specify 'category_version=v2'. For shops in other regions, specify 'category_version=v1'. Use the Get Categories/Get Global Categories endpoint to check the leaf categories that belong to the required category version.",
  12052189: 'Brand names must be at least 2 characters.',
  12052190: 'Brand names must not be longer than 30 characters.',
  12052191: "Brand names can't include special fonts or emoticons.",
  12052192: "The brand name can't contain 5 or more consecutive numbers.",
  12052202: 'The total number of brands you have created today exceeds the limit.',
  12052203: 'The total number of brands you have created exceeds the limit.',
  12052205: 'This brand name already exists.',
  12052051: 'The product name exceeds the maximum length.',
  12052261: 'The product name is empty.',
  12019064:
    'No matching categories. Provide the full name of your product, edit its product properties, and try again.',
  12052912:
    "No matching category found within your account's main category. Check your main category in the seller profile on Seller Center and ensure your product falls within its scope.",
  12052371: 'The product is in an ongoing auction and its stock cannot be changed.',
  12052376: 'list price not support',
  12052383: 'product list price exceed limit',
  12052393: "Product locked for Promotion and stock can't be updated below current stock",
  12052424: "Missing 'sale price' value",
  // A code of July 2025; its text is not in the reference.
  12052486: 'The inventory of the SKU is required.',
  12052530: 'The warehouse does not belong to this shop/seller.',
  12052531: 'The warehouse is disabled.',
  12052532: 'the warehouse not delivery warehouse',
  12052533:
    'Removal, addition, and change of warehouses are not permitted. Please specify the original warehouses for the SKUs.',
  12052553: 'Sku id duplicate',
  12052556: 'The SKU id not exist.',
  12052557: 'The SKU ID does not belong to the product.',
  12052570: 'product price exceed limit',
  12052572: 'the sale price is invalid',
  12052850: 'The stock of a combined product follows from the stock of its parts and cannot be set.',
  12052921: 'The stock is shared between shops and cannot be set here.',
  12052901:
    'The product in its current status is not available for this operation. Change the product status and try again.',
  12052902: 'The SKU list is empty. Either omit the list entirely, or provide all required details.',
  12052910: 'Invalid input parameters. Refer to the API documentation for details.',
  12052990: 'Check failed',
} as const satisfies Record<number, string>;

export type ProductCode = keyof typeof messages;

export interface ItemError {
  code: ProductCode;
  message: string;
}

/** The message with its blanks filled in. */
function messageOf(code: ProductCode, values: Readonly<Record<string, string>>): string {
  const text: string = messages[code];
  return text.replace(/\{\{(\w+)\}\}/g, (blank, name: string) => values[name] ?? blank);
}

export function productError(code: ProductCode, values: Readonly<Record<string, string>> = {}): ItemError {
  return { code, message: messageOf(code, values) };
}

export function refuseProduct(code: ProductCode, values: Readonly<Record<string, string>> = {}): ApiError {
  return new ApiError(code, messageOf(code, values));
}
