import { Type } from 'typebox';

import { NoBody } from '../gateway/parameters.js';
import { shopRoute } from '../gateway/route.js';
import {
  arbitrationStatuses,
  returnStatuses,
  returnTypes,
  type ReturnCase,
} from '../state/aftersales-model.js';
import { formatMinor } from '../state/money.js';
import type { Shop, World } from '../state/world.js';
import {
  oneOf,
  returnOfShop,
  scopes,
  searchCases,
  searchFilters,
  SearchQuery,
  versions,
} from './aftersales-call.js';
import { orderOfCase } from './cancel-machine.js';
import { refundOf, renderRefund } from './refund.js';
import { awaitedAction } from './return-rules.js';
import { renderPiece } from './search-cancellations.js';

type Wire = Record<string, unknown>;

const SMALLEST_PAGE = 10;

/** TikTok: Search Returns 202309. */
export const searchReturnsRoute = shopRoute({
  method: 'POST',
  path: '/return_refund/{version}/returns/search',
  versions,
  scopes,
  query: SearchQuery,
  body: Type.Object({
    return_ids: Type.Optional(Type.Array(Type.String())),
    return_types: Type.Optional(Type.Array(Type.Enum([...returnTypes, 'EXCHANGE', 'ABNORMAL_RETURN']))),
    return_status: Type.Optional(Type.Array(Type.Enum([...returnStatuses]))),
    seller_proposed_return_type: Type.Optional(Type.Array(Type.Enum(['PARTIAL_REFUND']))),
    arbitration_status: Type.Optional(Type.Array(Type.Enum([...arbitrationStatuses]))),
    ...searchFilters,
  }),
  handle: ({ world, shop, query, body, twists }) => {
    const page = searchCases({
      world,
      shop,
      twists,
      query,
      body,
      book: shop.returns,
      name: 'returns',
      smallestPage: SMALLEST_PAGE,
      tests: [
        oneOf(body.return_ids, (item: ReturnCase) => item.id),
        oneOf(body.return_types, (item: ReturnCase) => returnTypeText(world, item)),
        oneOf(body.return_status, (item: ReturnCase) => item.status),
        oneOf(body.arbitration_status, (item: ReturnCase) => item.arbitration ?? ''),
        oneOf(body.seller_proposed_return_type, (item: ReturnCase) =>
          item.partialRefundMinor === undefined ? '' : 'PARTIAL_REFUND',
        ),
      ].flat(),
    });
    return {
      return_orders: page.rows.map((item) => renderReturn(world, shop, item)),
      total_count: page.total,
      next_page_token: page.nextToken,
    };
  },
});

/** TikTok: Get Return Records 202309. Oldest first. */
export const returnRecordsRoute = shopRoute({
  method: 'GET',
  path: '/return_refund/{version}/returns/{return_id}/records',
  versions,
  scopes,
  query: Type.Object({ locale: Type.Optional(Type.String()) }),
  body: NoBody,
  handle: ({ world, shop, params }) => ({
    records: returnOfShop(world, shop, params['return_id'] ?? '').events.map((event) => ({
      event: 'ORDER_RETURN',
      role: world.behaviour.recordRoles === 'enum' ? event.role : capitalised(event.role),
      description: event.description,
      reason_text: event.reasonText,
      note: event.note,
      images: [],
      videos: [],
      create_time: event.atSec,
    })),
  }),
});

function capitalised(word: string): string {
  return word.slice(0, 1) + word.slice(1).toLowerCase();
}

/** UNCONFIRMED, behind `guesses`: the words for what the documents tell of without naming a type. */
function returnTypeText({ behaviour }: World, { type, kind }: ReturnCase): string {
  return behaviour.guesses === 'shown' ? (kind ?? type) : type;
}

export function renderReturn(world: World, shop: Shop, item: ReturnCase): Wire {
  const { currency } = shop.region;
  const wire: Wire = {
    return_id: item.id,
    order_id: item.orderId,
    return_type: returnTypeText(world, item),
    return_status: item.status,
    role: item.role,
    return_reason: item.reason.key,
    return_reason_text: item.reason.text,
    create_time: item.createdSec,
    update_time: item.updatedSec,
    can_buyer_keep_item: item.buyerKeepsItem,
    is_combined_return: world.behaviour.combinedReturn === 'text' ? 'false ' : false,
    refund_amount: renderRefund(refundOf(item.lines), currency),
    return_line_items: item.lines.map((line) => ({
      return_line_item_id: line.id,
      ...renderPiece(world, item, line, currency),
    })),
    discount_amount: [renderDiscounts(world, shop, item)],
  };
  const action = awaitedAction(world, item);
  if (action !== undefined && item.dueSec !== undefined)
    wire['seller_next_action_response'] = [{ action, deadline: item.dueSec }];
  if (item.arbitration !== undefined) wire['arbitration_status'] = item.arbitration;
  if (item.previousId !== undefined) wire['pre_return_id'] = item.previousId;
  if (item.nextId !== undefined) wire['next_return_id'] = item.nextId;
  addOffer(wire, item, currency);
  if (item.type !== 'REFUND') addShipping(wire, shop, item);
  return wire;
}

function renderDiscounts(world: World, shop: Shop, item: ReturnCase): Wire {
  const order = orderOfCase(world, item);
  const prices = order.units
    .filter(({ id }) => item.lines.some(({ unitId }) => unitId === id))
    .map(({ price }) => price);
  const { currency } = shop.region;
  const text = (minor: number): string => formatMinor(minor, currency);
  return {
    currency,
    product_seller_discount: text(prices.reduce((sum, price) => sum + price.sellerDiscountMinor, 0)),
    product_platform_discount: text(prices.reduce((sum, price) => sum + price.platformDiscountMinor, 0)),
    shipping_fee_seller_discount: text(0),
    shipping_fee_platform_discount: text(0),
  };
}

function addOffer(wire: Wire, item: ReturnCase, currency: string): void {
  if (item.partialRefundMinor === undefined) return;
  wire['seller_proposed_return_type'] = 'PARTIAL_REFUND';
  wire['partial_refund'] = { currency, amount: formatMinor(item.partialRefundMinor, currency) };
  wire['buyer_rejected_partial_refund'] = item.offerRejected;
}

function addShipping(wire: Wire, shop: Shop, item: ReturnCase): void {
  const { currency, places, country } = shop.region;
  const byPlatform = item.shipmentType === 'PLATFORM';
  const [place] = places;
  Object.assign(wire, {
    shipment_type: item.shipmentType,
    handover_method: item.handoverMethod,
    return_method: byPlatform ? 'PLATFORM_SHIPPED' : 'BUYER_SHIPPED',
    return_warehouse_address: {
      full_address: [place.line1, ...place.districts.toReversed(), country].join(', '),
    },
    shipping_fee_amount: [
      {
        currency,
        seller_paid_return_shipping_fee: formatMinor(0, currency),
        platform_paid_return_shipping_fee: formatMinor(0, currency),
        buyer_paid_return_shipping_fee: formatMinor(0, currency),
      },
    ],
  });
  if (byPlatform) wire['return_shipping_document_type'] = 'SHIPPING_LABEL';
  if (item.parcel === undefined) return;
  wire['return_tracking_number'] = item.parcel.trackingNumber;
  wire['return_provider_name'] = item.parcel.providerName;
  wire['return_provider_id'] = item.parcel.providerId;
}
