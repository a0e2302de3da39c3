import type { Environment } from '../domain/shop.js';

/** `needs_reauthorization`: TikTok refuses the tokens. `revoked`: the last connection was closed and the tokens wiped. */
export type AuthorizationStatus = 'active' | 'needs_reauthorization' | 'revoked';

/** One seller account's consent to one app. Several connections may share it. */
export interface Authorization {
  id: number;
  companyId: number;
  environment: Environment;
  appKey: string;
  /** The seller's account as this app sees it. */
  openId: string;
  sellerName: string | null;
  /** Two letters. */
  sellerRegion: string | null;
  /** Empty when TikTok did not tell. */
  grantedScopes: string[];
  accessExpiresAt: Date | null;
  /** Also the end of the seller's consent. */
  refreshExpiresAt: Date | null;
  /** Raised by every new pair of tokens. */
  tokenVersion: number;
  refreshedAt: Date | null;
  status: AuthorizationStatus;
  statusReason: string | null;
}

/**
 * What the flows and effects need (TikTok: scope of each call in the API reference). Scopes belong to the app, not to the
 * request: a missing one is added in Partner Center, and then the seller has to authorise again.
 */
const neededScopes: readonly { scope: string; neededFor: string }[] = [
  { scope: 'seller.authorization.info', neededFor: 'Get Shops' },
  { scope: 'seller.order.info', neededFor: 'reading orders' },
  { scope: 'seller.fulfillment.basic', neededFor: 'sending shipments' },
  { scope: 'seller.fulfillment.package.write', neededFor: 'splitting an order into packages' },
  { scope: 'seller.logistics', neededFor: 'carriers and warehouses' },
  { scope: 'seller.return_refund.basic', neededFor: 'cancellations and returns' },
  { scope: 'seller.product.basic', neededFor: 'reading the catalogue' },
  { scope: 'seller.product.write', neededFor: 'sending stock and prices' },
];

/** Needed scopes that the seller's consent does not have; none when TikTok did not tell what it has. */
export function missingScopes(grantedScopes: readonly string[]): { scope: string; neededFor: string }[] {
  if (grantedScopes.length === 0) return [];
  return neededScopes.filter(({ scope }) => !grantedScopes.includes(scope));
}
