import type { FaultSpec } from '../../src/simulator/control/fault-spec.js';
import type { Random } from '../scenarios/fire/random.js';

/** Calls that change something. */
const WRITES = ['/fulfillment/', '/return_refund/', '/product/'];

/** One thing that TikTok's servers or the net do to one of our next calls. */
export function someFault(random: Random): FaultSpec {
  const write = { method: 'POST', path: random.pick(WRITES) };
  const some = random.chance(0.5) ? { match: { path: random.pick([...WRITES, '/order/']) } } : {};
  const once = { times: random.whole(1, 2), skip: random.whole(0, 1) };
  const single = { method: 'GET', path: '/order/' };
  const search = { path: '/order/*/search' };
  const faults: FaultSpec[] = [
    { kind: 'done_but_lost', answer: 'drop', match: write, ...once },
    { kind: 'done_but_lost', answer: 'status', match: write, ...once },
    { kind: 'done_but_lost', answer: 'hang', holdMs: 900, match: write, times: 1 },
    // Carried out long after we have given up.
    { kind: 'hold', match: write, times: 1 },
    { kind: 'drop', ...some, ...once },
    { kind: 'drop', match: write, ...once },
    { kind: 'delay', ms: 50, ...some, ...once },
    { kind: 'http', status: 503, ...some, ...once },
    { kind: 'http', status: 502, body: '<html>Bad gateway</html>', ...some, ...once },
    { kind: 'http', status: 200, body: '{"code":0,"data":{"ord', ...some, ...once },
    { kind: 'error', code: 36009003, ...some, ...once },
    { kind: 'error', code: 36009002, httpStatus: 429, ...some, ...once },
    { kind: 'error', code: 36009002, httpStatus: 429, retryAfterSec: 1, ...some, ...once },
    { kind: 'error', code: 105002, ...some, times: 1 },
    { kind: 'expire_token', ...some, times: 1 },
    { kind: 'duplicate_page', match: search, ...once },
    { kind: 'reorder_page', match: search, ...once },
    { kind: 'unknown_fields', ...some, ...once },
    { kind: 'ids_as_numbers', ...some, ...once },
    { kind: 'stale_read', match: single, times: 1 },
  ];
  return random.pick(faults);
}
