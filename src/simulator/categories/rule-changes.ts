import type { Shop, World } from '../state/world.js';
import type { Category } from './category-model.js';
import type { Change, RuleChange } from './listing-world.js';

/** What has changed for the shop in this category by now, oldest first. */
export function changesFor(world: World, shop: Shop, { id }: Pick<Category, 'id'>): Change[] {
  const { ruleChanges } = world.listing;
  if (ruleChanges.length === 0) return [];
  const nowSec = world.clock.nowSec();
  return ruleChanges
    .filter(
      ({ atSec, regions, categoryIds }) =>
        atSec <= nowSec &&
        (regions.length === 0 || regions.includes(shop.region.code)) &&
        (categoryIds.length === 0 || categoryIds.includes(id)),
    )
    .toSorted((one, other) => one.atSec - other.atSec || one.id - other.id)
    .flatMap(({ changes }) => changes);
}

export function addRuleChange(world: World, change: Omit<RuleChange, 'id'>): RuleChange {
  const { ruleChanges } = world.listing;
  const added = { ...change, id: (ruleChanges.at(-1)?.id ?? 0) + 1 };
  ruleChanges.push(added);
  world.changed();
  return added;
}
