import type { MediaFetcher } from '../products/media/media-fetcher.js';
import { findCancelling } from '../acknowledgements/acknowledgement-store.js';
import type { Config } from '../config/config.js';
import type { ConnectionsDeps } from '../connections/connections-deps.js';
import { openShop } from '../connections/open-shop.js';
import type { DocumentKind } from '../documents/document-kind.js';
import { inventoryChanged, type InventoryChangedDeps } from '../inventory/items/inventory-changed.js';
import type { InventoryDeps } from '../inventory/inventory-deps.js';
import { createPushForecast, type ExpectPush } from '../inventory/push/expected-push.js';
import { previewPush } from '../inventory/push/push-preview.js';
import { piecesMoved } from '../inventory/heal/pieces-moved.js';
import type { PiecesMoved } from '../orders/piece.js';
import type { Queues } from '../jobs/queues.js';
import type { Logger } from '../kernel/log.js';
import type { createMetrics } from '../telemetry/metrics.js';
import type { PortalDeps } from '../portal/portal-deps.js';
import type { ShipmentDeps } from '../shipments/shipment-deps.js';
import type { Database } from '../store/database.js';
import { defaultRates, scaledRates } from '../sync/budgets/call-rates.js';
import type { MailDoor } from '../outbound/mail-door.js';
import type { PublicDoor } from '../outbound/public-door.js';
import type { ShopifyAccess } from '../channels/shopify/shopify-client.js';
import type { KeyKeeper } from './key-keeper.js';
import { createForecast } from '../sync/budgets/expected-finish.js';
import type { Clock } from '../kernel/time.js';

export interface ComposeOptions {
  config: Config;
  log: Logger;
  clock?: Clock;
  /** What the pages say beside the ordinary: the demo tells its log-in and where the simulator is. */
  portal?: Partial<Pick<PortalDeps, 'links' | 'loginHint'>>;
}

/** Holds what every part of the program is made of. */
export interface Parts extends ComposeOptions {
  clock: Clock;
  db: Database;
  queues: Queues;
  metrics: ReturnType<typeof createMetrics>;
  connections: ConnectionsDeps;
  domain: ShipmentDeps;
  keys: KeyKeeper;
  /** To the servers of others: webhooks. */
  publicDoor: PublicDoor;
  /** To Shopify's stores. */
  shopify: ShopifyAccess;
  /** Null: this installation sends no mails. */
  mail: MailDoor | null;
  /** Fetches images and documents of products. */
  media: MediaFetcher;
  kinds: readonly DocumentKind[];
}

/** What the use cases of orders and shipments need: the store, TikTok as a shop sees it, and a way to wake a worker. */
export function domainDeps(connections: ConnectionsDeps, queues: Queues): ShipmentDeps {
  const { db, clock, log } = connections;
  return {
    db,
    clock,
    log,
    openShop: (connectionId, lane, options) => openShop(connections, connectionId, lane, options),
    findCancelling,
    wake: (id) => void queues.wakeNow({ kind: 'outbox', id, lane: 'urgent' }),
  };
}

/** Pieces that have moved are looked at by the stock push. */
export function piecesMovedBy({ db, clock, queues }: Pick<Parts, 'db' | 'clock' | 'queues'>): PiecesMoved {
  const wakeFlow = wakeFlowOf(queues);
  return (connection, pieces) => piecesMoved({ db, clock, wakeFlow }, connection, pieces);
}

export function wakeFlowOf(queues: Queues): InventoryChangedDeps['wakeFlow'] {
  return ({ id, lane }, options) => queues.wakeNow({ kind: 'flow', id, lane }, options);
}

/** What files and buttons of inventory need: a change wakes the push, a dry run asks what it would send. */
export function inventoryDeps(parts: Parts): InventoryDeps {
  const { db, clock, log, queues } = parts;
  const wakeFlow = wakeFlowOf(queues);
  return {
    db,
    clock,
    log,
    wakeFlow: (flow) => wakeFlow(flow, { delayMs: 0 }),
    inventoryChanged: (connectionId, options) =>
      inventoryChanged({ db, clock, wakeFlow }, connectionId, options),
    previewPush: previewPush({ db, clock, expectPush: pushForecast(parts) }),
  };
}

/** When a push will be done, by what the shop's budgets have learnt. */
export function pushForecast({ db, config, connections }: Parts): ExpectPush {
  const rates = scaledRates(defaultRates, config.tiktokRateFactor);
  const { apps } = connections.tiktok;
  return createPushForecast({
    db,
    forecast: createForecast({ db: db.prisma }, rates),
    appKeyOf: (environment) => apps[environment]?.appKey,
  });
}
