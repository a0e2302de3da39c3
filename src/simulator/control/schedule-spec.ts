import { Type, type Static } from 'typebox';

import { ActSpec } from './act-spec.js';
import { CallMatch } from './call-match.js';
import { ClockChange } from './control-schema.js';
import { ListingPatch, RuleChangeSpec } from './listing-schema.js';
import { NewOrder, OrderPatch } from './order-schema.js';
import { NewAuditPlan, ProductAct } from './product-act-spec.js';
import { CarrierChange, ProductPatch, SkuPatch, WarehousePatch } from './product-schema.js';

const strict = { additionalProperties: false };

/** Something that somebody else than the caller does: Seller Center, another app, a buyer, a carrier, TikTok. */
export const Deed = Type.Union([
  Type.Object(
    { kind: Type.Literal('act'), orderId: Type.String(), act: ActSpec },
    { title: 'act', description: 'An act on an order, its parcels, cancellations or returns', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('new_order'), shopId: Type.String(), order: NewOrder },
    { title: 'new_order', description: 'A buyer places an order', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('patch_order'), orderId: Type.String(), patch: OrderPatch },
    { title: 'patch_order', description: 'New address, note, invoice, place in the list', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('sku'), skuId: Type.String(), patch: SkuPatch },
    { title: 'sku', description: 'Stock, price, promotion or lock of a SKU', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('product'), productId: Type.String(), patch: ProductPatch },
    { title: 'product', description: 'Status, audit or title of a product', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('product_act'), productId: Type.String(), act: ProductAct },
    { title: 'product_act', description: 'Audit, Seller Center or another app at a product', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('audit_plan'), shopId: Type.String(), plan: NewAuditPlan },
    { title: 'audit_plan', description: 'How audits end that are still to come', ...strict },
  ),
  Type.Object(
    {
      kind: Type.Literal('warehouse'),
      shopId: Type.String(),
      warehouseId: Type.String(),
      patch: WarehousePatch,
    },
    { title: 'warehouse', description: 'A warehouse is disabled, enabled, renamed', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('carriers'), shopId: Type.String(), change: CarrierChange },
    { title: 'carriers', description: 'TikTok changes which carriers the shop may name', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('rules'), change: RuleChangeSpec },
    { title: 'rules', description: 'TikTok changes the rules of categories', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('listing'), shopId: Type.String(), patch: ListingPatch },
    { title: 'listing', description: 'What the shop may list changes', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('clock'), change: ClockChange },
    { title: 'clock', description: 'Time passes, and what is due happens', ...strict },
  ),
  Type.Object(
    { kind: Type.Literal('deauthorize'), openId: Type.String(), appKey: Type.Optional(Type.String()) },
    { title: 'deauthorize', description: 'The seller removes the app', ...strict },
  ),
]);
export type Deed = Static<typeof Deed>;

export const ScheduleSpec = Type.Object(
  {
    call: CallMatch,
    nth: Type.Optional(
      Type.Integer({ minimum: 1, description: 'Of the matching calls from now on, default 1' }),
    ),
    times: Type.Optional(
      Type.Integer({ minimum: 1, description: 'At how many matching calls in a row, default 1' }),
    ),
    when: Type.Enum(['before', 'after'], {
      description:
        'Before the call is carried out, or after it, with the answer as it was before. Both also for calls that are refused or lost',
    }),
    deeds: Type.Array(Deed, { minItems: 1, maxItems: 20 }),
  },
  { ...strict, description: 'What others do between two calls of a client' },
);
export type ScheduleSpec = Static<typeof ScheduleSpec>;

export const Scheduled = Type.Object({
  id: Type.Integer(),
  spec: Type.Object({ call: CallMatch }, { additionalProperties: true }),
  seen: Type.Integer({ description: 'Matching calls so far' }),
  isOver: Type.Boolean(),
  done: Type.Array(
    Type.Object({
      requestId: Type.String({ description: 'Of the call at which it happened' }),
      deed: Type.Integer({ description: 'Which of the deeds, from 0' }),
      error: Type.Optional(Type.String({ description: 'Why it was not possible any more' })),
    }),
  ),
});
