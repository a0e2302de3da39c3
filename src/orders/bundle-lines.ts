import type { Goods } from '../domain/bundle.js';
import type { OrderLine, OrderUnit } from '../domain/order.js';
import type { SqlTx } from '../store/database.js';
import type { FindGoods } from './ingest-context.js';
import { amountPerPiece, isZero, type DecimalString, type Share } from '../kernel/money.js';

/** How virtual bundles become lines of their parts. */
export interface BreakUp {
  currency: string;
  /** By TikTok's SKU id; goods that the catalogue does not have are missing. */
  goods: ReadonlyMap<string, Goods>;
}

/**
 * What is known of the goods in the bundles among these pieces; undefined where bundles stay lines of their own, or where
 * there are none.
 */
export async function findParts(
  tx: SqlTx,
  {
    connection,
    findGoods,
    units,
  }: {
    connection: { environment: string; shopId: string; settings: { breakUpBundles: boolean } };
    findGoods: FindGoods | undefined;
    units: readonly OrderUnit[];
  },
): Promise<BreakUp['goods'] | undefined> {
  const skuIds = units.flatMap(({ kind }) => kind.parts?.map(({ skuId }) => skuId) ?? []);
  if (skuIds.length === 0 || !connection.settings.breakUpBundles) return undefined;
  return (await findGoods?.(tx, connection, [...new Set(skuIds)])) ?? new Map();
}

/** A part as a line: some pieces of the same goods at the same price. */
type PartLine = Omit<OrderLine, 'lineNumber' | 'unitIds' | 'quantity' | 'supplierSku'>;

interface Piled {
  at: number;
  count: number;
  weight: DecimalString;
}

/**
 * Lines for the goods in one piece of a bundle. Their prices are shares of the bundle's by what TikTok lists the goods
 * for, else equal by piece, and sum up to it exactly; where no price per piece does so, one piece of the most numerous goods
 * becomes a line of its own.
 */
export function linesOfBundle(unit: OrderUnit, { currency, goods }: BreakUp): PartLine[] {
  const parts = unit.kind.parts ?? [];
  const prices = parts.map(({ skuId }) => goods.get(skuId)?.price ?? null);
  const isPriced = prices.every((price) => price !== null && !isZero(price));
  const piles = parts.map(({ count }, at) => ({
    at,
    count,
    weight: isPriced ? (prices[at] ?? '1') : '1',
  }));
  const amounts = [unit.salePrice, unit.originalPrice, unit.kind.giftRetailPrice ?? null];
  const fits = (shares: readonly Share[]) =>
    amounts.every((amount) => amount === null || amountPerPiece(amount, shares, currency) !== null);
  const shares = fits(piles) ? piles : withSinglePiece(piles);
  const [sale, original, gift] = amounts.map((amount) =>
    amount === null ? null : amountPerPiece(amount, shares, currency),
  );
  return shares.flatMap(({ at, count }, index) => {
    const part = parts[at];
    if (!part) return [];
    return {
      productId: part.productId,
      skuId: part.skuId,
      merchantSku: part.merchantSku || part.skuId,
      productName: goods.get(part.skuId)?.title || unit.productName,
      skuName: '',
      isGift: unit.isGift,
      originalPrice: original?.[index] ?? null,
      salePrice: sale?.[index] ?? null,
      bundle: {
        line: '',
        skuId: unit.skuId,
        productId: unit.productId,
        merchantSku: unit.merchantSku || unit.skuId,
        name: unit.productName,
        count,
        giftRetailPrice: gift?.[index] ?? null,
      },
    };
  });
}

/** A share of one piece can take whatever rounding leaves. */
function withSinglePiece(piles: readonly Piled[]): Piled[] {
  const [largest] = piles.toSorted((a, b) => b.count - a.count);
  return piles.flatMap((pile) =>
    pile === largest && pile.count > 1
      ? [
          { ...pile, count: pile.count - 1 },
          { ...pile, count: 1 },
        ]
      : [pile],
  );
}
