import type { Wire } from './wire.js';

export type WireAuthorizedShop = Wire<'id' | 'name' | 'region' | 'seller_type' | 'cipher' | 'code'>;
