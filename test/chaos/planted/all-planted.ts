import { plantedAtCalls } from './at-calls.js';
import { plantedAtEffects } from './at-effects.js';
import type { Planted } from './planted-bug.js';

/** Mistakes that the judge has to find. */
export const plantedBugs: readonly Planted[] = [...plantedAtEffects, ...plantedAtCalls];
