import type { Wanted } from '../content/wanted.js';
import type { ListingAttribute, RequirementCondition } from '../../domain/listing.js';
import type { ListingRules } from './listing-rules.js';

/** A value of an attribute: one of TikTok's by its id, or the seller's own by its name. */
interface ResolvedValue {
  id: string | null;
  name: string;
}

export interface ResolvedAttribute {
  attribute: ListingAttribute;
  /** As the feed writes them. */
  text: string;
  values: ResolvedValue[];
}

export interface ResolvedAttributes {
  byId: ReadonlyMap<string, ResolvedAttribute>;
  /** Names of the feed that the category has no attribute for. */
  unknown: { name: string; value: string }[];
}

const SEPARATOR = /[|;,\n]/;

/** Attributes of the feed, found in the category by id or name, in any case; the first that names one counts. */
export function resolveAttributes({ attributes }: Wanted, rules: ListingRules): ResolvedAttributes {
  const byId = new Map<string, ResolvedAttribute>();
  const unknown: ResolvedAttributes['unknown'] = [];
  for (const { name, value } of attributes) {
    const attribute = findAttribute(name, rules);
    if (!attribute) unknown.push({ name, value });
    else if (!byId.has(attribute.id))
      byId.set(attribute.id, { attribute, text: value, values: valuesOf(value, attribute) });
  }
  return { byId, unknown };
}

function findAttribute(name: string, { attributes }: ListingRules): ListingAttribute | undefined {
  const products = attributes.filter(({ isSales }) => !isSales);
  const word = name.trim().toLowerCase();
  return products.find(({ id }) => id === word) ?? products.find((each) => each.name.toLowerCase() === word);
}

/** A whole cell may be one value with a comma in it; only else it is a list. */
function valuesOf(text: string, attribute: ListingAttribute): ResolvedValue[] {
  const whole = valueOf(text, attribute);
  if (whole.id !== null) return [whole];
  const parts = [
    ...new Set(
      text
        .split(SEPARATOR)
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
  ];
  const all = parts.map((part) => valueOf(part, attribute));
  const isList =
    parts.length > 1 &&
    (attribute.values.length > 0 ? all.some(({ id }) => id !== null) : attribute.isMultiple);
  return isList ? all : [whole];
}

function valueOf(text: string, { values }: ListingAttribute): ResolvedValue {
  const word = text.trim().toLowerCase();
  const known =
    values.find(({ id }) => id === word) ?? values.find(({ name }) => name.toLowerCase() === word);
  return known ? { id: known.id, name: known.name } : { id: null, name: text.trim() };
}

/** Whether another value makes it needed; any one of the conditions does. */
export function isMet(
  conditions: readonly RequirementCondition[],
  { byId }: Pick<ResolvedAttributes, 'byId'>,
): RequirementCondition | null {
  return (
    conditions.find(({ attributeId, valueId }) =>
      byId.get(attributeId)?.values.some(({ id }) => id === valueId),
    ) ?? null
  );
}
