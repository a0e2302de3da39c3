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
