import { marketOf } from './regions.js';

/** Why a seller cancels, as TikTok distinguishes it. */
export type CancelMeaning =
  'out-of-stock' | 'wrong-price' | 'undeliverable' | 'buyer-asked' | 'fraud' | 'not-paid';

/** TikTok has keys of their own for orders that are not paid yet. */
export type PaymentStage = 'paid' | 'unpaid';

interface CancelKey {
  stage: PaymentStage;
  meaning: CancelMeaning;
  /** What Cancel Order takes as cancel_reason. */
  key: string;
}

const SOUTH_EAST_ASIA = ['ID', 'MY', 'PH', 'SG', 'TH', 'VN'];
const ALL_BUT_SG = ['US', 'ID', 'MY', 'PH', 'TH', 'VN', 'MX', 'BR', 'EU', 'JP'];
/** TikTok has taken this reason from South-East Asia on 31 August 2025, and Singapore's own one. */
const WITH_UNDELIVERABLE = ['US', 'MX', 'BR', 'EU', 'JP'];
const WITH_BUYER_ASKED = ['US', 'PH', 'MX', 'BR', 'EU', 'JP'];

/**
 * TikTok: Cancel reasons. A key that does not fit market and status is refused with code 25001021. What an order really takes
 * is asked (see `listCancelReasons`); this says what the keys mean, and is all that is known where TikTok does not answer.
 */
const keys: readonly (CancelKey & { markets: readonly string[] })[] = [
  paid('out-of-stock', 'seller_cancel_reason_out_of_stock', [
    'US',
    ...SOUTH_EAST_ASIA,
    'MX',
    'BR',
    'EU',
    'JP',
  ]),
  paid('wrong-price', 'seller_cancel_reason_wrong_price', ['US', ...SOUTH_EAST_ASIA, 'EU', 'JP']),
  paid('undeliverable', 'seller_cancel_paid_reason_address_not_deliver', WITH_UNDELIVERABLE),
  paid('buyer-asked', 'seller_cancel_paid_reason_buyer_requested_cancellation', WITH_BUYER_ASKED),
  paid('fraud', 'seller_cancel_order_reason_potential_fraud', ['JP']),
  paid('out-of-stock', 'seller_cancel_reason_out_of_stock_uk', ['GB']),
  paid('wrong-price', 'seller_cancel_reason_wrong_price_uk', ['GB']),
  paid('undeliverable', 'seller_cancel_paid_reason_address_not_deliver_uk', ['GB']),
  unpaid('out-of-stock', 'out_of_stock', ['US', ...SOUTH_EAST_ASIA, 'MX', 'BR', 'EU', 'JP']),
  unpaid('wrong-price', 'wrong_price', ['US', ...SOUTH_EAST_ASIA, 'BR', 'EU', 'JP']),
  unpaid('not-paid', 'buyer_hasnt_paid_within_time_allowed', ALL_BUT_SG),
  unpaid('buyer-asked', 'buyer_requested_cancellation', WITH_BUYER_ASKED),
  unpaid('out-of-stock', 'out_of_stock_uk', ['GB']),
  unpaid('wrong-price', 'wrong_price_uk', ['GB']),
  unpaid('not-paid', 'buyer_hasnt_paid_within_time_allowed_uk', ['GB']),
];

function paid(meaning: CancelMeaning, key: string, markets: readonly string[]) {
  return { stage: 'paid' as const, meaning, key, markets };
}

function unpaid(meaning: CancelMeaning, ending: string, markets: readonly string[]) {
  return { stage: 'unpaid' as const, meaning, key: `seller_cancel_unpaid_reason_${ending}`, markets };
}

/** What a key of TikTok's means, and when; null for one that TikTok has added since. */
export function meaningOfReason(key: string): Pick<CancelKey, 'stage' | 'meaning'> | null {
  return keys.find((known) => known.key === key) ?? null;
}

/** What a seller can cancel for in a region; empty for one that TikTok has opened after this was written. */
export function cancelKeysOf(region: string): CancelKey[] {
  const market = marketOf(region);
  return keys
    .filter(({ markets }) => markets.includes(market))
    .map(({ stage, meaning, key }) => ({ stage, meaning, key }));
}

export function paymentStageOf(tiktokStatus: string): PaymentStage {
  return tiktokStatus === 'UNPAID' ? 'unpaid' : 'paid';
}
