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

/** What the gates and the plan look at. */
interface KnownShipping {
  facts: ShippingFacts;
  connection: Connection;
}

/**
 * Of one of the orders that were read for.
 * @param orderStatusCode status of the order's document; null as long as there is none
 */
export type ShippingFactsOf = (record: OrderRecord, orderStatusCode: number | null) => KnownShipping;

/** What the gates and the plan look at, from the order as we hold it. */
export async function readShippingFacts(
  deps: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  record: OrderRecord,
  orderStatusCode: number | null,
): Promise<KnownShipping> {
  return (await readAllShippingFacts(deps, tx, [record]))(record, orderStatusCode);
}

/** The same for many orders of a company, with as many statements as there are shops. */
export async function readAllShippingFacts(
  { findCancelling }: Pick<ShipmentDeps, 'findCancelling'>,
  tx: Tx,
  records: readonly OrderRecord[],
): Promise<ShippingFactsOf> {
  const companyId = records[0]?.companyId ?? 0;
  const connections = new Map<number, Connection>();
  for (const id of new Set(records.map(({ connectionId }) => connectionId)))
    connections.set(id, await getConnection(tx, { id }));
  const cancelling = await findCancelling(tx, { companyId, orderIds: records.map(({ id }) => id) });
  const open = new Map<number, ReadonlySet<string>>();
  for (const [id, connection] of connections)
    open.set(
      id,
      await findOpen(
        tx,
        records.filter(({ connectionId }) => connectionId === id),
        connection,
      ),
    );
  return (record, orderStatusCode) => {
    const connection = connections.get(record.connectionId)!;
    const cancellingKey = cancelling.get(record.id) ?? null;
    const waitsFor = isWaiting(record, connection)
      ? record.together.filter((id) => open.get(connection.id)!.has(id))
      : [];
    return { facts: factsOf({ record, orderStatusCode, connection, cancellingKey, waitsFor }), connection };
  };
}

/** Whether all orders of a combined package are waited for, as the last pull has shown it. */
function isWaiting({ parcelKey }: OrderRecord, { shopId, settings }: Connection): boolean {
  return Boolean(parcelKey?.startsWith('package:')) && shopId !== null && !settings.shipCombinedTogether;
}

/** Other orders of the combined packages with pieces that no shipment has. */
async function findOpen(
  tx: Tx,
  records: readonly OrderRecord[],
  connection: Connection,
): Promise<ReadonlySet<string>> {
  const { environment, shopId } = connection;
  const others = records.flatMap((record) => (isWaiting(record, connection) ? record.together : []));
  if (others.length === 0 || shopId === null) return new Set();
  const claims = await findClaims(tx, { environment, shopId }, [...new Set(others)]);
  const open = claims.filter(({ isShipped, shipmentKey }) => !isShipped && shipmentKey === null);
  return new Set(open.map(({ tiktokOrderId }) => tiktokOrderId));
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
  const known = await readShippingFacts(deps, tx, record, orderStatusCode);
  return planWith(known, lines, replaced);
}

/** The same with what was read before. @throws AppError as `planFor` */
export function planWith(
  { facts, connection }: KnownShipping,
  lines: readonly ShipmentLine[],
  replaced?: ReplacedPackages,
): PlannedShipping {
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
