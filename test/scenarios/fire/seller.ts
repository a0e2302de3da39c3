import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedAnswer, type Erp, type ErpDocument } from '../../support/erp.js';
import type { Random } from './random.js';

/** One parcel as the seller has sent it: pieces by SKU. */
export interface Parcel {
  tracking: string;
  pieces: Record<string, number>;
}

/** What the seller knows of one order. */
export interface Deal {
  order: ErpDocument;
  parcels: Parcel[];
  document: object;
  /** Key of the shipment once it was taken. */
  shipmentKey: string | null;
  /** Why it was refused for good (400). */
  refusal: string | null;
}

/** The seller's ERP: takes what is ready, ships it, and repeats whatever was not answered. */
export interface Seller {
  /** By TikTok's order id. */
  deals: Map<string, Deal>;
  /** What can never happen, as it was seen. */
  complaints: string[];
  /** Looks once: new orders, acknowledgements, shipments. Failures of the net are no failures of ours. */
  look(): Promise<void>;
}

const AT_ONCE = 12;
/** Orders that were taken are looked at again less often. */
const LOOKS_PER_REVIEW = 5;

export function createSeller(
  erp: Erp,
  random: Random,
  sellableAt: (id: string) => number,
  now: () => number,
): Seller {
  const deals = new Map<string, Deal>();
  const complaints: string[] = [];
  const statuses = new Map<string, number>();
  let looks = 0;

  function see(order: ErpDocument): void {
    const { LogicbrokerKey: key } = order.Identifier;
    const known = deals.get(order.PartnerPO);
    if (known && known.order.Identifier.LogicbrokerKey !== key)
      complaints.push(
        `order ${order.PartnerPO} came as ${known.order.Identifier.LogicbrokerKey} and as ${key}`,
      );
    const before = statuses.get(key) ?? 0;
    if (order.StatusCode < before)
      complaints.push(`order ${key} stepped back from ${before} to ${order.StatusCode}`);
    statuses.set(key, order.StatusCode);
    if (known) return;
    if (now() < sellableAt(order.PartnerPO)) complaints.push(`order ${order.PartnerPO} came within its hour`);
    const parcels = packed(order, random);
    const document = shipmentOf(parcels, order);
    deals.set(order.PartnerPO, { order, parcels, document, shipmentKey: null, refusal: null });
  }

  async function ship(deal: Deal): Promise<void> {
    try {
      deal.shipmentKey = await erp.ship(deal.order, deal.document);
    } catch (error) {
      if (error instanceof UnexpectedAnswer && error.status === 400) deal.refusal = error.message;
      else throw error;
    }
  }

  return {
    deals,
    complaints,
    async look() {
      const ready = await erp.list('Orders/Ready');
      for (const order of ready) see(order);
      if (ready.length > 0) {
        const LogicbrokerKeys = ready.map(({ Identifier }) => Identifier.LogicbrokerKey);
        await erp.call('PUT', 'Orders/Status', {
          body: { Status: 'Acknowledged', OnlyIncreaseStatus: true, LogicbrokerKeys },
        });
      }
      looks += 1;
      if (looks % LOOKS_PER_REVIEW === 0) for (const order of await erp.list('Orders')) see(order);
      const open = [...deals.values()].filter(({ shipmentKey, refusal }) => !shipmentKey && !refusal);
      await Promise.all(open.slice(0, AT_ONCE).map((deal) => ship(deal)));
    },
  };
}

/** Goes on until told to stop. */
export async function keepLooking(seller: Seller, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await seller.look().catch((error: unknown) => {
      if (!isTrouble(error)) seller.complaints.push(String(error));
    });
    await sleep(150);
  }
}

/** No answer, or one that says "later". */
export function isTrouble(error: unknown): boolean {
  if (error instanceof UnexpectedAnswer) return error.status === 429 || error.status >= 500;
  return error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');
}

/** In one parcel, or each line in its own: that is possible in every region. */
function packed(order: ErpDocument, random: Random): Parcel[] {
  const tracking = (part: number): string => `T${order.PartnerPO.slice(-12)}${part}`;
  const piecesOf = (lines: ErpDocument['OrderLines']): Record<string, number> =>
    Object.fromEntries(lines.map(({ ItemIdentifier, Quantity }) => [ItemIdentifier.SupplierSKU, Quantity]));
  if (order.OrderLines.length === 1 || random.chance(0.6))
    return [{ tracking: tracking(0), pieces: piecesOf(order.OrderLines) }];
  return order.OrderLines.map((line, index) => ({ tracking: tracking(index), pieces: piecesOf([line]) }));
}

function shipmentOf(parcels: Parcel[], order: ErpDocument): object {
  const carrier = order['Currency'] === 'IDR' ? 'JNE' : 'USPS';
  return {
    ShipmentNumber: `S-${order.PartnerPO}`,
    ShipmentLines: parcels.flatMap(({ tracking, pieces }) =>
      Object.entries(pieces).map(([SupplierSKU, Quantity]) => ({
        ItemIdentifier: { SupplierSKU },
        Quantity,
        ShipmentInfos: [{ TrackingNumber: tracking, CarrierCode: carrier, Qty: Quantity }],
      })),
    ),
  };
}
