import type { GateHelp } from '../kernel/help.js';
import { cancellationGates } from './cancellation-gates.js';

export const cancellationGateHelp: GateHelp = {
  question: 'Why a cancellation of TikTok brings no acknowledgement',
  gates: cancellationGates,
  help: {
    executed: {
      cause: 'The buyer’s request is open, or was withdrawn or rejected.',
      next: 'Answer an open request; otherwise TikTok approves it at its deadline. A closed one needs nothing.',
    },
    'order-exported': {
      cause: 'The ERP never had the order: it was cancelled before, or another company had it.',
      next: 'Nothing to do.',
    },
    'pieces-known': {
      cause: 'TikTok does not show yet which pieces are cancelled.',
      next: 'Nothing to do: the next pull reads it again.',
    },
    'pieces-exported': {
      cause: 'These pieces were cancelled before the ERP got the order, so they are on no line.',
      next: 'Nothing to do.',
    },
    'not-ours': {
      cause: 'The ERP asked for this cancellation or approved it.',
      next: 'Nothing to do: the acknowledgement that Explain names is its answer.',
    },
    'not-told': {
      cause: 'Another acknowledgement tells of the same pieces.',
      next: 'Nothing to do.',
    },
    'not-by-seller': {
      cause: 'The seller made it in TikTok Seller Center.',
      next: 'Cancel the order in the ERP by hand, or switch `pullSellerCancellations` on.',
    },
  },
};
