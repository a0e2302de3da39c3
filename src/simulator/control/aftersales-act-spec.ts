import { Type } from 'typebox';

import { approvals, rejections, returnTypes } from '../state/aftersales-model.js';

const reason = Type.Optional(
  Type.String({ description: "TikTok's key or words; what it does not know stands for itself" }),
);
const unitIds = Type.Optional(
  Type.Array(Type.String(), { maxItems: 1000, description: 'All units when left out' }),
);
const returnId = Type.Optional(
  Type.String({ description: "The order's newest one that runs when left out" }),
);
const strict = { additionalProperties: false };

/** What buyer, seller, carrier and platform do about cancellations and returns outside the API. */
export const aftersalesActs = [
  Type.Object(
    {
      type: Type.Literal('buyer_cancel'),
      reason,
      unitIds,
      atOnce: Type.Optional(
        Type.Boolean({
          description:
            'Left out: at once while unpaid, on hold or in the first hour after payment, afterwards a request',
        }),
      ),
    },
    { title: 'buyer_cancel', description: 'The buyer cancels, or asks for it', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('buyer_withdraws_cancel') },
    {
      title: 'buyer_withdraws_cancel',
      description: 'The buyer takes the request to cancel back',
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('seller_approves_cancel') },
    {
      title: 'seller_approves_cancel',
      description: 'The seller grants the request in Seller Center',
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('seller_rejects_cancel') },
    {
      title: 'seller_rejects_cancel',
      description: 'The seller rejects the request in Seller Center',
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('seller_cancel'), reason, unitIds },
    { title: 'seller_cancel', description: 'The seller cancels by hand in Seller Center', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('system_cancel'), reason, unitIds },
    { title: 'system_cancel', description: 'The platform cancels', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('operator_cancel'), reason, unitIds },
    { title: 'operator_cancel', description: "The platform's staff cancel", ...strict },
  ),
  Type.Object(
    {
      type: Type.Literal('buyer_opens_return'),
      returnType: Type.Optional(
        Type.Enum([...returnTypes, 'EXCHANGE', 'ABNORMAL_RETURN'], {
          description:
            'Default RETURN_AND_REFUND. The last two are guesses: no document has a name for them. EXCHANGE: other goods come in an exchange order. ABNORMAL_RETURN: the parcel comes back because it could not be delivered',
        }),
      ),
      reason,
      note: Type.Optional(Type.String({ description: "The buyer's own words" })),
      unitIds,
      shipmentType: Type.Optional(Type.Enum(['PLATFORM', 'BUYER_ARRANGE'])),
      handoverMethod: Type.Optional(Type.Enum(['DROP_OFF', 'PICKUP'])),
    },
    {
      title: 'buyer_opens_return',
      description: 'Goods once they are delivered, money once they are shipped',
      ...strict,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('buyer_ships_return'),
      returnId,
      trackingNumber: Type.Optional(Type.String()),
      providerName: Type.Optional(Type.String()),
    },
    { title: 'buyer_ships_return', description: 'The buyer sends the goods back', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('carrier_delivers_return'), returnId },
    { title: 'carrier_delivers_return', description: 'The goods are back at the seller', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('buyer_withdraws_return'), returnId },
    { title: 'buyer_withdraws_return', description: 'The buyer takes the request back', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('buyer_answers_offer'), returnId, accept: Type.Boolean() },
    {
      title: 'buyer_answers_offer',
      description: 'The buyer takes or declines a partial refund',
      ...strict,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('seller_answers_return'),
      returnId,
      decision: Type.Enum([...approvals, ...rejections]),
      reason,
      buyerKeepsItem: Type.Optional(Type.Boolean()),
      partialRefund: Type.Optional(
        Type.String({ description: "Of OFFER_PARTIAL_REFUND: decimal, in the shop's currency" }),
      ),
    },
    {
      title: 'seller_answers_return',
      description: 'The seller decides in Seller Center',
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('buyer_opens_arbitration'), returnId },
    {
      title: 'buyer_opens_arbitration',
      description: 'After a refusal the buyer asks TikTok to decide',
      ...strict,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('platform_decides'),
      returnId,
      result: Type.Enum(['SUPPORT_BUYER', 'SUPPORT_SELLER', 'CLOSED']),
    },
    { title: 'platform_decides', description: 'TikTok ends the arbitration or what it took over', ...strict },
  ),
  Type.Object(
    { type: Type.Literal('platform_takes_over'), returnId },
    {
      title: 'platform_takes_over',
      description: "The request is moved to TikTok's customer service",
      ...strict,
    },
  ),
  Type.Object(
    { type: Type.Literal('refund_completes') },
    {
      title: 'refund_completes',
      description: 'The money of granted cancellations and returns is back now, before its time',
      ...strict,
    },
  ),
] as const;
