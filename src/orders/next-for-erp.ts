import type { DocumentHead } from '../documents/document.js';
import type { GateResult } from '../kernel/gate.js';
import { toIsoSeconds } from '../kernel/time.js';
import { StatusCode, statusName } from '../logicbroker/statuses.js';
import { isOnItsWay } from '../domain/shipment.js';
import type { OrderRecord } from './order-record.js';

/** What the ERP does next with an order that it has: by its pieces, its status and what TikTok waits for. */
export function nextForErp(
  { units, order }: Pick<OrderRecord, 'units' | 'order'>,
  document: Pick<DocumentHead, 'key' | 'statusCode'>,
): string[] {
  const { key, statusCode } = document;
  if (statusCode === StatusCode.complete || statusCode === StatusCode.cancelled)
    return [`Nothing to do: the order is ${statusName('order', statusCode)}.`];
  if (statusCode === StatusCode.ignored)
    return [`The order is Ignored: PUT Orders/${key}/Status/Submitted hands it out again.`];
  const left = units.filter(({ cancelled, shippedAt, displayStatus }) => {
    return !cancelled && shippedAt === null && !isOnItsWay(displayStatus);
  });
  if (left.length === 0) return ['Nothing to do: every piece is shipped or cancelled.'];
  const claimed = [...new Set(left.flatMap(({ shipmentKey }) => shipmentKey ?? []))];
  const free = left.filter(({ shipmentKey }) => shipmentKey === null).length;
  const steps = claimed.map(
    (shipment) => `Shipment ${shipment} is on its way to TikTok: GET Shipments/${shipment}/Status.`,
  );
  if (free === 0) return steps;
  const by = order.shipBy ? ` until ${toIsoSeconds(order.shipBy)}` : '';
  const fetched =
    statusCode < StatusCode.acknowledged
      ? [`Fetch the order and say so: PUT Orders/${key}/Status/Acknowledged.`]
      : [];
  const pieces = `${free} ${free === 1 ? 'piece' : 'pieces'}`;
  return [...steps, ...fetched, `Ship ${pieces}${by}: POST Orders/${key}/Shipments.`];
}

/** In place of shipping, what keeps the order from being shipped now. */
export function unlessObstructed(steps: readonly string[], shippingGates: readonly GateResult[]): string[] {
  const wantsToShip = steps.some((step) => step.startsWith('Ship '));
  const obstacles = shippingGates.flatMap((gate) => (gate.outcome === 'refuse' ? [gate.next] : []));
  return wantsToShip && obstacles.length > 0
    ? [...steps.filter((step) => !step.startsWith('Ship ')), ...obstacles]
    : [...steps];
}
