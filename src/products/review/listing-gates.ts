import { explainGates, pass, refuse, wait, type Gate, type GateResult } from '../../kernel/gate.js';
import type { GateHelp, Help } from '../../kernel/help.js';
import type { ProductFinding } from '../checks/product-finding.js';
import type { StoredProduct } from '../product-store.js';
import type { ProductPush } from '../push/product-push-store.js';
import type { MissingPrerequisite } from '../specification/prerequisites.js';
import { listingStateOf } from './listing-state.js';

/** What the explanation of a product rests on. */
export interface ListingFacts {
  product: StoredProduct;
  push: ProductPush | null;
  missing: readonly MissingPrerequisite[];
}

const asked: Gate<ListingFacts> = {
  name: 'product-asked',
  rule: 'A product is a draft until somebody asks for it to be sent.',
  decide: ({ product: { version, askedVersion } }) =>
    askedVersion === version
      ? pass('It was asked for as it is wanted now.')
      : wait(
          askedVersion === null
            ? 'Nobody has asked for it to be sent.'
            : 'It has changed since it was asked for.',
          null,
          'Send its feed: PUT Product/{partnerId}/{feedId}.',
        ),
};

const compliant: Gate<ListingFacts> = {
  name: 'product-compliant',
  rule: 'What TikTok would refuse is not sent.',
  decide({ product }) {
    const errors = (product.findings as ProductFinding[]).filter(({ level }) => level === 'error');
    const [worst] = errors;
    if (!worst) return pass('No check speaks against it.');
    const column = worst.field === null ? '' : `${worst.field}: `;
    return refuse(
      `${column}${worst.message}${errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''}.`,
      `${worst.next}.`,
    );
  },
};

const shopReady: Gate<ListingFacts> = {
  name: 'shop-ready',
  rule: 'TikTok takes products of shops that have finished their set-up, and of local shops only.',
  decide({ missing }) {
    const [first] = missing;
    return first
      ? wait(`The shop lacks ${missing.map(({ item }) => item).join(', ')}.`, null, first.next)
      : pass('The shop lacks nothing that is known.');
  },
};

/** Each stands for the last decision about the product, where that has this name. */
const decided: readonly (readonly [gate: string, name: string, rule: string, help: Help])[] = [
  [
    'daily-limit',
    'daily-limit',
    'TikTok takes so many new products of a shop in a day; changes go on.',
    {
      cause: 'The limit of the day was reached. Products with stock go first, in the order of the feed.',
      next: 'Nothing to do: the rest is sent on the next days. A higher tier in Seller Center raises the limit.',
    },
  ],
  [
    'one-listing',
    'one-listing',
    'One product of the feed is one listing of TikTok.',
    {
      cause: 'Several listings of the shop have its seller SKUs.',
      next: 'Pick one with `PUT Product/{partnerId}/TakeOver/{productId}`.',
    },
  ],
  [
    'confirmed',
    'difference-confirmed',
    'A listing that TikTok had before changes only once somebody has confirmed its difference.',
    {
      cause: 'The listing was made in Seller Center or by another app.',
      next: 'Look at `DryRun`, then confirm with `PUT Product/{partnerId}/TakeOver/{productId}`, or set `updateTakenOver`.',
    },
  ],
  [
    'images',
    'images-usable',
    'Its pictures can be fetched, and TikTok takes them.',
    {
      cause: 'An address answers no picture, or TikTok refuses it.',
      next: 'Put another picture there and send the feed again.',
    },
  ],
  [
    'frozen',
    'not-frozen',
    'Nothing changes a product that TikTok has frozen.',
    { cause: 'TikTok has found a violation.', next: 'Appeal in Seller Center.' },
  ],
  [
    'shown',
    'listing-shown',
    'What an edit must not lose is read before it.',
    { cause: 'TikTok has the product and does not show it.', next: 'Look at the product in Seller Center.' },
  ],
  [
    'deleted',
    'not-deleted',
    'A product that somebody has deleted in TikTok comes back on a word only.',
    {
      cause: 'It was deleted in TikTok.',
      next: 'Send it with the Action Recover, or under another Parent SKU.',
    },
  ],
  [
    'switched-off',
    'not-switched-off',
    'What a person has switched off no feed puts on sale again by itself.',
    { cause: 'It was deactivated, here or in Seller Center.', next: 'Send it with the Action Activate.' },
  ],
  [
    'review',
    'review-open',
    'A product in its first review is not changed.',
    {
      cause: 'TikTok has not decided about what was sent before.',
      next: 'Nothing to do: it is sent once TikTok has decided.',
    },
  ],
  [
    'variants',
    'variants-kept',
    'No SKU of a listing is lost that the feed has not removed by name.',
    {
      cause: 'The options or SKUs of the feed do not fit those of the listing.',
      next: 'Do as the reason says.',
    },
  ],
  [
    'shop',
    'shop-admitted',
    'TikTok takes products of shops in good standing only.',
    {
      cause: 'TikTok has refused for a reason that is about the whole shop.',
      next: 'Look at the shop in Seller Center; it is tried again every hour.',
    },
  ],
  [
    'tiktok',
    'tiktok-takes-it',
    'TikTok decides by rules of its own, which change.',
    {
      cause: 'TikTok has refused the product.',
      next: 'Mend what the finding names and send the product again.',
    },
  ],
  [
    'in-doubt',
    'outcome-known',
    'What was sent without an answer is read back before anything is sent again.',
    {
      cause: 'TikTok was asked several times and does not tell.',
      next: 'Look at the product in Seller Center, then decide in the portal.',
    },
  ],
  [
    'read-back',
    'made-as-wanted',
    'What an earlier call has made is compared with what is wanted by now.',
    { cause: 'The answer of the call was lost.', next: 'Nothing to do: it is looked at in a moment.' },
  ],
];

const decisions = decided.map(([gate, name, rule, help]): Gate<ListingFacts> => ({
  name,
  rule,
  decide({ push }) {
    if (push?.gate !== gate || push.state === 'done' || push.state === 'queued')
      return pass('It holds nothing back.');
    const reason = push.reason ?? help.cause;
    const next = push.next ?? help.next;
    return push.state === 'waiting' ? wait(reason, push.dueAt, next) : refuse(reason, next);
  },
}));

const reviewed: Gate<ListingFacts> = {
  name: 'product-reviewed',
  rule: 'Buyers see what TikTok has reviewed.',
  decide({ push }) {
    if (!push?.review) return pass('TikTok has nothing of it to review.');
    const { text, acts, next, isOpen, name } = listingStateOf(push.review);
    if (isOpen) return wait(text, null, next ?? 'Nothing to do: TikTok is asked again.');
    return acts === 'nobody' ? pass(text) : refuse(text, next ?? name);
  },
};

const gates: readonly Gate<ListingFacts>[] = [asked, compliant, shopReady, ...decisions, reviewed];

/** Every gate, in the order of the decision. */
export function explainListing(facts: ListingFacts): GateResult[] {
  return explainGates(gates, facts);
}

export const listingGateHelp: GateHelp = {
  question: 'Why a product is not on sale as it is wanted',
  gates,
  help: {
    'product-asked': {
      cause: 'Feeds are kept as drafts.',
      next: 'Send the feed: `PUT Product/{partnerId}/{feedId}`.',
    },
    'product-compliant': {
      cause: 'A check has found what TikTok would refuse, or TikTok has refused it.',
      next: 'Correct what the findings of the product name, and send the feed again.',
    },
    'shop-ready': {
      cause: 'A prerequisite of the whole shop is missing, so that no product of it is sent.',
      next: 'Do in TikTok Seller Center what the reason names; it is looked at again every hour.',
    },
    'product-reviewed': {
      cause: 'TikTok reviews the product, or has refused it. What was on sale before stays on sale.',
      next: 'Wait for TikTok, or mend what its reasons name and send the product again.',
    },
    ...Object.fromEntries(decided.map(([, name, , help]) => [name, help])),
  },
};
