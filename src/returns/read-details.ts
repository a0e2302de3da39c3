import type { ActiveConnection } from '../connections/connection.js';
import { AppError, messageOf } from '../kernel/errors.js';
import { findParts } from '../orders/bundle-lines.js';
import { groupUnits, merchantSkusOf } from '../orders/order-lines.js';
import type { OrderRecord } from '../orders/order-record.js';
import { findOrdersOfShop } from '../orders/order-store.js';
import type { OrderLine, ShopOrder } from '../domain/order.js';
import { withoutUnstorable } from '../sync/pull/storable.js';
import type { ShopApi } from '../tiktok/shop-api.js';
import type { ReturnDeps } from './return-deps.js';
import type { BuyersWords, ReturnRecordEntry, ShopReturn } from '../domain/return.js';

/** A shop that can be asked. */
export interface ReturnSource {
  connection: ActiveConnection;
  api: ShopApi;
}

/** What a request's document needs besides the request itself. */
export interface ReturnDetails {
  order: ReturnOrder | null;
  /** Null when TikTok did not tell; asked for again when the request changes. */
  words: BuyersWords | null;
}

interface ReturnOrder {
  /** Key of the order's document; null when the order was never imported. */
  documentKey: number | null;
  orderedAt: Date;
  lines: OrderLine[];
}

/**
 * Reads what belongs to requests that are to become documents: their orders, from our store or from TikTok, and what the
 * buyers wrote. Outside any transaction. By return id.
 * @throws AppError when TikTok cannot be asked for orders just now
 */
export async function readDetails(
  deps: ReturnDeps,
  source: ReturnSource,
  wanted: readonly { shown: ShopReturn; needs: readonly ('order' | 'words')[] }[],
): Promise<Map<string, ReturnDetails>> {
  const needing = (what: 'order' | 'words') =>
    wanted.filter(({ needs }) => needs.includes(what)).map(({ shown }) => shown);
  const orders = await readOrdersOf(deps, source, needing('order'));
  const details = new Map<string, ReturnDetails>();
  for (const { shown, needs } of wanted) {
    details.set(shown.returnId, {
      order: orders.get(shown.tiktokOrderId) ?? null,
      words: needs.includes('words') ? await readWords(deps, source, shown) : null,
    });
  }
  return details;
}

async function readOrdersOf(
  deps: ReturnDeps,
  { connection, api }: ReturnSource,
  returns: readonly ShopReturn[],
): Promise<Map<string, ReturnOrder>> {
  const ids = [...new Set(returns.map(({ tiktokOrderId }) => tiktokOrderId))];
  if (ids.length === 0) return new Map();
  const { companyId } = connection;
  const held = await findOrdersOfShop(deps.db.prisma, connection, ids);
  const found = new Map<string, ReturnOrder>();
  // An order that the shop's former company had is not this company's to see.
  for (const record of held.filter((each) => each.companyId === companyId)) {
    found.set(record.order.tiktokOrderId, await orderOfRecord(deps, connection, record));
  }
  for (const id of ids.filter((each) => !found.has(each))) {
    const [order] = withoutUnstorable(await getOrder(api, id));
    if (!order) continue;
    const lines = await linesOf(deps, connection, order);
    found.set(id, { documentKey: null, orderedAt: order.createdAt, lines });
  }
  return found;
}

/** TikTok refuses orders that it does not know; the return is taken in without. */
async function getOrder(api: ShopApi, id: string) {
  try {
    const { orders } = await api.getOrders([id]);
    return orders.filter(({ tiktokOrderId }) => tiktokOrderId === id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'tiktok-refused') return [];
    throw error;
  }
}

async function orderOfRecord(
  deps: ReturnDeps,
  connection: ActiveConnection,
  { documentKey, order, lines }: OrderRecord,
): Promise<ReturnOrder> {
  const { createdAt: orderedAt } = order;
  if (documentKey !== null) return { documentKey, orderedAt, lines };
  return { documentKey, orderedAt, lines: await linesOf(deps, connection, order) };
}

async function linesOf(
  deps: ReturnDeps,
  connection: ActiveConnection,
  { units, currency }: ShopOrder,
): Promise<OrderLine[]> {
  const tx = deps.db.prisma;
  const breaksUp = connection.settings.breakUpBundles;
  const merchantSkus = [...new Set(units.flatMap((unit) => merchantSkusOf(unit, { breaksUp })))];
  const matches = await deps.matchSkus?.(tx, connection, merchantSkus);
  const goods = await findParts(tx, { connection, findGoods: deps.findGoods, units });
  return groupUnits(units, matches ?? new Map(), goods && { goods, currency });
}

/** What the buyer wrote adorns the document; that it cannot be read must not keep a request from the seller. */
async function readWords(
  { log }: ReturnDeps,
  { api }: ReturnSource,
  { returnId }: ShopReturn,
): Promise<BuyersWords | null> {
  try {
    return buyersWords(withoutUnstorable(await api.returnRecords(returnId)));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ returnId, error: messageOf(error) }, 'history of a return cannot be read');
    return null;
  }
}

/** The first entry of the buyer's that says something, and all that the buyer showed. */
export function buyersWords(records: readonly ReturnRecordEntry[]): BuyersWords {
  const own = records.filter(({ role }) => role.toUpperCase() === 'BUYER');
  return {
    note: own.find(({ note }) => note !== null)?.note ?? null,
    imageUrls: [...new Set(own.flatMap(({ imageUrls }) => imageUrls))],
    videoUrls: [...new Set(own.flatMap(({ videoUrls }) => videoUrls))],
  };
}
