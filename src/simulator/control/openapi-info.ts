/** Head of the control API's OpenAPI document. */
export const openApiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'TikTok Shop simulator: control API',
    description:
      'Steers the simulator: shops and orders, people and carriers, its clock, faults, and what it has received. The simulated TikTok calls themselves are documented by TikTok.',
    version: '1.0.0',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: 'http://127.0.0.1:3100', description: 'The simulator on this machine' }],
  security: [],
  tags: [
    { name: 'world', description: 'Apps, sellers, shops, clock, behaviour, state' },
    { name: 'orders', description: 'Orders and what people and carriers do to them' },
    { name: 'products', description: 'Catalogue, stock, prices, warehouses and what was done to them' },
    { name: 'access', description: 'Authorizations and tokens' },
    { name: 'webhooks', description: 'Events that apps are sent' },
    { name: 'watch', description: 'Faults, received requests, effects' },
  ],
};
