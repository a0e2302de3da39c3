import { piecesPerUnit } from '../domain/bundle.js';
import { compareIds, type OrderLine, type OrderUnit } from '../domain/order.js';
import { linesOfBundle, type BreakUp } from './bundle-lines.js';

/** Lines of equal pieces of TikTok's: one, or one for each of the goods in a bundle. */
interface Group {
  lines: Omit<OrderLine, 'unitIds' | 'quantity'>[];
  unitIds: string[];
}

/**
 * Puts equal pieces together: one line per SKU, original price, sale price and gift flag, numbered in order of first
 * appearance. Pieces that are cancelled already take no part. The result freezes with the export.
 * @param breakUp left out: a virtual bundle stays one line
 */
export function groupUnits(
  units: readonly OrderUnit[],
  supplierSkus: ReadonlyMap<string, string>,
  breakUp?: BreakUp,
): OrderLine[] {
  const groups = new Map<string, Group>();
  let last = 0;
  for (const unit of units) {
    if (unit.cancelled) continue;
    const parts = breakUp ? unit.kind.parts : undefined;
    const name = JSON.stringify([unit.skuId, unit.originalPrice, unit.salePrice, unit.isGift, parts ?? null]);
    const group = groups.get(name) ?? {
      lines: newLines(unit, last + 1, { supplierSkus, breakUp }),
      unitIds: [],
    };
    if (!groups.has(name)) last += group.lines.length;
    groups.set(name, group);
    group.unitIds.push(unit.unitId);
  }
  return [...groups.values()].flatMap(({ lines, unitIds }) => {
    unitIds.sort(compareIds);
    return lines.map((line) => ({ ...line, unitIds, quantity: unitIds.length * piecesPerUnit(line) }));
  });
}

/**
 * The seller's own SKU in TikTok. A seller may have given none; TikTok's id of the SKU stands in for it then, so that
 * the line can still be named.
 */
export function merchantSkuOf(unit: Pick<OrderUnit, 'merchantSku' | 'skuId'>): string {
  return unit.merchantSku || unit.skuId;
}

/** Seller SKUs of the lines that a piece comes onto. */
export function merchantSkusOf(unit: OrderUnit, { breaksUp }: { breaksUp: boolean }): string[] {
  const { parts } = unit.kind;
  return breaksUp && parts ? parts.map(merchantSkuOf) : [merchantSkuOf(unit)];
}

function newLines(
  unit: OrderUnit,
  first: number,
  { supplierSkus, breakUp }: { supplierSkus: ReadonlyMap<string, string>; breakUp: BreakUp | undefined },
): Group['lines'] {
  const isBundle = breakUp !== undefined && unit.kind.parts !== undefined;
  const lines = isBundle ? linesOfBundle(unit, breakUp) : [lineOf(unit)];
  return lines.map((line, index) => ({
    ...line,
    lineNumber: String(first + index),
    supplierSku: supplierSkus.get(line.merchantSku) ?? line.merchantSku,
    ...(line.bundle ? { bundle: { ...line.bundle, line: String(first) } } : {}),
  }));
}

function lineOf(unit: OrderUnit): Omit<OrderLine, 'lineNumber' | 'supplierSku' | 'unitIds' | 'quantity'> {
  return {
    productId: unit.productId,
    skuId: unit.skuId,
    merchantSku: merchantSkuOf(unit),
    productName: unit.productName,
    skuName: unit.skuName,
    isGift: unit.isGift,
    originalPrice: unit.originalPrice,
    salePrice: unit.salePrice,
  };
}
