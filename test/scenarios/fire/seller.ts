import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedAnswer, type Erp, type ErpDocument } from '../../support/erp.js';
import { acknowledgementOf } from '../aftersales/seller-desk.js';
import type { Random } from './random.js';
import { createReturnDesk } from './return-desk.js';

/** One parcel as the seller has sent it: pieces by SKU. */
export interface Parcel {
  tracking: string;
  pieces: Record<string, number>;
}

/** What the seller knows of one order. */
export interface Deal {
  order: ErpDocument;
  /** What the seller does with it. */
  plan: 'ship' | 'cancel';
  /** None of an order that is to be cancelled. */
  parcels: Parcel[];
  document: object;
  /** Key of the shipment, or of the cancelling acknowledgement, once it was taken. */
  key: string | null;
  /** Why it was refused for good (400). */
  refusal: string | null;
}

/** The seller's ERP: takes what is ready, ships or cancels it, and repeats whatever was not answered. */
export interface Seller {
  /** By TikTok's order id. */
  deals: Map<string, Deal>;
  /** What can never happen, as it was seen. */
  complaints: string[];
  /** Looks once: new orders, acknowledgements, shipments, returns. Failures of the net are no failures of ours. */
  look(): Promise<void>;
}

const AT_ONCE = 12;
/** Orders that were taken are looked at again less often. */
const LOOKS_PER_REVIEW = 5;
const CANCELLED_BY_SELLER = 0.15;
const REPEATED = 0.2;

export function createSeller(
  erp: Erp,
  random: Random,
  sellableAt: (id: string) => number,
  now: () => number,
): Seller {
  const deals = new Map<string, Deal>();
  const complaints: string[] = [];
  const statuses = new Map<string, number>();
  const returns = createReturnDesk(erp);
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
    deals.set(order.PartnerPO, { ...planned(order, random), order, key: null, refusal: null });
  }

  async function carryOut(deal: Deal): Promise<void> {
    try {
      deal.key = await send(erp, deal);
      // An ERP that has not noted the answer sends once more.
      const again = random.chance(REPEATED) ? await send(erp, deal) : deal.key;
      if (again !== deal.key)
        complaints.push(`${deal.plan} of ${deal.order.PartnerPO}: ${deal.key} and ${again}`);
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
      const open = [...deals.values()].filter(({ key, refusal }) => !key && !refusal);
      await Promise.all(open.slice(0, AT_ONCE).map((deal) => carryOut(deal)));
      if (looks % LOOKS_PER_REVIEW === 0) await returns.look();
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

function planned(order: ErpDocument, random: Random): Pick<Deal, 'plan' | 'parcels' | 'document'> {
  if (random.chance(CANCELLED_BY_SELLER)) {
    const what = { number: `C-${order.PartnerPO}`, cancel: 'all', reason: 'Out of stock' } as const;
    return { plan: 'cancel', parcels: [], document: acknowledgementOf(order, what) };
  }
  const parcels = packed(order, random);
  return { plan: 'ship', parcels, document: shipmentOf(parcels, order) };
}

/** @returns the key of what was made */
async function send(erp: Erp, { plan, order, document }: Deal): Promise<string> {
  if (plan === 'ship') return erp.ship(order, document);
  const answer = await erp.call<{ Body: { LogicbrokerKey: string } }>('POST', 'Acknowledgements', {
    body: document,
  });
  if (answer.status !== 201) throw new UnexpectedAnswer('POST Acknowledgements', answer);
  return answer.json.Body.LogicbrokerKey;
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
