import type { Actor } from '../companies/actor.js';
import type { ActiveConnection } from '../connections/connection.js';
import type { Logger } from '../kernel/log.js';
import type { Database, SqlTx } from '../store/database.js';
import type { Clock } from '../kernel/time.js';
import type { Goods } from '../domain/bundle.js';
import { parcelKeyOf, type ShopOrder } from '../domain/order.js';
import { hasUnreadPackages } from './unread-packages.js';
import type { CancelledBy, PiecesMoved } from './piece.js';

/** Supplier SKUs by merchant SKU; one without a match is left out. */
export type MatchSkus = (
  tx: SqlTx,
  connection: Pick<ActiveConnection, 'id'>,
  merchantSkus: string[],
) => Promise<ReadonlyMap<string, string>>;

/** Whether the connection has a matching file at all: without one an unmatched SKU is no news. */
export type UsesMatching = (tx: SqlTx, connection: Pick<ActiveConnection, 'id'>) => Promise<boolean>;

/** SKUs that the shop has beside the given ones, and that differ from them in case only; by the given one. */
type FindTwins = (
  tx: SqlTx,
  shop: { environment: string; shopId: string },
  merchantSkus: readonly string[],
) => Promise<ReadonlyMap<string, readonly string[]>>;

/** What TikTok's cancellations say of an order, whatever the order itself shows. */
export interface KnownCancellation {
  /** Pieces that were cancelled. */
  unitIds: ReadonlySet<string>;
  /** The same with the time of the cancellation, as well as TikTok tells it, and who made it. */
  pieces: ReadonlyMap<string, { at: Date; by: CancelledBy }>;
  /** Which cancellation it was, for people. */
  note: string;
}

/** By TikTok's order id; orders without a cancellation are left out. */
export type FindCancellations = (
  tx: SqlTx,
  shop: { environment: string; shopId: string },
  tiktokOrderIds: readonly string[],
) => Promise<ReadonlyMap<string, KnownCancellation>>;

/** What the catalogue knows of goods, by TikTok's SKU id; goods that it does not have are left out. */
export type FindGoods = (
  tx: SqlTx,
  shop: { environment: string; shopId: string },
  skuIds: readonly string[],
) => Promise<ReadonlyMap<string, Goods>>;

/** Is told, in the transaction, of shipments of the ERP's for whose pieces TikTok shows another tracking number than before. */
export type NumbersChanged = (
  tx: SqlTx,
  which: { companyId: number; shipmentKeys: readonly number[]; by: Actor },
) => Promise<void>;

export interface IngestDeps {
  db: Database;
  clock: Clock;
  log: Logger;
  /** Left out: the ERP's SKU is the merchant SKU itself. */
  matchSkus?: MatchSkus;
  usesMatching?: UsesMatching;
  /** Left out: only the order itself tells which SKUs differ in case only. */
  findTwins?: FindTwins;
  /** Left out: nothing is known of the goods in a bundle but what the order says. */
  findGoods?: FindGoods;
  /** Left out: only the order itself tells what is cancelled. */
  findCancellations?: FindCancellations;
  /** Left out: the order alone tells it. */
  numbersChanged?: NumbersChanged;
  /** Left out: nobody has to know at once. */
  piecesMoved?: PiecesMoved;
}

/** What taking in one page goes by. */
export interface IngestContext {
  deps: IngestDeps;
  tx: SqlTx;
  connection: ActiveConnection;
  /** TikTok's time at which the page was read. */
  readAt: Date;
  /** Who reads it. */
  by: Actor;
  /** Somebody asks for these orders: what is held is decided anew, whether it has changed or not. */
  again: boolean;
}

/** Columns of an order that repeat what TikTok shows. */
export function factsOf({ connection, readAt }: IngestContext, shown: ShopOrder) {
  return {
    companyId: connection.companyId,
    connectionId: connection.id,
    environment: connection.environment,
    shopId: connection.shopId,
    tiktokOrderId: shown.tiktokOrderId,
    tiktokStatus: shown.status,
    tiktokUpdatedAt: shown.updatedAt,
    readAt,
    tiktokCreatedAt: shown.createdAt,
    paidAt: shown.paidAt,
    shipBy: shown.shipBy,
    buyerRequestsCancel: shown.buyerRequestsCancel,
    currency: shown.currency,
    total: shown.amounts.total,
    deliveryOptionId: shown.deliveryOptionId,
    parcelKey: parcelKeyOf(shown),
    packagesDue: hasUnreadPackages(connection, shown),
  };
}
