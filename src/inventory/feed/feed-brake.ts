import { pass, wait, type Gate } from '../../kernel/gate.js';
import type { FeedCounts } from './find-changes.js';

interface BrakeFacts {
  counts: Pick<FeedCounts, 'zeroed' | 'multiplied' | 'repriced' | 'braked'>;
  /** Items of the connection with something to sell, before the feed. */
  selling: number;
  /** Setting spikeBrakePercent; 0 is off. */
  percent: number;
}

/** Whether a feed is applied at once, or waits for somebody to say that it is meant so. */
export const feedBrake: Gate<BrakeFacts> = {
  name: 'spike-brake',
  rule:
    'A feed that would set more than spikeBrakePercent of the selling SKUs to 0, to ten times and more of what they had, ' +
    'or to a price below half or above double, is held until it is confirmed or refused. Where the zeros alone are not too ' +
    'many they go in at once.',
  decide({ counts, selling, percent }) {
    if (percent === 0) return pass('The brake is off.');
    const { zeroed, multiplied, repriced, braked } = counts;
    const share =
      `${zeroed} SKUs would fall to 0, ${multiplied} rise tenfold and ${repriced} change their price to less than half or ` +
      `more than double, of ${selling} that sell`;
    if (selling === 0 || braked * 100 <= percent * selling) return pass(`${share}.`);
    return wait(
      `${share}: more than ${percent} %.`,
      null,
      'Confirm the import (PUT Inventory/Imports/{id}/Confirm) or refuse it (.../Refuse).',
    );
  },
};

/** What is sold out must not be sold on because a price looks wrong: only too many zeros hold back zeros. */
export function letsZerosGo({ counts, selling, percent }: BrakeFacts): boolean {
  return counts.zeroed * 100 <= percent * selling;
}
