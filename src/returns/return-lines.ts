import { merchantSkuOf } from '../orders/order-lines.js';
import type { OrderLine } from '../domain/order.js';
import type { ReturnLine, ReturnUnit } from '../domain/return.js';

/**
 * Pieces that go back, grouped and numbered as the lines of their order. Pieces that are on none of them (the order could
 * not be read) are put together by SKU and numbered on.
 */
export function groupReturnUnits(
  units: readonly ReturnUnit[],
  orderLines: readonly OrderLine[],
  supplierSkus: ReadonlyMap<string, string>,
): ReturnLine[] {
  const lines = orderLines
    .map((line) =>
      ofOrderLine(
        line,
        units.filter(({ unitId }) => line.unitIds.includes(unitId)),
      ),
    )
    .filter(({ returnUnitIds }) => returnUnitIds.length > 0);
  const placed = new Set(lines.flatMap(({ returnUnitIds }) => returnUnitIds));
  const rest = new Map<string, ReturnLine>();
  let last = Math.max(0, ...orderLines.map(({ lineNumber }) => Number(lineNumber)));
  for (const unit of units) {
    if (placed.has(unit.returnUnitId)) continue;
    const line = rest.get(unit.skuId) ?? newLine(unit, String(++last), supplierSkus);
    rest.set(unit.skuId, line);
    line.returnUnitIds.push(unit.returnUnitId);
    if (unit.unitId) line.unitIds.push(unit.unitId);
  }
  return [...lines, ...rest.values()];
}

function ofOrderLine(line: OrderLine, units: readonly ReturnUnit[]): ReturnLine {
  const { lineNumber, productId, skuId, merchantSku, supplierSku, productName, skuName } = line;
  return {
    lineNumber,
    productId,
    skuId,
    merchantSku,
    supplierSku,
    productName,
    skuName,
    salePrice: line.salePrice,
    originalPrice: line.originalPrice,
    unitIds: units.map(({ unitId }) => unitId),
    returnUnitIds: units.map(({ returnUnitId }) => returnUnitId),
    ...(line.bundle ? { bundle: line.bundle } : {}),
  };
}

function newLine(
  unit: ReturnUnit,
  lineNumber: string,
  supplierSkus: ReadonlyMap<string, string>,
): ReturnLine {
  const merchantSku = merchantSkuOf(unit);
  return {
    lineNumber,
    productId: null,
    skuId: unit.skuId,
    merchantSku,
    supplierSku: supplierSkus.get(merchantSku) ?? merchantSku,
    productName: unit.productName,
    skuName: unit.skuName,
    salePrice: null,
    originalPrice: null,
    unitIds: [],
    returnUnitIds: [],
  };
}
