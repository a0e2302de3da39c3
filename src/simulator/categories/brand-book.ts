import type { Brand } from './listing-world.js';
import { listingOf } from './listing-world.js';
import type { Shop, World } from '../state/world.js';

const FIRST_ID = 7_082_400_000_000_000_001n;
const firstWords = 'Amber Birch Cedar Delta Ember Fjord Grove Harbor Indigo Juniper Kestrel Lumen'.split(' ');
const secondWords = 'Atelier Works Supply Goods Studio Labs Outfitters Trading Craft Home Sport Kids'.split(
  ' ',
);
/** Protected ones: invented, like all. */
const protectedNames = ['Northwind Prime', 'Solstice Maison', 'Vega Mobile', 'Orchid Royale', 'Pixelon'];

const everybodys: readonly Brand[] = [
  ...protectedNames.map((name) => ({ name, isT1: true })),
  ...firstWords.flatMap((one) => secondWords.map((other) => ({ name: `${one} ${other}`, isT1: false }))),
].map(({ name, isT1 }, index) => ({
  id: String(FIRST_ID + BigInt(index * 7919)),
  name,
  isT1,
  createdSec: 0,
}));

export interface ShopBrand extends Brand {
  isAuthorized: boolean;
}

/** All that the shop can name: those that everybody sees, and the seller's own. */
export function brandsOf(world: World, shop: Shop): ShopBrand[] {
  const { authorizedBrands } = listingOf(shop);
  return [...everybodys, ...brandsMadeBy(world, shop.openId)].map((brand) => ({
    ...brand,
    isAuthorized: authorizedBrands.includes(brand.id),
  }));
}

export function brandsMadeBy(world: World, openId: string): Brand[] {
  return world.listing.brands.filter((brand) => brand.openId === openId);
}

export function isBrandName(world: World, openId: string, name: string): boolean {
  const wanted = name.toLowerCase();
  return [...everybodys, ...brandsMadeBy(world, openId)].some((brand) => brand.name.toLowerCase() === wanted);
}
