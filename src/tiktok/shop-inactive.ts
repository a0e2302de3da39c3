import { MINUTE_MS } from '../kernel/time.js';

/** TikTok refuses all calls of a seller or shop that is inactive (since June 2026). */
export const SHOP_INACTIVE = {
  text: 'TikTok refuses all calls of this shop: the seller or the shop is inactive.',
  next: 'Put the shop in order in TikTok Seller Center. The service looks by itself, once in half an hour, whether TikTok takes its calls again.',
} as const;

/** Nothing changes by asking more often. */
export const INACTIVE_WAIT_MS = 30 * MINUTE_MS;
