import { piecesPerUnit, unitLineOf } from '../domain/bundle.js';
import type { ShippableOrder } from '../domain/shipment.js';
import type { ErrorDetail } from '../kernel/errors.js';
import type { GoodsPlace, Wish } from './carton-wishes.js';
import { trackingKey } from './tracking-number.js';

type OrderLine = ShippableOrder['lines'][number];

/**
 * What is wished of the goods in bundles, as wishes for bundles: TikTok has a bundle as one piece, which travels under one
 * number. Goods that make up no whole bundles are a problem each. All other wishes stay as they are.
 */
export function wholeBundles(
  order: ShippableOrder,
  wishes: readonly Wish[],
  problems: ErrorDetail[],
): Wish[] {
  const groups = new Map<string, Wish[]>();
  for (const wish of wishes) {
    if (!wish.named.bundle) continue;
    const key = `${wish.lineNumber} ${trackingKey(wish.carton.trackingNumber ?? '')}`;
    groups.set(key, [...(groups.get(key) ?? []), wish]);
  }
  const made = [...groups.values()].flatMap((group) => bundleOf(order, group, problems));
  return [...wishes.filter(({ named }) => !named.bundle), ...made];
}

/** One wish for the bundles under one number; none when the goods do not make up whole ones. */
function bundleOf(order: ShippableOrder, group: readonly Wish[], problems: ErrorDetail[]): Wish[] {
  const [first] = group;
  if (!first) return [];
  const lines = order.lines.filter((line) => unitLineOf(line) === first.lineNumber);
  const sums = lines.map((line) => ({ line, pieces: piecesOf(line, group) }));
  const counts = new Set(sums.map(({ line, pieces }) => pieces / piecesPerUnit(line)));
  const [quantity] = counts;
  if (counts.size === 1 && quantity !== undefined && Number.isInteger(quantity)) {
    const goods = lines.flatMap((line) => placesOf(line, group));
    return [{ ...first, quantity, unitIds: idsOf(group), goods }];
  }
  const under = first.carton.trackingNumber === null ? '' : ` under ${first.carton.trackingNumber}`;
  problems.push({
    field: first.quantityPath,
    message:
      `the goods${under} make up no whole bundle ${first.named.bundle?.merchantSku}: ` +
      `one is ${listOf(lines.map((line) => ({ line, pieces: piecesPerUnit(line) })))}, here are ${listOf(sums)}`,
    next: 'TikTok has a bundle as one piece: ship all of its goods in one shipment under one tracking number.',
  });
  return [];
}

function piecesOf(line: OrderLine, group: readonly Wish[]): number {
  const own = group.filter(({ named }) => named.lineNumber === line.lineNumber);
  return own.reduce((sum, { quantity }) => sum + quantity, 0);
}

/** The first carton of the line stands for all that have this number. */
function placesOf(line: OrderLine, group: readonly Wish[]): GoodsPlace[] {
  const wish = group.find(({ named }) => named.lineNumber === line.lineNumber);
  if (!wish) return [];
  const { carton, line: said } = wish;
  const piecesEach = piecesPerUnit(line);
  return [{ path: carton.path, linePath: said.path, lineNumber: line.lineNumber, piecesEach }];
}

function idsOf(group: readonly Wish[]): string[] {
  return [...new Set(group.flatMap(({ unitIds }) => unitIds))];
}

/** `2 × CUP (line 1) and 1 × TEA (line 2)` */
function listOf(sums: readonly { line: OrderLine; pieces: number }[]): string {
  const names = sums.map(({ line, pieces }) => `${pieces} × ${line.supplierSku} (line ${line.lineNumber})`);
  return names.join(' and ');
}
