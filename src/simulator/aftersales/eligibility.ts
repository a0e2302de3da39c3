import { Type } from 'typebox';

import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import { openRequestOf } from '../state/cases.js';
import type { Order, Unit } from '../state/model.js';
import type { Shop, World } from '../state/world.js';
import { orderForSeller, scopes } from './aftersales-call.js';
import { messageOf, type AftersalesCode } from './aftersales-error.js';
import { sellerCancelReasons } from './cancel-reasons.js';
import { buyerMayCancel, sellerCannotCancel } from './cancel-rules.js';
import { cannotReturn } from './return-rules.js';

const requestTypes = ['CANCEL', 'RETURN', 'RETURN_AND_REFUND'] as const;
type RequestType = (typeof requestTypes)[number];

interface Asking {
  world: World;
  shop: Shop;
  order: Order;
  user: 'BUYER' | 'SELLER';
  nowSec: number;
}

/** The version that names the reasons, and that may be asked for some kinds of requests only. */
const WITH_REASONS = '202602';

/**
 * TikTok: Get Aftersale Eligibility 202309, for sellers unless the call says otherwise (UNCONFIRMED default). UNCONFIRMED:
 * `RETURN` stands for money without goods.
 */
export const eligibilityRoute = shopRoute({
  method: 'GET',
  path: '/return_refund/{version}/orders/{order_id}/aftersale_eligibility',
  // UNCONFIRMED: that 202512 answers like 202309.
  versions: ['202309', '202512', WITH_REASONS],
  scopes,
  query: Type.Object({
    initiate_aftersale_user: Type.Optional(Type.Enum(['BUYER', 'SELLER'])),
    request_types: Type.Optional(Type.String()),
  }),
  body: NoBody,
  handle: ({ world, shop, params, query, nowSec }) => {
    const order = orderForSeller(world, shop, params['order_id'] ?? '');
    const asking = { world, shop, order, user: query.initiate_aftersale_user ?? 'SELLER', nowSec };
    const bySku = grouped(order.units, (unit) => unit.sku.id);
    return {
      sku_eligibility: [...bySku].map(([skuId, units]) => ({
        sku_id: skuId,
        line_item_eligibility: typesAsked(query.request_types).flatMap((type) =>
          answersFor(asking, type, units).map((answer) =>
            params['version'] === WITH_REASONS ? withReasons(asking, type, answer) : answer,
          ),
        ),
      })),
    };
  },
});

function typesAsked(given: string | undefined): readonly RequestType[] {
  const asked = given?.split(',');
  return asked ? requestTypes.filter((type) => asked.includes(type)) : requestTypes;
}

/**
 * Cancel Order takes exactly the names that stand here. UNCONFIRMED: the form; the reference has a list, its sample one text. What
 * returns take is left out.
 */
function withReasons(
  { shop, order, user }: Asking,
  type: RequestType,
  answer: { eligible: boolean },
): object {
  const names =
    type === 'CANCEL' && user === 'SELLER' && answer.eligible
      ? sellerCancelReasons(shop.region.code, order.status).map(({ key }) => key)
      : [];
  return { ...answer, available_reason_names: names };
}

/** One row for the pieces that are eligible, and one for each reason why others are not. */
function answersFor(asking: Asking, type: RequestType, units: readonly Unit[]): { eligible: boolean }[] {
  const byRefusal = grouped<AftersalesCode | 0>(units, (unit) => refusalOf(asking, type, unit) ?? 0);
  return [...byRefusal].map(([code, pieces]) => ({
    request_type: type,
    order_line_items_ids: pieces.map(({ id }) => id),
    eligible: code === 0,
    ineligible_code: code,
    ineligible_reason: code === 0 ? '' : messageOf(code),
  }));
}

function refusalOf(asking: Asking, type: RequestType, unit: Unit): AftersalesCode | undefined {
  const { world, shop, order } = asking;
  if (type !== 'CANCEL') {
    return cannotReturn(world, shop, order, unit, type === 'RETURN' ? 'REFUND' : 'RETURN_AND_REFUND');
  }
  if (unit.cancelled !== undefined) return 25001051;
  return asking.user === 'SELLER' ? sellerCannotCancel(world, shop, order) : buyerCannotCancel(asking);
}

function buyerCannotCancel({ world, order, nowSec }: Asking): AftersalesCode | undefined {
  if (buyerMayCancel(order, nowSec) === 'no') return 25001003;
  return openRequestOf(world, order) === undefined ? undefined : 25001011;
}

function grouped<K>(units: readonly Unit[], keyOf: (unit: Unit) => K): Map<K, Unit[]> {
  const groups = new Map<K, Unit[]>();
  for (const unit of units) groups.set(keyOf(unit), [...(groups.get(keyOf(unit)) ?? []), unit]);
  return groups;
}
