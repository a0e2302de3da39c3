import { Decimal } from 'decimal.js';
import type { Listing } from '../../domain/shop-listing.js';
import { isDecimalString } from '../../kernel/money.js';
import type { Wanted, WantedSku } from '../content/wanted.js';

const MOST_NOTES = 50;

/** What the push of stock and prices is told of a listed product when its feed is sent: no edit carries it. Pure. */
export function stockNotes({ skus }: Pick<Wanted, 'skus'>, listing: Listing): string[] {
  const notes = skus.flatMap((sku) => {
    const listed = listing.skus.find(
      ({ skuId, sellerSku }) => sellerSku === sku.sku || skuId === sku.tiktokSkuId,
    );
    if (sku.isRemoved || !listed) return [];
    const pieces = listed.stock.reduce((sum, { quantity }) => sum + quantity, 0);
    const parts = [
      ...differenceOf('pieces', String(pieces), piecesOf(sku)),
      ...differenceOf('price', listed.price, sku.price),
    ];
    if (parts.length === 0) return [];
    return [
      `${sku.sku}: ${parts.join(', ')}; told to the push of stock and prices (setting productFeedStock)`,
    ];
  });
  const rest = notes.length - MOST_NOTES;
  return rest > 0 ? [...notes.slice(0, MOST_NOTES), `and so for ${rest} further SKUs`] : notes;
}

function piecesOf({ quantity, quantities }: WantedSku): string | null {
  const said = quantities.length > 0 ? quantities.map((each) => each.quantity) : [quantity];
  const whole = said.filter((text): text is string => text !== null && isDecimalString(text));
  return whole.length === 0 ? null : whole.reduce((sum, text) => sum.plus(text), new Decimal(0)).toFixed();
}

function differenceOf(name: string, from: string | null, to: string | null): string[] {
  if (to === null || !isDecimalString(to)) return [];
  if (from !== null && isDecimalString(from) && new Decimal(from).eq(to)) return [];
  return [`${name} ${from ?? 'none'} -> ${to}`];
}
