import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { AppError } from '../kernel/errors.js';
import { firstObstacle, refusedBy } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { shippingModelOf, splitGrainOf } from '../tiktok/regions.js';
import { planShipment } from './plan-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';
import {
  isOnItsWay,
  type ReplacedPackages,
  type ShipmentLine,
  type ShipmentPlan,
} from '../domain/shipment.js';
import { shippingGates, type ShippingFacts } from './shipment-gates.js';
import { findClaims } from './shipment-store.js';

/**
 * What the gates and the plan look at, from the order as we hold it.
 * @param orderStatusCode status of the order's document; null as long as there is none
 */
export async function readShippingFacts(
  { findCancelling }: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  record: OrderRecord,
  orderStatusCode: number | null,
): Promise<{ facts: ShippingFacts; connection: Connection }> {
  const { companyId, id: orderId, connectionId } = record;
  const connection = await getConnection(tx, { id: connectionId });
  const cancellingKey = await findCancelling(tx, { companyId, orderId });
  const waitsFor = await findMissing(tx, record, connection);
  return { facts: factsOf({ record, orderStatusCode, connection, cancellingKey, waitsFor }), connection };
}

/** Other orders of the combined package, as the last pull has shown it, with pieces that no shipment has. */
async function findMissing(
  tx: Tx,
  { parcelKey, together }: OrderRecord,
  { environment, shopId, settings }: Connection,
): Promise<string[]> {
  if (!parcelKey?.startsWith('package:') || shopId === null || settings.shipCombinedTogether) return [];
  const claims = await findClaims(tx, { environment, shopId }, together);
  const open = claims.filter(({ isShipped, shipmentKey }) => !isShipped && shipmentKey === null);
  return [...new Set(open.map(({ tiktokOrderId }) => tiktokOrderId))];
}

function factsOf({
  record,
  connection,
  ...rest
}: Pick<ShippingFacts, 'orderStatusCode' | 'cancellingKey' | 'waitsFor'> & {
  record: OrderRecord;
  connection: Connection;
}): ShippingFacts {
  const { order } = record;
  return {
    ...rest,
    order: {
      state: record.state,
      tiktokStatus: order.status,
      shipping: order.shipping,
      fulfillment: order.fulfillment,
      // Cancellations may show a request before the order itself does.
      buyerRequestsCancel: order.buyerRequestsCancel || record.cancelRequest !== null,
      answerBy: record.cancelRequest?.answerBy ?? null,
      lines: record.lines,
      caseSensitive: connection.settings.caseSensitiveSkus,
      units: record.units.map((unit) => ({
        ...unit,
        shipped: unit.shippedAt !== null || isOnItsWay(unit.displayStatus),
      })),
    },
    connection,
    model: connection.shopRegion === null ? null : shippingModelOf(connection.shopRegion),
  };
}

/** What a shipment does to its order, and what that was decided by. */
export interface PlannedShipping {
  plan: ShipmentPlan;
  facts: ShippingFacts;
  connection: Connection;
}

/**
 * The packages of a shipment, or why there are none.
 * @param orderStatusCode as in `readShippingFacts`
 * @throws AppError rule-violated by the first gate that refuses, invalid-document with every problem of the lines
 */
export async function planFor(
  deps: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  {
    record,
    orderStatusCode,
    lines,
    replaced,
  }: {
    record: OrderRecord;
    orderStatusCode: number | null;
    lines: readonly ShipmentLine[];
    replaced?: ReplacedPackages;
  },
): Promise<PlannedShipping> {
  const { facts, connection } = await readShippingFacts(deps, tx, record, orderStatusCode);
  const obstacle = firstObstacle(shippingGates, facts);
  const refused = obstacle?.outcome === 'refuse' ? obstacle : null;
  // Without a free piece each line says so itself, with the reason and the place in the document.
  const isShipped = refused?.gate === 'awaiting-shipment' && isOnItsWay(facts.order.tiktokStatus);
  if (refused && refused.gate !== 'units-free' && !isShipped) throw refusedBy(refused);
  const rules = {
    model: facts.model ?? 'mark-shipped',
    grain: splitGrainOf(connection.shopRegion ?? '', connection.sellerType ?? ''),
  };
  const plan = () => planShipment(facts.order, lines, rules, replaced);
  return { plan: isShipped ? planOfShipped(plan, refused) : plan(), facts, connection };
}

/** TikTok has the order on its way already: what says the same as TikTok is taken, anything else is told what TikTok has. */
function planOfShipped(plan: () => ShipmentPlan, obstacle: Parameters<typeof refusedBy>[0]): ShipmentPlan {
  try {
    const planned = plan();
    if (planned.packages.every(({ isShipped }) => isShipped)) return planned;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  throw refusedBy(obstacle);
}
