import { hasDoubles, type Blanks, type Facts, type ListingRule } from '../listing-rule.js';

/** UNCONFIRMED: the texts of the codes speak of limits without naming them. */
const MOST_ENTITIES = 10;

/** EU: who made the product and who answers for it. Both are told by their ids. */
export const complianceRules: readonly ListingRule[] = [
  {
    code: 12052282,
    mayLackInDraft: true,
    broken: ({ content, rules }) =>
      rules?.manufacturerRequired === true && content.manufacturerIds.length === 0,
  },
  { code: 12052283, broken: ({ content }) => content.manufacturerIds.length > MOST_ENTITIES },
  { code: 12052295, broken: ({ content }) => hasDoubles(content.manufacturerIds) },
  {
    code: 12052284,
    broken: ({ content, world }) => stranger(content.manufacturerIds, world.listing.manufacturers),
  },
  {
    code: 12052285,
    broken: (facts) => foreign(facts, facts.content.manufacturerIds, facts.world.listing.manufacturers),
  },
  {
    code: 12052287,
    mayLackInDraft: true,
    broken: ({ content, rules }) =>
      rules?.responsiblePersonRequired === true && content.responsiblePersonIds.length === 0,
  },
  {
    code: 12052288,
    broken: ({ content }) =>
      content.responsiblePersonIds.length > MOST_ENTITIES
        ? { max_limit: String(MOST_ENTITIES), min_limit: '1' }
        : undefined,
  },
  { code: 12052296, broken: ({ content }) => hasDoubles(content.responsiblePersonIds) },
  {
    code: 12052289,
    broken: ({ content, world }) => stranger(content.responsiblePersonIds, world.listing.responsiblePersons),
  },
  {
    code: 12052290,
    broken: (facts) =>
      foreign(facts, facts.content.responsiblePersonIds, facts.world.listing.responsiblePersons),
  },
];

type Entities = readonly { id: string; openId: string }[];

function blanks(id: string): Blanks {
  return { manufacturer_id: id, rp_id: id };
}

function stranger(ids: readonly string[], known: Entities): Blanks | undefined {
  const found = ids.find((id) => !known.some((one) => one.id === id));
  return found === undefined ? undefined : blanks(found);
}

function foreign({ shop }: Facts, ids: readonly string[], known: Entities): Blanks | undefined {
  const found = ids.find((id) => known.some((one) => one.id === id && one.openId !== shop.openId));
  return found === undefined ? undefined : blanks(found);
}
