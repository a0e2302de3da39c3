import { Type } from 'typebox';
import { messageOf } from './envelopes.js';
import { dateTime, flag, listOf, named, ref, text } from './schema.js';

/** The list of reasons is our addition; it follows the contract's style. */

const CancellationReason = named(
  'CancellationReason',
  'A reason with which an order can be cancelled.',
  {},
  {
    TikTokReason: text("TikTok's key; good as ChangeReason as it is.", 'seller_cancel_reason_out_of_stock'),
    ChangeReasons: Type.Array(Type.String(), {
      description: 'Standard reasons of Logicbroker that stand for it.',
    }),
    Meaning: text(undefined, 'out-of-stock'),
    OrderIsPaid: flag('Whether it is for paid orders, or for those that are not.'),
    TikTokOrderStatuses: Type.Array(Type.String(), {
      description: 'Statuses of orders for which TikTok has listed it; left out where TikTok was not asked.',
    }),
  },
);

const OwnReason = named(
  'OwnCancellationReason',
  "A text that the company's own table CancelReasons gives a meaning.",
  {},
  {
    Id: Type.Integer({ description: "The row's id in the table." }),
    ChangeReason: text('What you may send as ChangeReason, in any case.', 'Sold out in the shop'),
    Means: text('What the row says that it means.', 'Out of stock'),
    TikTokReasons: Type.Array(Type.String(), {
      description: 'What TikTok is told. Empty: TikTok takes no such reason, correct the row.',
    }),
  },
);

const CancellationReasons = named(
  'CancellationReasons',
  'The reasons that TikTok takes for orders of a shop.',
  {},
  {
    Region: text("The shop's.", 'US'),
    Source: text(
      '`TikTok`: its own list. `documents`: what it documents for the region; it was not asked yet.',
      'TikTok',
    ),
    AsOf: dateTime('When the oldest part of the list was read.'),
    Reasons: listOf(CancellationReason),
    OwnReasons: listOf(OwnReason),
  },
);

export const CancellationReasonsMessage = messageOf('CancellationReasons', ref(CancellationReasons));

export const cancellationReasonSchemas = [
  CancellationReason,
  OwnReason,
  CancellationReasons,
  CancellationReasonsMessage,
];
