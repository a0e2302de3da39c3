import type { GateHelp } from '../../kernel/help.js';
import { feedBrake } from './feed-brake.js';

export const feedGateHelp: GateHelp = {
  question: 'Why a feed is held',
  gates: [feedBrake],
  help: {
    [feedBrake.name]: {
      cause:
        'More SKUs than `spikeBrakePercent` would fall to 0, rise tenfold or change their price by half.',
      next: 'Look at the file. `PUT Inventory/Imports/{ImportId}/Confirm` applies it, `.../Refuse` forgets it.',
    },
  },
};
