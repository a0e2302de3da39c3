import { AppError } from '../../../src/kernel/errors.js';
import type { Planted } from './planted-bug.js';

/** Mistakes in what becomes of an effect. */
export const plantedAtEffects: readonly Planted[] = [
  {
    name: 'success-not-written',
    about: 'What TikTok has done is never written on the document.',
    effect: (real) => ({
      settle: async (tx, entry, outcome, by) => {
        if (outcome.state !== 'done') await real.settle(tx, entry, outcome, by);
      },
    }),
  },
  {
    name: 'refusal-not-written',
    about: 'A document that TikTok refuses waits for ever.',
    effect: (real) => ({
      settle: async (tx, entry, outcome, by) => {
        if (outcome.state !== 'refused') await real.settle(tx, entry, outcome, by);
      },
    }),
  },
  {
    name: 'trouble-is-refusal',
    about: 'A lost answer or a short trouble of TikTok counts as its refusal.',
    effect: (real) => ({
      send: async (context) => {
        try {
          return await real.send(context);
        } catch (error) {
          throw new AppError('tiktok-refused', 'TikTok refuses.', { cause: error });
        }
      },
    }),
  },
  {
    name: 'never-asked-again',
    about: 'What is in doubt counts as not done, and nobody asks TikTok.',
    effect: () => ({ readBack: async () => ({ state: 'refused', error: notDone() }), saysDone: () => false }),
  },
  {
    name: 'nothing-is-sent',
    about: 'An effect counts as done before it is sent.',
    effect: ({ name }) =>
      name.includes('track') || name.includes('cancel') ? { send: async () => ({ requestId: null }) } : {},
  },
];

function notDone(): AppError {
  return new AppError('tiktok-refused', 'TikTok does not have it.');
}
