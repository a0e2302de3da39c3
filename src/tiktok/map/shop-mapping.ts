import { requiredText, textOf } from '../wire/read.js';
import type { WireAuthorizedShop } from '../wire/shop-wire.js';

/** A shop that the seller's authorisation covers. */
export interface AuthorizedShop {
  id: string;
  name: string;
  /** Two letters. */
  region: string;
  sellerType: 'LOCAL' | 'CROSS_BORDER' | (string & {});
  /** Names the shop in every call (query parameter `shop_cipher`). */
  cipher: string;
  /** The code that the seller sees in Seller Center. */
  code: string;
}

export function mapAuthorizedShop(wire: WireAuthorizedShop): AuthorizedShop {
  return {
    id: requiredText(wire.id, 'id'),
    name: textOf(wire.name),
    region: textOf(wire.region),
    sellerType: textOf(wire.seller_type),
    cipher: requiredText(wire.cipher, 'cipher'),
    code: textOf(wire.code),
  };
}
