import { piecesPerUnit, unitLineOf } from '../../domain/bundle.js';
import type { OrderLine, Recipient, ShopOrder } from '../../domain/order.js';
import { isZero, subtractDecimal, sumDecimals } from '../../kernel/money.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { shopifyAmounts, taxRate } from './shopify-amounts.js';
import type { ShopifyVariant } from './shopify-operations.js';

/** Names of attributes, so that what comes back from Shopify says which line it is. A leading underscore hides it from buyers. */
export const LINE_ATTRIBUTE = '_TikTokLineNumber';
const UNITS_ATTRIBUTE = '_TikTokOrderLineId';

/** Shopify refuses longer ones. */
const LONGEST_TAG = 40;
const LONGEST_NOTE = 5_000;

/** A line with the pieces that are still wanted. */
interface WantedLine {
  line: OrderLine;
  quantity: number;
  unitIds: string[];
}

/** Lines of an order that are still to be sent, with what is not cancelled of them. */
export function wantedLines({ lines, units }: Pick<OrderRecord, 'lines' | 'units'>): WantedLine[] {
  const open = units.filter(({ cancelled }) => !cancelled);
  return lines
    .map((line) => {
      const unitIds = open
        .filter(({ lineNumber }) => lineNumber === unitLineOf(line))
        .map(({ unitId }) => unitId);
      return { line, unitIds, quantity: unitIds.length * piecesPerUnit(line) };
    })
    .filter(({ quantity }) => quantity > 0);
}

/** The SKU by which a line is looked for in the store: what the matching file made of it. */
export function storeSkuOf(line: Pick<OrderLine, 'supplierSku' | 'lateSku'>): string {
  return line.lateSku ?? line.supplierSku;
}

/**
 * An order as Shopify's orderCreate takes it. No e-mail address and no customer: nothing is sent to the buyer.
 * @param variants by SKU; one for every line
 */
export function shopifyOrderOf(
  { order, lines, units }: Pick<OrderRecord, 'order' | 'lines' | 'units'>,
  variants: ReadonlyMap<string, Pick<ShopifyVariant, 'id'>>,
): { input: object; total: string } {
  const { currency } = order;
  const wanted = wantedLines({ lines, units });
  const amounts = shopifyAmounts(order.amounts, wanted, currency);
  const money = (amount: string) => ({ shopMoney: { amount, currencyCode: currency } });
  const taxed = subtractDecimal(amounts.total, amounts.tax);
  const rate = taxRate(amounts.tax, taxed);
  const input = {
    sourceIdentifier: order.tiktokOrderId,
    poNumber: order.tiktokOrderId,
    currency,
    processedAt: order.createdAt.toISOString(),
    tags: ['TikTok Shop', ...kindTags(order)].map((tag) => tag.slice(0, LONGEST_TAG)),
    note: order.buyerMessage?.slice(0, LONGEST_NOTE) ?? null,
    customAttributes: attributes([
      ['TikTokOrderId', order.tiktokOrderId],
      ['TikTokShipBy', order.shipBy?.toISOString()],
      ['TikTokDeliveryOption', order.deliveryOptionName],
      ['TikTokSellerDiscount', order.amounts.sellerDiscount],
      ['TikTokPlatformDiscount', order.amounts.platformDiscount],
      ['TikTokSellerNote', order.sellerNote],
    ]),
    lineItems: wanted.map(({ line, quantity, unitIds }) => ({
      variantId: variants.get(storeSkuOf(line))?.id,
      quantity,
      requiresShipping: true,
      priceSet: money(amounts.prices.get(line.lineNumber) ?? '0'),
      properties: [
        { name: LINE_ATTRIBUTE, value: line.lineNumber },
        { name: UNITS_ATTRIBUTE, value: unitIds.join(',') },
      ],
    })),
    shippingLines: amounts.shipping.map(({ title, amount }) => ({ title, priceSet: money(amount) })),
    ...(isZero(amounts.tax) ? {} : { taxLines: [{ title: 'Tax', rate, priceSet: money(amounts.tax) }] }),
    ...(isZero(amounts.discount)
      ? {}
      : {
          discountCode: {
            itemFixedDiscountCode: { code: 'TikTok Shop', amountSet: money(amounts.discount) },
          },
        }),
    ...payment(order, amounts.total, money),
    ...(order.recipient ? { shippingAddress: addressOf(order.recipient) } : {}),
  };
  return { input, total: amounts.total };
}

/** Who pays at the door has not paid. */
function payment(order: ShopOrder, total: string, money: (amount: string) => object): object {
  if (order.kind.isCod) return { financialStatus: 'PENDING' };
  if (isZero(total)) return { financialStatus: 'PAID' };
  return {
    transactions: [{ kind: 'SALE', status: 'SUCCESS', gateway: 'TikTok Shop', amountSet: money(total) }],
  };
}

function kindTags({ kind, isSample }: ShopOrder): string[] {
  return [
    isSample && 'TikTok sample',
    kind.isReplacement && 'TikTok replacement',
    kind.isExchange && 'TikTok exchange',
    kind.isCod && 'TikTok cash on delivery',
  ].filter((tag): tag is string => typeof tag === 'string');
}

function attributes(pairs: readonly (readonly [string, string | null | undefined])[]): object[] {
  return pairs.flatMap(([key, value]) => (value ? [{ key, value }] : []));
}

/** Shopify refuses telephone numbers that it cannot read: masked ones stay out. */
function addressOf(recipient: Recipient): object {
  const { phone, name, firstName, lastName, addressLines, addressDetail, fullAddress } = recipient;
  const [first, ...rest] = addressLines;
  const words = (name ?? '').trim().split(/\s+/);
  const hasParts = Boolean(firstName ?? lastName);
  return withoutNull({
    firstName: hasParts ? firstName : words.slice(0, -1).join(' ') || null,
    lastName: hasParts ? lastName : words.at(-1),
    address1: first ?? addressDetail ?? fullAddress,
    address2: rest.filter(Boolean).join(', ') || null,
    city: recipient.city ?? recipient.town ?? recipient.district,
    province: recipient.state,
    zip: recipient.postalCode,
    countryCode: recipient.regionCode,
    phone: phone === null || phone.includes('*') ? null : phone.replace(/^\((\+\d+)\)/, '$1 '),
  });
}

function withoutNull(values: Record<string, string | null | undefined>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
}

/** Whether two amounts are the same money. */
export function isSameAmount(a: string, b: string): boolean {
  return isZero(subtractDecimal(sumDecimals([a]), b));
}
