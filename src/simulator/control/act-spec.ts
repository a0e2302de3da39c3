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

/** Acts go by both forms of their verb: some were named in one way, some in the other. */
const actAliases: Readonly<Record<string, ActSpec['type']>> = {
  buyer_pays: 'pay',
  seller_ships: 'seller_ship',
  seller_combines: 'seller_combine',
  seller_uncombines: 'seller_uncombine',
  seller_splits: 'seller_split',
  seller_upload_invoice: 'seller_uploads_invoice',
  carrier_collects: 'carrier_collect',
  carrier_delivers: 'carrier_deliver',
  carrier_deliver_return: 'carrier_delivers_return',
  order_completes: 'complete',
  buyer_cancels: 'buyer_cancel',
  buyer_open_return: 'buyer_opens_return',
  buyer_ship_return: 'buyer_ships_return',
  seller_cancels: 'seller_cancel',
  system_cancels: 'system_cancel',
  operator_cancels: 'operator_cancel',
};

/** Puts the name that the schemas know in place of another form of it, wherever an act stands in a body. */
export function withKnownActs(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withKnownActs);
  if (typeof body !== 'object' || body === null) return body;
  const entries = Object.entries(body).map(([name, value]: [string, unknown]) => {
    const alias = name === 'type' && typeof value === 'string' ? actAliases[value] : undefined;
    return [name, alias ?? withKnownActs(value)];
  });
  return Object.fromEntries(entries) as unknown;
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
  Type.Object(
    {
      type: Type.Literal('seller_combine'),
      orderIds: Type.Array(Type.String(), { minItems: 1, maxItems: 19 }),
    },
    {
      title: 'seller_combine',
      description:
        'The seller, or TikTok for him, puts these orders of the same buyer into one package with this order',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('seller_uncombine'),
      orderIds: Type.Optional(
        Type.Array(Type.String(), { maxItems: 20, description: 'All of the package when left out' }),
      ),
    },
    {
      title: 'seller_uncombine',
      description: 'The orders get packages of their own again',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('seller_split'),
      groups: Type.Array(Type.Array(Type.String(), { minItems: 1 }), {
        minItems: 1,
        maxItems: 100,
        description: 'Unit ids, a package for each group; what is in none stays together',
      }),
    },
    {
      title: 'seller_split',
      description: 'The seller splits the order in Seller Center',
      additionalProperties: false,
    },
  ),
  Type.Object(
    {
      type: Type.Literal('seller_corrects_tracking'),
      trackingNumber: Type.String({ minLength: 1 }),
      providerId: Type.Optional(Type.String()),
      packageId,
    },
    {
      title: 'seller_corrects_tracking',
      description: 'The seller gives a shipped package another number: once, within 72 hours, as the API may',
      additionalProperties: false,
    },
  ),
  act('seller_uploads_invoice', 'Brazil: the invoice is there and checked'),
  Type.Object(
    { type: Type.Literal('package_leaves_from'), packageId, warehouseId: Type.String() },
    {
      title: 'package_leaves_from',
      description: 'US: the packages leave from another warehouse of the shop than the order says',
      additionalProperties: false,
    },
  ),
]);
export type ActSpec = Static<typeof ActSpec>;
export type AftersalesAct = Static<(typeof aftersalesActs)[number]>;
