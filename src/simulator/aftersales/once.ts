import type { World } from '../state/world.js';

const KEPT = 5000;

/**
 * TikTok: `idempotency_key`. The same key for the same call answers what it answered first and does nothing again. A refusal
 * is not kept. UNCONFIRMED: a key counts per call and case, and how long it is known.
 */
export function once(
  world: World,
  call: readonly string[],
  key: string | undefined,
  run: () => object,
): object {
  if (key === undefined) return run();
  const name = JSON.stringify([...call, key]);
  const known = world.idempotent.get(name);
  if (known !== undefined) return known;
  const answer = run();
  world.idempotent.set(name, answer);
  world.changed();
  const [oldest] = world.idempotent.keys();
  if (world.idempotent.size > KEPT && oldest !== undefined) world.idempotent.delete(oldest);
  return answer;
}
