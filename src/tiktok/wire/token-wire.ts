import type { Wire } from './wire.js';

/** `data` of token get and token refresh. Both `…_expire_in` are absolute unix seconds. */
export type WireTokenGrant = Wire<
  | 'access_token'
  | 'access_token_expire_in'
  | 'refresh_token'
  | 'refresh_token_expire_in'
  | 'open_id'
  | 'seller_name'
  | 'seller_base_region'
  | 'user_type'
  | 'granted_scopes'
>;
