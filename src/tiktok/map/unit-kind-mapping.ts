import type { BundlePart, UnitKind } from '../../domain/order-peculiarities.js';
import { isZero, type DecimalString } from '../../kernel/money.js';
import { asRecord, isTrue, listOf, readableAmountOrNull, textOf, textOrNull } from '../wire/read.js';
import type { WireBundlePart, WireLineItem } from '../wire/order-wire.js';
import { otherFlags, present } from './order-kind-mapping.js';

const KNOWN_FLAGS = ['is_gift', 'is_dangerous_good'];
/** A bundle of more kinds of goods, or of more of one kind, is a mistake of somebody's. */
const MOST_PARTS = 100;

/** What sets a piece apart. Nothing here is a reason to refuse an order: what cannot be read is left out. */
export function mapUnitKind(item: WireLineItem): UnitKind {
  const amount = (name: keyof WireLineItem): DecimalString | null => {
    const value = readableAmountOrNull(item[name]);
    return value === null || isZero(value) ? null : value;
  };
  return present({
    giftRetailPrice: isTrue(item.is_gift) && amount('gift_retail_price'),
    deposit: amount('pfand_fee'),
    retailDeliveryFee: amount('retail_delivery_fee'),
    buyerServiceFee: amount('buyer_service_fee'),
    smallOrderFee: amount('small_order_fee'),
    handlingDays: textOrNull(item.handling_duration_days),
    parts: listOf(item.combined_listing_skus).slice(0, MOST_PARTS).flatMap(mapPart),
    listingType: listingTypeOf(item),
    liveRoomId: textOrNull(item.room_id),
    isDangerousGood: isTrue(item.is_dangerous_good),
    needsPrescription: isTrue(item.needs_prescription),
    otherFlags: otherFlags(item, KNOWN_FLAGS),
  });
}

function mapPart(listed: unknown): BundlePart[] {
  const part: WireBundlePart = asRecord(listed) ?? {};
  const [skuId, count] = [textOf(part.sku_id), Number(textOrNull(part.sku_count) ?? 1)];
  if (skuId === '') return [];
  return [
    {
      productId: textOf(part.product_id),
      skuId,
      merchantSku: textOf(part.seller_sku),
      count: Number.isInteger(count) && count > 0 && count <= 10_000 ? count : 1,
    },
  ];
}

/** UNCONFIRMED: TikTok announces a mark of listings that are made for a live session without naming its field. */
function listingTypeOf(item: WireLineItem): string | null {
  const type = textOrNull(item.product_listing_type);
  return type === 'NORMAL' || type === 'REGULAR' ? null : type;
}
