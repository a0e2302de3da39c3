import { compareIds, type OrderLine, type OrderUnit } from '../domain/order.js';

/**
 * Puts equal pieces together: one line per SKU, original price, sale price and gift flag, numbered in order of first
 * appearance. Pieces that are cancelled already take no part. The result freezes with the export.
 */
export function groupUnits(
  units: readonly OrderUnit[],
  supplierSkus: ReadonlyMap<string, string>,
): OrderLine[] {
  const lines = new Map<string, OrderLine>();
  for (const unit of units) {
    if (unit.cancelled) continue;
    const group = JSON.stringify([unit.skuId, unit.originalPrice, unit.salePrice, unit.isGift]);
    const line = lines.get(group) ?? newLine(unit, lines.size + 1, supplierSkus);
    lines.set(group, line);
    line.unitIds.push(unit.unitId);
    line.quantity += 1;
  }
  for (const line of lines.values()) line.unitIds.sort(compareIds);
  return [...lines.values()];
}

/**
 * The seller's own SKU in TikTok. A seller may have given none; TikTok's id of the SKU stands in for it then, so that
 * the line can still be named.
 */
export function merchantSkuOf(unit: Pick<OrderUnit, 'merchantSku' | 'skuId'>): string {
  return unit.merchantSku || unit.skuId;
}

function newLine(unit: OrderUnit, number: number, supplierSkus: ReadonlyMap<string, string>): OrderLine {
  const merchantSku = merchantSkuOf(unit);
  return {
    lineNumber: String(number),
    productId: unit.productId,
    skuId: unit.skuId,
    merchantSku,
    supplierSku: supplierSkus.get(merchantSku) ?? merchantSku,
    productName: unit.productName,
    skuName: unit.skuName,
    isGift: unit.isGift,
    originalPrice: unit.originalPrice,
    salePrice: unit.salePrice,
    unitIds: [],
    quantity: 0,
  };
}
