import { getConnection } from '../connections/connection-store.js';
import type { Connection } from '../connections/connection.js';
import { firstObstacle, refusedBy } from '../kernel/gate.js';
import type { OrderRecord } from '../orders/order-record.js';
import type { Tx } from '../store/database.js';
import { shippingModelOf, splitGrainOf } from '../tiktok/regions.js';
import { planShipment } from './plan-shipment.js';
import type { ShipmentDeps } from './shipment-deps.js';
import { isOnItsWay, type ShipmentLine, type ShipmentPlan } from '../domain/shipment.js';
import { shippingGates, type ShippingFacts } from './shipment-gates.js';

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
  return { facts: factsOf({ record, orderStatusCode, connection, cancellingKey }), connection };
}

function factsOf({
  record,
  connection,
  ...rest
}: Pick<ShippingFacts, 'orderStatusCode' | 'cancellingKey'> & {
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
  }: { record: OrderRecord; orderStatusCode: number | null; lines: readonly ShipmentLine[] },
): Promise<PlannedShipping> {
  const { facts, connection } = await readShippingFacts(deps, tx, record, orderStatusCode);
  const obstacle = firstObstacle(shippingGates, facts);
  // Without a free piece each line says so itself, with the reason and the place in the document.
  if (obstacle?.outcome === 'refuse' && obstacle.gate !== 'units-free') throw refusedBy(obstacle);
  const plan = planShipment(facts.order, lines, {
    model: facts.model ?? 'mark-shipped',
    grain: splitGrainOf(connection.shopRegion ?? '', connection.sellerType ?? ''),
  });
  return { plan, facts, connection };
}
