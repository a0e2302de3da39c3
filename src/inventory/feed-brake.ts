import { pass, wait, type Gate } from '../gate.js';
import type { ImportCounts } from './import.js';

export interface BrakeFacts {
  counts: Pick<ImportCounts, 'zeroed' | 'multiplied'>;
  /** Items of the connection with something to sell, before the feed. */
  selling: number;
  /** Setting spikeBrakePercent; 0 is off. */
  percent: number;
}

/** Whether a feed is applied at once, or waits for somebody to say that it is meant so. */
export const feedBrake: Gate<BrakeFacts> = {
  name: 'spike-brake',
  rule:
    'A feed that would set more than spikeBrakePercent of the selling SKUs to 0, or to ten times and more of what they ' +
    'had, is held until it is confirmed.',
  decide({ counts, selling, percent }) {
    if (percent === 0) return pass('The brake is off.');
    const { zeroed, multiplied } = counts;
    const share = `${zeroed} SKUs would fall to 0 and ${multiplied} rise tenfold, of ${selling} that sell`;
    if (selling === 0 || (zeroed + multiplied) * 100 <= percent * selling) return pass(`${share}.`);
    return wait(
      `${share}: more than ${percent} %.`,
      null,
      'Confirm the import (PUT Inventory/Imports/{id}/Confirm) or send another feed, which takes its place.',
    );
  },
};
