import type { CancellationStatus, CancellationType, ShopCancellation } from '../domain/cancellation.js';
import { endpoints } from './endpoints.js';
import {
  cancellationStatusOf,
  mapCancellation,
  mapCancelReasons,
  mapRejectReason,
  wireStatuses,
  wireTypes,
} from './map/cancellation-mapping.js';
import type { RejectReason } from './map/cancellation-mapping.js';
import { pageOf, pagingOf, timesOf } from './paging.js';
import type { Page, Paging, TimeFilter } from './paging.js';
import { readData, readList } from './shop-call.js';
import type { ShopCall } from './shop-call.js';
import { asRecord, listOf, requiredText, textOf, textOrNull, UnreadableError } from './wire/read.js';

export interface CancellationSearch extends TimeFilter, Paging {
  /** TikTok's order ids. */
  orderIds?: readonly string[];
  cancelIds?: readonly string[];
  statuses?: readonly Exclude<CancellationStatus, 'unknown'>[];
  types?: readonly Exclude<CancellationType, 'other'>[];
  /** 1 to 50. */
  pageSize: number;
  sort: 'update_time' | 'create_time';
}

/** A cancellation that TikTok sent but that cannot be used; its neighbours are unaffected. */
interface UnreadableCancellation {
  /** Null when even the id is missing. */
  cancelId: string | null;
  /** Names the field, never its content. */
  reason: string;
}

export interface ReadCancellations {
  cancellations: ShopCancellation[];
  unreadable: UnreadableCancellation[];
}

interface CancellationPage extends ReadCancellations, Page {}

interface CancelOrder {
  orderId: string;
  /** A key of TikTok's that fits the shop's region and the status of the order. */
  reason: string;
  /** At least one; absent: the whole order. TikTok takes parts only in the US and UK, when out of stock. */
  unitIds?: readonly string[];
}

export interface CancellationCalls {
  searchCancellations(search: CancellationSearch): Promise<CancellationPage>;
  /** TikTok's keys of the reasons that every piece of the order takes from its seller now; null when TikTok names none. */
  listCancelReasons(orderId: string): Promise<string[] | null>;
  /** The seller cancels. Not idempotent at TikTok: a repeat is refused as cancelled already. */
  cancelOrder(cancel: CancelOrder): Promise<{ cancelId: string; status: CancellationStatus }>;
  /** The same idempotency key has one effect only. */
  approveCancellation(answer: { cancelId: string; idempotencyKey: string }): Promise<void>;
  /** TikTok asks US apps to ship instead, which rejects the request by itself. */
  rejectCancellation(answer: RejectCancellation): Promise<void>;
  listRejectReasons(cancelId: string): Promise<RejectReason[]>;
}

interface RejectCancellation {
  cancelId: string;
  idempotencyKey: string;
  /** One of listRejectReasons. */
  reason: string;
  comment?: string;
}

export function createCancellationCalls(call: ShopCall): CancellationCalls {
  return {
    searchCancellations: (search) => searchCancellations(call, search),
    cancelOrder: (cancel) => cancelOrder(call, cancel),

    async listCancelReasons(orderId) {
      const { data } = await call({
        endpoint: endpoints.cancelEligibility,
        ids: { order_id: orderId },
        query: { initiate_aftersale_user: 'SELLER', request_types: ['CANCEL'] },
      });
      return mapCancelReasons(data);
    },

    async approveCancellation({ cancelId, idempotencyKey }) {
      await call({
        endpoint: endpoints.approveCancellation,
        ids: { cancel_id: cancelId },
        query: { idempotency_key: idempotencyKey },
      });
    },

    async rejectCancellation({ cancelId, idempotencyKey, reason, comment }) {
      await call({
        endpoint: endpoints.rejectCancellation,
        ids: { cancel_id: cancelId },
        query: { idempotency_key: idempotencyKey },
        body: { reject_reason: reason, comment },
      });
    },

    async listRejectReasons(cancelId) {
      const { data } = await call({
        endpoint: endpoints.rejectReasons,
        query: { return_or_cancel_id: cancelId },
      });
      return readList(data['reasons'], mapRejectReason);
    },
  };
}

async function searchCancellations(call: ShopCall, search: CancellationSearch): Promise<CancellationPage> {
  const { data, serverTime } = await call({
    endpoint: endpoints.searchCancellations,
    query: pagingOf(search),
    body: {
      order_ids: search.orderIds,
      cancel_ids: search.cancelIds,
      cancel_status: search.statuses?.flatMap((status) => wireStatuses[status]),
      cancel_types: search.types?.map((type) => wireTypes[type]),
      ...timesOf(search),
    },
  });
  return { ...readCancellations(data['cancellations']), ...pageOf(data, serverTime) };
}

function readCancellations(list: unknown): ReadCancellations {
  const read: ReadCancellations = { cancellations: [], unreadable: [] };
  for (const wire of listOf(list)) {
    const record = asRecord(wire) ?? {};
    try {
      read.cancellations.push(mapCancellation(record));
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      read.unreadable.push({ cancelId: textOrNull(record['cancel_id']), reason: error.message });
    }
  }
  return read;
}

async function cancelOrder(
  call: ShopCall,
  { orderId, reason, unitIds }: CancelOrder,
): Promise<{ cancelId: string; status: CancellationStatus }> {
  // TikTok cancels the whole order when no pieces are named, which must never happen by an empty list.
  if (unitIds?.length === 0) throw new Error('cancelOrder needs the pieces to cancel');
  const answer = await call({
    endpoint: endpoints.cancelOrder,
    body: { order_id: orderId, cancel_reason: reason, order_line_item_ids: unitIds },
  });
  return readData(answer, 'write', (data) => ({
    cancelId: requiredText(data['cancel_id'], 'cancel_id'),
    status: cancellationStatusOf(textOf(data['cancel_status'])),
  }));
}
