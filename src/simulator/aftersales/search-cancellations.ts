import { Type } from 'typebox';

import { shopRoute } from '../gateway/route.js';
import { cancelStatuses, type CancelCase, type CaseLine } from '../state/aftersales-model.js';
import type { Shop, World } from '../state/world.js';
import { imageUrlOf } from '../state/product.js';
import { oneOf, scopes, searchCases, searchFilters, SearchQuery, versions } from './aftersales-call.js';
import { orderOfCase } from './cancel-machine.js';
import { refundOf, renderRefund } from './refund.js';

type Wire = Record<string, unknown>;

const IMAGE_PIXELS = 200;

/** TikTok: Search Cancellations 202309. */
export const searchCancellationsRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/cancellations/search',
  versions,
  scopes,
  query: SearchQuery,
  body: Type.Object({
    cancel_ids: Type.Optional(Type.Array(Type.String())),
    cancel_types: Type.Optional(Type.Array(Type.Enum(['CANCEL', 'BUYER_CANCEL']))),
    cancel_status: Type.Optional(Type.Array(Type.Enum([...cancelStatuses]))),
    ...searchFilters,
  }),
  handle: ({ world, shop, query, body, twists }) => {
    const page = searchCases({
      world,
      shop,
      twists,
      query,
      body,
      book: shop.cancels,
      name: 'cancellations',
      smallestPage: 1,
      tests: [
        oneOf(body.cancel_ids, (item: CancelCase) => item.id),
        oneOf(body.cancel_types, (item: CancelCase) => item.type),
        oneOf(body.cancel_status, (item: CancelCase) => item.status),
      ].flat(),
    });
    return {
      cancellations: page.rows.map((item) => renderCancel(world, shop, item)),
      total_count: page.total,
      next_page_token: page.nextToken,
    };
  },
});

/** The documents spell one status in two ways. */
export function cancelStatusText(world: World, { status }: CancelCase): string {
  return status === 'CANCELLATION_REQUEST_CANCEL' ? world.behaviour.cancelledSpelling : status;
}

export function renderCancel(world: World, shop: Shop, item: CancelCase): Wire {
  const { currency } = shop.region;
  const wire: Wire = {
    cancel_id: item.id,
    order_id: item.orderId,
    cancel_type: item.type,
    cancel_status: cancelStatusText(world, item),
    role: item.role,
    cancel_reason: item.reason.key,
    cancel_reason_text: item.reason.text,
    create_time: item.createdSec,
    update_time: item.updatedSec,
    refund_amount: renderRefund(refundOf(item.lines), currency),
    cancel_line_items: item.lines.map((line) => ({
      cancel_line_item_id: line.id,
      ...renderPiece(world, item, line, currency),
    })),
  };
  if (item.status === 'CANCELLATION_REQUEST_PENDING' && item.dueSec !== undefined) {
    wire['seller_next_action_response'] = [{ action: 'SELLER_RESPOND_CANCEL', deadline: item.dueSec }];
  }
  return wire;
}

/** What a line of a cancellation or return says about its piece. */
export function renderPiece(world: World, item: { orderId: string }, line: CaseLine, currency: string): Wire {
  const unit = orderOfCase(world, item).units.find(({ id }) => id === line.unitId);
  return {
    order_line_item_id: line.unitId,
    sku_id: unit?.sku.id ?? '',
    sku_name: unit?.sku.name ?? '',
    product_name: unit?.sku.productName ?? '',
    seller_sku: unit?.sku.sellerSku ?? '',
    product_image: { url: unit ? imageUrlOf(unit.sku.id) : '', width: IMAGE_PIXELS, height: IMAGE_PIXELS },
    refund_amount: renderRefund(line.refund, currency),
  };
}
