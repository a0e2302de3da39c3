import type { GateHelp, NamedHelp } from '../../kernel/help.js';
import { pushGates } from './push-gates.js';

/** Gates that the explanation, the report and the push add to the list. */
const others: Readonly<Record<string, NamedHelp>> = {
  'connection-active': {
    rule: 'Nothing is sent while the connection is not active.',
    cause: 'The connection is paused, needs re-authorisation, or is not finished.',
    next: 'Resume it or connect the shop again on its page.',
  },
  uploaded: {
    rule: 'The seller has uploaded the item.',
    cause: 'This gate holds nothing back; it says what the feeds named last.',
    next: 'Nothing to do.',
  },
  'catalogue-read': {
    rule: "Nothing is sent before the shop's products were read as a whole.",
    cause: 'The shop was connected a short while ago.',
    next: 'Wait for the task PullCatalogue, or run it.',
  },
  'next-push': {
    rule: 'A push decides about every change.',
    cause: 'The item has changed since the last push.',
    next: 'Nothing to do: the next push decides.',
  },
  'sold-out-first': {
    rule: 'Sold-out SKUs go first.',
    cause: 'The quantity 0 is sent; the price follows when all sold-out SKUs are sent.',
    next: 'Nothing to do.',
  },
  budget: {
    rule: "TikTok limits how many calls a shop may make; a fifth of the shop's budget is kept for urgent work.",
    cause: 'The last push used up its calls.',
    next: 'Nothing to do: the push goes on. `Freshness` says when it will be done.',
  },
  'last-result': {
    rule: 'What the last push that decided about the item came to.',
    cause: 'This gate repeats what the last push found.',
    next: 'Do what the other gates say.',
  },
  'promotion-lock': {
    rule: 'TikTok locks price or stock during a promotion, an auction and the like.',
    cause: 'A promotion is running.',
    next: 'Nothing to do: the service tries again hourly at first, later every six hours.',
  },
  'tiktok-answer': {
    rule: 'What may have left without an answer is read back before it counts.',
    cause: 'The answer of a call was lost, so TikTok may or may not have taken the value.',
    next: 'Nothing to do: the service reads TikTok again 80 seconds after the call.',
  },
  tiktok: {
    rule: 'TikTok takes stock and prices of shops in good standing only.',
    cause: 'TikTok refused for a reason that is about the shop, or that no other gate stands for.',
    next: 'Read TikTok’s message in Explain, and look at the shop in TikTok Seller Center.',
  },
};

export const pushGateHelp: GateHelp = {
  question: 'Why an item is not sent',
  gates: [...pushGates, ...Object.entries(others).map(([name, { rule }]) => ({ name, rule }))],
  help: {
    ...others,
    matched: {
      cause: 'No merchant SKU is matched to this supplier SKU.',
      next: 'Upload a matching file that names it, or switch `autoMatch` on.',
    },
    'sole-item': {
      cause: 'Another supplier SKU is matched to the same merchant SKU.',
      next: 'Correct the matching file, or delete the item that is not meant.',
    },
    'exists-in-tiktok': {
      cause:
        'TikTok shows no product with this seller SKU; it may differ in the case of its letters, or be deleted.',
      next: 'Create or recover the product in TikTok, or correct the matching file.',
    },
    unambiguous: {
      cause: 'Several live SKUs have this seller SKU.',
      next: 'Give each SKU its own seller SKU in TikTok Seller Center. `DuplicateSkus` lists them.',
    },
    'product-live': {
      cause: 'The product is a draft, in review, frozen or deactivated.',
      next: 'Bring it live in TikTok; the service sends the newest values then.',
    },
    'sku-normal': {
      cause: 'The SKU is deactivated within its product.',
      next: 'Activate it in TikTok; the service sends the newest values then.',
    },
    'product-settled': {
      cause: 'A product feed is changing the product just now.',
      next: 'Nothing to do: the service sends the newest values when TikTok has taken the change.',
    },
    warehouse: {
      cause:
        'The code is not known, or is missing although the SKU has several warehouses or not the default one.',
      next: 'Give the code as a column, or map it in the setting `warehouseCodes`.',
    },
    'quantity-limit': {
      cause: 'The quantity is more than TikTok takes; the service sends the maximum.',
      next: 'Nothing to do, or correct the quantity.',
    },
    'orders-read': {
      cause: 'The quantity rises, and the orders of the shop could not be read just before.',
      next: 'Nothing to do: the service tries again.',
    },
    'products-read': {
      cause: 'A feed has named the price, and the products of the shop could not be read just before.',
      next: 'Nothing to do: the service tries again.',
    },
    'loop-guard': {
      cause: 'Another writer changes the value in TikTok each time after it was sent.',
      next: 'Find the writer (another app, Seller Center), then send a feed or use `Resend`.',
    },
    'stock-changed': {
      cause: 'TikTok shows the wanted quantity already.',
      next: 'Nothing to do.',
    },
    'price-wanted': {
      cause: 'The setting `pushPrice` is off.',
      next: 'Switch it on for prices to be sent.',
    },
    'price-valid': {
      cause: 'The price has too many decimals, or lies outside TikTok’s limits for the region.',
      next: 'Correct the column Cost and upload it again.',
    },
    'price-changed': {
      cause: 'TikTok shows this price already.',
      next: 'Nothing to do.',
    },
    drift: {
      cause: 'Another writer has set the quantity or price in TikTok.',
      next: 'Send a feed that names the SKU, or set `healDrift` to `both`.',
    },
  },
};
