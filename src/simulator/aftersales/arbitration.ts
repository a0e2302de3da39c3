import type { ArbitrationStatus, ReturnCase, ReturnStatus } from '../state/aftersales-model.js';
import type { World } from '../state/world.js';
import { closeReturn, step, type Step } from './return-machine.js';

/** The buyer does not accept a refusal and asks TikTok to decide. */
export function startArbitration(world: World, item: ReturnCase, atSec: number): void {
  const what: Step = { role: 'BUYER', description: 'Customer asked TikTok to decide' };
  step(world, item, item.status, atSec, what, { arbitration: 'IN_PROGRESS' });
}

/** TikTok decides, or the buyer gives up (CLOSED). */
export function endArbitration(
  world: World,
  item: ReturnCase,
  result: Exclude<ArbitrationStatus, 'IN_PROGRESS'>,
  atSec: number,
): void {
  const what: Step = { role: 'OPERATOR', description: `Decision of TikTok: ${result}` };
  const more = { arbitration: result, takenOver: false };
  if (result === 'SUPPORT_BUYER') return step(world, item, afterBuyerWon(item), atSec, what, more);
  closeReturn(world, item, what, atSec, more);
}

/** Goods that are still with the buyer have to come back first. */
function afterBuyerWon({ type, parcel }: ReturnCase): ReturnStatus {
  if (type === 'REPLACEMENT') return 'REPLACEMENT_REQUEST_REFUND_SUCCESS';
  return type === 'RETURN_AND_REFUND' && parcel === undefined
    ? 'AWAITING_BUYER_SHIP'
    : 'RETURN_OR_REFUND_REQUEST_SUCCESS';
}

/** Customer service takes the case into its hands; the seller's calls answer 25011010 from now on. */
export function takeOver(world: World, item: ReturnCase, atSec: number): void {
  const what: Step = { role: 'OPERATOR', description: 'Moved to customer service' };
  step(world, item, item.status, atSec, what, { takenOver: true });
}
