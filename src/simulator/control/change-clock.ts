import { settleDue } from '../state/settle-due.js';
import type { World } from '../state/world.js';

export interface ClockChange {
  /** ISO 8601 or epoch milliseconds. */
  now?: string | number;
  advanceSeconds?: number;
  frozen?: boolean;
}

/** Moves the clock; what becomes due happens at once. Throws a RangeError when `now` is no time. */
export function changeClock(world: World, change: ClockChange): void {
  if (change.now !== undefined) {
    const ms = typeof change.now === 'number' ? change.now : Date.parse(change.now);
    if (!Number.isFinite(ms)) throw new RangeError('now is not a time');
    world.clock.set(ms);
  }
  if (change.advanceSeconds !== undefined) world.clock.advance(change.advanceSeconds * 1000);
  if (change.frozen === true) world.clock.freeze();
  if (change.frozen === false) world.clock.unfreeze();
  settleDue(world);
  world.changed();
}
