import type { ShopOrder } from '../domain/order.js';
import type { GateResult } from '../kernel/gate.js';
import { toIsoSeconds } from '../kernel/time.js';
import type { FlowView } from '../sync/flows/flows.js';
import { overlapped } from '../sync/pull/read-pages.js';

interface NotPulled {
  order: Pick<ShopOrder, 'tiktokOrderId' | 'status' | 'updatedAt'>;
  gates: readonly GateResult[];
  pull: Pick<FlowView, 'watermark'> | null;
  sweep: Pick<FlowView, 'enabled' | 'nextAttemptAt'> | null;
  /** The states that a sweep reads. */
  swept: readonly string[];
}

/** Why no pull has taken in an order that TikTok has, and what will or can take it in. */
export function whyNotPulled({ order, gates, pull, sweep, swept }: NotPulled): {
  summary: string;
  nextSteps: string[];
} {
  const from = overlapped(pull?.watermark ?? null);
  if (!from) {
    return {
      summary: 'TikTok has this order; the first pull of this connection has not come to its end yet.',
      nextSteps: [],
    };
  }
  if (order.updatedAt >= from) {
    return { summary: 'TikTok has this order; no pull has taken it in yet.', nextSteps: [] };
  }
  const isSwept = swept.includes(order.status);
  const changed = toIsoSeconds(order.updatedAt);
  const summary = isSwept
    ? `TikTok has this order, changed ${changed}, but its list had not shown it when the pull read past that time: it came late, or was left out.`
    : `TikTok has this order, changed ${changed}, before the time from which the pull reads: it did not await shipment at the first pull of this connection, or TikTok's list has not shown it since.`;
  // Whoever may not have it gains nothing by having it read.
  if (gates.some(({ outcome }) => outcome === 'refuse')) return { summary, nextSteps: [] };
  const readsIt = isSwept && sweep?.enabled;
  return {
    summary,
    nextSteps: [
      `Take it in now: POST /api/v3/Orders/Pull?order=${order.tiktokOrderId}, or the command import-order.`,
      ...(readsIt
        ? [`The nightly sweep reads it ${toIsoSeconds(sweep.nextAttemptAt)}, if TikTok lists it by then.`]
        : []),
    ],
  };
}
