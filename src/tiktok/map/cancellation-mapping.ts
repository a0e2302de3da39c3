import type {
  CancellationRole,
  CancellationStatus,
  CancellationType,
  ShopCancellation,
} from '../../domain/cancellation.js';
import type {
  WireCancelEligibility,
  WireCancelLineItem,
  WireCancellation,
  WireNextAction,
  WireRefund,
  WireRejectReason,
} from '../wire/cancellation-wire.js';
import {
  amountOrNull,
  asRecord,
  isTrue,
  listOf,
  requiredText,
  requiredTime,
  textOf,
  textOrNull,
  textsOf,
  timeOrNull,
} from '../wire/read.js';

export interface RejectReason {
  /** What Reject Cancellation takes. */
  key: string;
  text: string;
}

const types: Readonly<Record<string, CancellationType>> = { CANCEL: 'cancel', BUYER_CANCEL: 'buyer-request' };

const roles: Readonly<Record<string, CancellationRole>> = {
  BUYER: 'buyer',
  SELLER: 'seller',
  SYSTEM: 'system',
  OPERATOR: 'operator',
};

/** TikTok's pages spell the end of a request in two ways. */
const statuses: Readonly<Record<string, CancellationStatus>> = {
  CANCELLATION_REQUEST_PENDING: 'pending',
  CANCELLATION_REQUEST_SUCCESS: 'executed',
  CANCELLATION_REQUEST_COMPLETE: 'executed',
  CANCELLATION_REQUEST_CANCEL: 'withdrawn',
  CANCELLATION_REQUEST_CANCELLED: 'withdrawn',
};

/** What the search takes for each of our words; of two spellings the one that its page lists. */
export const wireStatuses: Readonly<Record<Exclude<CancellationStatus, 'unknown'>, readonly string[]>> = {
  pending: ['CANCELLATION_REQUEST_PENDING'],
  executed: ['CANCELLATION_REQUEST_SUCCESS', 'CANCELLATION_REQUEST_COMPLETE'],
  withdrawn: ['CANCELLATION_REQUEST_CANCEL'],
};

export const wireTypes: Readonly<Record<Exclude<CancellationType, 'other'>, string>> = {
  cancel: 'CANCEL',
  'buyer-request': 'BUYER_CANCEL',
};

export function cancellationStatusOf(text: string): CancellationStatus {
  return statuses[text] ?? 'unknown';
}

/**
 * A cancellation of TikTok's in our words; words that TikTok adds are kept beside `other` and `unknown`.
 *
 * @throws UnreadableError when an id, the status or the time of the last change is missing
 */
export function mapCancellation(wire: WireCancellation): ShopCancellation {
  const typeText = textOf(wire.cancel_type);
  const roleText = textOf(wire.role);
  const statusText = requiredText(wire.cancel_status, 'cancel_status');
  const refund: WireRefund = asRecord(wire.refund_amount) ?? {};
  const items = listOf(wire.cancel_line_items).map((item): WireCancelLineItem => asRecord(item) ?? {});
  return {
    cancelId: requiredText(wire.cancel_id, 'cancel_id'),
    orderId: requiredText(wire.order_id, 'order_id'),
    type: types[typeText] ?? 'other',
    typeText,
    role: roles[roleText] ?? 'other',
    roleText,
    status: cancellationStatusOf(statusText),
    statusText,
    reason: textOrNull(wire.cancel_reason),
    reasonText: textOrNull(wire.cancel_reason_text),
    unitIds: items.map((item) => textOrNull(item.order_line_item_id)).filter((id) => id !== null),
    skus: skusOf(items),
    currency: textOrNull(refund.currency),
    refundTotal: amountOrNull(refund.refund_total, 'refund_amount.refund_total'),
    createdAt: timeOrNull(wire.create_time),
    updatedAt: requiredTime(wire.update_time, 'update_time'),
    answerBy: answerByOf(wire),
  };
}

function skusOf(items: readonly WireCancelLineItem[]): ShopCancellation['skus'] {
  const bySku = new Map<string, ShopCancellation['skus'][number]>();
  for (const item of items) {
    const skuId = textOf(item.sku_id);
    const sku = bySku.get(skuId) ?? { skuId, merchantSku: textOf(item.seller_sku), quantity: 0 };
    sku.quantity += 1;
    bySku.set(skuId, sku);
  }
  return [...bySku.values()];
}

function answerByOf(wire: WireCancellation): Date | null {
  const actions = listOf(wire.seller_next_action_response).map(
    (action): WireNextAction => asRecord(action) ?? {},
  );
  const answer = actions.find((action) => textOf(action.action) === 'SELLER_RESPOND_CANCEL');
  return timeOrNull(answer?.deadline);
}

/** @throws UnreadableError without a key */
export function mapRejectReason(wire: WireRejectReason): RejectReason {
  const key = requiredText(wire.name, 'name');
  return { key, text: textOrNull(wire.text) ?? key };
}

/**
 * The reasons that all pieces have in common. UNCONFIRMED: the form of `available_reason_names`. The reference calls it a list
 * of texts, its sample has one text. Null when no piece that can be cancelled names any.
 */
export function mapCancelReasons(data: Readonly<Record<string, unknown>>): string[] | null {
  const lists = listOf(data['sku_eligibility'])
    .flatMap((sku) => listOf(asRecord(sku)?.['line_item_eligibility']))
    .map((line): WireCancelEligibility => asRecord(line) ?? {})
    .filter((line) => textOf(line.request_type) === 'CANCEL' && isTrue(line.eligible))
    .map(({ available_reason_names: names }) => (Array.isArray(names) ? textsOf(names) : [textOf(names)]))
    .map((names) => names.filter((name) => name !== ''))
    .filter((names) => names.length > 0);
  const [first, ...others] = lists;
  return first ? first.filter((name) => others.every((names) => names.includes(name))) : null;
}
