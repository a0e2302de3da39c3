import type { GateHelp } from '../kernel/help.js';
import { orderGates } from './order-gates.js';

export const orderGateHelp: GateHelp = {
  question: 'Why an order does not come in',
  gates: orderGates,
  help: {
    'fulfilled-by-seller': {
      cause: 'TikTok, or a third party, fulfils the order from its own warehouse.',
      next: 'Nothing to do: the one who fulfils the order ships it.',
    },
    'shipped-by-seller': {
      cause: 'The order travels with TikTok Shipping, whose label comes from TikTok.',
      next: 'Ship it in TikTok Seller Center, or change the delivery option of the shop for later orders.',
    },
    'created-after': {
      cause: 'The order is older than the setting `importCreatedAfter` of its connection.',
      next: 'Change the setting; the service looks at the order again when it changes in TikTok.',
    },
    'not-cancelled': {
      cause: 'The whole order was cancelled before it came in.',
      next: 'Nothing to do: it stays out.',
    },
    'awaiting-shipment': {
      cause:
        'The order is unpaid or on hold and waits, or it has moved on: a status that is changed by hand in TikTok during the hour keeps it out.',
      next: 'Wait while it is unpaid or on hold. Finish an order that has moved on in TikTok Seller Center.',
    },
    'remorse-hold': {
      cause: 'The hour after payment (`remorseMinutes`) is not over: the buyer may still cancel.',
      next: 'Wait until the time that Explain names, and leave the status in TikTok alone meanwhile.',
    },
    'address-present': {
      cause: 'TikTok still hides the delivery address.',
      next: 'Wait for the next pull. After an hour the order comes in with what TikTok shows.',
    },
    'buyer-cancel-request': {
      cause: 'This gate never holds an order back; it warns that the buyer asks for a cancellation.',
      next: 'Approve the request by a cancelling acknowledgement, or answer it in TikTok Seller Center.',
    },
    'sku-matched': {
      cause: '`parkUnmatched` is on, and a SKU of the order has no match.',
      next: 'Upload a matching file that has it as MerchantSKU, or switch `parkUnmatched` off.',
    },
  },
};
