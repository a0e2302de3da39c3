import { Type, type Static } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, int32, listOf, named, ref, text, type Named } from './schema.js';

/** Shopify stores that orders go to: an addition of ours. */

const BEHAVIOURS = ['DECREMENT_IGNORING_POLICY', 'DECREMENT_OBEYING_POLICY', 'BYPASS'];

export const ShopifyStoreChange = named(
  'ShopifyStoreChange',
  'The Shopify store that the orders of a shop go to.',
  { Domain: text('The permanent one, which ends in `.myshopify.com`.', 'example.myshopify.com') },
  {
    AccessToken: text('Of the custom app. Left out, the one that is kept stays. Never answered.'),
    ClientSecret: text(
      'Of the same app: Shopify signs webhooks with it. Left out, the one that is kept stays.',
    ),
    Enabled: flag('Switched off, nothing goes there, and it goes on where it stopped.'),
    InventoryBehaviour: Type.Unsafe<string>({
      type: 'string',
      enum: BEHAVIOURS,
      description: 'What an order does to the stock of the store. BYPASS only where IsStockSource is false.',
    }),
    IsStockSource: flag('The stock that TikTok sells is that of this store; true when left out.'),
  },
);
export type ShopifyStoreBody = Static<typeof ShopifyStoreChange>;

const ShopifyWaitingOrder = named(
  'ShopifyWaitingOrder',
  'An order that cannot go to the store yet.',
  {},
  {
    LogicbrokerKey: text(undefined, '1001'),
    PartnerPO: text("TikTok's order id.", '576461413038785752'),
    Reason: text(undefined, 'No variant has the SKU TEE-RED-L.'),
    NextAttemptAt: dateTime(),
  },
);

const ShopifyStoreView = named(
  'ShopifyStore',
  'A Shopify store that the orders of a shop go to.',
  {},
  {
    PartnerId: int32('Company number of the TikTok shop.'),
    Domain: text(undefined, 'example.myshopify.com'),
    Name: text(undefined, 'Example'),
    Currency: text(undefined, 'USD'),
    State: text('on, off, or refused: Shopify does not take the token.', 'on'),
    StateReason: text(),
    ApiVersion: text(undefined, '2026-10'),
    Scopes: Type.Array(Type.String(), { description: 'What Shopify lets the token do.' }),
    TakesWebhooks: flag('A client secret is kept.'),
    InventoryBehaviour: text(undefined, 'DECREMENT_IGNORING_POLICY'),
    IsStockSource: flag(),
    CheckedAt: dateTime('When Shopify was asked for scopes and version.'),
    Waiting: listOf(ShopifyWaitingOrder, 'At most 100, the oldest first.'),
  },
);

export const ShopifyStoreMessage = messageOf('ShopifyStore', ref(ShopifyStoreView));

export const shopifySchemas: Named[] = [
  ShopifyStoreChange,
  ShopifyWaitingOrder,
  ShopifyStoreView,
  ShopifyStoreMessage,
];
