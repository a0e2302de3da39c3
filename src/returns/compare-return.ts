import type { ReadBack } from '../sync/effects/outbox.js';
import { refusal } from '../sync/effects/tiktok-refusal.js';
import type { ApproveDecision } from '../tiktok/return-calls.js';
import { questionOf } from './return-life-cycle.js';
import type { ShopReturn } from '../domain/return.js';

const SELLER_CENTER = 'Handle it in TikTok Seller Center; it is followed from there.';

/**
 * Whether TikTok has our answer, from what it shows of the request. A yes that somebody else gave, or TikTok at its
 * deadline, is as good as ours.
 */
export function compareReturn(shown: ShopReturn | undefined, decision: ApproveDecision): ReadBack<null> {
  if (!shown) return { state: 'unknown', why: 'TikTok does not show the request.' };
  switch (shown.stage) {
    case 'refunding':
    case 'completed':
      return { state: 'done', result: null };
    case 'closed':
      return refused('TikTok has closed the request meanwhile.', 'Nothing to do.');
    case 'rejected':
    case 'goods-rejected':
      return refused('The request was rejected in TikTok Seller Center meanwhile.', SELLER_CENTER);
    case 'offered':
      return refused('An offer that was made in TikTok Seller Center waits for the buyer.', SELLER_CENTER);
    case 'unknown':
      return { state: 'unknown', why: `TikTok shows ${shown.statusText}, which this program does not know.` };
    default:
      return compareOpen(shown, decision);
  }
}

function compareOpen(shown: ShopReturn, decision: ApproveDecision): ReadBack<null> {
  if (decision === 'APPROVE_RETURN' && shown.stage !== 'requested') return { state: 'done', result: null };
  if (shown.arbitration === 'IN_PROGRESS') {
    return refused("TikTok's customer service has taken the case over.", SELLER_CENTER);
  }
  // Never another decision than the one that the seller gave.
  if (questionOf(shown)?.decision === decision) return { state: 'not-done' };
  return refused(`TikTok does not ask for this answer (${shown.statusText}).`, SELLER_CENTER);
}

function refused(message: string, next: string): ReadBack<never> {
  return { state: 'refused', error: refusal(message, next) };
}
