import type { GateHelp } from '../kernel/help.js';
import { acceptingGates, cancellingGates } from './acknowledgement-gates.js';

export const acknowledgementGateHelp: GateHelp = {
  question: 'Why an acknowledgement is not taken or not sent',
  gates: [
    ...new Set([...acceptingGates, ...cancellingGates]),
    {
      name: 'whole-order',
      rule: 'One acknowledgement cancels all pieces that are left, and nothing else. TikTok would cancel single pieces; the connector does not, as Logicbroker does not.',
    },
  ],
  help: {
    'not-cancelled': {
      cause: 'The order, or every piece of it, is cancelled already.',
      next: 'Nothing to do: the history of the order says by whom.',
    },
    'not-being-cancelled': {
      cause: 'Another acknowledgement is cancelling the order, and TikTok has not decided yet.',
      next: 'Wait for its outcome: `GET Acknowledgements/{key}/Status`.',
    },
    'connection-active': {
      cause: 'The connection is paused, needs re-authorisation, or is not finished.',
      next: 'Resume it or connect the shop again on its page. A stored cancellation is sent then.',
    },
    'before-ready-to-ship': {
      cause: 'The order is accepted or being shipped (500 or above).',
      next: 'Cancel it in TikTok Seller Center, or have `cancelAfterReadyToShip` set on the connection.',
    },
    'not-being-shipped': {
      cause: 'A shipment of yours with pieces of the order is on its way to TikTok.',
      next: 'Wait for its outcome: `GET Shipments/{key}/Status`.',
    },
    'tiktok-allows': {
      cause: 'The order is shipped, or a part of it.',
      next: 'Look at the order in TikTok Seller Center. What the buyer sends back comes as a return.',
    },
    'whole-order': {
      cause: 'The quantities cancel only a part, or the document cancels some pieces and accepts others.',
      next: 'Cancel all pieces that are left, or cancel single pieces in TikTok Seller Center.',
    },
  },
};
