import { lockDocuments, recordEvents, replaceBodies, type NewEvent } from '../documents/document-store.js';
import { parcelKeyOf, type ShopOrder } from '../domain/order.js';
import { ORDER_RENDERER_VERSION } from '../logicbroker/map-order.js';
import type { IngestContext } from './ingest-context.js';
import type { OrderRecord } from './order-record.js';
import { findSharing, readOrderRecords } from './order-store.js';
import { byDocument, renderRecord } from './render-orders.js';

/** An order of a page with what was held of it before. */
interface Seen {
  record: Pick<OrderRecord, 'parcelKey'> | null;
  shown: ShopOrder;
}

/** Orders that newly share a parcel with others, or no longer do. */
interface Regrouped {
  tiktokOrderId: string;
  from: string | null;
  to: string | null;
}

/**
 * Tells every order of a combined package, or of one of TikTok's combination groups, which others travel with it, also the
 * ones that TikTok has not shown on this page. The rows are written and, with those that share their parcels, locked.
 */
export async function tellSharedParcels(context: IngestContext, seen: readonly Seen[]): Promise<void> {
  const regrouped = seen.flatMap(({ record, shown }): Regrouped[] => {
    const [from, to] = [record?.parcelKey ?? null, parcelKeyOf(shown)];
    return from === to ? [] : [{ tiktokOrderId: shown.tiktokOrderId, from, to }];
  });
  if (regrouped.length === 0) return;
  const { tx, connection, by } = context;
  const { companyId } = connection;
  const ids = await findSharing(tx, connection, {
    parcelKeys: keysOf(regrouped),
    tiktokOrderIds: regrouped.map(({ tiktokOrderId }) => tiktokOrderId),
  });
  const records = (await readOrderRecords(tx, ids)).filter((record) => record.companyId === companyId);
  const documents = byDocument(records);
  const heads = await lockDocuments(tx, { companyId, keys: [...documents.keys()] });
  await replaceBodies(
    tx,
    heads.flatMap((head) => {
      const record = documents.get(head.key);
      if (!record) return [];
      return [{ key: head.key, body: renderRecord(record, head), rendererVersion: ORDER_RENDERER_VERSION }];
    }),
  );
  await recordEvents(
    tx,
    by,
    [...documents].flatMap(([documentKey, record]) => eventsOf(record, documentKey, regrouped)),
  );
}

function keysOf(regrouped: readonly Regrouped[]): string[] {
  return [...new Set(regrouped.flatMap(({ from, to }) => [from, to]).filter((key) => key !== null))];
}

function eventsOf(record: OrderRecord, documentKey: number, regrouped: readonly Regrouped[]): NewEvent[] {
  const { companyId, connectionId, parcelKey, together, order } = record;
  const own = regrouped.find(({ tiktokOrderId }) => tiktokOrderId === order.tiktokOrderId);
  const others = regrouped.filter((each) => each !== own);
  const joined = own ? [...together] : idsOf(others.filter(({ to }) => to === parcelKey && to !== null));
  const left = idsOf(others.filter(({ from }) => from === parcelKey && from !== null));
  const subject = { companyId, connectionId, documentKey };
  const events: NewEvent[] = [];
  if (joined.length > 0) {
    events.push({ ...subject, event: 'parcel-shared', ...wordsOf(record, joined) });
  }
  if (left.length > 0 || (own && own.from !== null && together.length === 0)) {
    const names = left.length > 0 ? ` with ${left.join(', ')}` : '';
    events.push({
      ...subject,
      event: 'parcel-shared',
      summary: `TikTok no longer has the order together${names}`,
    });
  }
  return events;
}

function wordsOf({ parcelKey, together }: OrderRecord, joined: readonly string[]) {
  const additional = { orders: [...together] };
  const names = joined.join(', ');
  return parcelKey?.startsWith('group:')
    ? {
        summary: `TikTok recommends to send the order in one parcel with ${names}`,
        details: 'Ship each of them under the same tracking number, or each by itself.',
        additional,
      }
    : {
        summary: `TikTok has the order in one package with ${names}`,
        details:
          'Ship all of them under the same tracking number: the package waits for the shipment of each. To ship them apart, take them apart in TikTok Seller Center first.',
        additional,
      };
}

function idsOf(regrouped: readonly Regrouped[]): string[] {
  return regrouped.map(({ tiktokOrderId }) => tiktokOrderId);
}
