import type { ShopOrder } from '../../src/domain/order.js';
import { renderOrder, type OrderDocument } from '../../src/logicbroker/map-order.js';
import { groupUnits } from '../../src/orders/order-lines.js';
import { unitsOfLines } from '../../src/orders/order-record.js';

/** The text of an order's document as it comes in. @param matches supplier SKUs by merchant SKU */
export function documentOf(
  order: ShopOrder,
  { matches = new Map(), ...more }: Partial<OrderDocument> & { matches?: ReadonlyMap<string, string> } = {},
): string {
  const lines = groupUnits(order.units, matches);
  return renderOrder({
    key: 1001,
    statusCode: 100,
    linkKey: 'L-1001',
    senderCompanyId: 7002,
    receiverCompanyId: 7001,
    documentDate: new Date('2026-01-01T01:15:00Z'),
    order,
    lines,
    units: unitsOfLines(order.units, lines),
    constantAttributes: [],
    cancelRequest: null,
    ...more,
  });
}
