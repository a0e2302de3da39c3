import { MINUTE_MS } from '../../src/kernel/time.js';
import type { Fence } from '../../src/outbound/call-fence.js';

/** Of tests that write to TikTok without holding a lease. */
export const openFence: Fence = { pass: async () => performance.now() + MINUTE_MS };
