import { findCancelling } from '../../src/acknowledgements/acknowledgement-store.js';
import { findKnownCancellations } from '../../src/cancellations/cancellation-store.js';
import { noteBuyerRequests } from '../../src/cancellations/note-buyer-requests.js';
import { pullCancellations } from '../../src/cancellations/pull-cancellations.js';
import { findCaseTwins } from '../../src/catalogue/find-case-twins.js';
import { findGoods } from '../../src/catalogue/find-goods.js';
import { pullCatalogue } from '../../src/catalogue/pull-catalogue.js';
import { documentKinds, effectsOf } from '../../src/compose/kinds.js';
import type { ConnectionsDeps } from '../../src/connections/connections-deps.js';
import { openShop } from '../../src/connections/open-shop.js';
import { compareInventory } from '../../src/inventory/heal/compare-inventory.js';
import { piecesMoved } from '../../src/inventory/heal/pieces-moved.js';
import { matchSkus, usesMatching } from '../../src/inventory/matching/match-skus.js';
import { pushInventory } from '../../src/inventory/push/push-inventory.js';
import { pullOrders } from '../../src/orders/pull-orders.js';
import { sweepOrders } from '../../src/orders/sweep-orders.js';
import { pullReturns } from '../../src/returns/pull-returns.js';
import { followNumbers } from '../../src/shipments/follow-numbers.js';
import type { ShipmentDeps } from '../../src/shipments/shipment-deps.js';
import type { EffectRegistry } from '../../src/sync/effects/outbox.js';
import type { FlowHandler } from '../../src/sync/flows/flows.js';
import type { PiecesMoved } from '../../src/orders/piece.js';
import { silentLog } from '../support/logs.js';
import type { Planted } from './planted/planted-bug.js';

export interface Product {
  deps: ShipmentDeps & { piecesMoved: PiecesMoved };
  effects: EffectRegistry;
  handlers: Map<string, FlowHandler>;
}

/** Nobody is woken: the driver looks for what is due itself. */
export const wakeFlow = async (): Promise<void> => undefined;

/** Flows and effects as the product composes them, over these connections. */
export function productOf(connections: ConnectionsDeps, planted?: Planted): Product {
  const { db, clock } = connections;
  const moved: PiecesMoved = (connection, pieces) => piecesMoved({ db, clock, wakeFlow }, connection, pieces);
  const deps: Product['deps'] = {
    db,
    clock,
    log: silentLog,
    openShop: async (id, lane, fence) => {
      const opened = await openShop(connections, id, lane, fence);
      return { ...opened, api: { ...opened.api, ...planted?.api?.(opened.api) } };
    },
    findCancelling,
    piecesMoved: moved,
  };
  const orders = {
    ...deps,
    matchSkus,
    usesMatching,
    findTwins: findCaseTwins,
    findGoods,
    numbersChanged: followNumbers,
    findCancellations: findKnownCancellations,
    noteBuyerRequests: noteBuyerRequests(deps),
  };
  const stock = { ...orders, wakeFlow };
  const handlers = new Map<string, FlowHandler>([
    ['pull-orders', (run) => pullOrders(orders, run)],
    ['sweep-orders', (run) => sweepOrders(orders, run)],
    ['pull-cancellations', (run) => pullCancellations(deps, run)],
    ['pull-returns', (run) => pullReturns({ ...deps, matchSkus, findGoods }, run)],
    ['pull-catalogue', (run) => pullCatalogue(deps, run)],
    ['push-inventory', (run) => pushInventory(stock, run)],
    ['compare-inventory', (run) => compareInventory(stock, run)],
  ]);
  const effects = [...effectsOf(documentKinds(deps))].map(
    ([name, effect]) => [name, { ...effect, ...planted?.effect?.(effect) }] as const,
  );
  return { deps, effects: new Map(effects), handlers };
}
