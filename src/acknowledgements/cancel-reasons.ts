import {
  cancelKeysOf,
  paymentStageOf,
  type CancelMeaning,
  type PaymentStage,
} from '../tiktok/tiktok-cancel-reasons.js';

/** A reason with which an order can be cancelled, in both vocabularies. */
export interface CancelReason {
  stage: PaymentStage;
  meaning: CancelMeaning;
  /** TikTok's key; good as ChangeReason as it is. */
  tiktokReason: string;
  /** Logicbroker's standard reasons that stand for it. */
  changeReasons: readonly string[];
}

/** Where reasons are possible: they differ by the region of the shop and the status of the order. */
export interface ReasonPlace {
  region: string;
  tiktokStatus: string;
}

/**
 * Logicbroker's standard list (Acknowledgement standard: ChangeReason) where TikTok has something for it. `Other`,
 * `Administrative request` and `Duplicate order` have no counterpart: TikTok counts reasons against the seller, so that
 * they are refused with the list rather than guessed.
 */
const changeReasons: Record<CancelMeaning, readonly string[]> = {
  'out-of-stock': [
    'Out of stock',
    'Discontinued item',
    'Cannot fulfill in time',
    'Invalid SKU',
    'Item recall',
  ],
  'wrong-price': ['Invalid item cost'],
  undeliverable: [
    'Bad address',
    'Cannot ship to PO box.',
    'Cannot ship using provided ship method',
    'Invalid ship method',
    'Info missing on purchase order',
  ],
  'buyer-asked': ['Customer changed mind', "Cancelled at retailer's request"],
  fraud: ['Fraud detected'],
  'not-paid': [],
};

/** All that a seller in this region can cancel for, whatever the status of the order. */
export function reasonsOf(region: string): CancelReason[] {
  return cancelKeysOf(region).map(({ stage, meaning, key }) => ({
    stage,
    meaning,
    tiktokReason: key,
    changeReasons: changeReasons[meaning],
  }));
}

/** TikTok's key for what the ERP wrote: a standard reason in any case, or a key of TikTok's. Null when it is neither. */
export function tiktokReasonFor(changeReason: string, place: ReasonPlace): string | null {
  const wanted = squeeze(changeReason);
  const found = possible(place).find((reason) =>
    [reason.tiktokReason, ...reason.changeReasons].some((name) => squeeze(name) === wanted),
  );
  return found?.tiktokReason ?? null;
}

/** Everything that would do, in one text, for the error that refuses a reason. */
export function reasonList(place: ReasonPlace): string {
  return possible(place)
    .flatMap((reason) => [...reason.changeReasons, reason.tiktokReason])
    .join('; ');
}

function possible({ region, tiktokStatus }: ReasonPlace): CancelReason[] {
  return reasonsOf(region).filter(({ stage }) => stage === paymentStageOf(tiktokStatus));
}

/** `Out of stock`, `out-of-stock` and `OUT OF STOCK.` are one reason. */
function squeeze(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}
