import type { OrderLine, OrderUnit, ShopOrder } from '../domain/order.js';
import { renderAmount, type DecimalString } from '../kernel/money.js';
import { toIsoSeconds } from '../kernel/time.js';
import type { Attribute } from './json-members.js';

/** What an order is besides an ordinary sale. Nothing of it stands on an ordinary order. */
export function kindAttributes({ kind, taxpayer, recipient, isSample, units }: ShopOrder): Attribute[] {
  const hasBundles = units.some((unit) => unit.kind.parts !== undefined);
  const isTemporary = units.some((unit) => isTemporaryListing(unit));
  return [
    ['TikTokSampleOrder', flag(isSample)],
    ['TikTokReplacementOrder', flag(kind.isReplacement)],
    ['TikTokReplacedOrderId', kind.replacedOrderId],
    ['TikTokExchangeOrder', flag(kind.isExchange)],
    ['TikTokExchangedOrderId', kind.exchangedOrderId],
    ['TikTokSubscriptionOrder', flag(kind.isSubscription)],
    ['TikTokTemporaryListing', flag(isTemporary)],
    ['TikTokBundles', flag(hasBundles)],
    ['TikTokCashOnDelivery', flag(kind.isCod)],
    ['TikTokReleaseDate', kind.releaseAt && toIsoSeconds(kind.releaseAt)],
    ['TikTokHandlingDays', kind.handlingDays],
    ['TikTokHandlingDaysType', kind.handlingDaysType],
    ['TikTokDeliveryType', kind.deliveryType],
    ['TikTokInvoiceNeed', kind.invoiceNeed],
    ['TikTokCpf', taxpayer?.cpf],
    ['TikTokCpfName', taxpayer?.cpfName],
    ['TikTokMaskedAddress', flag(recipient?.masked)],
    ['TikTokPlatform', kind.platform],
    ['TikTokFastDelivery', kind.fastDelivery],
    ['TikTokConsultationId', kind.consultationId],
    ['TikTokLiveRoomId', kind.liveRoomId],
    ['TikTokOtherKinds', kind.otherFlags?.join(',')],
  ];
}

/** Of a line that is a part of a broken-up bundle: which bundle, and how many of these goods are in one. */
export function bundleAttributes({ bundle, unitIds }: Pick<OrderLine, 'bundle' | 'unitIds'>): Attribute[] {
  if (!bundle) return [];
  return [
    ['TikTokBundleSKU', bundle.merchantSku],
    ['TikTokBundleName', bundle.name],
    ['TikTokBundleSkuId', bundle.skuId],
    ['TikTokBundleProductId', bundle.productId],
    ['TikTokBundleLine', bundle.line],
    ['TikTokBundleQuantity', String(unitIds.length)],
    ['TikTokBundlePartQuantity', String(bundle.count)],
  ];
}

/** What a gift costs otherwise, a piece of the line's goods. */
export function giftPriceOf(
  { bundle }: Pick<OrderLine, 'bundle'>,
  [first]: readonly OrderUnit[],
): DecimalString | null {
  return (bundle ? bundle.giftRetailPrice : first?.kind.giftRetailPrice) ?? null;
}

/** What the pieces of a line are besides pieces of an ordinary listing; they are of one SKU. */
export function lineKindAttributes(
  line: Pick<OrderLine, 'bundle'>,
  units: readonly OrderUnit[],
  currency: string,
): Attribute[] {
  const [first] = units;
  if (!first) return [];
  const { kind } = first;
  const giftPrice = giftPriceOf(line, units);
  const parts = line.bundle ? [] : (kind.parts ?? []);
  return [
    ['TikTokGiftRetailPrice', giftPrice && renderAmount(giftPrice, currency)],
    ['TikTokTemporaryListing', flag(isTemporaryListing(first))],
    ['TikTokListingType', kind.listingType],
    ['TikTokLiveRoomId', kind.liveRoomId],
    ['TikTokHandlingDays', kind.handlingDays],
    ...parts.flatMap((part, index): Attribute[] => [
      [`TikTokBundlePart_${index + 1}`, part.merchantSku || part.skuId],
      [`TikTokBundlePartQuantity_${index + 1}`, String(part.count)],
      [`TikTokBundlePartSkuId_${index + 1}`, part.skuId],
    ]),
    ['TikTokDangerousGood', flag(kind.isDangerousGood)],
    ['TikTokNeedsPrescription', flag(kind.needsPrescription)],
    ['TikTokOtherKinds', kind.otherFlags?.join(',')],
  ];
}

function isTemporaryListing({ kind }: Pick<OrderUnit, 'kind'>): boolean {
  return kind.listingType?.toUpperCase().includes('TEMPORARY') ?? false;
}

function flag(value: boolean | null | undefined): string | null {
  return value ? 'true' : null;
}
