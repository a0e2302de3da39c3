import type { Meaning, Meanings } from '../lookups/find-spellings.js';
import { spellingKey } from '../lookups/spelling.js';
import {
  cancelKeysOf,
  meaningOfReason,
  paymentStageOf,
  type CancelMeaning,
  type PaymentStage,
} from '../tiktok/tiktok-cancel-reasons.js';

/** A reason with which an order can be cancelled, in both vocabularies. */
export interface CancelReason {
  stage: PaymentStage;
  /** Null: a key that TikTok has added since this was written. */
  meaning: CancelMeaning | null;
  /** TikTok's key; good as ChangeReason as it is. */
  tiktokReason: string;
  /** Logicbroker's standard reasons that stand for it. */
  changeReasons: readonly string[];
}

/** Where reasons are possible: they differ by the region of the shop and the status of the order. */
export interface ReasonPlace {
  region: string;
  tiktokStatus: string;
  /** Number of the shop, for texts. */
  partnerId: number;
  /** TikTok's own list of keys for such orders; null where it was never read: then the documented ones count. */
  live: readonly string[] | null;
  /** What the company's table says of texts. */
  table: Meanings;
}

/** What a text of the ERP's means: a key of TikTok's, or a row of the company's table whose key TikTok does not take. */
export type ReasonMatch = { key: string } | { staleRow: Meaning } | null;

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

/** TikTok's key for what the ERP wrote: by the company's table, a standard reason in any case, or a key of TikTok's. */
export function tiktokReasonFor(changeReason: string, place: ReasonPlace): ReasonMatch {
  const key = spellingKey(changeReason);
  const row = place.table.get(key);
  const wanted = row ? spellingKey(row.value) : key;
  const found = possibleReasons(place).find((reason) =>
    [reason.tiktokReason, ...reason.changeReasons].some((name) => spellingKey(name) === wanted),
  );
  if (found) return { key: found.tiktokReason };
  return row ? { staleRow: row } : null;
}

/** Everything that would do, in one text, for the error that refuses a reason. */
export function reasonList(place: ReasonPlace): string {
  return possibleReasons(place)
    .flatMap((reason) => [...reason.changeReasons, reason.tiktokReason])
    .join('; ');
}

/** TikTok's list where it was read, whatever we know of its keys; else the documented one. */
export function possibleReasons({
  region,
  tiktokStatus,
  live,
}: Pick<ReasonPlace, 'region' | 'tiktokStatus' | 'live'>): CancelReason[] {
  const stage = paymentStageOf(tiktokStatus);
  if (live === null) return reasonsOf(region).filter((reason) => reason.stage === stage);
  return live.map((tiktokReason) => {
    const meaning = meaningOfReason(tiktokReason)?.meaning ?? null;
    return { stage, meaning, tiktokReason, changeReasons: meaning === null ? [] : changeReasons[meaning] };
  });
}
