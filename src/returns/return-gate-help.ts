import type { GateHelp } from '../kernel/help.js';
import { answerGates, importGates } from './return-gates.js';

export const returnImportGateHelp: GateHelp = {
  question: 'Why a return does not come in',
  gates: importGates,
  help: {
    'return-and-refund': {
      cause: 'The request is refund-only or a replacement.',
      next: 'Answer it in TikTok Seller Center, or switch `pullOtherReturns` on to see such requests, read-only.',
    },
  },
};

export const returnAnswerGateHelp: GateHelp = {
  question: 'Why an answer to a return is not taken',
  gates: answerGates,
  help: {
    'connection-active': {
      cause: 'The connection is paused, needs re-authorisation, or is not finished.',
      next: 'Resume it or connect the shop again on its page. A stored answer is sent then.',
    },
    'answered-here': {
      cause: 'The request is refund-only or a replacement, which is read-only here.',
      next: 'Answer it in TikTok Seller Center.',
    },
    'still-open': {
      cause: 'TikTok has closed the request, or refunds the buyer already.',
      next: 'Nothing to do.',
    },
    'not-rejected': {
      cause: 'The seller has rejected the request in TikTok Seller Center.',
      next: 'Handle it in TikTok Seller Center.',
    },
    'seller-decides': {
      cause: 'TikTok’s customer service has taken the case over.',
      next: 'Handle it in TikTok Seller Center.',
    },
    'asked-for': {
      cause:
        'TikTok asks for another answer now, or for none: the order is yes to the request, goods back, refund.',
      next: 'Accept the request first (600). Confirm the goods (1000) when TikTokNextAction is SELLER_RESPOND_RECEIVE_PACKAGE.',
    },
  },
};
