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

/** Every rule about attributes asks for the same. */
const resolved = new WeakMap<Wanted, { rules: ListingRules; attributes: ResolvedAttributes }>();

/** Attributes of the feed, found in the category by id or name, in any case; the first that names one counts. */
export function resolveAttributes(wanted: Wanted, rules: ListingRules): ResolvedAttributes {
  const known = resolved.get(wanted);
  if (known?.rules === rules) return known.attributes;
  const attributes = resolveAnew(wanted, rules);
  resolved.set(wanted, { rules, attributes });
  return attributes;
}

function resolveAnew({ attributes }: Wanted, rules: ListingRules): ResolvedAttributes {
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

/** Attributes of a product (not of its SKUs) by id and by name in lower case. A category is asked many thousand times. */
const indexes = new WeakMap<ListingRules, ReadonlyMap<string, ListingAttribute>>();

function findAttribute(name: string, rules: ListingRules): ListingAttribute | undefined {
  let index = indexes.get(rules);
  if (!index) {
    index = indexOf(rules.attributes.filter(({ isSales }) => !isSales));
    indexes.set(rules, index);
  }
  return index.get(name.trim().toLowerCase());
}

/** By id first, then by name; of two with one name the first counts. */
function indexOf<T extends { id: string; name: string }>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map([
    ...list.toReversed().map((each): [string, T] => [each.name.toLowerCase(), each]),
    ...list.toReversed().map((each): [string, T] => [each.id, each]),
  ]);
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

const values = new WeakMap<ListingAttribute, ReadonlyMap<string, ListingAttribute['values'][number]>>();

function valueOf(text: string, attribute: ListingAttribute): ResolvedValue {
  let index = values.get(attribute);
  if (!index) {
    index = indexOf(attribute.values);
    values.set(attribute, index);
  }
  const known = index.get(text.trim().toLowerCase());
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
