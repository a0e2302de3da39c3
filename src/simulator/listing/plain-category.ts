import { attributesOf, categoriesOf } from '../categories/category-rules.js';
import type { Category, CategoryVersion } from '../categories/category-model.js';
import { versionsOf } from '../categories/category-trees.js';
import type { NamedAttribute } from '../state/content.js';
import type { Shop, World } from '../state/world.js';

interface PlainCategory {
  category: Category;
  version: CategoryVersion;
  attributes: NamedAttribute[];
}

const found = new WeakMap<World, Map<string, PlainCategory>>();

/** A category of the shop's market that asks for little, for products that nobody has put into one; with what it asks for. */
export function plainCategory(world: World, shop: Shop): PlainCategory {
  const known = found.get(world) ?? new Map<string, PlainCategory>();
  found.set(world, known);
  let plain = known.get(shop.region.code);
  if (plain === undefined) known.set(shop.region.code, (plain = choose(world, shop)));
  return plain;
}

function choose(world: World, shop: Shop): PlainCategory {
  const version = versionsOf(shop.region).at(-1) ?? 'v1';
  const category = [...categoriesOf(shop, version).byId.values()].find(
    (one) =>
      one.isLeaf &&
      one.family === 'plain' &&
      one.sizeChart !== 'required' &&
      one.permissions.every((status) => status === 'AVAILABLE') &&
      one.certificates.every(({ isRequired }) => !isRequired),
  );
  if (category === undefined) throw new Error(`no plain category in ${shop.region.code}`);
  const offered = attributesOf(world, shop, category).filter(({ type }) => type === 'PRODUCT_PROPERTY');
  const needed = offered.filter(({ isRequired }) => isRequired);
  const chosen = needed.length > 0 ? needed : offered.filter(({ values }) => values.length > 0).slice(0, 1);
  // An answer that asks for no further attribute.
  const asked = new Set(offered.flatMap(({ conditions }) => conditions.map(({ valueId }) => valueId)));
  const attributes = chosen.map(({ id, name, values }) => ({
    id,
    name,
    values: [values.find((value) => !asked.has(value.id)) ?? values[0] ?? { id: `${id}0`, name: 'None' }],
  }));
  return { category, version, attributes };
}
