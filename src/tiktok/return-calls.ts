import type { ReturnRecordEntry, ShopReturn } from '../domain/return.js';
import { endpoints } from './endpoints.js';
import { mapReturn, mapReturnRecord, openStatuses } from './map/return-mapping.js';
import { pageOf, pagingOf, timesOf } from './paging.js';
import type { Page, Paging, TimeFilter } from './paging.js';
import { readList } from './shop-call.js';
import type { ShopCall } from './shop-call.js';
import { asRecord, listOf, textOrNull, UnreadableError } from './wire/read.js';

export interface ReturnSearch extends TimeFilter, Paging {
  returnIds?: readonly string[];
  /** TikTok's order ids. */
  orderIds?: readonly string[];
  /** Only requests that are not over. */
  onlyOpen?: boolean;
  /** 10 to 50. */
  pageSize: number;
  sort: 'update_time' | 'create_time';
}

/** A request that TikTok sent but that cannot be used; its neighbours are unaffected. */
interface UnreadableReturn {
  /** Null when even the id is missing. */
  returnId: string | null;
  /** Names the field, never its content. */
  reason: string;
}

export interface ReadReturns {
  returns: ShopReturn[];
  unreadable: UnreadableReturn[];
}

interface ReturnPage extends ReadReturns, Page {}

/** TikTok's words for a yes to a request: each belongs to one kind of request and one question. */
export type ApproveDecision = 'APPROVE_RETURN' | 'APPROVE_REFUND' | 'APPROVE_RECEIVED_PACKAGE';

interface ApproveReturn {
  returnId: string;
  decision: ApproveDecision;
  /** The same key has one effect only. */
  idempotencyKey: string;
}

export interface ReturnCalls {
  searchReturns(search: ReturnSearch): Promise<ReturnPage>;
  /** The history of one request, oldest first as TikTok lists it. */
  returnRecords(returnId: string): Promise<ReturnRecordEntry[]>;
  /** `APPROVE_REFUND` and `APPROVE_RECEIVED_PACKAGE` give the buyer's money back, which nothing undoes. */
  approveReturn(answer: ApproveReturn): Promise<void>;
}

export function createReturnCalls(call: ShopCall): ReturnCalls {
  return {
    async searchReturns(search) {
      const { data, serverTime } = await call({
        endpoint: endpoints.searchReturns,
        query: pagingOf(search),
        body: {
          return_ids: search.returnIds,
          order_ids: search.orderIds,
          return_status: search.onlyOpen ? openStatuses : undefined,
          ...timesOf(search),
        },
      });
      return { ...readReturns(data['return_orders']), ...pageOf(data, serverTime) };
    },

    async returnRecords(returnId) {
      const { data } = await call({ endpoint: endpoints.returnRecords, ids: { return_id: returnId } });
      return readList(data['records'], mapReturnRecord);
    },

    async approveReturn({ returnId, decision, idempotencyKey }) {
      await call({
        endpoint: endpoints.approveReturn,
        ids: { return_id: returnId },
        query: { idempotency_key: idempotencyKey },
        body: { decision },
      });
    },
  };
}

function readReturns(list: unknown): ReadReturns {
  const read: ReadReturns = { returns: [], unreadable: [] };
  for (const wire of listOf(list)) {
    const record = asRecord(wire) ?? {};
    try {
      read.returns.push(mapReturn(record));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      read.unreadable.push({ returnId: textOrNull(record['return_id']), reason: error.message });
    }
  }
  return read;
}
