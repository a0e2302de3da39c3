import type { Shop, World } from '../state/world.js';
import { ApiError, refuse } from './api-error.js';

const HOUR = 3600;

/** Calls of this hour from test shops, in each world. */
const counts = new WeakMap<World, { hour: number; calls: number }>();

/**
 * TikTok since June 2026: test shops share 1,000 calls an hour, and calls for inactive shops are refused. UNCONFIRMED: the
 * code of the latter outside the product calls, which document 12052700.
 */
export function checkShopState(world: World, shop: Shop, path: string): void {
  if (shop.isInactive === true) {
    throw path.startsWith('/product/')
      ? new ApiError(12052700, 'The seller is inactive.')
      : new ApiError(36009004, 'Access denied. The seller or the shop is inactive.', { httpStatus: 400 });
  }
  if (shop.isTest === true && countCall(world) > world.behaviour.testShopCallsPerHour) {
    const retryAfterSec = HOUR - (world.clock.nowSec() % HOUR);
    throw refuse('tooManyRequests', { retryAfterSec });
  }
}

function countCall(world: World): number {
  const hour = Math.floor(world.clock.nowSec() / HOUR);
  const before = counts.get(world);
  const calls = before?.hour === hour ? before.calls + 1 : 1;
  counts.set(world, { hour, calls });
  return calls;
}
