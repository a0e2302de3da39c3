import { findWatermark } from '../sync/flows/flows.js';
import type { FlowResult, FlowRun } from '../sync/flows/flows.js';
import { runSweep } from '../sync/pull/run-sweep.js';
import { pullOrdersFlow } from './order-flow.js';
import { orderPull } from './pull-orders.js';
import type { PullOrdersDeps } from './pull-orders-deps.js';

/** The states in which an order waits for the seller, and in which a missed one costs a sale. */
export const sweptStatuses = ['AWAITING_SHIPMENT', 'ON_HOLD'] as const;

/**
 * The flow `sweep-orders` of one connection: all orders in these states, through the gates of the pull. TikTok may list an
 * order later than its time of change says, by more than any overlap.
 */
export async function sweepOrders(deps: PullOrdersDeps, run: FlowRun): Promise<FlowResult> {
  const { connectionId } = run;
  // The first pull reads the same lists, and more.
  if (!(await findWatermark(deps.db.prisma, { connectionId, name: pullOrdersFlow.name })))
    return { counts: {} };
  return runSweep(
    orderPull,
    sweptStatuses.map((status) => ({ status })),
    deps,
    run,
  );
}
