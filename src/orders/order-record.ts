import {
  type AddedAttribute,
  type OrderLine,
  type OrderUnit,
  type Recipient,
  type ShopOrder,
  type StoredUnit,
  type CancelRequest,
} from '../domain/order.js';
import { unitLineOf } from '../domain/bundle.js';
import { noAmounts } from '../domain/order-amounts.js';
import type { OrderKind } from '../domain/order-peculiarities.js';
import { isOnItsWay } from '../domain/shipment.js';

/** `waiting`: a gate passes later. `not_imported`: a gate refused; decided anew when TikTok shows a change. */
export type OrderState = 'waiting' | 'exported' | 'not_imported';

/** An order with everything that we know of it; lines and units exist from the export on. */
export interface OrderRecord {
  id: bigint;
  companyId: number;
  connectionId: number;
  state: OrderState;
  /** The gate that decided last, with its reason; null once exported. */
  gate: string | null;
  gateReason: string | null;
  releaseAt: Date | null;
  documentKey: number | null;
  exportedAt: Date | null;
  /** TikTok's time at which the newest version that we hold was read. */
  readAt: Date;
  /** Since when nothing personal is kept of it. */
  wipedAt: Date | null;
  /** With the recipient that we keep, which is not always the one that TikTok shows now. */
  order: ShopOrder;
  /** An address that TikTok showed after the ERP had fetched the order; the document keeps the old one. */
  laterRecipient: Recipient | null;
  /** The buyer's open request to cancel; null when there is none, or before its cancellation was read. */
  cancelRequest: CancelRequest | null;
  /** An acknowledgement, ours or the ERP's, says that pieces are cancelled. */
  cancellationAcknowledged: boolean;
  /** Attributes from the connection's settings and the company's lookup tables, frozen at export. */
  constantAttributes: AddedAttribute[];
  /** What it shares a parcel with others by (`parcelKeyOf`), as it was written last. */
  parcelKey: string | null;
  /** TikTok's ids of the other orders with that key, ours first seen first. */
  together: readonly string[];
  lines: OrderLine[];
  units: StoredUnit[];
}

/** Times become ISO text in JSON. */
export type Written<T> = T extends Date
  ? string
  : T extends string | number | boolean | null
    ? T
    : T extends readonly (infer Item)[]
      ? Written<Item>[]
      : T extends object
        ? { [Key in keyof T]: Written<T[Key]> }
        : T;

/** Column `orders.data`: everything but what says who the buyer is. */
export type StoredOrderData = Written<Omit<ShopOrder, keyof PersonalPart>> & {
  constantAttributes?: AddedAttribute[];
};

type PersonalPart = Pick<ShopOrder, 'recipient' | 'taxpayer' | 'buyerEmail' | 'buyerMessage' | 'sellerNote'>;

/** Column `orders.personal`; removed when the retention period is over. */
export type StoredPersonal = Omit<PersonalPart, 'sellerNote'> &
  Partial<Pick<PersonalPart, 'sellerNote'>> & { laterRecipient?: Recipient | null };

/** What is kept of an order as TikTok shows it when its buyer is to be forgotten. */
export function withoutBuyer(order: ShopOrder): ShopOrder {
  return {
    ...order,
    recipient: null,
    taxpayer: null,
    buyerEmail: null,
    buyerMessage: null,
    sellerNote: null,
  };
}

/** The two JSON columns of an order. */
export function splitOrder(
  order: ShopOrder,
  extras: { constantAttributes: readonly AddedAttribute[]; laterRecipient: Recipient | null },
): { data: object; personal: StoredPersonal } {
  const { recipient, taxpayer, buyerEmail, buyerMessage, sellerNote, ...data } = order;
  const { constantAttributes, laterRecipient } = extras;
  return {
    data: constantAttributes.length > 0 ? { ...data, constantAttributes } : data,
    personal: {
      recipient,
      taxpayer,
      buyerEmail,
      buyerMessage,
      sellerNote,
      ...(laterRecipient ? { laterRecipient } : {}),
    },
  };
}

/** The order back from its two columns; what rows of former versions do not have is as usual. */
export function joinOrder(data: StoredOrderData, personal: StoredPersonal | null): ShopOrder {
  const { constantAttributes: _, ...order } = data;
  return {
    ...order,
    createdAt: new Date(order.createdAt),
    paidAt: timeOf(order.paidAt),
    updatedAt: new Date(order.updatedAt),
    shipBy: timeOf(order.shipBy),
    collectBy: timeOf(order.collectBy),
    autoCancelAt: timeOf(order.autoCancelAt),
    deliverBy: timeOf(order.deliverBy),
    kind: kindOf(order.kind),
    amounts: { ...noAmounts, ...order.amounts },
    units: order.units.map((unit) => ({
      ...unit,
      kind: (unit as Partial<typeof unit>).kind ?? {},
      shippedAt: timeOf(unit.shippedAt),
    })),
    taxpayer: personal?.taxpayer ?? null,
    recipient: personal?.recipient ?? null,
    buyerEmail: personal?.buyerEmail ?? null,
    buyerMessage: personal?.buyerMessage ?? null,
    // Former versions kept it with the rest.
    sellerNote: personal?.sellerNote ?? (data as { sellerNote?: string | null }).sellerNote ?? null,
  };
}

/**
 * When a piece was shipped, whoever did it; null: not yet. TikTok may show it on its way without a time, and then it was by
 * the time of that answer. An order awaits collection when all of its pieces are arranged.
 */
export function shippedAtOf(
  { status, updatedAt }: Pick<ShopOrder, 'status' | 'updatedAt'>,
  { cancelled, shippedAt, displayStatus }: Pick<OrderUnit, 'cancelled' | 'shippedAt' | 'displayStatus'>,
): Date | null {
  if (cancelled || shippedAt !== null) return shippedAt;
  return isOnItsWay(displayStatus) || isOnItsWay(status) ? updatedAt : null;
}

/**
 * Pieces as they are after TikTok has shown `shown`. A page that was read before a shipment of ours must not undo it:
 * what is shipped, cancelled or in a package stays so.
 */
export function mergeUnits(
  held: readonly StoredUnit[],
  shown: readonly OrderUnit[],
  order?: Pick<ShopOrder, 'status' | 'updatedAt'>,
): StoredUnit[] {
  const heldById = new Map(held.map((unit) => [unit.unitId, unit]));
  const merged = shown.map((unit) => {
    const known = heldById.get(unit.unitId);
    heldById.delete(unit.unitId);
    return {
      unitId: unit.unitId,
      lineNumber: known?.lineNumber ?? null,
      skuId: unit.skuId,
      displayStatus: unit.displayStatus,
      cancelled: unit.cancelled || (known?.cancelled ?? false),
      packageId: unit.packageId ?? known?.packageId ?? null,
      trackingNumber: unit.trackingNumber ?? known?.trackingNumber ?? null,
      shippedAt: unit.shippedAt ?? known?.shippedAt ?? (order ? shippedAtOf(order, unit) : null),
      shipmentKey: known?.shipmentKey ?? null,
    };
  });
  // Not shown is not gone: such a piece stays as it is.
  return [...merged, ...heldById.values()];
}

/** Pieces at export, each with the line that it went into. */
export function unitsOfLines(units: readonly OrderUnit[], lines: readonly OrderLine[]): StoredUnit[] {
  const lineOf = new Map(lines.flatMap((line) => line.unitIds.map((unitId) => [unitId, unitLineOf(line)])));
  return mergeUnits([], units).map((unit) => ({ ...unit, lineNumber: lineOf.get(unit.unitId) ?? null }));
}

/** Column `orders.cancel_request`. */
export function readCancelRequest(stored: Written<CancelRequest> | null): CancelRequest | null {
  return stored && { ...stored, requestedAt: timeOf(stored.requestedAt), answerBy: timeOf(stored.answerBy) };
}

function kindOf(stored: Written<OrderKind> | undefined): OrderKind {
  const { releaseAt, ...kind } = stored ?? {};
  return { ...kind, ...(releaseAt === undefined ? {} : { releaseAt: new Date(releaseAt) }) };
}

function timeOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
