import { allowedPieces, type Said, type SoldPiece } from '../inventory/stock-oracle.js';
import type { ChaosShop, ChaosWorld } from './chaos-world.js';

/** What the driver knows about one SKU of a shop, from what it has done itself. */
export interface Counted {
  shop: ChaosShop;
  sku: string;
  said: Said | undefined;
  /** In TikTok, when the history began. */
  first: number;
  price: string | null;
}

/** When the ERP came to know what, by piece. */
export interface Known {
  exported: Map<string, number>;
  handed: Map<string, number>;
  told: Map<string, number>;
}

interface Line {
  id: string;
  seller_sku: string;
  display_status: string;
  cancel_user?: string;
}

/** Ways in which TikTok shows other stock or prices than the rule of stock wants. */
export function stockDisagreements(world: ChaosWorld, counted: readonly Counted[], known: Known): string[] {
  const { control } = world.simulator;
  return counted.flatMap(({ shop, sku, said, price }) => {
    if (!said) return [];
    const [row] = control.stock(shop.shopId, sku);
    const shown = row?.warehouses.reduce((sum, { available }) => sum + available, 0) ?? -1;
    const pieces = piecesOf(world, { shop, sku }, known);
    const allowed = allowedPieces(said, { pieces: null, isLowered: false }, pieces, 'both') ?? [];
    const found: string[] = [];
    if (!allowed.includes(shown))
      found.push(
        `stock of ${sku} in ${shop.region}: TikTok shows ${shown}, not ${allowed.join(' or ')}: ${JSON.stringify({ said, pieces })}`,
      );
    if (price !== null && Number(row?.price) !== Number(price))
      found.push(`price of ${sku} in ${shop.region}: TikTok shows ${row?.price}, not ${price}`);
    return found;
  });
}

function piecesOf(
  { simulator: { control } }: ChaosWorld,
  { shop, sku }: Pick<Counted, 'shop' | 'sku'>,
  { exported, handed, told }: Known,
): SoldPiece[] {
  const effects = control.effects({ shop: shop.shopId });
  return control.orders({ shop: shop.shopId, limit: 100_000 }).flatMap((order) => {
    const cancels = control.cancellations({ order: order.id }) as unknown as {
      create_time: number;
      cancel_line_items: { order_line_item_id: string }[];
    }[];
    return (order['line_items'] as Line[])
      .filter(({ seller_sku: each }) => each === sku)
      .map(({ id, display_status: status, cancel_user: by }) => {
        const shipped = effects.find(({ kind, unitIds }) => kind === 'shipped' && unitIds.includes(id));
        const cancel = cancels.find((each) =>
          each.cancel_line_items.some((item) => item.order_line_item_id === id),
        );
        const isCancelled = status === 'CANCELLED';
        return {
          warehouse: 'Main',
          born: Number(order['create_time']) * 1_000,
          exported: exported.get(id) ?? null,
          handed: handed.get(id) ?? null,
          shipped: shipped && !isCancelled ? shipped.atSec * 1_000 : null,
          cancelled: isCancelled
            ? { at: (cancel?.create_time ?? 0) * 1_000, bySeller: by === 'SELLER' }
            : null,
          cancelTold: told.get(id) ?? null,
        };
      });
  });
}
