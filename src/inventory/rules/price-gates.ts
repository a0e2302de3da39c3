import { pass, refuse, wait, type Gate } from '../../kernel/gate.js';
import type { PushFacts } from './push-facts.js';
import { isPriceToSend, priceOf } from './push-decisions.js';

export const priceWanted: Gate<PushFacts> = {
  name: 'price-wanted',
  rule: 'The column Cost is sent as the price unless the setting pushPrice is off.',
  decide: ({ shop }) =>
    shop.settings.pushPrice
      ? pass('The setting pushPrice is on.')
      : refuse('The setting pushPrice is off.', 'Switch it on for prices to be sent.'),
};

export const priceValid: Gate<PushFacts> = {
  name: 'price-valid',
  rule: "The price has the decimals of its currency and lies within TikTok's limits for the region.",
  decide(facts) {
    const price = priceOf(facts);
    if (!price) return pass('There is no SKU yet.');
    return price.ok ? pass(`${price.amount} ${price.currency}.`) : refuse(price.reason, price.next);
  },
};

export const productsRead: Gate<PushFacts> = {
  name: 'products-read',
  rule: 'A price that a feed has just named counts as there only when the products of the shop have been read just before.',
  decide: (facts) =>
    facts.item.costN > facts.item.lookedN && !facts.shop.productsRead && !isPriceToSend(facts)
      ? wait(
          'The products of the shop cannot be read just now.',
          null,
          'Nothing to do: the service tries again.',
        )
      : pass('No price waits for products.'),
};

export const priceChanged: Gate<PushFacts> = {
  name: 'price-changed',
  rule: 'A price is sent only if TikTok shows another one.',
  decide: (facts) =>
    isPriceToSend(facts)
      ? pass('The price is not in TikTok yet.')
      : wait('TikTok shows this price.', null, 'Nothing to do.'),
};
