import type { SalesAttribute } from '../../state/content.js';
import { hasDoubles, type Facts, type ListingRule } from '../listing-rule.js';
import { hasChinese, isForbiddenText } from '../plain-text.js';

const MOST_ATTRIBUTES = 3;
const LONGEST_NAME = 20;
const LONGEST_VALUE = 50;
const MOST_MORE_IMAGES = 8;

/** Of one kind: an id, or the name of an attribute that has none yet. */
function keyOf({ id, name }: SalesAttribute): string {
  return id === '' ? `name ${name}` : id;
}

function valueKey(attribute: SalesAttribute): string {
  return `${keyOf(attribute)} ${attribute.valueId === '' ? `name ${attribute.valueName}` : attribute.valueId}`;
}

function used({ content }: Facts): SalesAttribute[] {
  return content.skus.flatMap(({ salesAttributes }) => salesAttributes);
}

function anyAttribute(
  broken: (attribute: SalesAttribute, facts: Facts) => boolean,
): (facts: Facts) => boolean {
  return (facts) => used(facts).some((attribute) => broken(attribute, facts));
}

/** Names and values that TikTok has not seen yet. */
const isNewName = ({ id }: SalesAttribute): boolean => id === '';
const isNewValue = ({ valueId }: SalesAttribute): boolean => valueId === '';

export const variantRules: readonly ListingRule[] = [
  {
    code: 12052525,
    broken: (facts) => facts.content.skus.some((sku) => sku.salesAttributes.length > MOST_ATTRIBUTES),
  },
  { code: 12052241, broken: anyAttribute((one) => isNewName(one) && one.name.trim() === '') },
  {
    code: 12052527,
    broken: anyAttribute((one, { attributes, base }) => one.id !== '' && !isKnown(one, attributes, base)),
  },
  {
    code: 12052242,
    broken: anyAttribute((one) => isNewName(one) && Array.from(one.name).length > LONGEST_NAME),
  },
  { code: 12052933, broken: anyAttribute((one) => isNewName(one) && isForbiddenText(one.name)) },
  {
    code: 12052243,
    broken: anyAttribute(
      (one, { shop }) => shop.region.code !== 'JP' && isNewName(one) && hasChinese(one.name),
    ),
  },
  {
    code: 12052248,
    broken: (facts) =>
      used(facts).some((one) => isNewValue(one) && one.valueName.trim() === '') && {
        property_type: 'sales attribute',
      },
  },
  { code: 12052529, broken: anyAttribute((one) => !isNewValue(one) && one.valueName === '') },
  {
    code: 12052249,
    broken: (facts) => {
      const long = used(facts).find(
        (one) => isNewValue(one) && Array.from(one.valueName).length > LONGEST_VALUE,
      );
      return (
        long && {
          property_type: 'sales attribute',
          max_limit: String(LONGEST_VALUE),
          property_value_name: long.valueName,
        }
      );
    },
  },
  { code: 12052934, broken: anyAttribute((one) => isNewValue(one) && isForbiddenText(one.valueName)) },
  {
    code: 12052554,
    broken: anyAttribute(
      (one, { shop }) => shop.region.code !== 'JP' && isNewValue(one) && hasChinese(one.valueName),
    ),
  },
  {
    code: 12052560,
    broken: ({ content }) => content.skus.some((sku) => hasDoubles(sku.salesAttributes.map(keyOf))),
  },
  { code: 12052550, broken: differ },
  // UNCONFIRMED: what two SKUs without attributes, or with the same ones, are told.
  {
    code: ({ content }) =>
      content.skus.every((sku) => sku.salesAttributes.length === 0) ? 12052559 : 12052560,
    broken: ({ content }) =>
      hasDoubles(content.skus.map((sku) => sku.salesAttributes.map(valueKey).toSorted().join('|'))),
  },
  // TikTok: the last sales attribute cannot be taken away. UNCONFIRMED: the code, and that a first one cannot be added later.
  { code: 12019019, broken: ({ base, content }) => hasAttributes(base) && !hasAttributes(content) },
  {
    code: 12019019,
    broken: ({ base, content, world, product }) =>
      product !== undefined &&
      product.status !== 'DRAFT' &&
      !hasAttributes(base) &&
      hasAttributes(content) &&
      world.behaviour.firstVariantLater === 'refused',
  },
  {
    code: 12052528,
    broken: (facts) =>
      new Set(
        used(facts)
          .filter(({ image }) => image !== undefined)
          .map(keyOf),
      ).size > 1,
  },
  { code: 12052522, broken: lacksImage },
  {
    code: 12052357,
    broken: anyAttribute(({ image, moreImages }) => image === undefined && moreImages.length > 0),
  },
  { code: 12052356, broken: anyAttribute(({ moreImages }) => moreImages.length > MOST_MORE_IMAGES) },
];

function isKnown({ id }: SalesAttribute, attributes: Facts['attributes'], base: Facts['base']): boolean {
  return (
    attributes.some((known) => known.type === 'SALES_PROPERTY' && known.id === id) ||
    (base?.skus.some(({ salesAttributes }) => salesAttributes.some((own) => own.id === id)) ?? false)
  );
}

/** TikTok: every SKU has the same attributes. */
function differ({ content }: Facts): boolean {
  const sets = content.skus.map(({ salesAttributes }) => salesAttributes.map(keyOf).toSorted().join('|'));
  return new Set(sets).size > 1;
}

function hasAttributes(content: Facts['base']): boolean {
  return content?.skus.some(({ salesAttributes }) => salesAttributes.length > 0) ?? false;
}

/** TikTok: where one value of an attribute has an image, every value of it has one. */
function lacksImage(facts: Facts): boolean {
  const values = new Map<string, boolean>();
  const pictured = new Set(
    used(facts)
      .filter(({ image }) => image !== undefined)
      .map(keyOf),
  );
  for (const attribute of used(facts)) {
    if (!pictured.has(keyOf(attribute))) continue;
    const key = valueKey(attribute);
    values.set(key, (values.get(key) ?? false) || attribute.image !== undefined);
  }
  return [...values.values()].includes(false);
}
