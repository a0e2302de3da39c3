// A Shopify store on this machine, for trying out the whole way:
//
//   node scripts/shopify-double.mjs TEE-RED-L MUG-BLUE        # in one window: a store with these SKUs
//   SHOPIFY_URL=http://127.0.0.1:3004 npm start               # in another: the demo, which takes it for every store
//
// docs/shopify.md says how to save the store, and how to pack its orders.
import { startShopifyDouble } from '../dist/src/doubles/shopify/shopify-double.js';
import { addVariant } from '../dist/src/doubles/shopify/shopify-state.js';

const port = Number(process.env.SHOPIFY_DOUBLE_PORT ?? 3004);
const double = await startShopifyDouble({
  domain: 'demo.myshopify.com',
  token: 'shpat_demo_token',
  secret: 'demo-client-secret',
  port,
});
for (const sku of process.argv.slice(2)) addVariant(double.state, { sku, available: 100 });
process.stdout.write(
  `${double.url} is the store demo.myshopify.com; its token is shpat_demo_token, the client secret demo-client-secret\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void double.close().then(() => process.exit(0)));
