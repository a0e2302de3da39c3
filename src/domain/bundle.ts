import { amountPerPiece, isZero, multiplyDecimal, sumDecimals } from '../kernel/money.js';
import type { DecimalString } from '../kernel/money.js';

/**
 * A virtual bundle (TikTok: combined listing) is one piece to TikTok and several goods to whoever packs it. Where it is
 * broken up, the order has a line for each of the goods; the pieces of TikTok's are those of the first of these lines.
 */
export interface BundleOfLine {
  /** Number of the first line of the bundle. */
  line: string;
  skuId: string;
  productId: string;
  merchantSku: string;
  name: string;
  /** Pieces of this line's goods in one bundle. */
  count: number;
  /** Of a gift: what one piece of this line's goods costs otherwise. */
  giftRetailPrice?: DecimalString | null;
}

interface LineOfBundle {
  lineNumber: string;
  bundle?: BundleOfLine | null;
}

/** What the catalogue knows of goods that are parts of a bundle. */
export interface Goods {
  title: string;
  /** Before discounts; null: not known. */
  price: DecimalString | null;
}

/** The line that TikTok's pieces are on: of a bundle's lines the first one. */
export function unitLineOf({ lineNumber, bundle }: LineOfBundle): string {
  return bundle?.line ?? lineNumber;
}

/** Pieces of the line's goods in one piece of TikTok's. */
export function piecesPerUnit({ bundle }: Pick<LineOfBundle, 'bundle'>): number {
  return bundle?.count ?? 1;
}

/** The lines of the bundle that this one is a part of; only itself where it is none. */
function siblingsOf<Line extends LineOfBundle>(line: Line, lines: readonly Line[]): Line[] {
  return lines.filter((each) => unitLineOf(each) === unitLineOf(line));
}

/** The line's share of an amount of all the pieces of its bundle: by what its goods cost; all of it where it is none. */
export function shareOfLine<
  Line extends LineOfBundle & { salePrice: DecimalString | null; originalPrice: DecimalString | null },
>(amount: DecimalString, line: Line, lines: readonly Line[], currency: string): DecimalString {
  const siblings = siblingsOf(line, lines);
  if (siblings.length < 2) return amount;
  const valueBy = (price: 'salePrice' | 'originalPrice') =>
    siblings.map((each) => multiplyDecimal(each[price] ?? '0', piecesPerUnit(each)));
  const [sold, listed] = [valueBy('salePrice'), valueBy('originalPrice')];
  const weights = isZero(sumDecimals(sold)) ? listed : sold;
  const shares = weights.map((weight) => ({ count: 1, weight }));
  return amountPerPiece(amount, shares, currency)?.[siblings.indexOf(line)] ?? amount;
}
