import { Type, type Static } from 'typebox';

import { aftersalesActs } from './aftersales-act-spec.js';

const unitIds = Type.Optional(
  Type.Array(Type.String(), { maxItems: 1000, description: 'All units when left out' }),
);
const packageId = Type.Optional(Type.String({ description: 'All shipped packages when left out' }));

function act<K extends string>(
  name: K,
  description: string,
): ReturnType<typeof Type.Object<{ type: ReturnType<typeof Type.Literal<K>> }>> {
  return Type.Object({ type: Type.Literal(name) }, { title: name, description, additionalProperties: false });
}

/** What people and carriers do to an order outside the API. */
export const ActSpec = Type.Union([
  act('pay', 'The buyer pays an unpaid order'),
  ...aftersalesActs,
  Type.Object(
    { type: Type.Literal('seller_ship'), trackingNumber: Type.Optional(Type.String()), unitIds },
    {
      title: 'seller_ship',
      description: 'The seller ships by hand in Seller Center',
      additionalProperties: false,
    },
  ),
  Type.Object(
    { type: Type.Literal('other_warehouse'), warehouseId: Type.String() },
    {
      title: 'other_warehouse',
      description: 'The pieces that are not shipped yet are to leave from another warehouse of the shop',
      additionalProperties: false,
    },
  ),
  Type.Object(
    { type: Type.Literal('carrier_collect'), packageId },
    { title: 'carrier_collect', description: 'First scan of the carrier', additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('carrier_deliver'), packageId },
    { title: 'carrier_deliver', description: 'The carrier delivers', additionalProperties: false },
  ),
  act('complete', 'The after-sales period ends'),
]);
export type ActSpec = Static<typeof ActSpec>;
export type AftersalesAct = Static<(typeof aftersalesActs)[number]>;
