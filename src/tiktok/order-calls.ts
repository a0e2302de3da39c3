import type { OrderStatus, ShopOrder } from '../domain/order.js';
import { endpoints } from './endpoints.js';
import { mapOrder } from './map/order-mapping.js';
import { pageOf, pagingOf, timesOf } from './paging.js';
import type { Page, Paging, TimeFilter } from './paging.js';
import type { ShopCall } from './shop-call.js';
import { asRecord, listOf, textOrNull, UnreadableError } from './wire/read.js';

export interface OrderSearch extends TimeFilter, Paging {
  status?: OrderStatus;
  /** 1 to 100. */
  pageSize: number;
  sort: 'update_time' | 'create_time';
}

/** An order that TikTok sent but that cannot be used; its neighbours are unaffected. */
interface UnreadableOrder {
  /** Null when even the id is missing. */
  tiktokOrderId: string | null;
  /** Names the field, never its content. */
  reason: string;
}

export interface ReadOrders {
  orders: ShopOrder[];
  unreadable: UnreadableOrder[];
}

interface OrderPage extends ReadOrders, Page {}

export interface OrderCalls {
  searchOrders(search: OrderSearch): Promise<OrderPage>;
  /** 1 to 50 ids. Orders that TikTok does not know are simply missing from the answer. */
  getOrders(orderIds: readonly string[]): Promise<ReadOrders>;
}

export function createOrderCalls(call: ShopCall): OrderCalls {
  return {
    async searchOrders(search) {
      const answer = await call({
        endpoint: endpoints.searchOrders,
        query: pagingOf(search),
        body: { order_status: search.status, ...timesOf(search) },
      });
      return { ...readOrders(answer.data['orders']), ...pageOf(answer.data, answer.serverTime) };
    },

    async getOrders(orderIds) {
      const { data } = await call({ endpoint: endpoints.getOrders, query: { ids: orderIds } });
      return readOrders(data['orders']);
    },
  };
}

function readOrders(list: unknown): ReadOrders {
  const read: ReadOrders = { orders: [], unreadable: [] };
  for (const wire of listOf(list)) {
    const record = asRecord(wire) ?? {};
    try {
      read.orders.push(mapOrder(record));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      read.unreadable.push({ tiktokOrderId: textOrNull(record['id']), reason: error.message });
    }
  }
  return read;
}
