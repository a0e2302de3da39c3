import { acknowledgementOf } from '../scenarios/aftersales/seller-desk.js';
import type { Random } from '../scenarios/fire/random.js';
import { createReturnDesk, type ReturnDesk } from '../scenarios/fire/return-desk.js';
import { upload } from '../inventory/files.js';
import { UnexpectedAnswer, unitIdsOf, type ErpDocument } from '../support/erp.js';
import { SKUS } from './buyers.js';
import type { ChaosWorld } from './chaos-world.js';
import type { Counted, Known } from './sold-stock.js';

export interface Parcel {
  tracking: string;
  /** By SKU. */
  pieces: Record<string, number>;
}

/** A document that the ERP has sent, and what came of it. */
export interface Sent {
  kind: 'shipment' | 'cancellation' | 'acceptance';
  orderId: string;
  orderKey: string;
  number: string;
  parcels: Parcel[];
  document: object;
  key: string | null;
  refusal: string | null;
  /** A tracking number that was put in place of another one, by PUT. */
  corrected: { from: string; to: string } | null;
}

/** The seller's ERP: it keeps its own book of what it has read, said and asked for. */
export interface Desk {
  sent: Sent[];
  counted: Counted[];
  known: Known;
  complaints: string[];
  returns: ReturnDesk;
  /** Reads the orders that are ready. */
  fetch(): Promise<string>;
  /** Does one of the things that an ERP does. */
  act(): Promise<string | null>;
  feed(): Promise<string>;
}

interface Book {
  order: ErpDocument;
  /** Pieces of each SKU that no document of the ERP's has named. */
  open: Record<string, number>;
}

export function createDesk(world: ChaosWorld, random: Random): Desk {
  const { erp, clock, db, shops } = world;
  const books = new Map<string, Book>();
  const sent: Sent[] = [];
  const complaints: string[] = [];
  const known: Known = { exported: new Map(), handed: new Map(), told: new Map() };
  const counted: Counted[] = shops.flatMap((shop) =>
    SKUS.map((sku): Counted => ({ shop, sku, said: undefined, first: 40, price: null })),
  );
  let numbers = 0;
  const next = (letter: string): string => `${letter}${String(++numbers).padStart(4, '0')}`;
  const carrier = (order: ErpDocument): string => (order['Currency'] === 'IDR' ? 'JNE' : 'USPS');

  async function post(one: Sent): Promise<string> {
    const path = one.kind === 'shipment' ? `Orders/${one.orderKey}/Shipments` : 'Acknowledgements';
    const answer = await erp.call<{ Body: { LogicbrokerKey: string } }>('POST', path, { body: one.document });
    if (answer.status < 300) return answer.json.Body.LogicbrokerKey;
    throw new UnexpectedAnswer(`POST ${path}`, answer);
  }

  async function send(one: Sent): Promise<void> {
    if (!sent.includes(one)) sent.push(one);
    try {
      const key = await post(one);
      if (one.key !== null && one.key !== key)
        complaints.push(`${one.kind} ${one.number} of ${one.orderId} came as ${one.key} and as ${key}`);
      one.key = key;
      one.refusal = null;
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      if (error.status >= 500) complaints.push(`${one.kind} ${one.number}: ${error.message}`);
      if (one.key === null) one.refusal = error.message;
    }
  }

  function someBook(isWanted: (book: Book) => boolean): Book | null {
    const found = [...books.values()].filter(isWanted);
    return found.length > 0 ? random.pick(found) : null;
  }
  const isOpen = ({ open }: Book): boolean => Object.values(open).some((count) => count > 0);

  /** Some of what is left, in one to three parcels. */
  function shipment({ order, open }: Book): Sent {
    const number = next('S');
    const rest = Object.entries(open).filter(([, count]) => count > 0);
    const all = random.chance(0.6);
    const parcels: Parcel[] = [];
    for (const [index, [sku, count]] of rest.entries()) {
      if (!all && index > 0 && random.chance(0.5)) continue;
      // TikTok: there all pieces of a SKU travel together.
      const pieces = all || order['Currency'] === 'IDR' ? count : random.whole(1, count);
      open[sku] = count - pieces;
      const together = parcels.at(-1);
      if (together && random.chance(0.6)) together.pieces[sku] = pieces;
      else parcels.push({ tracking: next('TRK0'), pieces: { [sku]: pieces } });
    }
    return {
      kind: 'shipment',
      orderId: order.PartnerPO,
      orderKey: order.Identifier.LogicbrokerKey,
      number,
      parcels,
      document: shipmentDocument(number, parcels, carrier(order)),
      key: null,
      refusal: null,
      corrected: null,
    };
  }

  function acknowledgement(book: Book, kind: 'cancellation' | 'acceptance'): Sent {
    const number = next('A');
    const { order } = book;
    if (kind === 'cancellation') for (const sku of Object.keys(book.open)) book.open[sku] = 0;
    const what =
      kind === 'cancellation'
        ? ({ number, cancel: 'all', reason: 'Out of stock' } as const)
        : ({ number, accept: 'all' } as const);
    return {
      kind,
      number,
      orderId: order.PartnerPO,
      orderKey: order.Identifier.LogicbrokerKey,
      parcels: [],
      document: acknowledgementOf(order, what),
      key: null,
      refusal: null,
      corrected: null,
    };
  }

  async function correct(): Promise<string | null> {
    const open = sent.filter(({ kind, key, corrected }) => kind === 'shipment' && key && !corrected);
    if (open.length === 0) return null;
    const one = random.pick(open);
    const [parcel] = one.parcels;
    const read = await erp.shipment(one.key ?? '');
    if (read.StatusCode !== 1000 || !parcel) return null;
    const to = next('FIX0');
    const text = JSON.stringify(read).replaceAll(parcel.tracking, to);
    const answer = await erp.call('PUT', `Shipments/${one.key}`, { body: JSON.parse(text) as object });
    if (answer.status < 300) one.corrected = { from: parcel.tracking, to };
    else if (answer.status >= 500) complaints.push(`PUT Shipments/${one.key}: ${answer.text}`);
    return `correction of ${parcel.tracking} to ${to}: ${answer.status}`;
  }

  async function feed(): Promise<string> {
    const shop = random.pick(shops);
    const named = SKUS.filter(() => random.chance(0.7));
    const rows = named.map((sku) => ({
      sku,
      pieces: random.chance(0.15) ? 0 : random.whole(5, 60),
      // In rupiahs, TikTok takes none below a hundred.
      price: random.chance(0.3) ? `${random.whole(5, 50) * (shop.region === 'ID' ? 1_000 : 1)}` : '',
    }));
    if (rows.length === 0) return 'an empty feed is not sent';
    const at = clock.now().getTime();
    const text = ['SupplierSKU,Quantity,Cost', ...rows.map((row) => `${row.sku},${row.pieces},${row.price}`)];
    const seller = { companyId: world.companyId, connectionId: shop.connectionId, partnerId: shop.partnerId };
    const answer = await upload({ call: world.api.call, seller }, `${text.join('\n')}\n`);
    if (answer.status >= 300) {
      complaints.push(`a feed was answered with ${answer.status}: ${answer.body}`);
      return 'refused feed';
    }
    for (const row of rows) {
      const entry = counted.find((each) => each.shop === shop && each.sku === row.sku);
      if (!entry) continue;
      entry.said = { pieces: row.pieces, at };
      if (row.price) entry.price = row.price;
    }
    return `feed in ${shop.region}: ${text.slice(1).join(' ')}`;
  }

  async function ship(): Promise<string | null> {
    const book = someBook(isOpen);
    if (!book) return null;
    const first = shipment(book);
    const all = [first];
    if (isOpen(book) && random.chance(0.5)) all.push(shipment(book));
    await Promise.all(all.map((one) => send(one)));
    return all.map((one) => `ship ${one.number} of ${one.orderId}: ${one.key ?? one.refusal}`).join('; ');
  }

  async function acknowledge(kind: 'cancellation' | 'acceptance'): Promise<string | null> {
    const isWhole = ({ order, open }: Book): boolean =>
      order.OrderLines.every(({ ItemIdentifier, Quantity }) => open[ItemIdentifier.SupplierSKU] === Quantity);
    const book = someBook(isWhole);
    if (!book) return null;
    const one = acknowledgement(book, kind);
    await send(one);
    return `${kind} ${one.number} of ${one.orderId}: ${one.key ?? one.refusal}`;
  }

  async function repeat(): Promise<string | null> {
    if (sent.length === 0) return null;
    const one = random.pick(sent);
    // A corrected shipment is another document by now.
    if (one.corrected) return null;
    await send(one);
    return `${one.kind} ${one.number} again: ${one.key ?? one.refusal}`;
  }

  async function fetchReady(): Promise<string> {
    const ready = await erp.list('Orders/Ready');
    for (const order of ready) {
      const before = books.get(order.PartnerPO)?.order.Identifier.LogicbrokerKey;
      if (before !== undefined && before !== order.Identifier.LogicbrokerKey)
        complaints.push(
          `order ${order.PartnerPO} came as ${before} and as ${order.Identifier.LogicbrokerKey}`,
        );
      if (before === undefined) {
        const open: Book['open'] = {};
        for (const { ItemIdentifier, Quantity } of order.OrderLines)
          open[ItemIdentifier.SupplierSKU] = (open[ItemIdentifier.SupplierSKU] ?? 0) + Quantity;
        books.set(order.PartnerPO, { order, open });
      }
      for (const id of unitIdsOf(order))
        if (!known.handed.has(id)) known.handed.set(id, clock.now().getTime());
    }
    await untilHanded();
    if (ready.length > 0) {
      const LogicbrokerKeys = ready.map(({ Identifier }) => Identifier.LogicbrokerKey);
      const body = { Status: 'Acknowledged', OnlyIncreaseStatus: true, LogicbrokerKeys };
      await erp.call('PUT', 'Orders/Status', { body });
    }
    return `fetched ${ready.map(({ PartnerPO }) => PartnerPO).join(', ') || 'nothing'}`;
  }

  /** What an answer carried is written down after its last byte. */
  async function untilHanded(): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      const { rows } = await db.pool.query<{ id: string }>(
        'SELECT unit_id AS id FROM stock_pieces WHERE exported_at IS NOT NULL AND handed_at IS NULL',
      );
      if (!rows.some(({ id }) => known.handed.has(id))) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    complaints.push('orders that were fetched are not noted as handed over');
  }

  const returns = createReturnDesk(erp);
  const acts: [weight: number, act: () => Promise<string | null>][] = [
    [5, fetchReady],
    [14, ship],
    [2, () => acknowledge('cancellation')],
    [2, () => acknowledge('acceptance')],
    [3, repeat],
    [2, correct],
    [3, feed],
    [
      2,
      async () => {
        await returns.look();
        return 'answers returns';
      },
    ],
  ];
  const dice = acts.flatMap(([weight, act]) => Array.from({ length: weight }, () => act));
  return {
    sent,
    counted,
    known,
    complaints,
    returns,
    fetch: fetchReady,
    feed,
    async act() {
      // An ERP that has nothing to do looks for orders.
      return (await random.pick(dice)()) ?? fetchReady();
    },
  };
}

function shipmentDocument(number: string, parcels: readonly Parcel[], CarrierCode: string): object {
  return {
    ShipmentNumber: number,
    ShipmentLines: parcels.flatMap(({ tracking, pieces }) =>
      Object.entries(pieces).map(([SupplierSKU, Quantity]) => ({
        ItemIdentifier: { SupplierSKU },
        Quantity,
        ShipmentInfos: [{ TrackingNumber: tracking, CarrierCode, Qty: Quantity }],
      })),
    ),
  };
}
