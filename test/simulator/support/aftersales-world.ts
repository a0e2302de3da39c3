import type { Simulator } from '../../../src/simulator/server.js';
import { clientFor, first, ids, rows, type Json, type MiniClient, type Reply } from './mini-client.js';

export interface Sold {
  id: string;
  red: string[];
  blue: string;
  units: string[];
}

/** A shop of its own per test, with the calls about cancellations and returns at hand. */
export interface AftersalesShop extends MiniClient {
  /** An order of two red and one blue piece, paid long enough ago. */
  sell(extra?: object): Sold;
  /** The same, shipped by hand and delivered. */
  sellDelivered(extra?: object): Sold;
  post(path: string, body?: object, query?: Record<string, string>): Promise<Reply>;
  cancel(orderId: string, reason: string, pieces?: object): Promise<Reply>;
  cancellations(body?: object, query?: Record<string, string>): Promise<Json[]>;
  cancellationOf(orderId: string): Promise<Json>;
  returns(body?: object, query?: Record<string, string>): Promise<Json[]>;
  returnOf(orderId: string): Promise<Json>;
}

export function openAftersalesShop(simulator: Simulator, region: string): AftersalesShop {
  const { control } = simulator;
  const name = `${region} ${Math.random()}`;
  const email = `${name}@seller.example`;
  const seller = control.addSeller({ name, email, password: 'x', baseRegion: region });
  control.addShop({ name, region, sellerType: 'LOCAL', openId: seller.openId });
  const client = clientFor(simulator, name);
  const lines = [
    { sellerSku: 'RED', quantity: 2, price: '10' },
    { sellerSku: 'BLUE', quantity: 1, price: '7' },
  ];
  const sell = (extra: object = {}): Sold => {
    const order = control.addOrder(client.shopId, { lines, paidMinutesAgo: 90, ...extra });
    const units = ids(order['line_items']);
    return { id: order.id, red: units.slice(0, 2), blue: units[2] ?? '', units };
  };
  const post: AftersalesShop['post'] = (path, body, query = {}) =>
    client.call('POST', `/return_refund/202309/${path}`, { ...(body === undefined ? {} : { body }), query });
  const cancellations: AftersalesShop['cancellations'] = async (body = {}, query = { page_size: '50' }) =>
    rows((await post('cancellations/search', body, query)).data['cancellations']);
  const returns: AftersalesShop['returns'] = async (body = {}, query = { page_size: '50' }) =>
    rows((await post('returns/search', body, query)).data['return_orders']);
  return {
    ...client,
    sell,
    sellDelivered: (extra) => {
      const order = sell(extra);
      control.act(order.id, { type: 'seller_ship' });
      control.act(order.id, { type: 'carrier_deliver' });
      return order;
    },
    post,
    cancel: (order_id, cancel_reason, pieces = {}) =>
      post('cancellations', { order_id, cancel_reason, ...pieces }),
    cancellations,
    cancellationOf: async (orderId) => first(await cancellations({ order_ids: [orderId] })),
    returns,
    returnOf: async (orderId) => first(await returns({ order_ids: [orderId] })),
  };
}
