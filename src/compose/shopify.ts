import { isShopifyOrigin } from '../channels/shopify/shopify-client.js';
import type { ShopifyAccess } from '../channels/shopify/shopify-client.js';
import type { ShopifyDeps } from '../channels/shopify/open-shopify.js';
import type { Config } from '../config/config.js';
import type { Clock } from '../kernel/time.js';
import { createHttpDoor } from '../outbound/http-door.js';
import type { Parts } from './parts.js';

/** The door to Shopify's stores, each at its own host; a double on this machine stands in the place of all. */
export function composeShopify({ shopifyUrl }: Pick<Config, 'shopifyUrl'>, clock: Clock): ShopifyAccess {
  return {
    door: createHttpDoor({ clock, leadsTo: (origin) => isShopifyOrigin(origin, shopifyUrl) }),
    originOf: (domain) => shopifyUrl ?? `https://${domain}`,
  };
}

/** What the use cases around Shopify stores need. */
export function shopifyDeps({ connections, shopify }: Pick<Parts, 'connections' | 'shopify'>): ShopifyDeps {
  const { db, clock, log, sealer } = connections;
  return { db, clock, log, sealer, shopify };
}
