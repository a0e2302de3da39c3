import { StatusCode } from '../logicbroker/statuses.js';
import type { StoredUnit } from '../domain/order.js';

/** What decides where an order stands. */
export interface OrderStanding {
  statusCode: number;
  units: readonly Pick<StoredUnit, 'cancelled' | 'shippedAt'>[];
  /** An acknowledgement, ours or the ERP's, says that pieces are cancelled. */
  cancellationAcknowledged: boolean;
}

/** Nothing that happens to pieces moves an order from here; Ignored is the ERP's own word. */
const ENDED: readonly number[] = [StatusCode.complete, StatusCode.cancelled, StatusCode.ignored];

/**
 * The status that an order moves to by what has become of its pieces; null: it stays. All cancelled is Cancelled (1100)
 * as soon as an acknowledgement says so; all cancelled or shipped, with at least one shipped, is Complete (1000).
 * Failed, which the ERP sets by hand, gives way to both: what TikTok has done is done.
 */
export function nextOrderStatus({
  statusCode,
  units,
  cancellationAcknowledged,
}: OrderStanding): number | null {
  if (units.length === 0 || ENDED.includes(statusCode)) return null;
  if (units.every(({ cancelled }) => cancelled))
    return cancellationAcknowledged ? StatusCode.cancelled : null;
  const isOver = units.every((unit) => unit.cancelled || unit.shippedAt !== null);
  return isOver ? StatusCode.complete : null;
}
