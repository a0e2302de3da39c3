import type { Taxpayer } from '../../domain/order.js';
import type { OrderKind } from '../../domain/order-peculiarities.js';
import { asRecord, isTrue, textOrNull, timeOrNull } from '../wire/read.js';
import type { WireHandling, WireOrder } from '../wire/order-wire.js';

/** Flags of an order that are read by their names; another one that is set is passed on. */
const KNOWN_FLAGS = [
  'is_on_hold_order',
  'is_sample_order',
  'is_buyer_request_cancel',
  'is_cod',
  'is_replacement_order',
  'is_exchange_order',
  'is_subscription_order',
];

/** What kind of order it is. Nothing here is a reason to refuse an order: what cannot be read is left out. */
export function mapKind(wire: WireOrder): OrderKind {
  const handling: WireHandling = asRecord(wire.handling_duration) ?? {};
  const replacedOrderId = idOrNull(wire.replaced_order_id);
  // The changelog of 2025 has one name, reference and SDK the other.
  const exchangedOrderId = idOrNull(wire.exchange_source_order_id) ?? idOrNull(wire.exchange_order_source_id);
  const isReplacement = isSet(wire.is_replacement_order, replacedOrderId);
  const isExchange = isSet(wire.is_exchange_order, exchangedOrderId);
  return present({
    isReplacement,
    replacedOrderId: isReplacement && replacedOrderId,
    isExchange,
    exchangedOrderId: isExchange && exchangedOrderId,
    isSubscription: isTrue(wire.is_subscription_order),
    isCod: isTrue(wire.is_cod),
    releaseAt: timeOrNull(wire.release_date),
    handlingDays: textOrNull(handling.days),
    handlingDaysType: textOrNull(handling.days) && textOrNull(handling.type),
    deliveryType: unless(wire.delivery_type, ['HOME_DELIVERY']),
    invoiceNeed: unless(wire.need_upload_invoice, ['UNKNOWN']),
    platform: unless(wire.commerce_platform, ['TIKTOK_SHOP']),
    fastDelivery: textOrNull(wire.fast_delivery_program),
    consultationId: textOrNull(wire.consultation_id),
    liveRoomId: textOrNull(wire.room_id),
    otherFlags: otherFlags(wire, KNOWN_FLAGS),
  });
}

/** Brazil. Null where TikTok shows neither. */
export function mapTaxpayer(wire: WireOrder): Taxpayer | null {
  const [cpf, cpfName] = [textOrNull(wire.cpf), textOrNull(wire.cpf_name)];
  return cpf === null && cpfName === null ? null : { cpf, cpfName };
}

type Loose<T> = { [Key in keyof Required<T>]: Required<T>[Key] | null | false };

/** Without what is absent, empty or not so. */
export function present<T extends object>(given: Loose<T>): T {
  const entries = Object.entries(given).filter(
    ([, value]) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(entries) as T;
}

/** Flags that are set and not known, by TikTok's names. */
export function otherFlags(wire: object, known: readonly string[]): string[] {
  return Object.entries(wire)
    .filter(([name, value]) => /^is_[a-z0-9_]{1,60}$/.test(name) && !known.includes(name) && isTrue(value))
    .map(([name]) => name)
    .slice(0, 20);
}

function unless(value: unknown, usual: readonly string[]): string | null {
  const text = textOrNull(value);
  return text === null || usual.includes(text) ? null : text;
}

/** A flag counts; the id alone only where TikTok shows no flag (its samples have an id beside `false`). */
function isSet(flag: unknown, id: string | null): boolean {
  return flag === undefined || flag === null ? id !== null : isTrue(flag);
}

/** TikTok writes `0` for "none" here and there. */
function idOrNull(value: unknown): string | null {
  const id = textOrNull(value);
  return id === '0' ? null : id;
}
