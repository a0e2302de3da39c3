import type { GateHelp } from '../kernel/help.js';
import { shippingGates } from './shipment-gates.js';

export const shipmentGateHelp: GateHelp = {
  question: 'Why a shipment is not taken or not sent',
  gates: shippingGates,
  help: {
    'order-exported': {
      cause: 'The order still waits, or was not imported.',
      next: 'Look at the Explain of the order.',
    },
    'connection-active': {
      cause: 'The connection is paused, needs re-authorisation, or is not finished.',
      next: 'Resume it or connect the shop again on its page. A stored shipment is sent then.',
    },
    'region-known': {
      cause: 'The shop is in a region whose way of shipping this program does not know.',
      next: 'Ship the order in TikTok Seller Center.',
    },
    'fulfilled-by-seller': {
      cause: 'TikTok fulfils this order.',
      next: 'Nothing to do: TikTok ships it.',
    },
    'shipped-by-seller': {
      cause: 'The order travels with TikTok Shipping.',
      next: 'Print the label in TikTok Seller Center.',
    },
    'not-cancelled': {
      cause: 'The order is cancelled, in TikTok or here.',
      next: 'Do not ship it.',
    },
    'not-being-cancelled': {
      cause: 'An acknowledgement of yours is cancelling the order, and TikTok has not decided yet.',
      next: 'Keep the parcel. If TikTok refuses the cancellation, send the shipment again.',
    },
    'not-on-hold': {
      cause: 'The order is unpaid, or on hold for the hour after payment.',
      next: 'Send the shipment again when the hold is over.',
    },
    'cancellation-request': {
      cause:
        'The buyer asks to cancel, and the shop is outside the US, where shipping would not answer the request.',
      next: 'Answer the request first: send a cancellation, or reject it in TikTok Seller Center.',
    },
    'awaiting-shipment': {
      cause: 'TikTok shows a status in which it takes no shipment; most often the order is shipped already.',
      next: 'Compare with TikTok Seller Center.',
    },
    'package-together': {
      cause:
        'TikTok has several orders in one package, and not all of them have a shipment with the same number.',
      next: 'Send the shipments of the others with that number, or take the orders apart in TikTok Seller Center. `shipCombinedTogether` ships all with the first.',
    },
    'units-free': {
      cause: 'Every piece is shipped, cancelled or in another shipment.',
      next: 'Look at the shipments of the order.',
    },
  },
};
