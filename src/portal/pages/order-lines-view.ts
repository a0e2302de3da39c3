import { piecesPerUnit, unitLineOf } from '../../domain/bundle.js';
import type { OrderRecord } from '../../orders/order-record.js';

/** A line of an order with what became of its pieces. */
export interface LineCount {
  number: string;
  supplierSku: string;
  merchantSku: string;
  name: string;
  isGift: boolean;
  price: string | null;
  ordered: number;
  cancelled: number;
  shipped: number;
  /** Neither cancelled nor in a shipment. */
  open: number;
}

export function linesOfOrder({ lines, units }: Pick<OrderRecord, 'lines' | 'units'>): LineCount[] {
  return lines.map((line) => {
    const own = units.filter(({ lineNumber }) => lineNumber === unitLineOf(line));
    const times = piecesPerUnit(line);
    const count = (which: (unit: (typeof own)[number]) => boolean): number =>
      own.filter(which).length * times;
    return {
      number: line.lineNumber,
      supplierSku: line.supplierSku,
      merchantSku: line.merchantSku,
      name: line.skuName ? `${line.productName}, ${line.skuName}` : line.productName,
      isGift: line.isGift,
      price: line.salePrice,
      ordered: line.quantity,
      cancelled: count(({ cancelled }) => cancelled),
      shipped: count(
        ({ cancelled, shippedAt, shipmentKey }) => !cancelled && (shippedAt !== null || shipmentKey !== null),
      ),
      open: count(
        ({ cancelled, shippedAt, shipmentKey }) => !cancelled && shippedAt === null && shipmentKey === null,
      ),
    };
  });
}
