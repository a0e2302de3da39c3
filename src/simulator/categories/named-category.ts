import { refuseProduct } from '../products/product-error.js';
import type { Shop, World } from '../state/world.js';
import type { Category, CategoryVersion } from './category-model.js';
import { findCategory } from './category-rules.js';
import { versionsOf } from './category-trees.js';

/** The version that a call means. Throws 12052217 for one that the shop's market does not have. */
export function versionMeant(world: World, shop: Shop, given: string | undefined): CategoryVersion {
  const all = versionsOf(shop.region);
  const known = world.behaviour.oldTreeBesideNew === 'refused' ? all.slice(-1) : all;
  if (given === undefined && world.behaviour.categoryVersionLeftOut === 'newest') return known.at(-1) ?? 'v1';
  const meant = known.find((version) => version === (given ?? 'v1'));
  if (meant === undefined) throw refuseProduct(12052217);
  return meant;
}

/** The leaf that a call names. Throws 12052230 for one of the other tree, 12052023 for none, 12052024 for one that is no leaf. */
export function leafNamed(world: World, shop: Shop, id: string, given: string | undefined): Category {
  const version = versionMeant(world, shop, given);
  const category = findCategory(world, shop, id, version);
  if (category === undefined) {
    throw refuseProduct(findCategory(world, shop, id) === undefined ? 12052023 : 12052230);
  }
  if (!category.isLeaf)
    throw refuseProduct(world.behaviour.innerCategory === 'not_final' ? 12052024 : 12052230);
  return category;
}
