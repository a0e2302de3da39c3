import type { GateHelp } from '../../kernel/help.js';
import { packGates } from './order-standing.js';

export const shipStationGateHelp: GateHelp = {
  question: 'Why ShipStation does not show an order as to be packed',
  gates: packGates,
  help: {
    'shipstation-not-set-aside': {
      cause: 'Somebody has set the order to Failed or Ignored; ShipStation holds it.',
      next: 'Set its status back, such as to Submitted.',
    },
    'shipstation-no-cancel-request': {
      cause: 'The buyer asks for a cancellation that nobody has answered; ShipStation holds the order.',
      next: 'Answer it by a cancelling acknowledgement, or reject it in TikTok Seller Center.',
    },
    'shipstation-tiktok-lets-go': {
      cause: 'TikTok does not show the order as to be shipped, such as while it is on hold.',
      next: 'Wait until TikTok shows AWAITING_SHIPMENT again.',
    },
    'shipstation-release': {
      cause: 'It is a pre-order, and the day of its release has not come.',
      next: 'Wait: ShipStation is shown it as to be packed from that day on.',
    },
    'shipstation-address': {
      cause:
        'Name, street, city, postal code or country is missing or hidden by TikTok, or the buyer was forgotten. One such order would keep a whole page of others out of ShipStation.',
      next: 'Wait until TikTok shows the address, or ship the order from TikTok Seller Center.',
    },
    'shipstation-sku': {
      cause: 'A SKU has more than 100 characters, the most that ShipStation takes.',
      next: 'Match it to a shorter SKU of yours; ship this order from TikTok Seller Center.',
    },
  },
};
