import type { ShopifyDouble } from '../doubles/shopify/double-of-shopify.js';

/** What the banner tells, to be saved as the store of a shop. */
export const DEMO_STORE = {
  domain: 'demo.myshopify.com',
  token: 'shpat_demo_token',
  secret: 'demo-client-secret',
};

/** A Shopify store of the demo, which has a variant for every SKU that it is asked for. It forgets everything with the process. */
export async function startDemoShopify(): Promise<ShopifyDouble> {
  // Not in the image: only who asks for it needs it.
  const { startShopifyDouble } = await import('../doubles/shopify/shopify-double.js');
  return startShopifyDouble({ ...DEMO_STORE, knowsAnySku: true });
}
