import type { Simulator } from '../../../src/simulator/server.js';
import { clientFor, rows, textOf, type Json, type MiniClient, type Reply } from './mini-client.js';

/** A client with the calls about products. */
export interface ProductClient extends MiniClient {
  searchProducts(body?: object, query?: Record<string, string>): Promise<Reply>;
  product(id: string, query?: Record<string, string>): Promise<Reply>;
  inventory(body: object): Promise<Reply>;
  updateInventory(productId: string, skus: unknown): Promise<Reply>;
  updatePrice(productId: string, skus: unknown): Promise<Reply>;
  changeStatus(action: 'activate' | 'deactivate' | 'recover' | 'delete', ids: string[]): Promise<Reply>;
}

export function productClient(simulator: Simulator, shopName: string): ProductClient {
  const client = clientFor(simulator, shopName);
  const call: MiniClient['call'] = (method, path, options) => client.call(method, path, options);
  const at = (id: string): string => `/product/202309/products/${id}`;
  return {
    ...client,
    searchProducts: (body = {}, query = {}) =>
      call('POST', '/product/202502/products/search', { body, query: { page_size: '100', ...query } }),
    product: (id, query = {}) => call('GET', at(id), { query }),
    inventory: (body) => call('POST', '/product/202309/inventory/search', { body }),
    updateInventory: (id, skus) => call('POST', `${at(id)}/inventory/update`, { body: { skus } }),
    updatePrice: (id, skus) => call('POST', `${at(id)}/prices/update`, { body: { skus } }),
    changeStatus: (action, ids) => {
      const body = { product_ids: ids };
      if (action === 'delete') return call('DELETE', '/product/202309/products', { body });
      return call('POST', `/product/202309/products/${action}`, { body });
    },
  };
}

let lastShop = 0;

/** A shop of its own, so that a test sees only its own products. */
export function freshShop(
  simulator: Simulator,
  region = 'US',
  sellerType: 'LOCAL' | 'CROSS_BORDER' = 'LOCAL',
): ProductClient {
  const name = `Fresh ${region} ${++lastShop}`;
  const { control } = simulator;
  const email = `fresh-${lastShop}@seller.example`;
  const seller = control.addSeller({ name, email, password: 'x', baseRegion: region });
  control.addShop({ name, region, sellerType, openId: seller.openId });
  return productClient(simulator, name);
}

export async function walkProducts(
  client: ProductClient,
  body: object,
  query: Record<string, string> = {},
): Promise<Json[][]> {
  const pages: Json[][] = [];
  let token = '';
  do {
    const reply = await client.searchProducts(body, { ...query, ...(token && { page_token: token }) });
    if (reply.code !== 0) throw new Error(`page refused: ${reply.code} ${reply.message}`);
    pages.push(rows(reply.data['products']));
    token = textOf(reply.data['next_page_token']);
  } while (token !== '');
  return pages;
}

/** What an inventory update says about each SKU: `<code>@<warehouse>` of its extra errors. */
export function skuErrors(reply: Reply): Record<string, string[]> {
  const errors = rows(reply.data['errors']).map(({ code, detail }): [string, string[]] => {
    const { sku_id: skuId, extra_errors: extra } = detail as Json;
    if (code !== 12052990) throw new Error(`unexpected code ${String(code)}`);
    return [String(skuId), rows(extra).map((row) => `${String(row['code'])}@${textOf(row['warehouse_id'])}`)];
  });
  return Object.fromEntries(errors);
}

/** Makes a live product with one SKU, THING, in the default warehouse. */
export function productMaker({
  control,
}: Simulator): (client: { shopId: string }, sku?: object) => { id: string; sku: string } {
  return (client, sku = {}) => {
    const made = control.addProduct(client.shopId, {
      title: 'Thing',
      skus: [{ sellerSku: 'THING', price: '10', stock: 50, ...sku }],
    });
    return { id: made.id, sku: made.skus[0]?.id ?? '' };
  };
}
