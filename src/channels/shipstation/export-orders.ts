import type { Connection } from '../../connections/connection.js';
import {
  findChangedOrders,
  findOffers,
  keepOffers,
  keepWindow,
  keysByReference,
  readOfferedHeads,
  readWindow,
  type ChannelOffer,
  type OfferedHead,
} from '../../deliveries/channel-offer-store.js';
import { recordEvents, type NewEvent } from '../../documents/document-store.js';
import { HOUR_MS, MINUTE_MS, type Clock } from '../../kernel/time.js';
import type { OrderRecord } from '../../orders/order-record.js';
import { findOrdersByDocuments } from '../../orders/order-store.js';
import type { Database } from '../../store/database.js';
import {
  ADDRESS_GATE,
  leftOutBy,
  packStanding,
  type PackStanding,
  type PackState,
  type ShownOrder,
} from './order-standing.js';
import type { WrittenOrder } from './orders-xml.js';
import { CHANNEL, NOTICE_PREFIX, type ShipStationActor } from './shipstation-actor.js';

export interface ExportDeps {
  db: Database;
  clock: Clock;
}

/** What ShipStation asks for: orders that have changed in a time, a page of them (from 1). */
interface Wanted {
  from: Date;
  to: Date;
  page: number;
}

interface ExportPage {
  orders: WrittenOrder[];
  /** At least 1. */
  pages: number;
}

const PAGE_SIZE = 100;
/**
 * A change is visible when its transaction ends, and has the time at which that began. What ended after the last look is
 * in this look for that.
 */
const LATE_MS = 3 * MINUTE_MS;
/** Nobody reads the pages of one look for longer. */
const WINDOW_MS = 24 * HOUR_MS;

/**
 * A page of a shop's orders that have changed, whatever their state. The pages of one look are frozen with the first: an
 * order that changes meanwhile neither comes twice nor slips between two pages, and is in the next look again.
 */
export async function exportOrders(
  deps: ExportDeps,
  connection: Connection,
  by: ShipStationActor,
  wanted: Wanted,
): Promise<ExportPage> {
  const { keys, pages } = await keysOfPage(deps, connection, wanted);
  const shown = await showOrders(deps, connection, keys);
  await noteShown(deps, connection, by, shown);
  return { pages, orders: shown.flatMap(({ written }) => written ?? []) };
}

async function keysOfPage(
  { db, clock }: ExportDeps,
  { id: connectionId }: Connection,
  { from: asked, to, page }: Wanted,
): Promise<{ keys: number[]; pages: number }> {
  const from = new Date(asked.getTime() - LATE_MS);
  const window = { connectionId, channel: CHANNEL, from, to };
  const tx = db.prisma;
  if (page > 1) {
    const held = await readWindow(tx, { ...window, page, size: PAGE_SIZE });
    if (held) return { keys: held.keys, pages: pagesOf(held.total) };
  }
  const keys = await findChangedOrders(tx, window);
  if (keys.length > PAGE_SIZE) {
    const now = clock.now();
    const keepSince = new Date(now.getTime() - WINDOW_MS);
    await db.transaction((own) => keepWindow(own, { ...window, keys, now, keepSince }));
  }
  return { keys: keys.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE), pages: pagesOf(keys.length) };
}

function pagesOf(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

interface Shown {
  head: OfferedHead;
  record: OrderRecord;
  standing: PackStanding;
  before: ChannelOffer | undefined;
  /** Why it is left out; null: it is written. */
  problem: { gate: string; reason: string; next: string } | null;
  written: WrittenOrder | null;
}

async function showOrders(
  { db, clock }: ExportDeps,
  connection: Connection,
  keys: readonly number[],
): Promise<Shown[]> {
  if (keys.length === 0) return [];
  const tx = db.prisma;
  const now = clock.now();
  const { companyId, id: connectionId, settings } = connection;
  const heads = await readOfferedHeads(tx, { connectionId, channel: CHANNEL, keys, now });
  const records = await findOrdersByDocuments(tx, { companyId, documentKeys: [...keys] });
  const recordOf = new Map(records.map((record) => [record.documentKey, record]));
  const claims = records.flatMap(({ units }) => units.flatMap(({ shipmentKey }) => shipmentKey ?? []));
  const ownShipments = await keysByReference(tx, { companyId, keys: claims, prefix: NOTICE_PREFIX });
  const offers = await findOffers(tx, { connectionId, channel: CHANNEL, keys });
  const codes = Object.entries(settings.warehouseCodes).map(([code, id]) => [id, code] as const);
  return heads.flatMap((head): Shown[] => {
    const record = recordOf.get(head.key);
    if (!record) return [];
    const facts = { statusCode: head.statusCode, record, ownShipments, now };
    const standing = packStanding(facts);
    const before = offers.get(head.key);
    const problem = problemOf(facts, standing, before?.state ?? null);
    const written: WrittenOrder = {
      key: head.key,
      changedAt: head.changedAt,
      record,
      standing,
      status: wordFor(connection, standing.state),
      customFields: settings.shipStationCustomFields,
      warehouseCodes: Object.fromEntries(codes),
    };
    return [{ head, record, standing, before, problem, written: problem ? null : written }];
  });
}

const words: Record<PackState, string> = {
  awaiting: 'paid',
  'on-hold': 'on_hold',
  shipped: 'shipped',
  cancelled: 'cancelled',
};

function wordFor({ settings }: Pick<Connection, 'settings'>, state: PackState): string {
  return settings.shipStationStatuses[state] ?? words[state];
}

/**
 * Why an order is left out. What was shown before is shown again without its address: that it is cancelled or on hold has to
 * come through.
 */
function problemOf(shown: ShownOrder, { state }: PackStanding, before: string | null): Shown['problem'] {
  const problem = leftOutBy(shown);
  const isOnlyAddress = problem?.gate === ADDRESS_GATE;
  return isOnlyAddress && before !== null && state !== 'awaiting' ? null : problem;
}

/** Written before the answer leaves: an order that ShipStation may know is one that it was shown. */
async function noteShown(
  { db, clock }: ExportDeps,
  { id: connectionId, companyId }: Connection,
  by: ShipStationActor,
  shown: readonly Shown[],
): Promise<void> {
  const changed = shown.filter(({ before, standing, problem, written }) => {
    const state = written ? standing.state : (before?.state ?? null);
    const isSame = before?.state === state && before.problem === (problem?.gate ?? null);
    return !isSame || before.recheckAt?.getTime() !== standing.recheckAt?.getTime();
  });
  if (changed.length === 0) return;
  const offers = changed.map(({ head, standing, problem, written }) => ({
    documentKey: head.key,
    state: written ? standing.state : null,
    problem: problem?.gate ?? null,
    recheckAt: standing.recheckAt,
  }));
  const events = changed.flatMap((each) => eventsOf(companyId, each));
  await db.transaction(async (tx) => {
    await keepOffers(tx, { connectionId, channel: CHANNEL, offers, now: clock.now() });
    await recordEvents(tx, by, events);
  });
}

function eventsOf(companyId: number, { head, standing, before, problem, written }: Shown): NewEvent[] {
  const about = { companyId, documentKey: head.key };
  if (problem && before?.problem !== problem.gate && standing.state !== 'shipped')
    return [
      {
        ...about,
        event: 'order-not-offered',
        summary: `ShipStation is not shown the order: ${problem.reason}`,
        details: `${problem.gate}. ${problem.next}`,
      },
    ];
  if (!written || before?.state === standing.state) return [];
  const why = standing.obstacle ? `: ${standing.obstacle.reason}` : '.';
  return [
    {
      ...about,
      event: 'order-offered',
      summary: `ShipStation is shown the order as ${written.status}${why}`,
    },
  ];
}
