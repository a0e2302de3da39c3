import { flag, httpOrigin } from './config-readers.js';
import { setting } from './setting.js';

/** Other services that orders are delivered to. */
export const channelSettings = {
  shopifyUrl: setting<string | null>({
    env: 'SHOPIFY_URL',
    default: null,
    defaultText: "each store's own",
    meaning:
      'Address of a double of Shopify on this machine, which stands in the place of every store. Only with `ALLOW_SIMULATOR`.',
    read: httpOrigin,
  }),
  demoShopify: setting({
    env: 'DEMO_SHOPIFY',
    default: false,
    meaning: 'Whether the demo has a Shopify store as well, in which its orders can be packed.',
    read: flag,
  }),
};
